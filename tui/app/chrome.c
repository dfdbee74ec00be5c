#include "tui/app/chrome.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tui/app/key_map.h"
#include "tui/app/live_run.h"
#include "tui/app/panes.h"
#include "tui/app/processes.h"
#include "tui/view/collector_words.h"
#include "tui/view/number.h"
#include "tui/view/table.h"

/* Adds to a text as far as there is room. */
static void __attribute__((format(printf, 3, 4))) append(char *text, size_t size, const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}

/* --- status line ------------------------------------------------------------------------------------ */

static void append_time(char *text, size_t size, uint64_t ns) {
    uint64_t tenths = ns / 100000000u, seconds = tenths / 10;
    if (seconds >= 3600)
        append(text, size, " %" PRIu64 ":%02" PRIu64 ":%02" PRIu64, seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        append(text, size, " %" PRIu64 ":%02" PRIu64 ".%" PRIu64, seconds / 60, seconds % 60, tenths % 10);
}

static void append_end(char *text, size_t size, int kind, int value) {
    char name[LIVE_RUN_SIGNAL_NAME];
    if (kind == MODEL_EXIT_SIGNAL)
        append(text, size, " END %s ", live_run_signal_name(value, name)); /* no status begins the time */
    else if (kind == MODEL_EXIT_STATUS)
        append(text, size, " END exit %d ", value);
    else
        append(text, size, " UNTIL"); /* a session that was saved while the run went on */
}

/* A child is told of by its own model: the recorder knows of the program only. */
static void append_child_state(char *text, size_t size, const struct model *child) {
    if (child->exit_kind != MODEL_EXIT_UNKNOWN)
        append_end(text, size, (int)child->exit_kind, (int)child->exit_value);
    else
        append(text, size, child->state == MODEL_ENDED ? " END " : child->state == MODEL_STARTING ? " STARTING" : " RUN");
}

static void append_state(char *text, size_t size, const struct application *application) {
    const struct live_run *run = &application->run;
    const struct model *model = application->model;
    if (application->shown.kind == PROCESS_CHILD)
        append_child_state(text, size, model);
    else if (run->state == RUN_STARTING || (run->state == RUN_RUNNING && model->state == MODEL_STARTING))
        append(text, size, " STARTING");
    else if (run->state == RUN_RUNNING)
        append(text, size, run->waits_for_input ? " WAITS FOR INPUT" : " RUN");
    else if (run->state == RUN_OPENING)
        append(text, size, " OPENING");
    else if (run->state == RUN_LOST)
        append(text, size, " LOST");
    else
        append_end(text, size, run->state == RUN_ENDED ? run->exit_kind : (int)model->exit_kind,
                   run->state == RUN_ENDED ? run->exit_value : (int)model->exit_value);
    if (model->wall_ns && model->wall_ns != MODEL_UNKNOWN)
        append_time(text, size, model->wall_ns);
}

/* Those that are on. Numbers of one that was off in between are of the rest of the run. */
static void append_collectors(char *text, size_t size, const struct application *application, bool shortly) {
    const struct model *model = application->model;
    uint32_t now = model->collectors ? collectors_now(model) : config_collectors(application->run.config);
    uint32_t had = model->collectors & ~now;
    char *(*name)(uint32_t, const char *, char *) = shortly ? collector_short_names : collector_names;
    char names[COLLECTOR_WORDS_SIZE];
    bool parts = false;
    append(text, size, "  %s", now ? name(now, "+", names) : "no collector");
    for (uint32_t bit = 0; bit < COLLECTOR_BITS; bit++)
        parts |= now >> bit & 1u && collector_off(model, (enum collector)(1u << bit)).off_count;
    append(text, size, "%s", !parts ? "" : shortly ? "~" : " in parts");
    if (had)
        append(text, size, " %s%s", shortly ? "-" : "OFF:", name(had, shortly ? "-" : "+", names));
    if (model->clock != RUN_CLOCK_WALL)
        append(text, size, "  clock:%s", run_clock_name(model->clock));
}

static void append_memory(char *text, size_t size, const struct model *model) {
    size_t peak = model_peak_sample(model);
    if (peak == SIZE_MAX)
        return;
    uint64_t now = model->samples[model->sample_count - 1].rss;
    char bytes[NUMBER_SIZE];
    append(text, size, "  RSS %s", number_bytes(bytes, now, 6));
    append(text, size, " ^%s", number_bytes(bytes, model->samples[peak].rss, 6));
}

static void append_lost(char *text, size_t size, const struct model *model) {
    uint64_t lost = model->lost_codes + model->lost_nodes + model->lost_frames + model->lost_threads +
                    model->lost_processes + model->unreadable_count;
    if (lost)
        append(text, size, "  lost:%" PRIu64, lost);
}

static void describe_refresh(const struct application *application, char *text, size_t size) {
    enum run_state state = application->run.state;
    if (state == RUN_SESSION || state == RUN_OPENING)
        snprintf(text, size, "[SESSION]");
    else if (application->run.saving)
        snprintf(text, size, "[SAVING %d%%]", application->run.saved_percent);
    else if (application->frozen)
        snprintf(text, size, "[FROZEN]");
    else if (state == RUN_ENDED || state == RUN_LOST)
        snprintf(text, size, application->run.saved ? "[SAVED]" : "[NOT SAVED]");
    else
        snprintf(text, size, "[LIVE %.2gHz]", 1000.0 / (double)refresh_pace_ms(&application->pace, application->refresh_ms));
}

/* The parts from left to right. A part is shown whole or not at all: half a number is a wrong one. */
enum status_part {
    STATUS_TITLE, STATUS_PROCESS, STATUS_STATE, STATUS_COLLECTORS, STATUS_MEMORY, STATUS_LOST, STATUS_PARTS
};

static int width_without(char parts[STATUS_PARTS][128], unsigned dropped) {
    int width = 0;
    for (int part = 0; part < STATUS_PARTS; part++)
        width += dropped >> part & 1u ? 0 : grid_text_width(parts[part]);
    return width;
}

/* Collectors are said shortly before anything is left out. */
static void fit_status(const struct application *application, char parts[STATUS_PARTS][128], int room) {
    static const unsigned left_out[] = {
        0, 1u << STATUS_PROCESS, 1u << STATUS_COLLECTORS, 1u << STATUS_PROCESS | 1u << STATUS_COLLECTORS,
        1u << STATUS_PROCESS | 1u << STATUS_COLLECTORS | 1u << STATUS_LOST,
        1u << STATUS_PROCESS | 1u << STATUS_COLLECTORS | 1u << STATUS_LOST | 1u << STATUS_MEMORY,
    };
    if (width_without(parts, 0) >= room) {
        parts[STATUS_COLLECTORS][0] = '\0';
        append_collectors(parts[STATUS_COLLECTORS], sizeof parts[0], application, true);
    }
    bool several = application->program->child_count > 0; /* then which process it is says more than its collectors */
    size_t i = 0, last = sizeof left_out / sizeof *left_out - 1;
    while (i < last && (width_without(parts, left_out[i]) >= room || (several && left_out[i] == 1u << STATUS_PROCESS)))
        i++;
    for (int part = 0; part < STATUS_PARTS; part++)
        if (left_out[i] >> part & 1u)
            parts[part][0] = '\0';
}

static void draw_status(struct application *application) {
    const struct model *model = application->model;
    const struct live_run *run = &application->run;
    struct rectangle area = application->layout.status;
    struct grid *grid = &application->grid;
    char parts[STATUS_PARTS][128] = {{0}}, title[512], right[32];
    live_run_title(application, title, sizeof title);
    snprintf(parts[STATUS_TITLE], sizeof parts[0], " pyprof %.*s", area.columns / 3, title);
    processes_describe(application, parts[STATUS_PROCESS], sizeof parts[0]);
    append_state(parts[STATUS_STATE], sizeof parts[0], application);
    append_collectors(parts[STATUS_COLLECTORS], sizeof parts[0], application, false);
    append_memory(parts[STATUS_MEMORY], sizeof parts[0], model);
    append_lost(parts[STATUS_LOST], sizeof parts[0], model);
    describe_refresh(application, right, sizeof right);
    int room = area.columns - grid_text_width(right) - 1, column = 0;
    fit_status(application, parts, room);
    for (int part = 0; part < STATUS_PARTS; part++)
        column = grid_text(grid, area, 0, column, part == STATUS_TITLE ? STYLE_BOLD : STYLE_NORMAL, parts[part]);
    bool remarkable = application->frozen || (run->state == RUN_ENDED && !run->saved);
    grid_text(grid, area, 0, room - 1, STYLE_NORMAL, " ");
    grid_text(grid, area, 0, room, remarkable ? STYLE_KEY : STYLE_DIM, right);
}

/* --- breadcrumb ------------------------------------------------------------------------------------- */

static void describe_place(const struct application *application, char *text, size_t size) {
    const struct place *place = &application->place;
    const struct model *model = application->model;
    snprintf(text, size, "All");
    if (place->diff)
        append(text, size, " > changes");
    if ((!place->drilled && !place->callers) || place->function == 0 || place->function >= model->function_count)
        return;
    const struct model_function *function = &model->functions[place->function];
    const char *slash = strrchr(function->file, '/');
    if (function->kind != MODEL_FUNCTION_C)
        append(text, size, " > %s", slash && slash[1] ? slash + 1 : function->file);
    append(text, size, " > %s", function->qualname);
    if (place->callers)
        append(text, size, " > callers and callees");
    else if (place->line)
        append(text, size, " > line %u", place->line);
    if (place->focus == PANE_BYTECODE)
        append(text, size, " > bytecode");
}

enum { LEAST_BREADCRUMB = 24 }; /* columns that it keeps beside what runs now */

static void draw_breadcrumb(struct application *application) {
    struct rectangle area = application->layout.breadcrumb;
    struct grid *grid = &application->grid;
    const struct navigation *navigation = &application->navigation;
    static const char back[] = "[ back", forward[] = "] forward";
    char text[512];
    describe_place(application, text, sizeof text);
    int right = area.columns - (int)(sizeof back + sizeof forward + 2);
    char progress[128];
    int room = right - 2, needed = grid_text_width(text) < LEAST_BREADCRUMB ? grid_text_width(text) : LEAST_BREADCRUMB;
    progress_describe(&application->run.progress, application->model, room - needed - 3, progress, sizeof progress);
    int left = right - 2 - grid_text_width(progress);
    if (*progress)
        room = left - 3;
    int excess = grid_text_width(text) - room;
    if (excess > 0) { /* the tail says more than the head */
        struct rectangle part = {area.row, area.column, area.rows, 1 + room};
        grid_text_part(grid, part, 0, 2, STYLE_NORMAL, text, strlen(text), excess + 1);
        grid_glyph(grid, area, 0, 1, STYLE_NORMAL, '~');
    } else {
        grid_text(grid, area, 0, 1, STYLE_NORMAL, text);
    }
    if (*progress)
        grid_text(grid, area, 0, left, STYLE_DIM, progress);
    if (navigation_can_go_back(navigation) || navigation_can_go_forward(navigation)) {
        grid_text(grid, area, 0, right, navigation_can_go_back(navigation) ? STYLE_KEY : STYLE_DIM, back);
        grid_text(grid, area, 0, right + (int)sizeof back + 2,
                  navigation_can_go_forward(navigation) ? STYLE_KEY : STYLE_DIM, forward);
    }
}

/* --- borders ---------------------------------------------------------------------------------------- */

enum tab_form { TABS_AS_DIGITS, TABS_AS_NUMBERS, TABS_WITH_NAMES };

static void append_tab(char *text, size_t size, enum pane pane, enum tab_form form) {
    switch (form) {
    case TABS_WITH_NAMES: append(text, size, "-[%c]-%s", layout_pane_key(pane), layout_pane_name(pane)); break;
    case TABS_AS_NUMBERS: append(text, size, "-[%c]", layout_pane_key(pane)); break;
    case TABS_AS_DIGITS: append(text, size, "%s%c", *text ? "" : "-[", layout_pane_key(pane)); break;
    }
}

/* "-[2]-source-[4]-ram" for all panes but the shown one, or "-[2]-[4]", or "-[24]"; empty where there is no room for any. */
static void describe_tabs(const struct application *application, enum pane shown, int room, char *text, size_t size) {
    for (int form = TABS_WITH_NAMES; form >= TABS_AS_DIGITS; form--) {
        text[0] = '\0';
        for (enum pane pane = 0; pane < PANE_COUNT; pane++)
            if (pane != shown && panes_offered(application, pane))
                append_tab(text, size, pane, (enum tab_form)form);
        if (form == TABS_AS_DIGITS)
            append(text, size, "]");
        if (grid_text_width(text) <= room)
            return;
    }
    text[0] = '\0';
}

/* Takes the columns of the other panes' tabs from the border's right end; the title comes first. */
static void draw_tabs(struct application *application, struct rectangle *border, enum pane shown, int title_width) {
    char text[128];
    describe_tabs(application, shown, border->columns - title_width, text, sizeof text);
    int width = grid_text_width(text);
    border->columns -= width;
    struct rectangle right = {border->row, border->column + border->columns, 1, width};
    grid_text(&application->grid, right, 0, 0, STYLE_BORDER, text);
}

static void draw_border(struct application *application, enum pane pane) {
    struct rectangle border = application->layout.panes[pane].border;
    bool focused = application->place.focus == pane;
    uint32_t rule = focused ? '=' : '-';
    enum cell_style style = focused ? STYLE_TITLE_FOCUSED : STYLE_TITLE;
    char title[512];
    panes_title(application, pane, title, sizeof title);
    if (application->layout.mode == LAYOUT_TABS) /* 5 columns of number, and a blank or two */
        draw_tabs(application, &border, pane, 5 + grid_text_width(title) + 1);
    for (int column = 0; column < border.columns; column++)
        grid_glyph(&application->grid, border, 0, column, STYLE_BORDER, rule);
    int column = 0;
    grid_format(&application->grid, border, 0, 0, style, "%c[%c]%c", (int)rule,
                panes_shows_diff(application) ? 'D' : layout_pane_key(pane), (int)rule);
    column = grid_text(&application->grid, border, 0, 5, style, title);
    if (5 + grid_text_width(title) > border.columns)
        grid_glyph(&application->grid, border, 0, border.columns - 1, style, '~');
    if (pane == PANE_OUTPUT && application->typing)
        grid_text(&application->grid, border, 0, column, STYLE_KEY, "  TYPING (^] leaves)");
}

static void draw_borders(struct application *application) {
    const struct rectangle dividers[] = {application->layout.divider, application->layout.second_divider};
    for (size_t i = 0; i < sizeof dividers / sizeof *dividers; i++)
        for (int row = 0; row < dividers[i].rows; row++)
            grid_glyph(&application->grid, dividers[i], row, 0, STYLE_BORDER, '|');
    for (enum pane pane = 0; pane < PANE_COUNT; pane++)
        if (application->layout.panes[pane].shown)
            draw_border(application, pane);
}

/* --- last row --------------------------------------------------------------------------------------- */

static int draw_key(struct grid *grid, struct rectangle area, int column, const char *keys, const char *name) {
    char key[16];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(keys, " "), keys);
    column = grid_text(grid, area, 0, column, STYLE_KEY, key);
    return 2 + grid_text(grid, area, 0, column + 1, STYLE_NORMAL, name);
}

static int key_width(enum request request) {
    const struct request_row *row = request_row(request);
    return (int)strcspn(row->keys, " ") + 1 + grid_text_width(row->name) + 2;
}

static bool is_offered(const struct application *application, enum request request) {
    return request != REQUEST_PROCESSES || application->program->child_count > 0;
}

static void draw_footer(struct application *application) {
    static const enum request requests[] = {REQUEST_DRILL, REQUEST_BACK, REQUEST_SEARCH, REQUEST_FILTER,
                                            REQUEST_SORT_MENU, REQUEST_PROCESSES, REQUEST_FREEZE,
                                            REQUEST_PALETTE, REQUEST_CALLERS,
                                            REQUEST_SAVE_SESSION, REQUEST_TYPE};
    struct rectangle area = application->layout.footer;
    struct grid *grid = &application->grid;
    int column = draw_key(grid, area, 1, "1-9", "pane");
    int last = area.columns - key_width(REQUEST_HELP) - key_width(REQUEST_QUIT) + 2; /* no blanks behind it */
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (!is_offered(application, requests[i]))
            continue;
        if (column + key_width(requests[i]) > last)
            break;
        column = draw_key(grid, area, column, request_row(requests[i])->keys, request_row(requests[i])->name);
    }
    column = draw_key(grid, area, column, request_row(REQUEST_HELP)->keys, request_row(REQUEST_HELP)->name);
    draw_key(grid, area, column, request_row(REQUEST_QUIT)->keys, request_row(REQUEST_QUIT)->name);
}

void chrome_draw_sentence(struct application *application, enum cell_style style, const char *text) {
    struct rectangle footer = application->layout.footer;
    struct rectangle area = {footer.row, footer.column + 1, footer.rows, footer.columns - 2};
    int rows = table_paragraph(NULL, area, style, text), above = rows - 1 < footer.row ? rows - 1 : footer.row;
    area.row -= above;
    area.rows += above;
    struct rectangle behind = {area.row, footer.column, area.rows, footer.columns};
    for (int row = 0; row < behind.rows; row++)
        for (int column = 0; column < behind.columns; column++)
            grid_glyph(&application->grid, behind, row, column, STYLE_NORMAL, ' ');
    table_paragraph(&application->grid, area, style, text);
}

static void draw_last_row(struct application *application) {
    if (application->message[0])
        chrome_draw_sentence(application, application->message_is_error ? STYLE_ERROR : STYLE_BOLD,
                             application->message);
    else if (application->hint)
        chrome_draw_sentence(application, STYLE_BOLD, application->hint);
    else if (application->typing)
        chrome_draw_sentence(application, STYLE_KEY, "every key goes to the target; ^] leaves");
    else
        draw_footer(application);
}

void chrome_draw(struct application *application) {
    draw_status(application);
    draw_breadcrumb(application);
    draw_borders(application);
    draw_last_row(application);
}

void chrome_draw_too_small(struct application *application) {
    struct grid *grid = &application->grid;
    struct rectangle all = {0, 0, grid->rows, grid->columns};
    char text[128];
    snprintf(text, sizeof text, "terminal too small: %dx%d needed, this is %dx%d", LAYOUT_MINIMUM_COLUMNS,
             LAYOUT_MINIMUM_ROWS, all.columns, all.rows);
    table_paragraph(grid, all, STYLE_NORMAL, text);
    application->layout.footer = (struct rectangle){all.rows - 1, 0, all.rows > 1, all.columns}; /* for what is asked */
    if (application->message[0] && all.rows > 1)
        draw_last_row(application);
}
