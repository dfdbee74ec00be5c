/* A child's model without what it only inherited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/profile/model_compact.h"

enum { FUNCTIONS = 6, NODES = 6, EDGES = 5, LINES = 6 };

/* 1 calls 2 calls 3; 4 calls 5; of these 3 was called, 4 has time, 2 a hit of a line; 5 and the edges to it nothing. */
static struct model *inherited(char texts[FUNCTIONS][8]) {
    static const struct model_node nodes[NODES] = {
        {.parent = 0}, {.parent = 0, .function = 5}, {.parent = 0, .function = 1}, {.parent = 2, .function = 2},
        {.parent = 3, .function = 3, .calls = 7}, {.parent = 0, .function = 4, .total_ns = 9}};
    static const struct model_edge edges[EDGES] = {
        {0, 1, 0, 0, 0}, {1, 2, 0, 0, 0}, {2, 3, 7, 0, 0}, {0, 4, 0, 0, 9}, {4, 5, 0, 0, 0}};
    static const struct model_line lines[LINES] = {
        {.function = 2, .line = 10, .hits = 1}, {.function = 2, .line = 11}, {.function = 3, .line = 20},
        {.function = 5, .line = 30}, {.function = 5, .line = 31}, {.function = 5, .line = 32}};
    struct model *model = model_new();
    assert_non_null(model);
    model->functions = reallocarray(model->functions, FUNCTIONS, sizeof *model->functions);
    model->function_count = FUNCTIONS;
    for (int i = 1; i < FUNCTIONS; i++) {
        memcpy(texts[i], (char[]){'f', (char)('0' + i), '\0'}, 3);
        model->functions[i] = (struct model_function){.file = texts[0], .name = texts[i], .qualname = texts[i]};
    }
    strcpy(texts[0], "a.py");
    model->functions[2].line_row_count = 2;
    model->functions[3].first_line_row = 2, model->functions[3].line_row_count = 1, model->functions[3].calls = 7;
    model->functions[5].first_line_row = 3, model->functions[5].line_row_count = 3;
    model->functions[4].total_ns = 9;
#define COPY(rows, count, COUNT)                                                       \
    free(model->rows);                                                                 \
    model->rows = memcpy(malloc(sizeof rows), rows, sizeof rows);                      \
    model->count = COUNT;
    COPY(nodes, node_count, NODES)
    COPY(edges, edge_count, EDGES)
    COPY(lines, line_count, LINES)
#undef COPY
    return model;
}

static void what_was_used_stays(void **state) {
    (void)state;
    char texts[FUNCTIONS][8];
    struct model *model = inherited(texts);
    assert_true(model_compact(model));
    memset(texts, 'x', sizeof texts); /* the names are the model's own by now */
    assert_int_equal(model->function_count, 5);
    const char *const names[] = {"", "f1", "f2", "f3", "f4"};
    for (int i = 1; i < 5; i++) {
        assert_string_equal(model->functions[i].name, names[i]);
        assert_string_equal(model->functions[i].qualname, names[i]);
        assert_string_equal(model->functions[i].file, "a.py");
    }
    assert_int_equal(model->node_count, 5);
    const uint32_t parents[] = {0, 0, 1, 2, 0}, functions[] = {0, 1, 2, 3, 4};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(model->nodes[i].parent, parents[i]);
        assert_int_equal(model->nodes[i].function, functions[i]);
    }
    assert_int_equal(model->nodes[3].calls, 7);
    assert_int_equal(model->edge_count, 2);
    assert_int_equal(model->edges[0].callee, 3);
    assert_int_equal(model->edges[1].callee, 4);
    model_free(model);
}

static void lines_stay_with_their_functions(void **state) {
    (void)state;
    char texts[FUNCTIONS][8];
    struct model *model = inherited(texts);
    /* 1 goes as well: then numbers change. */
    model->nodes[2].function = 4;
    model->nodes[3].function = 4;
    assert_true(model_compact(model));
    assert_int_equal(model->function_count, 4);
    assert_string_equal(model->functions[1].name, "f2");
    assert_int_equal(model->functions[1].first_line_row, 0);
    assert_int_equal(model->functions[1].line_row_count, 2);
    assert_int_equal(model->functions[2].first_line_row, 2);
    assert_int_equal(model->line_count, 3);
    const uint32_t functions[] = {1, 1, 2}, numbers[] = {10, 11, 20};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(model->lines[i].function, functions[i]);
        assert_int_equal(model->lines[i].line, numbers[i]);
    }
    assert_int_equal(model->edges[0].caller, 1);
    assert_int_equal(model->edges[0].callee, 2);
    model_free(model);
}

/* Of 2, 3 and 5; 1 is kept for what it executed, 5 goes as it executed nothing. */
static void instructions_stay_with_their_functions(void **state) {
    (void)state;
    char texts[FUNCTIONS][8];
    struct model *model = inherited(texts);
    static const struct model_instruction rows[] = {{.function = 1, .offset = 0, .count = 1}, {.function = 3, .offset = 0},
                                                    {.function = 3, .offset = 2},             {.function = 5, .offset = 4},
                                                    {.function = 5, .offset = 6, .count = MODEL_UNKNOWN}};
    static const struct model_handler handlers[] = {{.function = 5, .target = 5}, {.function = 3, .target = 3}};
    model->nodes[2].function = 4; /* nothing else keeps 1 */
    model->instruction_rows = memcpy(malloc(sizeof rows), rows, sizeof rows);
    model->handlers = memcpy(malloc(sizeof handlers), handlers, sizeof handlers);
    model->instruction_row_count = 5;
    model->handler_count = 2;
    model->functions[1].instruction_row_count = 1;
    model->functions[3].first_instruction_row = 1, model->functions[3].instruction_row_count = 2;
    model->functions[3].first_handler_row = 1, model->functions[3].handler_row_count = 1;
    model->functions[5].first_instruction_row = 3, model->functions[5].instruction_row_count = 2;
    model->functions[5].handler_row_count = 1;
    assert_true(model_compact(model));
    assert_int_equal(model->function_count, 5);
    assert_int_equal(model->instruction_row_count, 3);
    assert_int_equal(model->functions[1].instruction_row_count, 1);
    assert_int_equal(model->functions[2].instruction_row_count, 0);
    assert_int_equal(model->functions[3].first_instruction_row, 1);
    assert_int_equal(model->instruction_rows[2].function, 3);
    assert_int_equal(model->instruction_rows[2].offset, 2);
    assert_int_equal(model->handler_count, 1);
    assert_int_equal(model->handlers[model->functions[3].first_handler_row].target, 3);
    model_free(model);
}

static void nothing_used_leaves_the_root(void **state) {
    (void)state;
    struct model *model = model_new();
    assert_non_null(model);
    assert_true(model_compact(model));
    assert_int_equal(model->function_count, 1);
    assert_int_equal(model->line_count, 0);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_used_stays),
        cmocka_unit_test(lines_stay_with_their_functions),
        cmocka_unit_test(instructions_stay_with_their_functions),
        cmocka_unit_test(nothing_used_leaves_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
