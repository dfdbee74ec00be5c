#include "core/report/instruction_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/report/report_text.h"

static int compare_functions(const void *left, const void *right, void *context) {
    const struct model *model = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    uint64_t of_a = model->functions[a].instructions, of_b = model->functions[b].instructions;
    if (of_a != of_b)
        return of_a > of_b ? -1 : 1;
    return a < b ? -1 : a > b;
}

uint32_t *instruction_functions(const struct model *model, size_t *count) {
    uint32_t *ids = malloc(model->function_count * sizeof *ids);
    *count = 0;
    for (uint32_t id = 1; ids && id < model->function_count; id++)
        if (model->functions[id].instructions && model->functions[id].instructions != MODEL_UNKNOWN)
            ids[(*count)++] = id;
    if (ids)
        qsort_r(ids, *count, sizeof *ids, compare_functions, (void *)model);
    return ids;
}

size_t instruction_unknown_functions(const struct model *model) {
    size_t count = 0;
    for (size_t id = 1; id < model->function_count; id++)
        count += model->functions[id].flags & MODEL_FUNCTION_BYTECODE && model->functions[id].instructions == MODEL_UNKNOWN;
    return count;
}

void instruction_write_unknown(const struct model *model, FILE *out) {
    size_t count = instruction_unknown_functions(model);
    if (count)
        fprintf(out, "%zu function%s ran whose instructions are not known, as %s could not be disassembled%s\n", count,
                count == 1 ? "" : "s", count == 1 ? "it" : "they", model->state == MODEL_RUNNING ? " yet" : "");
}

bool instruction_write_head(const struct model *model, const char *title, FILE *out) {
    report_heading(model, title, out);
    if (!(model->collectors & COLLECTOR_BYTECODE)) {
        fputs("Bytecode was not counted in this run; add bytecode to -k.\n", out);
        return false;
    }
    if (model->instructions == MODEL_UNKNOWN)
        fputs("no instructions are known\n", out);
    else
        fprintf(out, "instructions executed: %" PRIu64 "\n", model->instructions);
    instruction_write_unknown(model, out);
    return model->instructions != MODEL_UNKNOWN;
}

void instruction_ratio(const struct model *model, const struct model_function *function, char *text) {
    *text = '\0';
    if (model->collectors & COLLECTOR_FUNCTION && function->calls && function->calls != MODEL_UNKNOWN)
        snprintf(text, INSTRUCTION_RATIO_SIZE, "%.1f", (double)function->instructions / (double)function->calls);
}
