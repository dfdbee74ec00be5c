#include "tui/app/code_marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app/live_run.h"
#include "tui/app/memory_actions.h"
#include "tui/app/panes.h"
#include "tui/app/popups.h"

/* What marks are called, in this order; without the letters that move in every list. */
static const char letters[CODE_MARKS_MOST + 1] = "abcdefhilmnoprstuvwxyz";

static bool is_set(const struct code_mark *mark) { return mark->function.file != NULL; }

/* Where `m` marks a place; elsewhere it marks the moment. */
static bool is_in_code(const struct application *application) {
    enum pane focus = application->place.focus;
    return focus == PANE_FUNCTIONS || focus == PANE_SOURCE || focus == PANE_BYTECODE || focus == PANE_TREE || focus == PANE_FLAME;
}

static bool any(const struct code_marks *marks) {
    for (size_t i = 0; i < CODE_MARKS_MOST; i++)
        if (is_set(&marks->marks[i]))
            return true;
    return false;
}

/* --- finding ---------------------------------------------------------------------------------------- */

/* How well a function is the one that was marked: 3 as it was, 2 elsewhere in its file, which has been edited, 0 not at all. */
static int likeness(const struct remembered_function *marked, const struct model_function *function) {
    if (strcmp(marked->qualname, function->qualname) != 0 || strcmp(marked->file, function->file) != 0)
        return 0;
    return marked->line == function->line ? 3 : 2;
}

/* A line moves with its function. */
static uint32_t line_now(const struct code_mark *mark, const struct model_function *function) {
    int64_t line = (int64_t)mark->line + (int64_t)function->line - (int64_t)mark->function.line;
    return !mark->line ? 0 : line > 0 ? (uint32_t)line : 1;
}

static struct view_mark find(const struct code_mark *mark, const struct model *model, uint32_t before) {
    struct view_mark found = {0};
    int best = 0;
    if (before && before < model->function_count && likeness(&mark->function, &model->functions[before]) == 3) {
        found.function = before; /* ids stay while a run goes on */
        best = 3;
    }
    for (uint32_t id = 1; id < model->function_count && best < 3; id++) {
        int alike = likeness(&mark->function, &model->functions[id]);
        if (alike > best) {
            found.function = id;
            best = alike;
        }
    }
    if (found.function)
        found.line = line_now(mark, &model->functions[found.function]);
    return found;
}

static void find_all(struct application *application) {
    struct code_marks *marks = &application->code_marks;
    for (size_t i = 0; i < CODE_MARKS_MOST; i++) {
        uint32_t before = marks->found[i].function;
        marks->found[i] = is_set(&marks->marks[i]) ? find(&marks->marks[i], application->model, before) : (struct view_mark){0};
        marks->found[i].letter = letters[i];
    }
}

void code_marks_find(struct application *application) {
    if (any(&application->code_marks) && model_stamp_update(&application->code_marks.stamp, application->model))
        find_all(application);
}

/* --- setting ---------------------------------------------------------------------------------------- */

static void forget(struct code_mark *mark) {
    free(mark->function.file);
    free(mark->function.qualname);
    *mark = (struct code_mark){0};
}

void code_marks_free(struct application *application) {
    for (size_t i = 0; i < CODE_MARKS_MOST; i++)
        forget(&application->code_marks.marks[i]);
}

static void describe(const struct code_mark *mark, char *text, size_t size) {
    if (mark->line)
        snprintf(text, size, "%.200s line %u", mark->function.qualname, mark->line);
    else
        snprintf(text, size, "%.200s", mark->function.qualname);
}

static void set(struct application *application, size_t index, const struct model_function *function, uint32_t line) {
    struct code_mark *mark = &application->code_marks.marks[index];
    *mark = (struct code_mark){{strdup(function->file), strdup(function->qualname), function->line}, line,
                               application->place.focus};
    char text[256];
    if (!mark->function.file || !mark->function.qualname) {
        forget(mark);
        application_error(application, "not enough memory for a mark");
        return;
    }
    application->code_marks.present = index;
    describe(mark, text, sizeof text);
    application_message(application, "mark %c: %s; ' goes from mark to mark, ` lists them", letters[index], text);
}

static void take_away(struct application *application, size_t index) {
    char text[256];
    describe(&application->code_marks.marks[index], text, sizeof text);
    forget(&application->code_marks.marks[index]);
    application_message(application, "no longer marked: %s", text);
}

/* What is selected: lines where lines are shown. */
static uint32_t selected_line(const struct application *application) {
    enum pane focus = application->place.focus;
    bool lines = (focus == PANE_SOURCE && !application->place.callers) || focus == PANE_BYTECODE;
    return lines ? application->place.line : 0;
}

static void toggle_place(struct application *application, uint32_t id, uint32_t line) {
    struct code_marks *marks = &application->code_marks;
    size_t free_index = CODE_MARKS_MOST;
    find_all(application);
    for (size_t i = CODE_MARKS_MOST; i-- > 0;) {
        if (!is_set(&marks->marks[i]))
            free_index = i;
        else if (marks->found[i].function == id && marks->found[i].line == line) {
            take_away(application, i);
            find_all(application);
            return;
        }
    }
    if (free_index == CODE_MARKS_MOST)
        application_error(application, "%d places are marked, which is the most there can be; ` lists them", CODE_MARKS_MOST);
    else
        set(application, free_index, &application->model->functions[id], line);
    find_all(application);
}

void code_marks_toggle(struct application *application) {
    uint32_t id = application->place.function;
    if (!is_in_code(application))
        memory_actions_mark(application);
    else if (panes_shows_diff(application))
        application_message(application, "places are marked where this run is shown; Esc leads back there");
    else if (id == 0 || id >= application->model->function_count)
        application_message(application, "no function is selected that could be marked");
    else
        toggle_place(application, id, selected_line(application));
}

/* --- going there ------------------------------------------------------------------------------------ */

/* To the pane it was marked in; where that leaves the function out (by a filter, say), to its source. */
static void go_to(struct application *application, size_t index) {
    const struct code_mark *mark = &application->code_marks.marks[index];
    struct view_mark found = application->code_marks.found[index];
    bool inside = mark->pane == PANE_SOURCE || mark->pane == PANE_BYTECODE;
    struct place place = {.focus = mark->pane, .function = found.function, .line = found.line, .drilled = inside};
    char text[256];
    application->code_marks.present = index;
    application->follows_run = false;
    panes_go(application, place);
    panes_follow_selection(application);
    if (application->place.function != found.function) {
        place.focus = PANE_SOURCE;
        place.drilled = true;
        panes_arrive(application, place);
    }
    describe(mark, text, sizeof text);
    application_message(application, "mark %c: %s", letters[index], text);
}

/* Whether what is selected is that mark already. */
static bool is_at(const struct application *application, size_t index) {
    const struct view_mark *found = &application->code_marks.found[index];
    return found->function && found->function == application->place.function &&
           (!found->line || found->line == application->place.line) &&
           application->code_marks.marks[index].pane == application->place.focus;
}

/* The next mark in that direction whose function is there, also where the one that was gone to last is all there is. */
static void step(struct application *application, size_t direction) {
    struct code_marks *marks = &application->code_marks;
    size_t at = marks->present;
    for (size_t i = 0; i < CODE_MARKS_MOST; i++)
        if (is_at(application, i) && !is_at(application, at))
            at = i;
    for (size_t i = 0; i < CODE_MARKS_MOST; i++) {
        at = (at + direction) % CODE_MARKS_MOST;
        if (marks->found[at].function) {
            go_to(application, at);
            return;
        }
    }
    application_message(application, "nothing that is marked has run here%s",
                        application->run.state == RUN_RUNNING ? " yet" : "");
}

static void step_or_graph(struct application *application, size_t direction, void (*graph)(struct application *)) {
    find_all(application);
    if (is_in_code(application) && any(&application->code_marks))
        step(application, direction);
    else if (is_in_code(application) && !application->program->mark_count)
        application_message(application, "nothing is marked yet; m marks what is selected");
    else
        graph(application);
}

void code_marks_next(struct application *application) { step_or_graph(application, 1, memory_actions_next_mark); }

void code_marks_previous(struct application *application) {
    step_or_graph(application, CODE_MARKS_MOST - 1, memory_actions_previous_mark);
}

/* --- the list --------------------------------------------------------------------------------------- */

/* The text of a line, without the blanks before it; "" where the source is not there. */
static void copy_line(const struct model *model, const char *file, uint32_t line, char *text, size_t size) {
    const struct model_source *source = line ? model_source(model, file) : NULL;
    size_t count = 0, *starts = source ? model_source_lines(source, &count) : NULL;
    text[0] = '\0';
    if (starts && line <= count) {
        const char *end = source->text + source->length, *at = source->text + starts[line - 1];
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        size_t length = 0;
        while (at + length < end && at[length] != '\n' && length + 1 < size)
            length++;
        memcpy(text, at, length);
        text[length] = '\0';
    }
    free(starts);
}

static bool add_row(const struct application *application, struct popup *popup, size_t index) {
    const struct code_mark *mark = &application->code_marks.marks[index];
    struct view_mark found = application->code_marks.found[index];
    const char *file = mark->function.file, *slash = strrchr(file, '/');
    char text[sizeof popup->rows->text], where[140] = "(written in C)", line[100] = "not run here";
    uint32_t shown = found.function ? found.line : mark->line;
    if (*file)
        snprintf(where, sizeof where, "%.100s:%u", slash && slash[1] ? slash + 1 : file, shown ? shown : mark->function.line);
    if (found.function)
        copy_line(application->model, application->model->functions[found.function].file, found.line, line, sizeof line);
    snprintf(text, sizeof text, "%c  %-24.120s %-20s %s", letters[index], mark->function.qualname, where, line);
    return popup_add(popup, (int)index, text);
}

bool code_marks_fill(struct application *application, struct popup *popup) {
    find_all(application);
    popup->title = "Marks (letter or Enter: go there, -: take away)";
    popup->choosable = true;
    for (size_t i = 0; i < CODE_MARKS_MOST; i++)
        if (is_set(&application->code_marks.marks[i]) && !add_row(application, popup, i))
            return false;
    if (!popup->count)
        application_message(application, "nothing is marked yet; m marks what is selected");
    return popup->count > 0;
}

static void go_and_close(struct application *application, size_t index) {
    popups_close(application);
    if (application->code_marks.found[index].function)
        go_to(application, index);
    else
        application_message(application, "%s has not run here", application->code_marks.marks[index].function.qualname);
}

static void take_selected_away(struct application *application) {
    struct popup *popup = &application->popup;
    const struct popup_row *row = popup_selected(popup);
    if (!row)
        return;
    take_away(application, (size_t)row->value);
    size_t selected = popup->selected;
    popup->count = popup->top = 0;
    if (!any(&application->code_marks) || !code_marks_fill(application, popup)) {
        popups_close(application);
        return;
    }
    popup->selected = selected < popup->count ? selected : popup->count - 1;
}

void code_marks_key(struct application *application, int key) {
    const char *letter = key > 0 && key < 0x7f ? strchr(letters, key) : NULL;
    size_t index = letter ? (size_t)(letter - letters) : CODE_MARKS_MOST;
    int value = 0;
    application->redraw = true;
    if (index < CODE_MARKS_MOST && is_set(&application->code_marks.marks[index])) {
        go_and_close(application, index);
        return;
    }
    if (key == '-' || key == SPECIAL_DELETE) {
        take_selected_away(application);
        return;
    }
    enum popup_answer answer = popup_key(&application->popup, key, application->grid.rows, &value);
    if (answer == POPUP_CHOSEN)
        go_and_close(application, (size_t)value);
    else if (answer == POPUP_CLOSED)
        popups_close(application);
}
