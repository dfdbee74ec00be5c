#include "tui/app/columns.h"
#include "tui/app/panes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/app/clipboard.h"
#include "tui/app/code_marks.h"
#include "tui/app/compare_functions.h"
#include "tui/app/grouping.h"
#include "tui/app/live_run.h"
#include "tui/app/pane_options.h"
#include "tui/app/processes.h"
#include "tui/view/collector_words.h"
#include "tui/view/diff_view.h"

static const struct view *const views[PANE_COUNT] = {
    [PANE_FUNCTIONS] = &functions_view, [PANE_SOURCE] = &source_view,
    [PANE_RAM] = &ram_view, [PANE_OUTPUT] = &output_view, [PANE_MEMORY] = &memory_view,
    [PANE_BYTECODE] = &bytecode_view, [PANE_TREE] = &call_tree_view, [PANE_FLAME] = &flame_view,
    [PANE_THREADS] = &threads_view, [PANE_INFORMATION] = &information_view,
};

enum { NUMBER_COLUMNS = 7 }; /* of a pane, in front of its title, and what parts the title's ends */

static const char no_output[] = "A session keeps what was counted, not what the program wrote.";

static void sort_as_configured(struct application *application) {
    const struct config *config = application->start->config;
    functions_view_sort_by(application->view_states[PANE_FUNCTIONS], config->ui.sort, config->ui.sort_inverted);
}

bool panes_open(struct application *application) {
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (!(application->view_states[pane] = views[pane]->create()))
            return false;
    if (!(application->callers_state = callers_view.create()) || !(application->diff.state = diff_view.create()))
        return false;
    sort_as_configured(application);
    columns_read(application);
    grouping_read(application, application->start->config->ui.group);
    if (application->run.state == RUN_SESSION || application->run.state == RUN_OPENING)
        output_view_feed(application->view_states[PANE_OUTPUT], (const unsigned char *)no_output, sizeof no_output - 1);
    return true;
}

void panes_close(struct application *application) {
    for (int pane = 0; pane < PANE_COUNT; pane++)
        if (application->view_states[pane])
            views[pane]->destroy(application->view_states[pane]);
    if (application->callers_state)
        callers_view.destroy(application->callers_state);
    if (application->diff.state)
        diff_view.destroy(application->diff.state);
    activity_free(&application->activity);
}

static void fit_output(struct application *application, struct rectangle content) {
    char size[32];
    if (content.rows <= 0 || content.columns <= 0 ||
        (content.rows == application->output_rows && content.columns == application->output_columns))
        return;
    application->output_rows = content.rows;
    application->output_columns = content.columns;
    output_view_resize(application->view_states[PANE_OUTPUT], content.rows, content.columns);
    snprintf(size, sizeof size, "%d %d", content.rows, content.columns);
    if (application->run.channel)
        live_run_ask(application, RECORDER_REQUEST_RESIZE, size);
}

/* Bytecode takes no room from the source where nobody asked for it. */
static bool bytecode_is_wanted(const struct application *application) {
    return application->bytecode || application->model->collectors & COLLECTOR_BYTECODE;
}

void panes_layout(struct application *application) {
    struct layout_options options = application->options;
    int rows = application->grid.rows, columns = application->grid.columns;
    options.focus = application->place.focus;
    if (bytecode_is_wanted(application) && !(application->hidden >> PANE_BYTECODE & 1u))
        options.panes |= 1u << PANE_BYTECODE;
    options.zoomed |= panes_shows_diff(application);
    application->layout = layout_compute(rows, columns, &options);
    /* The target's terminal is as large as the output pane is, or would be: looking elsewhere does not resize it. */
    options.zoomed = options.zoomed && options.focus == PANE_OUTPUT;
    options.focus = PANE_OUTPUT;
    fit_output(application, layout_compute(rows, columns, &options).panes[PANE_OUTPUT].content);
}

bool panes_shows_diff(const struct application *application) {
    return application->place.diff && application->place.focus == PANE_FUNCTIONS;
}

const struct view *panes_view(const struct application *application, enum pane pane, void **state) {
    if (pane == PANE_FUNCTIONS && panes_shows_diff(application)) {
        *state = application->diff.state;
        return &diff_view;
    }
    bool callers = pane == PANE_SOURCE && application->place.callers;
    *state = callers ? application->callers_state : application->view_states[pane];
    return callers ? &callers_view : views[pane];
}

struct view_context panes_context(const struct application *application, enum pane pane) {
    return (struct view_context){
        .model = application->model,
        .function = application->place.function,
        .line = application->place.line,
        .percent = application->percent,
        .shares = application->shares,
        .activity = application->announcement ? NULL : &application->activity, /* read aloud, it says nothing */
        .hide_standard_library = application->hide_standard_library,
        .memory = application->options.memory,
        .measure = application->options.memory ? memory_view_measure(application->view_states[PANE_MEMORY])
                                               : application->measure,
        .marked = application->comparing.ids,
        .marked_count = application->comparing.marked_count,
        .places = application->code_marks.found,
        .place_count = CODE_MARKS_MOST,
        .command = application->title,
        .focused = application->place.focus == pane,
    };
}

/* What makes the numbers of a pane; 0: nothing that could be switched. */
static enum collector collector_of(const struct application *application, enum pane pane) {
    switch (pane) {
    case PANE_FUNCTIONS: case PANE_TREE: case PANE_FLAME: return COLLECTOR_FUNCTION;
    case PANE_SOURCE: return application->place.callers ? COLLECTOR_FUNCTION : COLLECTOR_LINE;
    case PANE_MEMORY: return COLLECTOR_MEMORY;
    case PANE_BYTECODE: return COLLECTOR_BYTECODE;
    default: return 0;
    }
}

void panes_title(struct application *application, enum pane pane, char *text, size_t size) {
    struct view_context context = panes_context(application, pane);
    char off[COLLECTOR_WORDS_SIZE], named[512] = "";
    void *state;
    const struct view *view = panes_view(application, pane, &state);
    view->title(state, &context, named, sizeof named);
    collector_off_title(application->model, collector_of(application, pane), off);
    if (!*off || (pane == PANE_FUNCTIONS && panes_shows_diff(application)))
        snprintf(text, size, "%s", named);
    else if (grid_text_width(named) + grid_text_width(off) < application->layout.panes[pane].border.columns - NUMBER_COLUMNS)
        snprintf(text, size, "%s  %s", named, off);
    else
        snprintf(text, size, "%s  %s", off, named);
}

/* What is in no model while a run goes on. */
static void tell_information(struct application *application) {
    struct error error;
    bool live = application->run.state != RUN_SESSION;
    const char *path = live ? application->run.saved_path : application->start->session_path;
    char *config = live ? config_to_yaml(application->run.config, false, &error) : NULL;
    information_view_tell(application->view_states[PANE_INFORMATION], config, path);
    free(config);
}

void panes_draw(struct application *application) {
    live_run_title(application, application->title, sizeof application->title);
    if (application->layout.panes[PANE_INFORMATION].shown)
        tell_information(application);
    struct rectangle sparkline = application->layout.sparkline;
    activity_follow(&application->activity, application->model);
    compare_functions_find(application);
    code_marks_find(application);
    for (enum pane pane = 0; pane < PANE_COUNT; pane++) {
        void *state;
        const struct view *view = panes_view(application, pane, &state);
        struct view_context context = panes_context(application, pane);
        if (application->layout.panes[pane].shown)
            view->draw(state, &context, &application->grid, application->layout.panes[pane].content);
        else if (pane == PANE_RAM && sparkline.rows > 0)
            view->draw(state, &context, &application->grid, sparkline);
    }
}

enum pane panes_table(const struct application *application) {
    struct layout_options options = application->options;
    options.focus = application->place.focus;
    return layout_table_pane(&options);
}

bool panes_offered(const struct application *application, enum pane pane) {
    return pane != PANE_MEMORY || memory_is_collected(application->model) || application->place.focus == PANE_MEMORY;
}

/* Bytecode stays until a table has the keys. */
static void note_focus(struct application *application) {
    enum pane focus = application->place.focus;
    pane_options_note_focus(application, focus);
    pane_options_show(application, focus);
    if (focus == PANE_BYTECODE || focus == panes_table(application))
        application->bytecode = focus == PANE_BYTECODE;
}

void panes_focus(struct application *application, enum pane pane) {
    application->place.focus = pane;
    note_focus(application);
    application->redraw = true;
}

static void select_function(struct application *application, uint32_t function, uint32_t line) {
    application->untouched = function == 0;
    if (function >= application->model->function_count)
        return;
    application->place.function = function;
    application->place.line = line;
    live_run_provide_source(application);
}

void panes_arrive(struct application *application, struct place place) {
    application->place = place;
    application->redraw = true;
    note_focus(application);
    select_function(application, place.function, place.line);
}

void panes_go(struct application *application, struct place place) {
    navigation_leave(&application->navigation, application->place);
    panes_arrive(application, place);
}

bool panes_is_of_c(const struct application *application, uint32_t function) {
    const struct model *model = application->model;
    return function && function < model->function_count && model->functions[function].kind == MODEL_FUNCTION_C;
}

/* A C function has no source: what there is to see is who calls it. */
static void drill(struct application *application, struct view_effect effect, enum pane into) {
    bool callers = into == PANE_SOURCE && !application->place.diff && panes_is_of_c(application, effect.function);
    panes_go(application, (struct place){.focus = into, .function = effect.function, .line = effect.line, .drilled = true,
                                         .callers = callers, .diff = application->place.diff}); /* Esc leads back to it */
}

static void copy(struct application *application, const char *text) {
    if (!*text) {
        application_message(application, "there is nothing here to copy");
        return;
    }
    char *sequence = clipboard_sequence(text);
    if (!sequence)
        return;
    screen_send(application->screen, sequence);
    free(sequence);
    int lines = 0; /* more than the first; a message is one line */
    for (const char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n'))
        lines += end[1] != '\0';
    int first = (int)strcspn(text, "\n");
    if (lines)
        application_message(application, "copied %d lines: %.*s ...", lines + 1, first, text);
    else
        application_message(application, "copied: %.*s", first, text);
}

void panes_apply(struct application *application, struct view_effect effect) {
    switch (effect.action) {
    case VIEW_NOT_HANDLED: case VIEW_HANDLED: return;
    case VIEW_REDRAW: break;
    case VIEW_SELECT:
        application->follows_run = false;
        select_function(application, effect.function, effect.line);
        break;
    case VIEW_DRILL: drill(application, effect, PANE_SOURCE); break;
    case VIEW_BYTECODE: drill(application, effect, PANE_BYTECODE); break;
    case VIEW_COPY: copy(application, effect.text); break;
    case VIEW_MESSAGE: application_message(application, "%s", effect.text); break;
    case VIEW_PROCESS: processes_choose_model(application, effect.process); break;
    }
    application->redraw = true;
}

bool panes_request(struct application *application, enum request request) {
    enum pane pane = application->place.focus;
    void *state;
    const struct view *view = panes_view(application, pane, &state);
    struct view_context context = panes_context(application, pane);
    struct view_effect effect = view->request(state, &context, request, application->layout.panes[pane].content.rows);
    panes_apply(application, effect);
    return effect.action != VIEW_NOT_HANDLED;
}

void panes_search(struct application *application, const char *pattern, int direction) {
    enum pane pane = application->place.focus;
    void *state;
    const struct view *view = panes_view(application, pane, &state);
    struct view_context context = panes_context(application, pane);
    if (view->search)
        panes_apply(application, view->search(state, &context, pattern, direction));
    else
        application_message(application, "there is nothing to search in this pane");
}

static bool contains(struct rectangle area, int row, int column) {
    return row >= area.row && row < area.row + area.rows &&
           column >= area.column && column < area.column + area.columns;
}

static void click_content(struct application *application, enum pane pane, const struct key_press *press) {
    struct rectangle area = application->layout.panes[pane].content;
    void *state;
    const struct view *view = panes_view(application, pane, &state);
    struct view_context context = panes_context(application, pane);
    if (press->mouse != MOUSE_CLICK) {
        enum request request = press->mouse == MOUSE_WHEEL_UP ? REQUEST_MOVE_UP : REQUEST_MOVE_DOWN;
        for (int i = 0; i < 3; i++) {
            context = panes_context(application, pane);
            panes_apply(application, view->request(state, &context, request, area.rows));
        }
    } else if (view->click) {
        panes_apply(application,
                    view->click(state, &context, area, press->row - area.row, press->column - area.column));
    }
}

/* The button comes up where the border is to be. */
static void drop_border(struct application *application, const struct key_press *press) {
    struct border_drag *drag = &application->drag;
    int cells = drag->edge.is_column ? press->column - drag->column : press->row - drag->row;
    if (drag->held && cells) {
        layout_move_edge(&application->options, &drag->edge, cells);
        application->redraw = true;
    }
    drag->held = false;
}

void panes_click(struct application *application, const struct key_press *press) {
    if (press->mouse == MOUSE_RELEASE) {
        drop_border(application, press);
        return;
    }
    if (press->mouse == MOUSE_CLICK) {
        struct border_drag *drag = &application->drag;
        *drag = (struct border_drag){.row = press->row, .column = press->column};
        drag->held = layout_edge_at(&application->layout, press->row, press->column, &drag->edge);
    }
    for (enum pane pane = 0; pane < PANE_COUNT; pane++) {
        const struct pane_place *place = &application->layout.panes[pane];
        bool content = contains(place->content, press->row, press->column);
        if (!place->shown || (!content && !contains(place->border, press->row, press->column)))
            continue;
        panes_focus(application, pane);
        if (content)
            click_content(application, pane, press);
        return;
    }
}

/* The line that the source chose where none was selected is selected in other panes, too. */
static void follow_source(struct application *application) {
    if (application->place.focus != PANE_SOURCE || application->place.callers || application->place.line)
        return;
    struct view_context context = panes_context(application, PANE_SOURCE);
    struct view_effect effect = source_view.request(application->view_states[PANE_SOURCE], &context, REQUEST_NONE, 1);
    if (effect.action == VIEW_SELECT)
        panes_apply(application, effect);
}

/* The selection goes to where a thread is now: the first one that is in a function. */
static void follow_run(struct application *application) {
    const struct model *model = application->model;
    if (!application->follows_run)
        return;
    application->follows_run = model->state != MODEL_ENDED;
    for (size_t i = 0; i < model->thread_count && application->follows_run; i++)
        if (model->threads[i].running && model->threads[i].function) {
            select_function(application, model->threads[i].function, model->threads[i].line);
            application->redraw = true;
            return;
        }
}

void panes_follow_selection(struct application *application) {
    follow_run(application);
    if (application->place.function >= application->model->function_count) {
        application->place.function = 0;
        application->untouched = true;
    }
    follow_source(application);
    bool untouched = application->untouched;
    enum pane table = panes_table(application);
    if (!untouched && application->place.focus != table)
        return; /* what was gone into stays, whether the table shows it or not */
    struct view_context context = panes_context(application, table);
    struct view_effect effect = views[table]->request(application->view_states[table], &context,
                                                      untouched ? REQUEST_MOVE_FIRST : REQUEST_NONE, 1);
    if (effect.action != VIEW_SELECT)
        return;
    select_function(application, effect.function, effect.line);
    application->untouched = untouched;
    application->redraw = true;
}
