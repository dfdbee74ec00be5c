/* bytecode_view.c - the selected function's instructions, in step with its source; or which opcodes were executed how often. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/bytecode_draw.h"
#include "tui/view/bytecode_opcodes.h"
#include "tui/view/bytecode_text.h"
#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/number.h"
#include "tui/view/source_callee.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"

enum { SIDEWAYS_STEP = 8, MOST_SIDEWAYS = 400 };

struct bytecode_state {
    struct model_stamp stamp;
    struct bytecode_rows rows;
    struct bytecode_arrows arrows;
    struct source_text text;
    enum bytecode_mode mode;
    struct bytecode_opcodes opcodes; /* of that mode */
    bool outdated;         /* opcodes must be counted anew whatever the stamp says */
    bool without_memory;   /* rows could not be made */
    uint32_t function;     /* shown; 0: none */
    uint32_t context_line; /* as last seen */
    size_t selected;       /* row; SIZE_MAX: there are none */
    size_t top;
    bool reveal;           /* the next drawing scrolls so that what is above and below the row is seen, too */
    int sideways;
    char pattern[128];
    char message[1024];
};

static void *bytecode_create(void) { return calloc(1, sizeof(struct bytecode_state)); }

static void bytecode_destroy(void *data) {
    struct bytecode_state *state = data;
    if (state) {
        bytecode_rows_free(&state->rows);
        bytecode_arrows_free(&state->arrows);
        source_text_free(&state->text);
        bytecode_opcodes_free(&state->opcodes);
    }
    free(state);
}

static void select_row(struct bytecode_state *state, size_t row, int direction) {
    state->selected = bytecode_rows_selectable(&state->rows, row, direction);
}

static uint32_t selected_line(const struct bytecode_state *state) {
    return state->selected == SIZE_MAX ? 0 : state->rows.rows[state->selected].line;
}

/* The source's line is selected here, too, where it has instructions; in another function the first one, if not. */
static void follow_context(struct bytecode_state *state, const struct view_context *context, bool anew) {
    bool moved = context->line != state->context_line;
    size_t row = bytecode_rows_of_line(&state->rows, context->line);
    state->context_line = context->line;
    if (!anew && (!moved || row == SIZE_MAX || selected_line(state) == context->line))
        return;
    select_row(state, row == SIZE_MAX ? 0 : row, 1);
    state->reveal = true;
}

/* Rows and arrows of the model. The selection stays on its row: code does not change while it runs. */
static void rebuild(struct bytecode_state *state, const struct model *model) {
    state->without_memory = !bytecode_rows_build(&state->rows, model, state->function) ||
                            !bytecode_arrows_build(&state->arrows, &state->rows);
    if (state->without_memory)
        state->rows.count = 0;
    const struct model_function *function = &model->functions[state->function];
    if (state->rows.count && source_text_load(&state->text, model, function->file))
        state->sideways = 0;
}

static void refresh(struct bytecode_state *state, const struct view_context *context) {
    uint32_t function = context->function < context->model->function_count ? context->function : 0;
    bool changed = model_stamp_update(&state->stamp, context->model), anew = function != state->function;
    size_t before = state->rows.count;
    state->function = function;
    if (changed || anew)
        rebuild(state, context->model);
    if (state->mode != BYTECODE_MODE_CODE && (changed || anew || state->outdated))
        state->outdated = !bytecode_opcodes_build(&state->opcodes, context->model, function, state->mode);
    follow_context(state, context, anew || before != state->rows.count);
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static const char *nothing(struct bytecode_state *state, const struct model *model) {
    const struct model_function *function = &model->functions[state->function];
    if (state->mode != BYTECODE_MODE_CODE && !state->outdated)
        return bytecode_mode_is_of_program(state->mode)
                   ? "Instructions are not counted in this run: its bytecode collector is off (-k function,line,bytecode)."
                   : "No instructions of this function were counted.";
    if (state->without_memory || state->outdated)
        return "There is not enough memory for this function's bytecode; close other programs.";
    if (!state->function)
        return "No function is selected.";
    if (function->kind == MODEL_FUNCTION_C) {
        snprintf(state->message, sizeof state->message, "%.200s is a C function: it has no bytecode. c shows who calls it.",
                 function->qualname);
        return state->message;
    }
    if (!(function->flags & (MODEL_FUNCTION_PROJECT | MODEL_FUNCTION_BYTECODE)))
        return "Bytecode is kept of the project's functions only, and this one is not the project's.";
    if (model->state != MODEL_ENDED)
        return "The program was asked for its bytecode. It answers when it gets to it: one that waits comes to it later.";
    if (model->collectors & COLLECTOR_BYTECODE)
        return "This function's bytecode is not there, or not yet: the Python of the run has to disassemble it.";
    return "This run's bytecode was not kept. Run it with the bytecode collector (-k function,line,bytecode), or look here "
           "while it runs.";
}

/* Keeps the selected row in sight, with the heading of its line where it is the first one below it. */
static void scroll(struct bytecode_state *state, int visible) {
    size_t rows = visible > 0 ? (size_t)visible : 1, count = state->rows.count, selected = state->selected;
    size_t above = selected > 0 && state->rows.rows[selected - 1].kind == BYTECODE_ROW_LINE && rows > 1;
    bool seen = selected - above >= state->top && selected < state->top + rows;
    if (state->reveal && !seen)
        state->top = selected > rows / 3 + above ? selected - rows / 3 - above : 0;
    else if (selected - above < state->top)
        state->top = selected - above;
    else if (selected >= state->top + rows)
        state->top = selected - rows + 1;
    if (state->top + rows > count)
        state->top = count > rows ? count - rows : 0;
    state->reveal = false;
}

static bool is_empty(const struct bytecode_state *state) {
    return state->mode == BYTECODE_MODE_CODE ? state->selected == SIZE_MAX : !state->opcodes.count;
}

static void bytecode_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct bytecode_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (is_empty(state)) {
        table_sentence(grid, area, nothing(state, context->model));
        return;
    }
    if (state->mode != BYTECODE_MODE_CODE) {
        bytecode_opcodes_draw(&state->opcodes, state->mode, context->focused, state->pattern, grid, area);
        return;
    }
    scroll(state, area.rows - bytecode_header_rows(area) - bytecode_detail_rows(area));
    struct bytecode_drawing drawing = {
        .model = context->model, .function = state->function, .rows = &state->rows, .arrows = &state->arrows,
        .text = &state->text, .selected = state->selected, .top = state->top, .sideways = state->sideways,
        .percent = context->percent, .focused = context->focused, .pattern = state->pattern};
    bytecode_draw_rows(&drawing, grid, area);
}

/* "Opcodes of count  274M". */
static void title_of_opcodes(const struct bytecode_state *state, const struct model *model, char *text, size_t size) {
    static const char *const titles[] = {
#define X(NAME, title) title,
        BYTECODE_MODE_LIST(X)
#undef X
    };
    char count[NUMBER_SIZE];
    const char *of = bytecode_mode_is_of_program(state->mode) ? "the program" : model->functions[state->function].name;
    snprintf(text, size, "%s %s  %s", titles[state->mode], of, number_count(count, state->opcodes.total, 6));
}

/* "Bytecode line:12  274M executed". */
static void bytecode_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct bytecode_state *state = data;
    char count[NUMBER_SIZE];
    refresh(state, context);
    if (state->mode != BYTECODE_MODE_CODE) {
        title_of_opcodes(state, context->model, text, size);
        return;
    }
    snprintf(text, size, "Bytecode");
    size_t length = strlen(text);
    if (selected_line(state))
        snprintf(text + length, size - length, " line:%" PRIu32, selected_line(state));
    length = strlen(text);
    if (state->rows.counted)
        snprintf(text + length, size - length, "  %s executed", number_count(count, state->rows.total, 6));
    else if (state->rows.count)
        snprintf(text + length, size - length, "  not counted");
}

/* --- requests --------------------------------------------------------------------------------------- */

/* The selection is another row now; the source goes with it where its line is another one. */
static struct view_effect selected_effect(struct bytecode_state *state, const struct view_context *context) {
    uint32_t line = selected_line(state);
    if (!line || line == context->line)
        return effect_of(VIEW_REDRAW);
    state->context_line = line;
    return effect_select(state->function, line);
}

static struct view_effect go_to_row(struct bytecode_state *state, const struct view_context *context, size_t row, int direction) {
    size_t before = state->selected;
    select_row(state, row, direction);
    return before == state->selected ? effect_of(VIEW_HANDLED) : selected_effect(state, context);
}

static struct view_effect go_to_offset(struct bytecode_state *state, const struct view_context *context, uint32_t offset) {
    size_t row = bytecode_rows_at(&state->rows, offset);
    if (row == SIZE_MAX)
        return effect_message("This leads to no instruction that is known.");
    return go_to_row(state, context, row, 1);
}

static struct view_effect go_to_callee(struct bytecode_state *state, const struct view_context *context) {
    size_t length;
    const char *line = source_text_line(&state->text, selected_line(state), &length);
    uint32_t callee = source_callee(context->model, state->function, line, length);
    const struct model_function *function = &context->model->functions[callee];
    if (!callee)
        return effect_message("No call on this line leads to a function that was counted.");
    if (function->kind == MODEL_FUNCTION_C || callee == state->function) {
        snprintf(state->message, sizeof state->message, callee == state->function ? "%.200s calls itself here."
                 : "%.200s is a C function: it has no bytecode.", function->qualname);
        return effect_message(state->message);
    }
    return (struct view_effect){.action = VIEW_BYTECODE, .function = callee};
}

/* Into a code object that is loaded, along a jump, to where an exception goes on, into what is called. */
static struct view_effect drill(struct bytecode_state *state, const struct view_context *context) {
    const struct model_instruction *instruction = bytecode_rows_instruction(&state->rows, state->selected);
    const struct model_handler *handler = bytecode_rows_handler(&state->rows, state->selected);
    if (handler)
        return go_to_offset(state, context, handler->target);
    if (!instruction)
        return effect_of(VIEW_HANDLED);
    if (instruction->jump_target != MODEL_NO_OFFSET)
        return go_to_offset(state, context, instruction->jump_target);
    uint32_t inner = bytecode_loaded_function(context->model, state->function, instruction);
    if (inner)
        return (struct view_effect){.action = VIEW_BYTECODE, .function = inner};
    if (strncmp(instruction->argrepr, "<code object", 12) == 0)
        return effect_message("This code object has not run: nothing is known of it.");
    if (bytecode_is_call(instruction))
        return go_to_callee(state, context);
    return effect_message("This instruction neither jumps nor calls nor loads code: there is nothing to go into.");
}

static struct view_effect copy_row(struct bytecode_state *state) {
    char text[2 * BYTECODE_TEXT_SIZE], count[NUMBER_SIZE] = "";
    const struct model_instruction *instruction = bytecode_rows_instruction(&state->rows, state->selected);
    const struct model_handler *handler = bytecode_rows_handler(&state->rows, state->selected);
    if (handler)
        return effect_copy(bytecode_handler(handler, state->message));
    if (!instruction)
        return effect_copy("");
    bytecode_write(instruction, true, 0, text, sizeof text);
    if (instruction->count != MODEL_UNKNOWN)
        snprintf(count, sizeof count, "  # %" PRIu64 " times", instruction->count);
    snprintf(state->message, sizeof state->message, "%" PRIu32 " %.900s%s", instruction->offset, text, count);
    return effect_copy(state->message);
}

static struct view_effect scroll_sideways(struct bytecode_state *state, int columns) {
    int before = state->sideways, wanted = before + columns;
    state->sideways = wanted < 0 ? 0 : wanted > MOST_SIDEWAYS ? MOST_SIDEWAYS : wanted;
    return effect_of(before == state->sideways ? VIEW_HANDLED : VIEW_REDRAW);
}

/* From the instructions to the opcodes of the function, its pairs, then those of the program, and back. */
static struct view_effect vary(struct bytecode_state *state) {
    state->mode = (enum bytecode_mode)((state->mode + 1) % BYTECODE_MODE_COUNT);
    state->opcodes.top = 0;
    state->opcodes.selected[0] = '\0';
    state->outdated = true;
    return effect_of(VIEW_REDRAW);
}

/* Into the next instruction of this opcode. */
static struct view_effect find_opcode(struct bytecode_state *state, const struct view_context *context) {
    const struct model_opcode *opcode = &state->opcodes.rows[state->opcodes.index];
    size_t index = state->selected;
    for (size_t tried = 0; tried < state->rows.count; tried++) {
        index = (index + 1) % state->rows.count;
        const struct model_instruction *instruction = bytecode_rows_instruction(&state->rows, index);
        if (!instruction || strcmp(instruction->opname, opcode->opname) != 0)
            continue;
        state->mode = BYTECODE_MODE_CODE;
        state->reveal = true;
        select_row(state, index, 1);
        return selected_effect(state, context);
    }
    return effect_message("The selected function has no instruction of this opcode.");
}

static struct view_effect opcodes_request(struct bytecode_state *state, const struct view_context *context, enum request request,
                                          int page_rows) {
    char name[128];
    struct bytecode_opcodes *opcodes = &state->opcodes;
    size_t index = opcodes->index;
    if (!opcodes->count)
        return effect_of(VIEW_NOT_HANDLED);
    if (table_step(request, page_rows, opcodes->count, &index)) {
        bytecode_opcodes_select(opcodes, index);
        return effect_of(VIEW_REDRAW);
    }
    if (request == REQUEST_DRILL)
        return find_opcode(state, context);
    if (request != REQUEST_COPY)
        return effect_of(VIEW_NOT_HANDLED);
    snprintf(state->message, sizeof state->message, "%s %" PRIu64, bytecode_opcodes_name(opcodes, index, name),
             opcodes->rows[index].count);
    return effect_copy(state->message);
}

static struct view_effect bytecode_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    struct bytecode_state *state = data;
    refresh(state, context);
    if (request == REQUEST_CANCEL)
        return effect_end_search(state->pattern);
    if (request == REQUEST_VARIANT)
        return vary(state);
    if (state->mode != BYTECODE_MODE_CODE)
        return opcodes_request(state, context, request, page_rows);
    if (state->selected == SIZE_MAX)
        return effect_of(VIEW_NOT_HANDLED);
    size_t index = state->selected;
    if (table_step(request, page_rows, state->rows.count, &index))
        return go_to_row(state, context, index, index < state->selected ? -1 : 1);
    switch (request) {
    case REQUEST_MOVE_LEFT: case REQUEST_SCROLL_LEFT: return scroll_sideways(state, -SIDEWAYS_STEP);
    case REQUEST_MOVE_RIGHT: case REQUEST_SCROLL_RIGHT: return scroll_sideways(state, SIDEWAYS_STEP);
    case REQUEST_SCROLL_HOME: return scroll_sideways(state, -MOST_SIDEWAYS);
    case REQUEST_DRILL: return drill(state, context);
    case REQUEST_CALLEE: return go_to_callee(state, context);
    case REQUEST_COPY: return copy_row(state);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

/* The text of the line above it belongs to the first instruction below. */
static bool row_matches(const void *data, size_t index) {
    const struct bytecode_state *state = data;
    const struct model_instruction *instruction = bytecode_rows_instruction(&state->rows, index);
    char text[2 * BYTECODE_TEXT_SIZE];
    size_t length;
    if (!instruction)
        return false;
    bytecode_write(instruction, true, 0, text, sizeof text);
    if (filter_contains(text, state->pattern) || filter_contains(instruction->opname, state->pattern))
        return true;
    if (state->rows.rows[index - 1].kind != BYTECODE_ROW_LINE) /* the first row is one */
        return false;
    const char *line = source_text_line(&state->text, state->rows.rows[index].line, &length);
    snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : (int)sizeof text - 1, line);
    return filter_contains(text, state->pattern);
}

static bool opcode_matches(const void *data, size_t index) {
    const struct bytecode_state *state = data;
    char name[128];
    return filter_contains(bytecode_opcodes_name(&state->opcodes, index, name), state->pattern);
}

static struct view_effect search_opcodes(struct bytecode_state *state, int direction) {
    size_t index = state->opcodes.index;
    if (table_search(state->opcodes.count, &index, direction, opcode_matches, state)) {
        bytecode_opcodes_select(&state->opcodes, index);
        return effect_of(VIEW_REDRAW);
    }
    snprintf(state->message, sizeof state->message, "No opcode here has \"%s\" in its name.", state->pattern);
    return effect_message(state->message);
}

static struct view_effect bytecode_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct bytecode_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0])
        return effect_of(VIEW_REDRAW);
    if (is_empty(state))
        return effect_message("There is no bytecode here to search.");
    if (state->mode != BYTECODE_MODE_CODE)
        return search_opcodes(state, direction);
    size_t index = state->selected;
    if (table_search(state->rows.count, &index, direction, row_matches, state)) {
        select_row(state, index, 1);
        return selected_effect(state, context);
    }
    snprintf(state->message, sizeof state->message, "No instruction here has \"%s\".", state->pattern);
    return effect_message(state->message);
}

static struct view_effect click_opcode(struct bytecode_state *state, const struct view_context *context, struct rectangle area,
                                       int row) {
    int header = table_header_rows(area);
    size_t index = state->opcodes.top + (size_t)(row - header);
    if (row < header || index >= state->opcodes.count)
        return effect_of(VIEW_HANDLED);
    if (index == state->opcodes.index)
        return find_opcode(state, context);
    bytecode_opcodes_select(&state->opcodes, index);
    return effect_of(VIEW_REDRAW);
}

static struct view_effect bytecode_click(void *data, const struct view_context *context, struct rectangle area, int row,
                                         int column) {
    struct bytecode_state *state = data;
    (void)column;
    refresh(state, context);
    if (state->mode != BYTECODE_MODE_CODE)
        return click_opcode(state, context, area, row);
    int header = bytecode_header_rows(area);
    size_t index = state->top + (size_t)(row - header);
    if (state->selected == SIZE_MAX || row < header || row >= area.rows - bytecode_detail_rows(area) || index >= state->rows.count)
        return effect_of(VIEW_HANDLED);
    if (index == state->selected)
        return drill(state, context);
    return go_to_row(state, context, index, 1);
}

const struct view bytecode_view = {
    .name = "bytecode", .create = bytecode_create, .destroy = bytecode_destroy, .draw = bytecode_draw, .title = bytecode_title,
    .request = bytecode_request, .search = bytecode_search, .click = bytecode_click,
};
