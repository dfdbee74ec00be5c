/* group_fixture.h - a shop: a package, classes, what is frozen, what has no file, C functions, three threads. */
#ifndef PYPROF_TESTS_GROUP_FIXTURE_H
#define PYPROF_TESTS_GROUP_FIXTURE_H

#include "tests/unit/golden.h"
#include "tests/unit/path_view_fixture.h"
#include "tui/view/function_groups.h"

enum {
    SHOP_MODULE = 1, SHOP_MAIN, SHOP_INIT, SHOP_ADD, SHOP_TOTAL, SHOP_LAMBDA, SHOP_CART, SHOP_LOAD, SHOP_DECODE, SHOP_IMPORT,
    SHOP_LEN, SHOP_APPEND, SHOP_DEQUE, SHOP_STRING, SHOP_FUNCTIONS
};

static inline bool shop_is_above(const struct model *model, uint32_t node, uint32_t function) {
    for (uint32_t at = node; at != model->nodes[at].parent;) {
        at = model->nodes[at].parent;
        if (model->nodes[at].function == function)
            return true;
    }
    return false;
}

/* Functions have what their call nodes have; a node's total is 0 where its function is above it, as probes count it. */
static inline void shop_sum(struct model *model) {
    for (size_t i = 1; i < model->function_count; i++) {
        struct model_function *function = &model->functions[i];
        function->calls = function->primitive_calls = function->self_ns = function->total_ns = 0;
    }
    for (size_t i = 1; i < model->node_count; i++)
        model->nodes[i].total_ns = model->nodes[i].self_ns;
    for (size_t i = model->node_count; i-- > 1;)
        if (model->nodes[i].parent)
            model->nodes[model->nodes[i].parent].total_ns += model->nodes[i].total_ns;
    for (uint32_t i = 1; i < model->node_count; i++) {
        struct model_node *node = &model->nodes[i];
        struct model_function *function = &model->functions[node->function];
        bool inner = shop_is_above(model, i, node->function);
        node->total_ns = inner ? 0 : node->total_ns;
        node->primitive_calls = inner ? 0 : node->calls;
        function->calls += node->calls;
        function->primitive_calls += node->primitive_calls;
        function->self_ns += node->self_ns;
        function->total_ns += node->total_ns;
    }
}

static inline void shop_node(struct model *model, uint32_t parent, uint32_t function, uint64_t calls, uint64_t self_ms) {
    fixture_node(model, parent, function, calls, self_ms * MILLISECOND, 0);
}

/* load calls total, which calls load again: from the file cart.py through json and back. */
static inline void shop_nodes(struct model *model) {
    shop_node(model, 0, 0, 0, 0);
    shop_node(model, 0, SHOP_MODULE, 1, 20);
    shop_node(model, 1, SHOP_IMPORT, 2, 30);
    shop_node(model, 2, SHOP_INIT, 1, 10);
    shop_node(model, 3, SHOP_CART, 1, 5);
    shop_node(model, 1, SHOP_MAIN, 1, 100);
    shop_node(model, 5, SHOP_LOAD, 4, 400);   /* 6 */
    shop_node(model, 6, SHOP_DECODE, 40, 900);
    shop_node(model, 7, SHOP_ADD, 200, 150);  /* 8 */
    shop_node(model, 8, SHOP_LOAD, 3, 60);
    shop_node(model, 8, SHOP_APPEND, 200, 25);
    shop_node(model, 5, SHOP_TOTAL, 10, 300); /* 11 */
    shop_node(model, 11, SHOP_LAMBDA, 1000, 250);
    shop_node(model, 11, SHOP_LEN, 10, 15);
    shop_node(model, 12, SHOP_TOTAL, 2, 35);
    shop_node(model, 0, SHOP_LOAD, 5, 500);   /* 15: another thread begins there */
    shop_node(model, 15, SHOP_DEQUE, 50, 45);
    shop_node(model, 5, SHOP_STRING, 1, 12);
}

static inline struct model *fixture_shop(void) {
    struct model *model = model_new();
    assert_non_null(model);
    model->script = "shop.py";
    model->python_version = "3.11.2";
    model->collectors = COLLECTOR_FUNCTION;
    model->state = MODEL_RUNNING;
    model->wall_ns = 4 * SECOND;
    model->start_unix_ns = 77;
    model->pid = 500;
    static const char cart[] = "/p/store/cart.py", json[] = "/usr/lib/python3.11/json/decoder.py";
    uint16_t project = MODEL_FUNCTION_PROJECT;
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/shop.py", 1, "<module>", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/shop.py", 5, "main", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "/p/store/__init__.py", 1, "<module>", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, cart, 4, "Cart.add", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, cart, 9, "Cart.total", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, cart, 10, "Cart.total.<locals>.<lambda>", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, cart, 3, "Cart", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, cart, 20, "load", project, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, json, 300, "JSONDecoder.decode", 0, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "<frozen importlib._bootstrap>", 1167, "_find_and_load", 0, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "builtins.len", 0, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "list.append", 0, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_C, "", 0, "collections.deque.append", 0, 0, 0, 0);
    fixture_function(model, MODEL_FUNCTION_PYTHON, "<string>", 1, "<module>", 0, 0, 0, 0);
    assert_int_equal(model->function_count, SHOP_FUNCTIONS);
    shop_nodes(model);
    shop_sum(model);
    fixture_edge(model, SHOP_ADD, SHOP_APPEND, 200, 1, 1);
    fixture_edge(model, SHOP_TOTAL, SHOP_LEN, 10, 1, 1);
    return model;
}

static inline void shop_thread(struct model *model, const char *name, uint64_t system_id) {
    model->threads = fixture_grow(model->threads, model->thread_count, sizeof *model->threads);
    model->threads[model->thread_count++] = (struct model_thread){.name = name, .system_id = system_id, .starts = 1};
}

static inline void shop_part(struct model *model, uint32_t thread, uint32_t function, const struct model_function *part) {
    model->thread_functions =
        fixture_grow(model->thread_functions, model->thread_function_count, sizeof *model->thread_functions);
    model->thread_functions[model->thread_function_count++] = (struct model_thread_function){
        thread, function, part->calls, part->primitive_calls, part->self_ns, part->total_ns};
}

/* The main thread did all but what a worker did: nodes 15 and 16. */
static inline void shop_threads(struct model *model) {
    model->thread_count = model->thread_function_count = 0;
    shop_thread(model, "", 500);
    shop_thread(model, "worker", 501);
    shop_thread(model, "", 502);
    struct model_function load = {.calls = 5, .primitive_calls = 5, .self_ns = 500 * MILLISECOND, .total_ns = 545 * MILLISECOND};
    for (uint32_t id = 1; id < SHOP_FUNCTIONS; id++) {
        struct model_function part = model->functions[id];
        if (id == SHOP_DEQUE)
            continue;
        if (id == SHOP_LOAD) {
            part.calls -= load.calls;
            part.primitive_calls -= load.primitive_calls;
            part.self_ns -= load.self_ns;
            part.total_ns -= load.total_ns;
        }
        shop_part(model, 0, id, &part);
    }
    shop_part(model, 1, SHOP_LOAD, &load);
    shop_part(model, 1, SHOP_DEQUE, &model->functions[SHOP_DEQUE]);
}

#endif
