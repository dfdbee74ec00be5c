/* export_json_bytecode.c - instructions, exception tables, opcodes and their pairs. */
#include <stdlib.h>

#include "core/report/export_json.h"
#include "core/report/instruction_rows.h"
#include "core/report/rows.h"

static void write_flags(struct json *json, const struct model_instruction *row) {
    static const struct {
        uint32_t flag;
        const char *name;
    } flags[] = {{MODEL_INSTRUCTION_JUMP_TARGET, "is_jump_target"},
                 {MODEL_INSTRUCTION_PREFIX, "is_prefix"},
                 {MODEL_INSTRUCTION_ADAPTIVE, "adaptive"},
                 {MODEL_INSTRUCTION_GAVE_UP, "gave_up"}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (row->flags & flags[i].flag)
            json_truth(json, flags[i].name, true);
}

static void write_instruction(struct json *json, const struct model_instruction *row) {
    json_break(json);
    json_begin(json, NULL, '{');
    json_number(json, "function", row->function);
    json_number(json, "offset", row->offset);
    json_text(json, "opname", row->opname);
    json_text(json, "argrepr", row->argrepr);
    if (row->line)
        json_number(json, "line", row->line);
    if (row->count != MODEL_UNKNOWN)
        json_number(json, "count", row->count);
    if (*row->specialized)
        json_text(json, "specialized", row->specialized);
    if (row->raised && row->raised != MODEL_UNKNOWN)
        json_number(json, "raised", row->raised);
    json_number(json, "arg", row->argument);
    if (row->jump_target != MODEL_NO_OFFSET)
        json_number(json, "jump_target", row->jump_target);
    json_integer(json, "stack_effect", row->stack_effect);
    if (row->jump_target != MODEL_NO_OFFSET)
        json_integer(json, "jump_stack_effect", row->jump_stack_effect);
    write_flags(json, row);
    json_end(json, '}');
}

static void write_instructions(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "bytecode", '[');
    for (uint32_t id = 1; id < model->function_count; id++) {
        const struct model_function *function = &model->functions[id];
        if (!report_is_exported(model, id))
            continue;
        for (uint32_t i = 0; i < function->instruction_row_count; i++)
            write_instruction(json, &model->instruction_rows[function->first_instruction_row + i]);
    }
    json_end(json, ']');
}

static void write_handlers(struct json *json, const struct model *model) {
    json_break(json);
    json_begin(json, "exception_table", '[');
    for (size_t i = 0; i < model->handler_count; i++) {
        const struct model_handler *row = &model->handlers[i];
        if (!report_is_exported(model, row->function))
            continue;
        json_break(json);
        json_begin(json, NULL, '{');
        json_number(json, "function", row->function);
        json_number(json, "start", row->start);
        json_number(json, "end", row->end);
        json_number(json, "target", row->target);
        json_number(json, "depth", row->depth);
        if (row->keeps_offset)
            json_truth(json, "lasti", true);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static void write_opcodes(struct json *json, const char *key, const struct model_opcode *rows, size_t count) {
    json_break(json);
    json_begin(json, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_break(json);
        json_begin(json, NULL, '{');
        json_text(json, "opname", rows[i].opname);
        if (*rows[i].next)
            json_text(json, "next", rows[i].next);
        json_number(json, "count", rows[i].count);
        json_end(json, '}');
    }
    json_end(json, ']');
}

static bool write_totals(struct json *json, const struct model *model, struct error *error) {
    size_t count;
    uint64_t unknown = 0;
    struct model_opcode *rows = model_opcodes(model, 0, &count);
    if (rows)
        write_opcodes(json, "opcodes", rows, count);
    bool done = rows != NULL;
    free(rows);
    rows = done ? model_opcode_pairs(model, 0, &count, &unknown) : NULL;
    if (rows) {
        write_opcodes(json, "opcode_pairs", rows, count);
        json_number(json, "opcode_pairs_unknown", unknown);
    }
    done = rows != NULL;
    free(rows);
    return done || error_set(error, 1, "not enough memory to write the opcodes; close other programs");
}

bool export_json_bytecode(struct json *json, const struct model *model, struct error *error) {
    if (!(model->collectors & COLLECTOR_BYTECODE))
        return true;
    json_break(json);
    if (model->instructions != MODEL_UNKNOWN)
        json_number(json, "instructions", model->instructions);
    if (instruction_unknown_functions(model))
        json_number(json, "functions_without_instructions", instruction_unknown_functions(model));
    write_instructions(json, model);
    write_handlers(json, model);
    return model->instructions == MODEL_UNKNOWN || write_totals(json, model, error);
}
