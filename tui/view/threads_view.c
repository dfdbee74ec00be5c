/* threads_view.c - the processes of a run and their threads. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/view/effect.h"
#include "tui/view/filter.h"
#include "tui/view/number.h"
#include "tui/view/row_ids.h"
#include "tui/view/stamp.h"
#include "tui/view/table.h"
#include "tui/view/thread_place.h"
#include "tui/view/tree_rows.h"

enum row_kind { ROW_ALL, ROW_PROCESS, ROW_THREAD };

struct row {
    enum row_kind kind;
    size_t process; /* 0: the program; then its children */
    size_t thread;  /* of it */
};

struct threads_state {
    struct table table; /* rows are ids of `rows`, in the same order */
    struct row *rows;   /* owned */
    size_t capacity;
    struct row_ids ids;
    struct activity activity; /* of the rows, by id */
    struct model_stamp stamp;
    const struct model *program;
    const char *command; /* as the context says; until the next call */
    size_t children;
    bool outdated;
    char pattern[128];
    char text[1024];
};

enum { COLUMN_ID, COLUMN_STATE, COLUMN_TIME, COLUMN_SELF, COLUMN_SHARE, COLUMN_CALLS, COLUMN_RSS, COLUMN_HEAP,
       COLUMN_TREND, COLUMN_NAME, COLUMN_COUNT };
_Static_assert((int)COLUMN_COUNT <= (int)TABLE_MAX_COLUMNS, "a table lays them out");

static void *threads_create(void) { return calloc(1, sizeof(struct threads_state)); }

static void threads_destroy(void *data) {
    struct threads_state *state = data;
    if (state) {
        table_free(&state->table);
        row_ids_free(&state->ids);
        activity_free(&state->activity);
        free(state->rows);
    }
    free(state);
}

/* --- rows --------------------------------------------------------------------------------------------- */

static const struct model *process_at(const struct model *program, size_t index) {
    return index ? program->children[index - 1] : program;
}

/* What a row is about: the sum of all for ROW_ALL. */
static const struct model *process_of(const struct threads_state *state, const struct row *row) {
    return row->kind == ROW_ALL ? model_whole(state->program) : process_at(state->program, row->process);
}

static const struct model_thread *thread_of(const struct threads_state *state, const struct row *row) {
    return row->kind == ROW_THREAD ? &process_of(state, row)->threads[row->thread] : NULL;
}

static uint64_t key_of(const struct threads_state *state, const struct row *row) {
    const struct model *process = process_of(state, row);
    uint64_t key = row_ids_mix(row->kind == ROW_ALL, row->kind == ROW_ALL ? 0 : process->pid);
    key = row_ids_mix(key, row->kind == ROW_ALL ? 0 : process->start_unix_ns);
    return row->kind == ROW_THREAD ? row_ids_mix(key, row->thread + 1) : key;
}

static bool add_row(struct threads_state *state, struct row row) {
    size_t count = state->table.count;
    if (count == state->capacity) {
        size_t capacity = count ? count * 2 : 16;
        struct row *grown = reallocarray(state->rows, capacity, sizeof *grown);
        if (!grown)
            return false;
        state->rows = grown;
        state->capacity = capacity;
    }
    uint32_t id = row_ids_of(&state->ids, key_of(state, &row));
    if (!id || !table_reserve(&state->table, count + 1))
        return false;
    state->rows[count] = row;
    state->table.rows[count] = id;
    state->table.count++;
    return true;
}

static bool add_process(struct threads_state *state, size_t process) {
    bool done = add_row(state, (struct row){ROW_PROCESS, process, 0});
    size_t count = process_at(state->program, process)->thread_count;
    for (size_t thread = 0; done && thread < count; thread++)
        done = add_row(state, (struct row){ROW_THREAD, process, thread});
    return done;
}

static void rebuild(struct threads_state *state) {
    state->table.count = 0;
    bool done = !state->children || add_row(state, (struct row){ROW_ALL, 0, 0});
    for (size_t process = 0; done && process <= state->children; process++)
        done = add_process(state, process);
    state->outdated = !done;
    if (!done)
        state->table.count = 0;
    table_rows_changed(&state->table);
}

/* What each did since the last look: a thread's time is in its process's row, too, and in that of all. */
static void note_activity(struct threads_state *state) {
    struct activity *activity = &state->activity;
    if (!activity->looked && state->program->state == MODEL_ENDED)
        return;
    bool done = activity_begin(activity, state->ids.count);
    for (size_t i = 0; done && i < state->table.count; i++) {
        const struct model_thread *thread = thread_of(state, &state->rows[i]);
        uint64_t self_ns = thread ? thread->self_ns : model_total_self(process_of(state, &state->rows[i]));
        done = activity_note(activity, state->table.rows[i], self_ns);
    }
    if (done)
        activity_end(activity, state->children ? 3 : 2);
}

static void refresh(struct threads_state *state, const struct view_context *context) {
    const struct model *program = model_program(context->model);
    bool changed = model_stamp_update(&state->stamp, program) || state->program != program ||
                   state->children != program->child_count || state->outdated;
    state->program = program;
    state->command = context->command;
    state->children = program->child_count;
    if (changed) {
        rebuild(state);
        note_activity(state);
    }
}

/* --- drawing ------------------------------------------------------------------------------------------ */

static uint64_t calls_of(const struct model *process) {
    uint64_t calls = 0;
    for (size_t i = 1; i < process->function_count; i++)
        calls += process->functions[i].calls;
    return calls;
}

static void describe_state(const struct threads_state *state, const struct row *row, char text[NUMBER_SIZE]) {
    const struct model *process = process_of(state, row);
    const struct model_thread *thread = thread_of(state, row);
    text[0] = '\0';
    if (thread)
        snprintf(text, NUMBER_SIZE, "%s", thread->running ? "runs" : "ended");
    else if (row->kind == ROW_ALL)
        return;
    else if (process->exit_kind == MODEL_EXIT_STATUS)
        snprintf(text, NUMBER_SIZE, "exit %" PRIu32, process->exit_value);
    else if (process->exit_kind == MODEL_EXIT_SIGNAL)
        snprintf(text, NUMBER_SIZE, "SIG%s", sigabbrev_np((int)process->exit_value) ? sigabbrev_np((int)process->exit_value) : "?");
    else
        snprintf(text, NUMBER_SIZE, "%s", process->state == MODEL_ENDED      ? "ended"
                                          : process->state == MODEL_STARTING ? "starts"
                                                                             : "runs");
}

static void describe_process(const struct threads_state *state, const struct row *row, char texts[COLUMN_COUNT][NUMBER_SIZE]) {
    const struct model *process = process_of(state, row);
    size_t peak = model_peak_sample(process);
    if (row->kind == ROW_PROCESS)
        snprintf(texts[COLUMN_ID], NUMBER_SIZE, "%" PRIu32, process->pid);
    else
        snprintf(texts[COLUMN_ID], NUMBER_SIZE, "all");
    number_time(texts[COLUMN_TIME], process->wall_ns, 8);
    number_time(texts[COLUMN_SELF], model_total_self(process), 8);
    number_percent(texts[COLUMN_SHARE], model_total_self(process), model_total_self(model_whole(state->program)), 5);
    number_count(texts[COLUMN_CALLS], calls_of(process), 8);
    if (row->kind == ROW_PROCESS && peak != SIZE_MAX)
        number_bytes(texts[COLUMN_RSS], process->samples[peak].rss, 6);
    if (memory_is_collected(process))
        number_bytes(texts[COLUMN_HEAP], process->heap.peak_bytes, 6);
}

/* A thread's own row. */
static void describe_thread(const struct threads_state *state, const struct model_thread *thread,
                            char texts[COLUMN_COUNT][NUMBER_SIZE]) {
    snprintf(texts[COLUMN_ID], NUMBER_SIZE, "%" PRIu64, thread->system_id);
    if (!thread->calls) /* nothing ran, or an old session does not know */
        return;
    number_time(texts[COLUMN_SELF], thread->self_ns, 8);
    number_percent(texts[COLUMN_SHARE], thread->self_ns, model_total_self(model_whole(state->program)), 5);
    number_count(texts[COLUMN_CALLS], thread->calls, 8);
}

/* Of several processes some are forks, which have no command of their own. */
static void name_process(const struct threads_state *state, const struct model *process, char *text, size_t size) {
    const char *command = model_command(process);
    bool told = !*command && state->command && *state->command;
    bool fork = process != state->program && !*process->script;
    snprintf(text, size, "%.400s%s", told ? state->command : *command ? command : "the program", fork ? " (fork)" : "");
}

static void name_of(const struct threads_state *state, const struct row *row, char *text, size_t size) {
    const struct model *process = process_of(state, row);
    const struct model_thread *thread = thread_of(state, row);
    const char *thread_name = thread && *thread->name                         ? thread->name
                              : thread && thread->system_id == process->pid ? "main thread"
                                                                              : "thread";
    if (thread && thread->starts > 1) /* a thread that ends leaves its place to the next one */
        snprintf(text, size, "%.200s, and %" PRIu64 " before it", thread_name, thread->starts - 1);
    else if (thread)
        snprintf(text, size, "%.200s", thread_name);
    else if (row->kind == ROW_ALL)
        snprintf(text, size, "all %zu processes together", state->children + 1);
    else
        name_process(state, process, text, size);
    char place[128];
    if (thread && thread_place(process, thread, place, sizeof place)) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, ", in %s", place);
    }
}

static int lay_out(const struct threads_state *state, int width, struct table_column columns[COLUMN_COUNT], int at[COLUMN_COUNT]) {
    bool heap = memory_is_collected(state->program);
    const int order[] = {COLUMN_ID, COLUMN_STATE, COLUMN_SHARE, COLUMN_SELF, COLUMN_TIME, COLUMN_CALLS, COLUMN_RSS,
                         heap ? COLUMN_HEAP : COLUMN_TREND, heap ? COLUMN_TREND : COLUMN_HEAP};
    const struct table_column all[COLUMN_COUNT] = {
        {"Id", 8, 0, false}, {"State", 9, 16, true}, {"Wall", 8, 20, false}, {"Self", 8, 18, false}, {"Self%", 5, 17, false},
        {"Calls", 8, 22, false},
        {"RSS^", 6, 24, false}, {"Heap^", 6, heap ? 24 : width + 1, false},
        {"Trend", ACTIVITY_CELLS, activity_is_known(&state->activity) ? 24 : width + 1, true}, {"Process, thread", 0, 0, true}};
    memcpy(columns, all, sizeof all);
    return table_fit(columns, COLUMN_COUNT, order, 2, width, at);
}

static void draw_row(const struct threads_state *state, const struct view_context *context, size_t index, struct grid *grid,
                     struct rectangle area, int at_row) {
    const struct row *row = &state->rows[index];
    uint32_t id = state->table.rows[index];
    struct table_column columns[COLUMN_COUNT];
    char texts[COLUMN_COUNT][NUMBER_SIZE] = {{0}}, name[512];
    int at[COLUMN_COUNT], width = lay_out(state, area.columns, columns, at);
    const struct model_thread *thread = thread_of(state, row);
    bool shown = !thread && process_of(state, row) == context->model;
    if (thread)
        describe_thread(state, thread, texts);
    else
        describe_process(state, row, texts);
    describe_state(state, row, texts[COLUMN_STATE]);
    enum cell_style style = thread ? STYLE_NORMAL : STYLE_BOLD;
    table_cells(grid, area, at_row, columns, COLUMN_COUNT, at, style, texts);
    if (at[COLUMN_TREND] >= 0)
        activity_draw(&state->activity, id, grid, area, at_row, at[COLUMN_TREND], ACTIVITY_CELLS, style);
    if (shown) /* its numbers are those that all panes show */
        grid_glyph(grid, area, at_row, 1, STYLE_KEY, '*');
    int indent = thread ? TREE_INDENT : 0;
    name_of(state, row, name, sizeof name);
    table_cell(grid, area, at_row, at[COLUMN_NAME] + indent, width - indent, style, true, name);
    if (width > indent)
        table_highlight(grid, area, at_row, at[COLUMN_NAME] + indent, width - indent, name, 0, state->pattern);
}

static void draw_header(const struct threads_state *state, struct grid *grid, struct rectangle area) {
    struct table_column columns[COLUMN_COUNT];
    int at[COLUMN_COUNT], width = lay_out(state, area.columns, columns, at);
    table_header(grid, area, columns, COLUMN_COUNT, at, width, -1);
}

static void threads_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct threads_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (state->outdated) {
        table_sentence(grid, area, "There is not enough memory for this table; close other programs.");
        return;
    }
    int header = table_header_rows(area);
    size_t index;
    if (header)
        draw_header(state, grid, area);
    table_scroll(&state->table, area.rows - header);
    for (int row = header; row < area.rows && table_row_at(&state->table, area, row, &index); row++) {
        draw_row(state, context, index, grid, area, row);
        if (index == state->table.index)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

/* "Threads 3, 2 run  processes 4". */
static void threads_title(void *data, const struct view_context *context, char *text, size_t size) {
    struct threads_state *state = data;
    refresh(state, context);
    const struct model *model = context->model;
    size_t running = 0;
    for (size_t i = 0; i < model->thread_count; i++)
        running += model->threads[i].running;
    snprintf(text, size, "Threads %zu", model->thread_count);
    size_t length = strlen(text);
    if (running)
        snprintf(text + length, size - length, ", %zu run%s", running, running == 1 ? "s" : "");
    length = strlen(text);
    if (state->children)
        snprintf(text + length, size - length, "  processes %zu", state->children + 1);
}

/* --- requests ----------------------------------------------------------------------------------------- */

/* A thread that runs leads to where it is now; else all panes show that process from now on. */
static struct view_effect choose(struct threads_state *state, const struct view_context *context) {
    if (!state->table.count)
        return effect_of(VIEW_HANDLED);
    const struct row *row = &state->rows[state->table.index];
    const struct model_thread *thread = thread_of(state, row);
    if (thread && thread->running && thread->function && process_of(state, row) == context->model)
        return effect_drill(thread->function, thread->line);
    if (row->kind == ROW_THREAD && !state->children)
        return effect_message("What threads do is shown together: there is one call tree for all.");
    return (struct view_effect){.action = VIEW_PROCESS, .process = process_of(state, row)};
}

static struct view_effect copy_row(struct threads_state *state) {
    char name[512], id[NUMBER_SIZE] = "all", how[NUMBER_SIZE];
    if (!state->table.count)
        return effect_copy("");
    const struct row *row = &state->rows[state->table.index];
    const struct model_thread *thread = thread_of(state, row);
    if (thread)
        snprintf(id, sizeof id, "%" PRIu64, thread->system_id);
    else if (row->kind == ROW_PROCESS)
        snprintf(id, sizeof id, "%" PRIu32, process_of(state, row)->pid);
    name_of(state, row, name, sizeof name);
    describe_state(state, row, how);
    snprintf(state->text, sizeof state->text, "%s %s %.500s", id, how, name);
    return effect_copy(state->text);
}

static struct view_effect threads_request(void *data, const struct view_context *context, enum request request, int page_rows) {
    struct threads_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows))
        return effect_of(before == state->table.index ? VIEW_HANDLED : VIEW_REDRAW);
    switch (request) {
    case REQUEST_DRILL: return choose(state, context);
    case REQUEST_COPY: return copy_row(state);
    case REQUEST_CANCEL: return effect_end_search(state->pattern);
    default: return effect_of(VIEW_NOT_HANDLED);
    }
}

static bool row_matches(const void *data, size_t index) {
    const struct threads_state *state = data;
    char name[512];
    name_of(state, &state->rows[index], name, sizeof name);
    return filter_contains(name, state->pattern);
}

static struct view_effect threads_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct threads_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0] || table_search_rows(&state->table, direction, row_matches, state))
        return effect_of(VIEW_REDRAW);
    snprintf(state->text, sizeof state->text, "No thread or process here has \"%s\" in its name.", state->pattern);
    return effect_message(state->text);
}

static struct view_effect threads_click(void *data, const struct view_context *context, struct rectangle area, int row,
                                        int column) {
    struct threads_state *state = data;
    (void)column;
    refresh(state, context);
    size_t index;
    if (!table_row_at(&state->table, area, row, &index))
        return effect_of(VIEW_HANDLED);
    if (index == state->table.index && state->table.chosen)
        return choose(state, context);
    table_choose(&state->table, index);
    return effect_of(VIEW_REDRAW);
}

const struct view threads_view = {
    .name = "threads", .create = threads_create, .destroy = threads_destroy, .draw = threads_draw, .title = threads_title,
    .request = threads_request, .search = threads_search, .click = threads_click,
};
