/* large_session.c - writes a session as large as a large program's: 100,000 functions, 1,000,000 call nodes, 50,000 lines of
 * source in one file, every one counted, and memory at 20,000 places. What the viewer is measured with (viewer.py).
 *
 * usage: large_session FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/profile/model_memory.h"
#include "pyprof/session.h"

enum {
    FUNCTIONS = 100000, NODES = 1000000, SOURCE_LINES = 50000, FUNCTIONS_OF_SOURCE = 5000, SITES = 20000, SAMPLES = 2400,
    FUNCTIONS_OF_FILE = 50, SOURCE_LINE_SIZE = 64,
};
#define LARGE_FILE "/srv/large/generated.py"

/* The same numbers each time (a linear congruential generator with D. Knuth's constants of MMIX). */
static uint64_t chance_state = 1;
static uint32_t chance(uint32_t below) {
    chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance_state >> 33) % below;
}

static void *rows(size_t count, size_t size) {
    void *made = calloc(count, size);
    if (!made) {
        fputs("large_session: out of memory\n", stderr);
        exit(1);
    }
    return made;
}

static const char *text(struct model *model, const char *bytes) {
    const char *copy = model_text(model, bytes, strlen(bytes));
    return copy ? copy : "";
}

static void make_functions(struct model *model) {
    free(model->functions);
    model->functions = rows(FUNCTIONS + 1, sizeof *model->functions);
    model->function_count = FUNCTIONS + 1;
    model->functions[0] = (struct model_function){.file = "", .name = "", .qualname = "", .instructions = MODEL_UNKNOWN};
    const char *file = text(model, LARGE_FILE);
    for (uint32_t id = 1; id <= FUNCTIONS; id++) {
        char name[96];
        if (id > FUNCTIONS_OF_SOURCE && id % FUNCTIONS_OF_FILE == 1) {
            snprintf(name, sizeof name, "/srv/large/package_%u/module_%u.py", id / 5000, id / FUNCTIONS_OF_FILE);
            file = text(model, name);
        }
        bool generated = id <= FUNCTIONS_OF_SOURCE;
        snprintf(name, sizeof name, "Class_%u.method_%u", id % 977, id);
        uint32_t line = generated ? (id - 1) * (SOURCE_LINES / FUNCTIONS_OF_SOURCE) + 1 : id % FUNCTIONS_OF_FILE * 20 + 1;
        model->functions[id] = (struct model_function){
            .file = file, .qualname = text(model, name), .line = line, .kind = MODEL_FUNCTION_PYTHON,
            .flags = MODEL_FUNCTION_PROJECT, .self_ns = 1, .instructions = MODEL_UNKNOWN};
        model->functions[id].name = strchr(model->functions[id].qualname, '.') + 1;
    }
}

static void make_lines(struct model *model) {
    uint32_t of_each = SOURCE_LINES / FUNCTIONS_OF_SOURCE - 1;
    model->lines = rows(FUNCTIONS_OF_SOURCE * of_each, sizeof *model->lines);
    for (uint32_t id = 1; id <= FUNCTIONS_OF_SOURCE; id++) {
        struct model_function *function = &model->functions[id];
        function->first_line_row = (uint32_t)model->line_count;
        function->line_row_count = of_each;
        function->flags |= MODEL_FUNCTION_LINES;
        for (uint32_t i = 1; i <= of_each; i++)
            model->lines[model->line_count++] = (struct model_line){
                .function = id, .line = function->line + i, .hits = chance(100000), .self_ns = chance(1000000),
                .total_ns = 2000000, .instructions = MODEL_UNKNOWN};
    }
}

/* Each node below one that stands before it; times add up from the leaves. */
static void make_nodes(struct model *model) {
    model->nodes = rows(NODES, sizeof *model->nodes);
    model->node_count = NODES;
    for (uint32_t i = 1; i < NODES; i++) {
        uint32_t calls = 1 + chance(1000);
        model->nodes[i] = (struct model_node){
            .parent = i < 100 ? 0 : i / 2 + chance(i / 2), .function = 1 + (i <= FUNCTIONS ? i - 1 : chance(FUNCTIONS)),
            .calls = calls, .primitive_calls = calls, .self_ns = chance(100000)};
        model->nodes[i].total_ns = model->nodes[i].self_ns;
    }
    for (uint32_t i = NODES; i-- > 1;) {
        struct model_node *node = &model->nodes[i];
        struct model_function *function = &model->functions[node->function];
        model->nodes[node->parent].total_ns += node->total_ns;
        function->calls += node->calls;
        function->primitive_calls += node->calls;
        function->self_ns += node->self_ns;
        function->total_ns += node->self_ns;
    }
}

static int by_functions(const void *left, const void *right) {
    const struct model_edge *a = left, *b = right;
    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

static void make_edges(struct model *model) {
    struct model_edge *edges = rows(NODES, sizeof *edges);
    for (uint32_t i = 1; i < NODES; i++) {
        const struct model_node *node = &model->nodes[i];
        edges[i - 1] = (struct model_edge){model->nodes[node->parent].function, node->function, node->calls, node->self_ns,
                                           node->total_ns};
    }
    qsort(edges, NODES - 1, sizeof *edges, by_functions);
    size_t count = 0;
    for (size_t i = 0; i < NODES - 1; i++) {
        if (count > 0 && by_functions(&edges[count - 1], &edges[i]) == 0)
            edges[count - 1].calls += edges[i].calls;
        else
            edges[count++] = edges[i];
    }
    model->edges = edges;
    model->edge_count = count;
}

static void make_memory(struct model *model) {
    model->sites = rows(SITES, sizeof *model->sites);
    model->site_count = SITES;
    for (uint32_t i = 0; i < SITES; i++) {
        uint32_t function = 1 + i / 4 % FUNCTIONS_OF_SOURCE, bytes = 64 + chance(10000);
        model->sites[i] = (struct model_site){
            .node = function, .function = function, .line = model->functions[function].line + 1 + i % 4,
            .memory = {.allocated_count = 10, .allocated_bytes = bytes * UINT64_C(10), .live_count = 1, .live_bytes = bytes,
                       .peak_count = 2, .peak_bytes = bytes * UINT64_C(2), .freed_count = 9,
                       .freed_bytes = bytes * UINT64_C(9)}};
        model->heap.live_bytes += bytes;
        model->heap.peak_bytes += bytes * UINT64_C(2);
    }
}

static bool make_source(struct model *model) {
    char *source = rows(SOURCE_LINES, SOURCE_LINE_SIZE), *end = source;
    for (uint32_t line = 0; line < SOURCE_LINES; line++) {
        bool head = line % (SOURCE_LINES / FUNCTIONS_OF_SOURCE) == 0;
        const char *format = head ? "def method_%u(value):\n" : "    value = value * %u + len(\"text\")  # step\n";
        end += snprintf(end, SOURCE_LINE_SIZE, format, head ? line / (SOURCE_LINES / FUNCTIONS_OF_SOURCE) + 1 : line);
    }
    bool added = model_add_source(model, LARGE_FILE, source, (size_t)(end - source));
    free(source);
    return added;
}

static void make_samples(struct model *model) {
    model->samples = rows(SAMPLES, sizeof *model->samples);
    model->sample_count = SAMPLES;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        struct model_sample *sample = &model->samples[i];
        *sample = (struct model_sample){.t_ns = i * UINT64_C(100000000), .rss = (UINT64_C(50) << 20) + chance(1 << 26),
                                        .heap = UINT64_C(30) << 20, .native = 0, .own = 0, .threads = 1};
        for (int k = 0; k < MODEL_SAMPLE_GROWTH; k++)
            sample->growth[k].site = MODEL_NO_SITE;
    }
}

int main(int argc, char **argv) {
    struct error error = {0};
    struct model *model = argc == 2 ? model_new() : NULL;
    if (!model) {
        fputs("usage: large_session FILE\n", stderr);
        return 2;
    }
    model->script = "large.py";
    model->python_version = "3.11.2";
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY;
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_STATUS;
    model->pid = 4121;
    model->start_unix_ns = UINT64_C(1790000000000000000);
    model->wall_ns = SAMPLES * UINT64_C(100000000);
    model->instructions = MODEL_UNKNOWN;
    make_functions(model);
    make_lines(model);
    make_nodes(model);
    make_edges(model);
    make_memory(model);
    make_samples(model);
    bool done = make_source(model) && session_save(model, argv[1], &error);
    if (!done)
        fprintf(stderr, "large_session: %s\n", error.text);
    model_free(model);
    return !done;
}
