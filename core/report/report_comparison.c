/* report_comparison.c - the memory of two runs side by side: as a whole, and function by function. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/report/memory_rows.h"
#include "core/report/report_text.h"
#include "core/report/rows.h"

enum { SHOWN_PER_MILLE = 1, CHANGE_WIDTH = 8, CHANGE_SIZE = 32, LABEL_WIDTH = 10 };

/* A function of one run beside that of the other; 0: there is none. */
struct pair {
    uint32_t ids[2];
    struct model_allocations memory[2]; /* without what they called */
};

struct comparison {
    const struct model *models[2];
    struct model_allocations wholes[2];
    struct pair *pairs;
    size_t count;
};

/* "-49.7 %"; "" where there is nothing on either side, "new" where there was nothing on the left. */
static void describe_change(uint64_t before, uint64_t after, char text[CHANGE_SIZE]) {
    double percent = before ? ((double)after - (double)before) / (double)before * 100 : 0;
    if (!before)
        snprintf(text, CHANGE_SIZE, "%s", after ? "new" : "");
    else if (percent > 9999)
        snprintf(text, CHANGE_SIZE, "x %.0f", (double)after / (double)before);
    else
        snprintf(text, CHANGE_SIZE, "%+.1f %%", percent);
}

/* --- the whole ------------------------------------------------------------------------------------ */

static void write_name(const struct model *model, char letter, FILE *out) {
    const char *command = model_command(model);
    fprintf(out, "%c: ", letter);
    report_text(out, command, strlen(command));
    if (model->process_count > 1)
        fprintf(out, ", sum over %zu processes", model->process_count);
    if (*model->python_version) {
        fputs(", Python ", out);
        report_text(out, model->python_version, strlen(model->python_version));
    }
    putc('\n', out);
}

static void write_sizes(const char *label, uint64_t before, uint64_t after, FILE *out) {
    char left[REPORT_SIZE_SIZE], right[REPORT_SIZE_SIZE], change[CHANGE_SIZE];
    report_size(before, left);
    report_size(after, right);
    describe_change(before, after, change);
    fprintf(out, "%-*s %*s %*s %*s\n", LABEL_WIDTH, label, REPORT_SIZE_WIDTH, left, REPORT_SIZE_WIDTH, right, CHANGE_WIDTH,
            change);
}

/* 0 where RSS was not measured. */
static uint64_t highest_rss(const struct model *model) {
    size_t peak = model_peak_sample(model);
    return peak == SIZE_MAX ? 0 : model->samples[peak].rss;
}

static void write_wholes(const struct comparison *comparison, FILE *out) {
    const struct model_allocations *wholes = comparison->wholes;
    fprintf(out, "Memory of two runs\n");
    for (int i = 0; i < 2; i++)
        write_name(comparison->models[i], (char)('A' + i), out);
    fprintf(out, "\n%-*s %*s %*s %*s\n", LABEL_WIDTH, "", REPORT_SIZE_WIDTH, "A", REPORT_SIZE_WIDTH, "B", CHANGE_WIDTH,
            "change");
    write_sizes("at peak", wholes[0].peak_bytes, wholes[1].peak_bytes, out);
    write_sizes("allocated", wholes[0].allocated_bytes, wholes[1].allocated_bytes, out);
    write_sizes("left over", wholes[0].live_bytes, wholes[1].live_bytes, out);
    write_sizes("RSS peak", highest_rss(comparison->models[0]), highest_rss(comparison->models[1]), out);
}

/* --- functions ------------------------------------------------------------------------------------ */

static bool matters(const struct comparison *comparison, int side, uint32_t id) {
    return memory_is_at_least(&comparison->models[side]->functions[id].memory, &comparison->wholes[side], SHOWN_PER_MILLE);
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* How well two functions match: 3 the same file, 2 files of the same name, 1 own files of the two programs; 0: not at all. */
static int likeness(const struct model_function *a, const struct model_function *b) {
    if (a->kind != b->kind || strcmp(a->qualname, b->qualname) != 0)
        return 0;
    if (strcmp(a->file, b->file) == 0)
        return 3;
    if ((a->flags ^ b->flags) & MODEL_FUNCTION_PROJECT)
        return 0;
    if (strcmp(base_name(a->file), base_name(b->file)) == 0)
        return 2;
    return a->flags & MODEL_FUNCTION_PROJECT ? 1 : 0;
}

/* The function of the other run that is most like this one and not taken; 0: none. */
static uint32_t find_match(const struct model_function *function, const struct model *other, const bool *taken) {
    uint32_t best = 0;
    int best_likeness = 0;
    for (uint32_t id = 1; id < other->function_count && best_likeness < 3; id++) {
        int like = taken[id] ? 0 : likeness(function, &other->functions[id]);
        if (like > best_likeness) {
            best = id;
            best_likeness = like;
        }
    }
    return best;
}

static void add_pair(struct comparison *comparison, uint32_t left, uint32_t right) {
    struct pair *pair = &comparison->pairs[comparison->count++];
    *pair = (struct pair){.ids = {left, right}};
    if (left)
        pair->memory[0] = comparison->models[0]->functions[left].memory;
    if (right)
        pair->memory[1] = comparison->models[1]->functions[right].memory;
}

/* The functions that matter in one of the runs or in both. */
static void pair_functions(struct comparison *comparison, bool *taken[2]) {
    for (int side = 0; side < 2; side++)
        for (uint32_t id = 1; id < comparison->models[side]->function_count; id++) {
            if (taken[side][id] || !matters(comparison, side, id))
                continue;
            uint32_t match = find_match(&comparison->models[side]->functions[id], comparison->models[!side], taken[!side]);
            taken[side][id] = true;
            if (match)
                taken[!side][match] = true;
            add_pair(comparison, side ? match : id, side ? id : match);
        }
}

static uint64_t difference(uint64_t a, uint64_t b) { return a > b ? a - b : b - a; }

static int compare_pairs(const void *left, const void *right) {
    const struct pair *a = left, *b = right;
    uint64_t left_peak = difference(a->memory[0].peak_bytes, a->memory[1].peak_bytes);
    uint64_t right_peak = difference(b->memory[0].peak_bytes, b->memory[1].peak_bytes);
    if (left_peak != right_peak)
        return left_peak > right_peak ? -1 : 1;
    uint64_t left_all = difference(a->memory[0].allocated_bytes, a->memory[1].allocated_bytes);
    uint64_t right_all = difference(b->memory[0].allocated_bytes, b->memory[1].allocated_bytes);
    if (left_all != right_all)
        return left_all > right_all ? -1 : 1;
    return a->ids[0] != b->ids[0] ? (a->ids[0] < b->ids[0] ? -1 : 1) : a->ids[1] < b->ids[1] ? -1 : a->ids[1] > b->ids[1];
}

/* "-" where a run has no such function. */
static void write_side(const struct pair *pair, uint64_t before, uint64_t after, FILE *out) {
    char left[REPORT_SIZE_SIZE] = "-", right[REPORT_SIZE_SIZE] = "-", change[CHANGE_SIZE] = "";
    if (pair->ids[0])
        report_size(before, left);
    if (pair->ids[1])
        report_size(after, right);
    if (pair->ids[0] && pair->ids[1])
        describe_change(before, after, change);
    fprintf(out, "%*s %*s %*s  ", REPORT_SIZE_WIDTH, left, REPORT_SIZE_WIDTH, right, CHANGE_WIDTH, change);
}

static void write_pair(const struct comparison *comparison, const struct pair *pair, FILE *out) {
    int side = pair->ids[0] ? 0 : 1;
    const struct model_function *function = &comparison->models[side]->functions[pair->ids[side]];
    write_side(pair, pair->memory[0].peak_bytes, pair->memory[1].peak_bytes, out);
    write_side(pair, pair->memory[0].allocated_bytes, pair->memory[1].allocated_bytes, out);
    report_text(out, function->qualname, strlen(function->qualname));
    fputs("  ", out);
    report_place(out, function);
    putc('\n', out);
}

static void write_pairs(const struct comparison *comparison, FILE *out) {
    fputs("\n---------- at peak ---------  --------- allocated --------  without callees\n", out);
    for (int i = 0; i < 2; i++)
        fprintf(out, "%*s %*s %*s  ", REPORT_SIZE_WIDTH, "A", REPORT_SIZE_WIDTH, "B", CHANGE_WIDTH, "change");
    fputs("function  file:line\n", out);
    for (size_t i = 0; i < comparison->count; i++)
        write_pair(comparison, &comparison->pairs[i], out);
}

bool report_comparison(const struct model *before, const struct model *after, FILE *out, struct error *error) {
    struct comparison comparison = {.models = {before, after}};
    for (int i = 0; i < 2; i++) {
        if (!(comparison.models[i]->collectors & COLLECTOR_MEMORY))
            return error_set(error, EXIT_STATUS_USAGE, "memory was not counted in the %s of the two runs; run it with memory in -k",
                             i ? "second" : "first");
        comparison.wholes[i] = memory_whole(comparison.models[i]);
    }
    comparison.pairs = calloc(before->function_count + after->function_count, sizeof *comparison.pairs);
    bool *taken[2] = {calloc(before->function_count, 1), calloc(after->function_count, 1)};
    bool done = comparison.pairs && taken[0] && taken[1];
    if (done) {
        pair_functions(&comparison, taken);
        qsort(comparison.pairs, comparison.count, sizeof *comparison.pairs, compare_pairs);
        write_wholes(&comparison, out);
        write_pairs(&comparison, out);
    }
    free(taken[0]);
    free(taken[1]);
    free(comparison.pairs);
    return done || report_out_of_memory(error);
}
