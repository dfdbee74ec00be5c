#include "core/profile/model_compact.h"

#include <stdlib.h>
#include <string.h>

#include "core/profile/thread_functions.h"

/* Which rows stay: their number among those that do. */
enum { GONE = UINT32_MAX };

/* --- call nodes and edges --------------------------------------------------------------------------------- */

static bool is_used_node(const struct model_node *node) { return node->calls || node->self_ns || node->total_ns; }

static bool is_used_edge(const struct model_edge *edge) { return edge->calls || edge->self_ns || edge->total_ns; }

/* A node stays with all that are below it; parents come before their children. */
static bool compact_nodes(struct model *model) {
    uint32_t *number = malloc((model->node_count + 1) * sizeof *number);
    if (!number)
        return false;
    for (size_t i = 0; i < model->node_count; i++)
        number[i] = i == 0 || is_used_node(&model->nodes[i]) ? 0 : GONE;
    for (size_t i = 0; i < model->site_count; i++)
        if (model->sites[i].node < model->node_count)
            number[model->sites[i].node] = 0;
    for (size_t i = model->node_count; i-- > 1;)
        if (number[i] != GONE)
            number[model->nodes[i].parent] = 0;
    size_t kept = 0;
    for (size_t i = 0; i < model->node_count; i++) {
        if (number[i] == GONE)
            continue;
        struct model_node node = model->nodes[i];
        node.parent = i == 0 ? 0 : number[node.parent];
        number[i] = (uint32_t)kept;
        model->nodes[kept++] = node;
    }
    model->node_count = kept;
    for (size_t i = 0; i < model->site_count; i++)
        model->sites[i].node = kept ? number[model->sites[i].node] : 0;
    free(number);
    return true;
}

static void compact_edges(struct model *model) {
    size_t kept = 0;
    for (size_t i = 0; i < model->edge_count; i++)
        if (is_used_edge(&model->edges[i]))
            model->edges[kept++] = model->edges[i];
    model->edge_count = kept;
}

/* --- functions and lines ---------------------------------------------------------------------------------- */

static void keep_used(const struct model *model, uint32_t *number) {
    for (size_t i = 0; i < model->function_count; i++) {
        const struct model_function *function = &model->functions[i];
        number[i] = i == 0 || function->calls || function->self_ns || function->total_ns ? 0 : GONE;
    }
    for (size_t i = 0; i < model->node_count; i++)
        number[model->nodes[i].function] = 0;
    for (size_t i = 0; i < model->edge_count; i++)
        number[model->edges[i].caller] = number[model->edges[i].callee] = 0;
    for (size_t i = 0; i < model->line_count; i++)
        if (model->lines[i].hits || model->lines[i].self_ns || model->lines[i].total_ns)
            number[model->lines[i].function] = 0;
    for (size_t i = 0; i < model->sample_count; i++)
        number[model->samples[i].function] = 0;
    for (size_t i = 0; i < model->site_count; i++)
        number[model->sites[i].function] = 0;
    for (size_t i = 0; i < model->instruction_row_count; i++)
        if (model->instruction_rows[i].count && model->instruction_rows[i].count != MODEL_UNKNOWN)
            number[model->instruction_rows[i].function] = 0;
}

static const char *copy_text(struct model *model, const char *text) { return model_text(model, text, strlen(text)); }

/* Functions of one file stand together as a rule. */
static bool copy_names(struct model *model) {
    const char *file = NULL, *copy = NULL;
    for (size_t i = 1; i < model->function_count; i++) {
        struct model_function *function = &model->functions[i];
        bool same = function->qualname == function->name;
        if (function->file != file) {
            file = function->file;
            copy = copy_text(model, file);
        }
        function->file = copy;
        function->name = copy_text(model, function->name);
        function->qualname = same ? function->name : copy_text(model, function->qualname);
        if (!copy || !function->name || !function->qualname)
            return false;
    }
    return true;
}

/* The lines of one function after the other, in the functions' order. */
static bool compact_lines(struct model *model) {
    struct model_line *lines = malloc((model->line_count + 1) * sizeof *lines);
    size_t kept = 0;
    if (!lines)
        return false;
    for (size_t i = 0; i < model->function_count; i++) {
        struct model_function *function = &model->functions[i];
        size_t first = kept;
        for (uint32_t k = 0; k < function->line_row_count; k++) {
            lines[kept] = model->lines[function->first_line_row + k];
            lines[kept++].function = (uint32_t)i;
        }
        if (function->line_row_count)
            function->first_line_row = (uint32_t)first;
    }
    free(model->lines);
    model->lines = lines;
    model->line_count = kept;
    return true;
}

/* Rows of functions that stay, in place: functions, and so their rows, keep their order. */
static void compact_instructions(struct model *model) {
    size_t instructions = 0, handlers = 0;
    for (size_t i = 0; i < model->function_count; i++) {
        struct model_function *function = &model->functions[i];
        for (uint32_t k = 0; k < function->instruction_row_count; k++) {
            model->instruction_rows[instructions + k] = model->instruction_rows[function->first_instruction_row + k];
            model->instruction_rows[instructions + k].function = (uint32_t)i;
        }
        for (uint32_t k = 0; k < function->handler_row_count; k++) {
            model->handlers[handlers + k] = model->handlers[function->first_handler_row + k];
            model->handlers[handlers + k].function = (uint32_t)i;
        }
        function->first_instruction_row = function->instruction_row_count ? (uint32_t)instructions : 0;
        function->first_handler_row = function->handler_row_count ? (uint32_t)handlers : 0;
        instructions += function->instruction_row_count;
        handlers += function->handler_row_count;
    }
    model->instruction_row_count = instructions;
    model->handler_count = handlers;
}

static void renumber(struct model *model, const uint32_t *number) {
    for (size_t i = 0; i < model->node_count; i++)
        model->nodes[i].function = number[model->nodes[i].function];
    for (size_t i = 0; i < model->edge_count; i++) {
        model->edges[i].caller = number[model->edges[i].caller];
        model->edges[i].callee = number[model->edges[i].callee];
    }
    for (size_t i = 0; i < model->sample_count; i++)
        model->samples[i].function = number[model->samples[i].function];
    for (size_t i = 0; i < model->site_count; i++)
        model->sites[i].function = number[model->sites[i].function];
    thread_functions_renumber(model, number, GONE);
}

static bool compact_functions(struct model *model) {
    uint32_t *number = malloc(model->function_count * sizeof *number);
    if (!number)
        return false;
    keep_used(model, number);
    size_t kept = 0;
    for (size_t i = 0; i < model->function_count; i++)
        if (number[i] != GONE) {
            number[i] = (uint32_t)kept;
            model->functions[kept++] = model->functions[i];
        }
    model->function_count = kept;
    renumber(model, number);
    free(number);
    compact_instructions(model);
    return compact_lines(model) && copy_names(model);
}

bool model_compact(struct model *model) {
    if (!compact_nodes(model))
        return false;
    compact_edges(model);
    return compact_functions(model);
}
