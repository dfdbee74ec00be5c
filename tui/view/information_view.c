/* information_view.c - what was run and how, what it cost, and what is not in the numbers; a text to be read. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tui/view/effect.h"
#include "tui/view/collector_words.h"
#include "tui/view/filter.h"
#include "tui/view/number.h"
#include "tui/view/table.h"

struct information_state {
    struct table table; /* rows are numbers of lines, from 1 */
    char *lines;        /* owned; lines that begin with a blank belong to the heading above */
    char **starts;      /* owned; of each line, '\0'-ended, in `lines` */
    char *config;       /* owned; as told: YAML of a run whose model has none. NULL: none */
    char *path;         /* owned; where the session is. NULL: nowhere yet */
    char pattern[128];
    char text[1024];
};

static void *information_create(void) { return calloc(1, sizeof(struct information_state)); }

static void information_destroy(void *data) {
    struct information_state *state = data;
    if (state) {
        table_free(&state->table);
        free(state->lines);
        free(state->starts);
        free(state->config);
        free(state->path);
    }
    free(state);
}

static void replace(char **text, const char *with) {
    free(*text);
    *text = with && *with ? strdup(with) : NULL; /* without memory it is only not shown */
}

void information_view_tell(void *data, const char *config, const char *path) {
    struct information_state *state = data;
    replace(&state->config, config);
    replace(&state->path, path);
}

/* --- the text ----------------------------------------------------------------------------------------- */

static void __attribute__((format(printf, 3, 4))) write_row(FILE *out, const char *label, const char *format, ...) {
    va_list arguments;
    fprintf(out, " %-12s ", label);
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    putc('\n', out);
}

/* A text of the program's: on one line, whatever it holds. */
static void write_text(FILE *out, const char *text) {
    for (; *text; text++)
        putc(*text == '\n' ? '?' : *text, out);
}

static void write_state(FILE *out, const struct model *model) {
    if (model->exit_kind == MODEL_EXIT_STATUS)
        write_row(out, "state", "ended with status %" PRIu32, model->exit_value);
    else if (model->exit_kind == MODEL_EXIT_SIGNAL)
        write_row(out, "state", "ended by signal %" PRIu32, model->exit_value);
    else
        write_row(out, "state", "%s", model->state == MODEL_ENDED      ? "ended"
                                      : model->state == MODEL_STARTING ? "starting"
                                                                       : "running");
}

static void write_start(FILE *out, const struct model *model) {
    time_t seconds = (time_t)(model->start_unix_ns / 1000000000u);
    struct tm parts;
    char text[64];
    if (model->start_unix_ns && gmtime_r(&seconds, &parts) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts))
        write_row(out, "started", "%s", text);
}

/* A collector that was off in between, in words; what it counted is of the rest. */
static void write_switched(FILE *out, const struct model *model, enum collector collector) {
    struct model_switched off = collector_off(model, collector);
    char name[COLLECTOR_WORDS_SIZE], time[NUMBER_SIZE];
    if (!off.off_count || !(model->collectors & (uint32_t)collector))
        return;
    bool on = collectors_now(model) & (uint32_t)collector;
    number_time(time, off.off_ns, 10);
    if (off.off_count == 1)
        write_row(out, collector_names(collector, "", name), "%s off for %s: its numbers are of the rest", on ? "was" : "is", time);
    else
        write_row(out, collector_names(collector, "", name),
                  "%s off, %" PRIu64 " times, for %s in all: its numbers are of the rest", on ? "was" : "is", off.off_count, time);
}

static void write_collectors(FILE *out, const struct model *model) {
    char names[COLLECTOR_WORDS_SIZE];
    write_row(out, "collectors", "%s%s%s", collector_names(collectors_now(model), ", ", names),
              model->builtins ? "; functions written in C too" : "", model->marked_only ? "; lines of marked functions only" : "");
    for (uint32_t bit = 0; bit < COLLECTOR_BITS; bit++)
        write_switched(out, model, (enum collector)(1u << bit));
    if (model->switch_failed && *model->switch_failed)
        write_row(out, "", "%s", model->switch_failed);
}

static void write_arguments(FILE *out, const struct model *model, const char *told) {
    const char *command = model_command(model);
    bool known = *command || (told && *told);
    fprintf(out, " %-12s ", "program");
    write_text(out, !known ? "(as given on the command line)" : *command ? command : told);
    if (model->argument_count > 1)
        fprintf(out, "\n %-12s", "arguments");
    for (size_t i = 1; i < model->argument_count; i++) {
        putc(' ', out);
        write_text(out, model->arguments[i].text);
    }
    putc('\n', out);
}

static void write_run(FILE *out, const struct information_state *state, const struct model *model, const char *command) {
    char text[NUMBER_SIZE], share[NUMBER_SIZE];
    fputs("Run\n", out);
    write_arguments(out, model, command);
    write_state(out, model);
    write_start(out, model);
    write_row(out, "wall time", "%s", number_time(text, model->wall_ns, 10));
    write_row(out, "python", "%s", *model->python_version ? model->python_version : "not known yet");
    if (model->process_count > 1)
        write_row(out, "processes", "%zu, all together", model->process_count);
    else if (model->parent_pid)
        write_row(out, "process", "%" PRIu32 ", child of %" PRIu32, model->pid, model->parent_pid);
    else if (model->pid)
        write_row(out, "process", "%" PRIu32, model->pid);
    write_collectors(out, model);
    write_row(out, "clock", "%s", run_clock_name(model->clock));
    write_row(out, "overhead", "%s, %s %% of the wall time; taken out of all times", number_time(text, model->overhead_ns, 10),
              number_percent(share, model->overhead_ns, model->wall_ns, 5));
    write_row(out, "session", "%s", state->path ? state->path : "not saved");
}

/* The table shows those that ran. */
static void write_functions(FILE *out, const struct model *model) {
    size_t known = model->function_count ? model->function_count - 1 : 0, called = 0;
    for (size_t i = 1; i < model->function_count; i++)
        called += model->functions[i].calls != 0 && model->functions[i].calls != MODEL_UNKNOWN;
    if (model->collectors & COLLECTOR_FUNCTION && called < known)
        write_row(out, "functions", "%zu, of which %zu were called", known, called);
    else
        write_row(out, "functions", "%zu", known);
}

static void write_sizes(FILE *out, const struct model *model) {
    char text[NUMBER_SIZE], most[NUMBER_SIZE];
    size_t peak = model_peak_sample(model);
    fputs("Counted\n", out);
    write_functions(out, model);
    write_row(out, "call paths", "%zu", model->node_count ? model->node_count - 1 : 0);
    write_row(out, "lines", "%zu", model->line_count);
    write_row(out, "threads", "%zu", model->thread_count);
    if (model->instructions != MODEL_UNKNOWN && model->collectors & COLLECTOR_BYTECODE)
        write_row(out, "instructions", "%s", number_count(text, model->instructions, 20));
    if (peak != SIZE_MAX)
        write_row(out, "RSS", "%s, at most %s", number_bytes(text, model->samples[model->sample_count - 1].rss, 8),
                  number_bytes(most, model->samples[peak].rss, 8));
    if (model->collectors & COLLECTOR_MEMORY)
        write_row(out, "heap", "%s alive, %s at the high-water mark%s", number_bytes(text, model->heap.live_bytes, 8),
                  number_bytes(most, model->heap.peak_bytes, 8), model->heap.native ? ", native code's too" : "");
}

static void write_loss(FILE *out, uint64_t count, const char *what) {
    if (count && count != MODEL_UNKNOWN)
        write_row(out, "", "%s: %" PRIu64, what, count);
}

static void write_losses(FILE *out, const struct model *model) {
    uint64_t rest = model->lost_codes;
    fputs("Not counted\n", out);
    for (size_t i = 0; i < model->left_alone_count; i++) {
        const struct model_left_alone *row = &model->left_alone[i];
        fprintf(out, " %-12s %" PRIu64 " code object%s left alone, %s: ", "", row->count, row->count == 1 ? "" : "s", row->reason);
        write_text(out, row->example);
        putc('\n', out);
        rest -= row->count < rest ? row->count : rest;
    }
    write_loss(out, rest, "code objects that could not be counted");
    write_loss(out, model->lost_nodes, "calls on paths that there was no room for");
    write_loss(out, model->lost_frames, "calls too deep to be timed");
    write_loss(out, model->lost_threads, "threads that there was no room for");
    write_loss(out, model->lost_processes, "child processes");
    for (size_t i = 0; i < model->unreadable_count; i++)
        write_row(out, "", "child process %s: %s", model->unreadable[i].name, model->unreadable[i].reason);
    if (!model->lost_codes && !model->lost_nodes && !model->lost_frames && !model->lost_threads && !model->lost_processes &&
        !model->unreadable_count)
        write_row(out, "", "nothing was lost");
}

static void write_config(FILE *out, const struct information_state *state, const struct model *model) {
    const char *text = *model->config_text ? model->config_text : state->config ? state->config : "";
    fputs("Config\n", out);
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(out, " %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

/* Ends every line where it stands, and finds where each begins. false: out of memory. */
static bool split(struct information_state *state) {
    size_t count = 0;
    for (const char *at = state->lines; *at; at++)
        count += *at == '\n';
    free(state->starts);
    state->starts = calloc(count + 1, sizeof *state->starts);
    if (!state->starts || !table_reserve(&state->table, count))
        return false;
    char *at = state->lines;
    for (size_t i = 0; i < count; i++) {
        state->starts[i] = at;
        state->table.rows[i] = (uint32_t)i + 1;
        at += strcspn(at, "\n");
        *at++ = '\0';
    }
    state->table.count = count;
    return true;
}

static void refresh(struct information_state *state, const struct view_context *context) {
    size_t size;
    free(state->lines);
    state->lines = NULL;
    FILE *out = open_memstream(&state->lines, &size);
    if (out) {
        write_run(out, state, context->model, context->command);
        write_sizes(out, context->model);
        write_losses(out, context->model);
        write_config(out, state, model_program(context->model));
        if (fclose(out) != 0) {
            free(state->lines);
            state->lines = NULL;
        }
    }
    if (!state->lines || !split(state))
        state->table.count = 0;
    table_rows_changed(&state->table);
}

/* --- the view ----------------------------------------------------------------------------------------- */

static void information_draw(void *data, const struct view_context *context, struct grid *grid, struct rectangle area) {
    struct information_state *state = data;
    refresh(state, context);
    if (area.rows <= 0 || area.columns <= 0)
        return;
    if (!state->table.count) {
        table_sentence(grid, area, "There is not enough memory for this text; close other programs.");
        return;
    }
    table_scroll(&state->table, area.rows);
    for (int row = 0; row < area.rows && state->table.top + (size_t)row < state->table.count; row++) {
        size_t index = state->table.top + (size_t)row;
        const char *line = state->starts[index];
        bool heading = line[0] != ' ';
        table_cell(grid, area, row, 1, area.columns - 1, heading ? STYLE_HEADER : STYLE_NORMAL, true, line);
        table_highlight(grid, area, row, 1, area.columns - 1, line, 0, state->pattern);
        if (index == state->table.index)
            table_mark_selected(grid, area, row, area.columns, context->focused);
    }
}

static void information_title(void *data, const struct view_context *context, char *text, size_t size) {
    (void)data;
    (void)context;
    snprintf(text, size, "About this run");
}

static struct view_effect information_request(void *data, const struct view_context *context, enum request request,
                                              int page_rows) {
    struct information_state *state = data;
    refresh(state, context);
    size_t before = state->table.index;
    if (table_move(&state->table, request, page_rows))
        return effect_of(before == state->table.index ? VIEW_HANDLED : VIEW_REDRAW);
    if (request == REQUEST_CANCEL)
        return effect_end_search(state->pattern);
    if (request != REQUEST_COPY)
        return effect_of(VIEW_NOT_HANDLED);
    snprintf(state->text, sizeof state->text, "%s",
             state->table.count ? state->starts[state->table.index] + strspn(state->starts[state->table.index], " ") : "");
    return effect_copy(state->text);
}

static bool line_matches(const void *data, size_t index) {
    const struct information_state *state = data;
    return filter_contains(state->starts[index], state->pattern);
}

static struct view_effect information_search(void *data, const struct view_context *context, const char *pattern, int direction) {
    struct information_state *state = data;
    refresh(state, context);
    snprintf(state->pattern, sizeof state->pattern, "%s", pattern);
    if (!pattern[0] || table_search_rows(&state->table, direction, line_matches, state))
        return effect_of(VIEW_REDRAW);
    snprintf(state->text, sizeof state->text, "\"%s\" stands nowhere here.", state->pattern);
    return effect_message(state->text);
}

static struct view_effect information_click(void *data, const struct view_context *context, struct rectangle area, int row,
                                            int column) {
    struct information_state *state = data;
    (void)column;
    (void)area;
    refresh(state, context);
    if (state->table.top + (size_t)row < state->table.count)
        table_choose(&state->table, state->table.top + (size_t)row);
    return effect_of(VIEW_REDRAW);
}

const struct view information_view = {
    .name = "info", .create = information_create, .destroy = information_destroy, .draw = information_draw,
    .title = information_title, .request = information_request, .search = information_search, .click = information_click,
};
