/* bytecode_view.c - the instructions of the selected function. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/view/effect.h"
#include "tui/view/table.h"

struct bytecode_state {
    char pattern[128];
};

static void *bytecode_create(void) { return calloc(1, sizeof(struct bytecode_state)); }
static void bytecode_destroy(void *data) { free(data); }

static void bytecode_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    (void)data;
    (void)context;
    table_sentence(grid, area, "No bytecode of this function is known yet.");
}

static void bytecode_title(void *data, const struct view_context *context, char *text, size_t size) {
    (void)data;
    (void)context;
    snprintf(text, size, "Bytecode");
}

static struct view_effect bytecode_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    (void)data;
    (void)context;
    (void)request;
    (void)page_rows;
    return effect_of(VIEW_NOT_HANDLED);
}

const struct view bytecode_view = {
    .name = "bytecode", .create = bytecode_create, .destroy = bytecode_destroy, .draw = bytecode_draw, .title = bytecode_title,
    .request = bytecode_request,
};
