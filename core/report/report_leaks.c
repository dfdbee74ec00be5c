/* report_leaks.c - what is still alive, by site: what every call adds to, apart from what was made once or by imports. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/memory_rows.h"
#include "core/report/report_text.h"
#include "core/report/source_lines.h"

enum { CUT_PER_MILLE = 1, COUNT_WIDTH = 9 };

/* X(NAME, title): where what is alive comes from */
#define LEAK_KIND_LIST(X)                    \
    X(GROWING, "With each call")             \
    X(OTHER, "Once, or not with each call")  \
    X(IMPORTED, "While modules were imported")

enum leak_kind {
#define X(NAME, title) LEAK_##NAME,
    LEAK_KIND_LIST(X)
#undef X
};

static const char *const titles[] = {
#define X(NAME, title) title,
    LEAK_KIND_LIST(X)
#undef X
};

struct leak_list {
    const struct model *model;
    bool *imports;   /* of each call node: it is below an import */
    uint32_t *sites; /* those that have something alive, the most bytes first */
    size_t count;
    uint64_t whole; /* bytes alive */
};

static int compare_sites(const void *left, const void *right, void *context) {
    const struct model *model = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    uint64_t left_bytes = model->sites[a].memory.live_bytes, right_bytes = model->sites[b].memory.live_bytes;
    if (left_bytes != right_bytes)
        return left_bytes > right_bytes ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool imports_modules(const struct model_function *function) {
    static const char machinery[] = "<frozen importlib._bootstrap";
    return strncmp(function->file, machinery, strlen(machinery)) == 0;
}

/* A parent stands before its children. false: out of memory. */
static bool find_imports(struct leak_list *list) {
    const struct model *model = list->model;
    list->imports = calloc(model->node_count + 1, sizeof *list->imports);
    for (size_t i = 0; list->imports && i < model->node_count; i++)
        list->imports[i] =
            list->imports[model->nodes[i].parent] || imports_modules(&model->functions[model->nodes[i].function]);
    return list->imports != NULL;
}

/* false: out of memory. */
static bool find_leaks(struct leak_list *list) {
    const struct model *model = list->model;
    list->sites = malloc((model->site_count + 1) * sizeof *list->sites);
    if (!list->sites)
        return false;
    for (size_t i = 0; i < model->site_count; i++) {
        if (!model->sites[i].memory.live_count)
            continue;
        list->sites[list->count++] = (uint32_t)i;
        list->whole += model->sites[i].memory.live_bytes;
    }
    qsort_r(list->sites, list->count, sizeof *list->sites, compare_sites, (void *)model);
    return true;
}

static uint64_t calls_of(const struct model *model, const struct model_site *site) {
    return site->node ? model->nodes[site->node].calls : 0;
}

/* It grows where something is left for each call there was. What less is left of may have been made by one of the calls. */
static enum leak_kind kind_of(const struct leak_list *list, const struct model_site *site) {
    uint64_t calls = calls_of(list->model, site);
    if (list->imports[site->node])
        return LEAK_IMPORTED;
    return calls > 1 && site->memory.live_count >= calls ? LEAK_GROWING : LEAK_OTHER;
}

/* Who called the function whose line it is; 0: the program itself, or not known. */
static uint32_t caller_of(const struct model *model, const struct model_site *site) {
    uint32_t node = site->node;
    while (model->nodes[node].function != site->function && model->nodes[node].parent != node)
        node = model->nodes[node].parent; /* a C function that the line called */
    return model->nodes[model->nodes[node].parent].function;
}

static void write_site(const struct model *model, const struct model_site *site, FILE *out) {
    const struct model_allocations *memory = &site->memory;
    uint64_t calls = calls_of(model, site);
    char size[REPORT_SIZE_SIZE], each[REPORT_SIZE_SIZE] = "";
    report_size(memory->live_bytes, size);
    if (calls)
        report_size(memory->live_bytes / calls, each);
    fprintf(out, "%*s %*" PRIu64 " %*" PRIu64 " %*s  ", REPORT_SIZE_WIDTH, size, COUNT_WIDTH, memory->live_count,
            COUNT_WIDTH, calls, REPORT_SIZE_WIDTH, each);
    memory_write_place(model, site->function, site->line, out);
    uint32_t caller = site->node ? caller_of(model, site) : 0;
    if (caller) {
        fputs("  from ", out);
        report_text(out, model->functions[caller].qualname, strlen(model->functions[caller].qualname));
    }
}

static bool has_kind(const struct leak_list *list, enum leak_kind kind) {
    for (size_t i = 0; i < list->count; i++)
        if (kind_of(list, &list->model->sites[list->sites[i]]) == kind)
            return true;
    return false;
}

/* The sites of one kind; what is small is summed up. false: out of memory. */
static bool write_kind(const struct leak_list *list, enum leak_kind kind, FILE *out) {
    const struct model *model = list->model;
    struct line_text text = {0};
    uint64_t small = 0, small_bytes = 0;
    bool done = true;
    if (!has_kind(list, kind)) {
        fprintf(out, "\n%s: nothing\n", titles[kind]);
        return true;
    }
    fprintf(out, "\n%s\n%*s %*s %*s %*s  %s\n", titles[kind], REPORT_SIZE_WIDTH, memory_live_word(model), COUNT_WIDTH, "blocks",
            COUNT_WIDTH, "calls", REPORT_SIZE_WIDTH, "per call", "line");
    for (size_t i = 0; done && i < list->count; i++) {
        const struct model_site *site = &model->sites[list->sites[i]];
        if (kind_of(list, site) != kind)
            continue;
        if ((double)site->memory.live_bytes * 1000.0 < (double)list->whole * CUT_PER_MILLE) {
            small++;
            small_bytes += site->memory.live_bytes;
            continue;
        }
        write_site(model, site, out);
        done = line_text_open(&text, model, model->functions[site->function].file);
        if (done && site->function)
            line_text_write_bare(&text, site->line, out);
        putc('\n', out);
    }
    line_text_close(&text);
    if (small) {
        char size[REPORT_SIZE_SIZE];
        report_size(small_bytes, size);
        fprintf(out, "%*s in %" PRIu64 " place%s with less than 0.1 %% each\n", REPORT_SIZE_WIDTH, size, small,
                small == 1 ? "" : "s");
    }
    return done;
}

bool report_leaks(const struct model *model, FILE *out, struct error *error) {
    struct leak_list list = {.model = model};
    if (!memory_write_head(model, model->state == MODEL_ENDED ? "What was left over" : "What is alive", out))
        return true;
    fputs("What every call adds to grows as long as the program runs; what was made once (modules, classes, tables) does not.\n",
          out);
    bool done = find_imports(&list) && find_leaks(&list);
    for (enum leak_kind kind = LEAK_GROWING; done && kind <= LEAK_IMPORTED; kind++)
        done = write_kind(&list, kind, out);
    free(list.imports);
    free(list.sites);
    return done || report_out_of_memory(error);
}
