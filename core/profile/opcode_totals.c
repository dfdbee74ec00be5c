/* opcode_totals.c - how often each opcode was executed. */
#include "core/profile/opcode_tally.h"

static bool add_opcodes(const struct model *model, uint32_t id, struct opcode_tally *tally, void *context) {
    (void)context;
    const struct model_function *function = &model->functions[id];
    for (uint32_t i = 0; i < function->instruction_row_count; i++) {
        const struct model_instruction *row = &model->instruction_rows[function->first_instruction_row + i];
        if (row->flags & MODEL_INSTRUCTION_PREFIX || !row->count)
            continue;
        uint32_t number = opcode_tally_name(tally, row->opname);
        if (!number || !opcode_tally_add(tally, number, 0, row->count))
            return false;
    }
    return true;
}

struct model_opcode *model_opcodes(const struct model *model, uint32_t function, size_t *count) {
    struct opcode_tally tally = {0};
    bool done = opcode_tally_functions(model, function, &tally, add_opcodes, NULL);
    struct model_opcode *rows = done ? opcode_tally_rows(&tally, count) : NULL;
    opcode_tally_free(&tally);
    return rows;
}
