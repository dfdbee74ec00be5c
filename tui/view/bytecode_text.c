#include "tui/view/bytecode_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/specialisation.h"

static bool jumps(const struct model_instruction *instruction) { return instruction->jump_target != MODEL_NO_OFFSET; }

static const char code_object[] = "<code object ";

bool bytecode_is_specialised(const struct model_instruction *instruction) {
    static const char warm[] = "_QUICK";
    size_t length = strlen(instruction->specialized), end = sizeof warm - 1;
    return length && (length < end || strcmp(instruction->specialized + length - end, warm) != 0);
}

const char *bytecode_form(const struct model_instruction *instruction) {
    return bytecode_is_specialised(instruction) ? instruction->specialized : instruction->opname;
}

char bytecode_mark(const struct model_instruction *instruction) {
    return bytecode_is_specialised(instruction) ? '*' : instruction->flags & MODEL_INSTRUCTION_GAVE_UP ? '!' : ' ';
}

/* --- code objects ----------------------------------------------------------------------------------- */

/* A code object as its repr has it: "<code object inner at 0x7f..., file "a.py", line 12>". */
struct code_name {
    const char *name;
    size_t length;
    uint32_t line;
};

static bool read_code_object(const char *argrepr, struct code_name *code) {
    if (strncmp(argrepr, code_object, sizeof code_object - 1) != 0)
        return false;
    code->name = argrepr + sizeof code_object - 1;
    const char *end = strstr(code->name, " at 0x"), *file = strstr(code->name, ", file "), *line = NULL;
    if (!end || (file && file < end))
        end = file;
    for (const char *at = strstr(code->name, ", line "); at; at = strstr(at + 1, ", line "))
        line = at; /* the last one: a file may be named so */
    if (!end || !line || !isdigit((unsigned char)line[7]))
        return false;
    code->length = (size_t)(end - code->name);
    code->line = (uint32_t)strtoul(line + 7, NULL, 10);
    return true;
}

uint32_t bytecode_loaded_function(const struct model *model, uint32_t function, const struct model_instruction *instruction) {
    struct code_name code;
    uint32_t found = 0;
    if (!read_code_object(instruction->argrepr, &code))
        return 0;
    const struct model_function *outer = &model->functions[function];
    size_t prefix = strcmp(outer->qualname, "<module>") == 0 ? 0 : strlen(outer->qualname);
    for (uint32_t i = 1; i < model->function_count; i++) {
        const struct model_function *inner = &model->functions[i];
        if (i == function || inner->kind != MODEL_FUNCTION_PYTHON || inner->line != code.line ||
            strlen(inner->name) != code.length || strncmp(inner->name, code.name, code.length) != 0 ||
            strcmp(inner->file, outer->file) != 0)
            continue;
        if (!found || strncmp(inner->qualname, outer->qualname, prefix) == 0)
            found = i;
    }
    return found;
}

/* --- rows ------------------------------------------------------------------------------------------- */

/* Whether it has an argument even where that is 0: how many values, mostly. */
static bool has_argument(const struct model_instruction *instruction) {
    static const char *const names[] = {"CALL", "CALL_KW", "PRECALL", "BUILD_LIST", "BUILD_MAP", "BUILD_SET", "BUILD_TUPLE",
                                        "LOAD_SMALL_INT", "RAISE_VARARGS", "UNPACK_SEQUENCE"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !instruction->argument; i++)
        if (strcmp(instruction->opname, names[i]) == 0)
            return true;
    return instruction->argument != 0;
}

const char *bytecode_argument(const struct model_instruction *instruction, char text[BYTECODE_TEXT_SIZE]) {
    struct code_name code;
    if (read_code_object(instruction->argrepr, &code))
        snprintf(text, BYTECODE_TEXT_SIZE, "%s%.*s, line %" PRIu32 ">", code_object, (int)code.length, code.name, code.line);
    else if (jumps(instruction))
        snprintf(text, BYTECODE_TEXT_SIZE, "to %" PRIu32, instruction->jump_target);
    else if (*instruction->argrepr)
        snprintf(text, BYTECODE_TEXT_SIZE, "%s", instruction->argrepr);
    else if (has_argument(instruction))
        snprintf(text, BYTECODE_TEXT_SIZE, "%" PRIu32, instruction->argument);
    else
        text[0] = '\0';
    return text;
}

void bytecode_write(const struct model_instruction *instruction, bool form, int columns, char *text, size_t size) {
    char argument[BYTECODE_TEXT_SIZE];
    const char *name = form ? bytecode_form(instruction) : instruction->opname;
    bytecode_argument(instruction, argument);
    if (*argument)
        snprintf(text, size, "%-*s %s", columns, name, argument);
    else
        snprintf(text, size, "%s", name);
}

/* A jump that is always taken. */
static bool always_jumps(const struct model_instruction *instruction) {
    return strncmp(instruction->opname, "JUMP_", 5) == 0 && !strstr(instruction->opname, "_IF_");
}

/* "+1", "-2", "0". */
static int write_effect(char *text, size_t size, int effect) { return snprintf(text, size, effect ? "%+d" : "%d", effect); }

const char *bytecode_stack(const struct model_instruction *instruction, char text[32]) {
    int effect = instruction->stack_effect, jump_effect = instruction->jump_stack_effect;
    if (!jumps(instruction) || effect == jump_effect)
        write_effect(text, 16, effect);
    else if (always_jumps(instruction))
        write_effect(text, 16, jump_effect);
    else {
        int length = write_effect(text, 16, effect);
        text[length] = '/';
        write_effect(text + length + 1, 16, jump_effect);
    }
    return text;
}

const char *bytecode_handler(const struct model_handler *handler, char text[BYTECODE_TEXT_SIZE]) {
    snprintf(text, BYTECODE_TEXT_SIZE, "%" PRIu32 " to %" PRIu32 " -> %" PRIu32 " [%" PRIu32 "]%s", handler->start, handler->end,
             handler->target, handler->depth, handler->keeps_offset ? " lasti" : "");
    return text;
}

bool bytecode_is_call(const struct model_instruction *instruction) {
    return strncmp(instruction->opname, "CALL", 4) == 0 || strncmp(instruction->opname, "PRECALL", 7) == 0;
}

/* --- sentences -------------------------------------------------------------------------------------- */

static void __attribute__((format(printf, 3, 4))) say(char *text, size_t size, const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    if (length && length + 1 < size) {
        text[length++] = ' ';
        text[length] = '\0';
    }
    va_start(arguments, format);
    vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}

static void describe_specialisation(const struct model_instruction *instruction, char *text, size_t size) {
    if (bytecode_is_specialised(instruction))
        say(text, size, "Specialised to %s: %s.", instruction->specialized, specialisation_meaning(instruction->specialized));
    else if (instruction->flags & MODEL_INSTRUCTION_GAVE_UP)
        say(text, size, "Tried to specialise in vain: %s.", specialisation_failure(instruction->opname));
    else if (instruction->flags & MODEL_INSTRUCTION_ADAPTIVE)
        say(text, size, "Not specialised: it has not run often enough, or no form is for it.");
}

/* " (line 12)", or "" where the offset has no row. */
static const char *place_of(const struct bytecode_rows *rows, uint32_t offset, char text[32]) {
    size_t row = bytecode_rows_at(rows, offset);
    text[0] = '\0';
    if (row != SIZE_MAX && rows->rows[row].line)
        snprintf(text, 32, " (line %" PRIu32 ")", rows->rows[row].line);
    return text;
}

static void describe_flow(const struct bytecode_rows *rows, const struct model_instruction *instruction, char *text, size_t size) {
    char place[32];
    uint32_t target = instruction->jump_target;
    if (jumps(instruction))
        say(text, size, "%s to %" PRIu32 "%s.", always_jumps(instruction) ? "Jumps" : "May jump", target,
            place_of(rows, target, place));
    const struct model_handler *handler = bytecode_rows_handler_of(rows, instruction->offset);
    if (handler)
        say(text, size, "An exception here goes on at %" PRIu32 "%s.", handler->target, place_of(rows, handler->target, place));
}

static void describe_one_effect(int effect, const char *when, char *text, size_t size) {
    int values = effect < 0 ? -effect : effect;
    if (effect == 0)
        say(text, size, "Leaves as many values on the stack as it takes%s.", when);
    else
        say(text, size, "%s %d value%s more than it %s%s.", effect > 0 ? "Leaves" : "Takes", values, values == 1 ? "" : "s",
            effect > 0 ? "takes" : "leaves", when);
}

static void describe_stack(const struct model_instruction *instruction, char *text, size_t size) {
    int effect = instruction->stack_effect, jump_effect = instruction->jump_stack_effect;
    bool both = jumps(instruction) && !always_jumps(instruction) && effect != jump_effect;
    describe_one_effect(jumps(instruction) && always_jumps(instruction) ? jump_effect : effect, "", text, size);
    if (both)
        describe_one_effect(jump_effect, " when it jumps", text, size);
}

static void describe_instruction(const struct bytecode_rows *rows, const struct model_instruction *instruction, char *text,
                                 size_t size) {
    if (instruction->flags & MODEL_INSTRUCTION_PREFIX) {
        say(text, size, "A part of the instruction behind it, whose argument is too large for it alone; in no total.");
        return;
    }
    if (instruction->count == 0)
        say(text, size, "Never executed.");
    if (instruction->raised && instruction->raised != MODEL_UNKNOWN)
        say(text, size, "An exception ended it %" PRIu64 " time%s.", instruction->raised, instruction->raised == 1 ? "" : "s");
    describe_specialisation(instruction, text, size);
    describe_flow(rows, instruction, text, size);
    describe_stack(instruction, text, size);
}

static void describe_handler(const struct bytecode_rows *rows, const struct model_handler *handler, char *text, size_t size) {
    char place[32];
    say(text, size, "What is raised from %" PRIu32 " on and before %" PRIu32 " goes on at %" PRIu32 "%s;", handler->start,
        handler->end, handler->target, place_of(rows, handler->target, place));
    say(text, size, "%" PRIu32 " value%s of the stack stay%s%s.", handler->depth, handler->depth == 1 ? "" : "s",
        handler->depth == 1 ? "s" : "", handler->keeps_offset ? ", and where it was raised is kept with it" : "");
}

void bytecode_describe(const struct bytecode_rows *rows, size_t row, char *text, size_t size) {
    const struct model_instruction *instruction = bytecode_rows_instruction(rows, row);
    const struct model_handler *handler = bytecode_rows_handler(rows, row);
    text[0] = '\0';
    if (instruction)
        describe_instruction(rows, instruction, text, size);
    else if (handler)
        describe_handler(rows, handler, text, size);
}
