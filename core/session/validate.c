#include "core/session/validate.h"

static bool function_lines_fit(const struct model *model, uint32_t id) {
    const struct model_function *function = &model->functions[id];
    uint64_t end = (uint64_t)function->first_line_row + function->line_row_count;
    if (end > model->line_count)
        return false;
    for (uint64_t row = function->first_line_row; row < end; row++) {
        const struct model_line *line = &model->lines[row];
        if (line->function != id || (row > function->first_line_row && line->line <= line[-1].line))
            return false;
    }
    return true;
}

static bool function_instructions_fit(const struct model *model, uint32_t id) {
    const struct model_function *function = &model->functions[id];
    uint64_t first = function->first_instruction_row, end = first + function->instruction_row_count;
    if (end > model->instruction_row_count)
        return false;
    for (uint64_t row = first; row < end; row++) {
        const struct model_instruction *instruction = &model->instruction_rows[row];
        if (instruction->function != id || instruction->offset == MODEL_NO_OFFSET ||
            (row > first && instruction->offset <= instruction[-1].offset))
            return false;
    }
    return true;
}

static bool function_handlers_fit(const struct model *model, uint32_t id) {
    const struct model_function *function = &model->functions[id];
    uint64_t first = function->first_handler_row, end = first + function->handler_row_count;
    if (end > model->handler_count)
        return false;
    for (uint64_t row = first; row < end; row++) {
        const struct model_handler *handler = &model->handlers[row];
        if (handler->function != id || handler->start > handler->end || handler->keeps_offset > 1 ||
            (row > first && handler->start < handler[-1].start))
            return false;
    }
    return true;
}

static const char *check_functions(const struct model *model) {
    if (model->function_count == 0 || model->functions[0].kind != MODEL_FUNCTION_PROGRAM)
        return "the program's own row is missing";
    for (uint32_t i = 0; i < model->function_count; i++) {
        const struct model_function *function = &model->functions[i];
        if (function->kind > MODEL_FUNCTION_C || (i && function->kind == MODEL_FUNCTION_PROGRAM))
            return "a function of an unknown kind";
        if (!function_lines_fit(model, i))
            return "the lines of a function do not fit";
        if (!function_instructions_fit(model, i) || !function_handlers_fit(model, i))
            return "the instructions of a function do not fit";
    }
    return NULL;
}

static bool edges_ascend(const struct model_edge *before, const struct model_edge *edge) {
    return before->caller < edge->caller || (before->caller == edge->caller && before->callee < edge->callee);
}

static const char *check_edges(const struct model *model) {
    for (size_t i = 0; i < model->edge_count; i++) {
        const struct model_edge *edge = &model->edges[i];
        if (edge->caller >= model->function_count || edge->callee >= model->function_count)
            return "a call refers to no function";
        if (i && !edges_ascend(edge - 1, edge))
            return "the calls are out of order";
    }
    return NULL;
}

static const char *check_nodes(const struct model *model) {
    for (size_t i = 0; i < model->node_count; i++) {
        const struct model_node *node = &model->nodes[i];
        if (node->function >= model->function_count)
            return "a call node refers to no function";
        if (node->parent > i) /* a root is its own parent */
            return "the call tree is out of order";
    }
    return NULL;
}

static bool is_known(const struct model_allocations *memory) {
    return memory->allocated_count != MODEL_UNKNOWN && memory->allocated_bytes != MODEL_UNKNOWN &&
           memory->freed_count != MODEL_UNKNOWN && memory->freed_bytes != MODEL_UNKNOWN && memory->live_count != MODEL_UNKNOWN &&
           memory->live_bytes != MODEL_UNKNOWN && memory->peak_count != MODEL_UNKNOWN && memory->peak_bytes != MODEL_UNKNOWN &&
           memory->temporary_count != MODEL_UNKNOWN && memory->lifetime_ns != MODEL_UNKNOWN &&
           memory->highest_bytes != MODEL_UNKNOWN;
}

static bool sites_ascend(const struct model_site *before, const struct model_site *site) {
    if (before->function != site->function)
        return before->function < site->function;
    return before->line != site->line ? before->line < site->line : before->node < site->node;
}

static const char *check_sites(const struct model *model) {
    for (size_t i = 0; i < model->site_count; i++) {
        const struct model_site *site = &model->sites[i];
        if (site->function >= model->function_count || (site->node && site->node >= model->node_count))
            return "an allocation site refers to no function";
        if (site->line && model->functions[site->function].kind != MODEL_FUNCTION_PYTHON)
            return "an allocation site refers to no line";
        if (i && !sites_ascend(site - 1, site))
            return "the allocation sites are out of order";
        if (!is_known(&site->memory))
            return "an allocation site without its numbers";
    }
    return NULL;
}

static bool growth_fits(const struct model *model, const struct model_sample *sample) {
    for (int i = 0; i < MODEL_SAMPLE_GROWTH; i++)
        if ((sample->growth[i].site >= model->site_count && sample->growth[i].site != MODEL_NO_SITE) ||
            sample->growth[i].bytes < 0)
            return false;
    return true;
}

static const char *check_timeline(const struct model *model) {
    for (size_t i = 0; i < model->sample_count; i++) {
        if (model->samples[i].function >= model->function_count)
            return "a sample refers to no function";
        if (i && model->samples[i].t_ns < model->samples[i - 1].t_ns)
            return "the timeline is out of order";
        if (!growth_fits(model, &model->samples[i]))
            return "a sample refers to no allocation site";
    }
    for (size_t i = 1; i < model->mark_count; i++)
        if (model->marks[i].t_ns < model->marks[i - 1].t_ns)
            return "the marks are out of order";
    return NULL;
}

static const char *check_rest(const struct model *model) {
    for (size_t i = 0; i < model->line_count; i++)
        if (model->lines[i].function >= model->function_count || model->lines[i].line == 0)
            return "a line refers to no function";
    for (size_t i = 0; i < model->instruction_row_count; i++)
        if (model->instruction_rows[i].function >= model->function_count)
            return "an instruction refers to no function";
    for (size_t i = 0; i < model->thread_function_count; i++)
        if (model->thread_functions[i].thread >= model->thread_count ||
            model->thread_functions[i].function >= model->function_count)
            return "what a thread did refers to no function";
    if (model->state > MODEL_ENDED || model->exit_kind > MODEL_EXIT_SIGNAL)
        return "an unknown way of ending";
    if (model->clock >= RUN_CLOCK_COUNT)
        return "an unknown clock";
    return NULL;
}

const char *session_validate(const struct model *model) {
    const char *wrong = check_functions(model);
    if (!wrong)
        wrong = check_edges(model);
    if (!wrong)
        wrong = check_nodes(model);
    if (!wrong)
        wrong = check_sites(model);
    if (!wrong)
        wrong = check_timeline(model);
    return wrong ? wrong : check_rest(model);
}
