#include "tui/app/announce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app/compose.h"
#include "tui/app/panes.h"

enum { LINE_SIZE = ANNOUNCE_COLUMNS * 4 + 1 };

/* What was said last of each thing. */
struct announcement {
    bool by_key, all, begun;
    enum pane focus;
    bool callers;
    enum popup_kind popup;
    enum run_state state;
    char status[LINE_SIZE], row[LINE_SIZE], asked[LINE_SIZE], choice[512], message[sizeof((struct application *)0)->message];
    char content[ANNOUNCE_ROWS][LINE_SIZE]; /* of a pane without a selected row */
};

bool announce_open(struct application *application) {
    application->announcement = calloc(1, sizeof *application->announcement);
    application->options.zoomed = true;
    return application->announcement;
}

void announce_close(struct application *application) {
    free(application->announcement);
    application->announcement = NULL;
}

void announce_key(struct application *application, bool all) {
    application->announcement->by_key = true;
    application->announcement->all |= all;
}

/* Runs of blanks, and what is a line or a frame on the screen, are two blanks for the ear. */
static void write_text(struct application *application, const char *text) {
    char line[LINE_SIZE];
    size_t length = 0, blanks = 2;
    for (; *text && length < sizeof line - 3; text++) {
        bool gap = *text == ' ' || ((*text == '-' || *text == '=') && (text[1] == *text || blanks >= 2));
        if (!gap && blanks >= 2 && length)
            line[length++] = ' ', line[length++] = ' ';
        else if (!gap && blanks == 1 && length)
            line[length++] = ' ';
        blanks = gap ? blanks + 1 + (*text != ' ') : 0;
        if (!gap)
            line[length++] = *text;
    }
    line[length] = '\0';
    if (length)
        screen_write_line(application->screen, line);
}

/* Writes a text unless it was the last one. */
static void write_changed(struct application *application, char *last, size_t size, const char *text) {
    if (strcmp(last, text) == 0)
        return;
    snprintf(last, size, "%s", text);
    write_text(application, text);
}

static const char *row_text(const struct application *application, struct rectangle area, int row, char text[LINE_SIZE]) {
    grid_row_text(&application->grid, area, row, text, LINE_SIZE);
    return text;
}

static int selected_row(const struct application *application, struct rectangle area) {
    const struct grid *grid = &application->grid;
    for (int row = 0; row < area.rows; row++) {
        const struct cell *cell = &grid->cells[(area.row + row) * grid->columns + area.column];
        if (cell->style == STYLE_SELECTED)
            return row;
    }
    return -1;
}

static void write_all(struct application *application, struct rectangle area) {
    char text[LINE_SIZE];
    for (int row = 0; row < area.rows; row++)
        write_text(application, row_text(application, area, row, text));
}

/* A pane that has no selected row: those that are not as they were. */
static void write_content(struct application *application, struct rectangle area) {
    char text[LINE_SIZE];
    for (int row = 0; row < area.rows && row < ANNOUNCE_ROWS; row++)
        write_changed(application, application->announcement->content[row], LINE_SIZE, row_text(application, area, row, text));
}

static void write_title(struct application *application) {
    enum pane pane = application->place.focus;
    void *state;
    const struct view *view = panes_view(application, pane, &state);
    struct view_context context = panes_context(application, pane);
    char title[LINE_SIZE], text[LINE_SIZE + 8];
    view->title(state, &context, title, sizeof title);
    snprintf(text, sizeof text, "[%c] %s", layout_pane_key(pane), title);
    write_text(application, text);
}

static void announce_pane(struct application *application) {
    struct announcement *said = application->announcement;
    const struct pane_place *place = &application->layout.panes[application->place.focus];
    char text[LINE_SIZE];
    bool other = !said->begun || said->focus != application->place.focus || said->callers != application->place.callers;
    int row = selected_row(application, place->content);
    if (other || said->all) {
        write_title(application);
        memset(said->content, 0, sizeof said->content);
        said->row[0] = '\0';
    }
    bool first = row >= 0 && !said->row[0]; /* the first row may come long after its pane */
    if (said->all)
        write_all(application, place->content);
    else if (first && row > 0)
        write_text(application, row_text(application, place->content, 0, text)); /* what the columns are */
    if (row >= 0 && !said->all && (first || said->by_key))
        write_changed(application, said->row, sizeof said->row, row_text(application, place->content, row, text) + 1);
    else if (row < 0 && !said->all && (other || said->by_key || application->place.focus == PANE_OUTPUT))
        write_content(application, place->content);
    said->focus = application->place.focus;
    said->callers = application->place.callers;
}

static void announce_popup(struct application *application) {
    struct announcement *said = application->announcement;
    const struct popup *popup = &application->popup;
    bool opened = said->popup != application->popup_kind;
    if (opened) {
        said->choice[0] = '\0';
        write_text(application, popup->title);
    }
    for (size_t i = 0, match = 0; i < popup->count; i++) {
        const struct popup_row *row = &popup->rows[i];
        if (!popup->choosable && opened)
            write_text(application, row->text);
        else if (popup->choosable && row->matches && match++ == popup->selected)
            write_changed(application, said->choice, sizeof said->choice, row->text);
    }
}

static void announce_state(struct application *application) {
    char text[LINE_SIZE];
    if (application->announcement->begun && application->announcement->state == application->run.state)
        return;
    application->announcement->state = application->run.state;
    write_changed(application, application->announcement->status, LINE_SIZE,
                  row_text(application, application->layout.status, 0, text));
}

void announce(struct application *application) {
    struct announcement *said = application->announcement;
    char text[LINE_SIZE];
    int cursor_row, cursor_column;
    compose(application, &cursor_row, &cursor_column);
    announce_state(application);
    if (application->popup_kind != POPUP_NONE)
        announce_popup(application);
    else if (application->prompt == PROMPT_NONE)
        announce_pane(application);
    said->popup = application->popup_kind;
    if (application->prompt == PROMPT_NONE)
        said->asked[0] = '\0';
    else
        write_changed(application, said->asked, sizeof said->asked, row_text(application, application->layout.footer, 0, text));
    if (application->prompt == PROMPT_NONE || !application->message[0])
        write_changed(application, said->message, sizeof said->message, application->message);
    said->by_key = said->all = false;
    said->begun = true;
}
