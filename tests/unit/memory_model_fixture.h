/* memory_model_fixture.h - a program with memory, made by hand: <module> (1) calls build (2), which calls complex.append (3), and
 * 1000 times keep (4). Lines, call tree and sites agree with each other. */
#ifndef PYPROF_TESTS_MEMORY_MODEL_FIXTURE_H
#define PYPROF_TESTS_MEMORY_MODEL_FIXTURE_H

#include "core/profile/model_memory.h"
#include "tests/unit/model_fixture.h"

#define KIB UINT64_C(1024)
#define MIB UINT64_C(1048576)

static const char memory_source[] = "def build(width):\n"
                                    "    zs = []\n"
                                    "    for x in range(width):\n"
                                    "        zs.append(complex(x, 1))\n"
                                    "    return sum(map(abs, zs))\n"
                                    "\n"
                                    "def keep(cache, n):\n"
                                    "    cache[n] = bytes(999)\n"
                                    "\n"
                                    "print(build(40000))\n"
                                    "TABLE = list(range(500))\n";

static inline void fixture_site(struct model *model, uint32_t node, uint32_t function, uint32_t line,
                                struct model_allocations memory) {
    model->sites = fixture_grow(model->sites, model->site_count, sizeof *model->sites);
    model->sites[model->site_count++] = (struct model_site){node, function, line, memory};
}

/* The memory of a node that is to have some. */
static inline struct model_node_memory *fixture_node_memory(struct model *model, uint32_t node) {
    if (!model->nodes[node].memory_row) {
        size_t row = model->node_memory_count ? model->node_memory_count : 1;
        model->node_memory = realloc(model->node_memory, (row + 1) * sizeof *model->node_memory);
        assert_non_null(model->node_memory);
        if (row == 1)
            model->node_memory[0] = (struct model_node_memory){0};
        model->node_memory[row] = (struct model_node_memory){0};
        model->nodes[node].memory_row = (uint32_t)row;
        model->node_memory_count = row + 1;
    }
    return &model->node_memory[model->nodes[node].memory_row];
}

/* Adds to the line's memory, to the node's, to that of all above it, and to the functions'. The node's own function gets it. */
static inline void fixture_memory(struct model *model, uint32_t node, uint32_t function, uint32_t line,
                                  struct model_allocations memory) {
    fixture_site(model, node, function, line, memory);
    const struct model_function *owner = &model->functions[function];
    for (uint32_t i = 0; i < owner->line_row_count; i++)
        if (model->lines[owner->first_line_row + i].line == line)
            model_add_allocations(&model->lines[owner->first_line_row + i].memory, &memory);
    model_add_allocations(&fixture_node_memory(model, node)->memory, &memory);
    model_add_allocations(&model->functions[model->nodes[node].function].memory, &memory);
    for (uint32_t at = node;; at = model->nodes[at].parent) {
        model_add_allocations(&fixture_node_memory(model, at)->total_memory, &memory);
        model_add_allocations(&model->functions[model->nodes[at].function].total_memory, &memory);
        if (model->nodes[at].parent == at)
            break;
    }
}

static inline struct model *fixture_memory_program(void) {
    struct model *model = model_new();
    assert_non_null(model);
    model->script = "build.py";
    model->python_version = "3.11.2";
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY;
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_STATUS;
    model->wall_ns = 2 * SECOND;
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/build.py", 1, "<module>", MODEL_FUNCTION_PROJECT, 1, 100 * MILLISECOND,
                     900 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/build.py", 1, "build", MODEL_FUNCTION_PROJECT, 1, 600 * MILLISECOND,
                     700 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "list.append", 0, 40000, 100 * MILLISECOND, 100 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/build.py", 7, "keep", MODEL_FUNCTION_PROJECT, 1000, 100 * MILLISECOND,
                     100 * MILLISECOND);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/usr/lib/python3.11/os.py", 1, "getenv", 0, 1, MILLISECOND, MILLISECOND);
    fixture_line(model, 1, 10, 1, 50 * MILLISECOND, 850 * MILLISECOND);
    fixture_line(model, 1, 11, 1, 50 * MILLISECOND, 50 * MILLISECOND);
    fixture_line(model, 2, 2, 1, 1000, 1000);
    fixture_line(model, 2, 3, 40001, 300 * MILLISECOND, 300 * MILLISECOND);
    fixture_line(model, 2, 4, 40000, 300 * MILLISECOND, 400 * MILLISECOND);
    fixture_line(model, 2, 5, 1, 1000, 1000);
    fixture_line(model, 4, 8, 1000, 100 * MILLISECOND, 100 * MILLISECOND);
    fixture_line(model, 5, 700, MODEL_UNKNOWN, MODEL_UNKNOWN, MODEL_UNKNOWN);
    model->functions[5].flags = 0;
    fixture_node(model, 0, 0, 0, 0, 0);
    fixture_node(model, 0, 1, 1, 100 * MILLISECOND, 900 * MILLISECOND);
    fixture_node(model, 1, 2, 1, 600 * MILLISECOND, 700 * MILLISECOND);
    fixture_node(model, 2, 3, 40000, 100 * MILLISECOND, 100 * MILLISECOND);
    fixture_node(model, 1, 4, 1000, 100 * MILLISECOND, 100 * MILLISECOND);
    fixture_node(model, 1, 5, 1, MILLISECOND, MILLISECOND);
    /* allocated, freed, live, at the peak (count and bytes each), temporary, lifetime, highest */
    fixture_memory(model, 0, 0, 0, (struct model_allocations){3, 300, 1, 100, 2, 200, 2, 200, 0, 3 * SECOND, 2 * MIB});
    fixture_memory(model, 1, 1, 11, (struct model_allocations){501, 16 * KIB, 0, 0, 501, 16 * KIB, 0, 0, 0, 501 * SECOND, 1 * MIB});
    fixture_memory(model, 2, 2, 3, (struct model_allocations){40000, 1250 * KIB, 40000, 1250 * KIB, 0, 0, 1, 32, 39999,
                                                               40000 * UINT64_C(1500), 2 * MIB});
    fixture_memory(model, 2, 2, 4, (struct model_allocations){40000, 1250 * KIB, 0, 0, 0, 0, 40000, 1250 * KIB, 0,
                                                               40000 * 25 * MILLISECOND, 2 * MIB});
    fixture_memory(model, 3, 2, 4, (struct model_allocations){60, 3 * MIB, 59, 2 * MIB, 0, 0, 1, 512 * KIB, 30,
                                                               60 * MILLISECOND, 2 * MIB});
    fixture_memory(model, 2, 2, 5, (struct model_allocations){0, 0, 40001, 1762 * KIB, 0, 0, 0, 0, 0, 0, 0});
    fixture_memory(model, 4, 4, 8, (struct model_allocations){1000, 1000 * KIB, 0, 0, 1000, 1000 * KIB, 0, 0, 0,
                                                               1000 * SECOND, 1100 * KIB});
    fixture_memory(model, 5, 5, 700, (struct model_allocations){1, 100, 1, 100, 0, 0, 1, 100, 1, MILLISECOND, 100 * KIB});
    model->heap = (struct model_heap){.live_bytes = 1040584, .native_bytes = 2048, .peak_bytes = 1804620,
                                      .peak_t_ns = 512 * MILLISECOND, .native = 1};
    fixture_sample(model, 0, 10 * MIB, 0);
    fixture_sample(model, 500 * MILLISECOND, 12 * MIB, 2);
    assert_true(model_add_source(model, "/p/build.py", memory_source, sizeof memory_source - 1));
    return model;
}

#endif
