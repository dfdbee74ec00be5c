#include "core/report/rows.h"

#include <stdlib.h>

#include "core/profile/model_memory.h"

bool report_function_ran(const struct model *model, uint32_t id) {
    const struct model_function *function = &model->functions[id];
    bool counted = model->instructions != MODEL_UNKNOWN && report_known(function->instructions);
    if (counted || function->calls || function->self_ns || function->total_ns || model_has_allocations(&function->memory))
        return true;
    for (uint32_t i = 0; i < function->line_row_count; i++) {
        const struct model_line *line = &model->lines[function->first_line_row + i];
        if (report_known(line->hits) || (line->hits == MODEL_UNKNOWN && model_has_allocations(&line->memory)))
            return true;
    }
    return false;
}

bool report_is_exported(const struct model *model, uint32_t id) {
    return report_function_ran(model, id) || model_has_allocations(&model->functions[id].total_memory);
}

uint64_t report_known(uint64_t value) { return value == MODEL_UNKNOWN ? 0 : value; }

static int compare_numbers(uint64_t left, uint64_t right) { return left > right ? -1 : left < right; }

static int compare_functions(const void *left, const void *right, void *context) {
    const struct model *model = context;
    uint32_t left_id = *(const uint32_t *)left, right_id = *(const uint32_t *)right;
    const struct model_function *a = &model->functions[left_id], *b = &model->functions[right_id];
    int order = compare_numbers(a->self_ns, b->self_ns);
    if (!order)
        order = compare_numbers(a->total_ns, b->total_ns);
    if (!order)
        order = compare_numbers(a->calls, b->calls);
    return order ? order : compare_numbers(right_id, left_id);
}

uint32_t *report_functions_by_self(const struct model *model, size_t *count) {
    uint32_t *ids = malloc(model->function_count * sizeof *ids);
    *count = 0;
    if (!ids)
        return NULL;
    for (uint32_t id = 1; id < model->function_count; id++)
        if (report_function_ran(model, id))
            ids[(*count)++] = id;
    qsort_r(ids, *count, sizeof *ids, compare_functions, (void *)model);
    return ids;
}

uint64_t report_lines_self(const struct model *model, const struct model_function *function) {
    uint64_t self = 0;
    for (uint32_t i = 0; i < function->line_row_count; i++)
        self += report_known(model->lines[function->first_line_row + i].self_ns);
    return self;
}

bool report_threads_are_counted(const struct model *model) {
    if (!(model->collectors & COLLECTOR_FUNCTION))
        return false;
    for (size_t i = 0; i < model->thread_count; i++)
        if (model->threads[i].calls)
            return true;
    return model_total_self(model) == 0;
}
