/* path_fixture.h - call paths made by hand: below those of the Julia program, and at random. */
#ifndef PYPROF_TESTS_PATH_FIXTURE_H
#define PYPROF_TESTS_PATH_FIXTURE_H

#include "tests/unit/model_fixture.h"

static inline uint32_t fixture_path(struct model *model, uint32_t parent, uint32_t function, uint64_t calls, uint64_t self_ns,
                                    uint64_t total_ns) {
    fixture_node(model, parent, function, calls, self_ns, total_ns);
    return (uint32_t)model->node_count - 1;
}

/* The functions of fixture_julia with the paths that its numbers are of; and a dozen of modules that each took a little, in a
 * function that calls itself through another one. */
static inline struct model *fixture_paths(void) {
    struct model *model = fixture_julia();
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_STATUS;
    fixture_path(model, 0, 0, 0, 7 * MILLISECOND, 0);
    uint32_t module = fixture_path(model, 0, 4, 1, 20 * MILLISECOND, 9960 * MILLISECOND);
    uint32_t pure = fixture_path(model, module, 2, 1, 510 * MILLISECOND, 9940 * MILLISECOND);
    uint32_t calculate = fixture_path(model, pure, 1, 1, 9240 * MILLISECOND, 9430 * MILLISECOND);
    fixture_path(model, calculate, 3, 34219980, 190 * MILLISECOND, 190 * MILLISECOND);
    fixture_path(model, pure, 5, 2, 1500, 1500);
    uint32_t random = fixture_path(model, module, 6, 12, 30 * MILLISECOND, 40 * MILLISECOND);
    fixture_path(model, random, 7, 12, 10 * MILLISECOND, 10 * MILLISECOND);
    for (int i = 0; i < 12; i++) {
        char name[32];
        snprintf(name, sizeof name, "Setup.step_%d", i);
        uint32_t step = fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/setup.py", 10 + (uint32_t)i, name, 0, 1,
                                         8 * MILLISECOND, 8 * MILLISECOND);
        fixture_path(model, random, step, 1, 8 * MILLISECOND, 8 * MILLISECOND);
    }
    return model;
}

/* A tree of that many nodes of a few functions, the same for the same seed; some nodes have nothing, some hang beside the root. */
static inline struct model *fixture_random_paths(size_t nodes, uint32_t functions, uint32_t seed) {
    struct model *model = model_new();
    assert_non_null(model);
    model->collectors = COLLECTOR_FUNCTION;
    model->state = MODEL_ENDED;
    char name[32];
    for (uint32_t i = 1; i < functions; i++) {
        snprintf(name, sizeof name, "Class%u.method_%u", (unsigned)i % 7, (unsigned)i);
        fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/random.py", i, name, MODEL_FUNCTION_PROJECT, 1, 0, 0);
    }
    fixture_path(model, 0, 0, 0, 1000, 0);
    for (size_t i = 1; i < nodes; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t parent = seed >> 28 == 0 ? (uint32_t)i : (seed >> 8) % (uint32_t)i;
        uint32_t function = 1 + (seed >> 5) % (functions - 1);
        uint64_t self = seed >> 29 == 1 ? 0 : seed % 100000;
        fixture_path(model, parent, function, 1 + seed % 9, self, self);
        model->functions[function].self_ns += self;
    }
    return model;
}

#endif
