#include "tui/app/announce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/app/compose.h"
#include "tui/app/key_map.h"
#include "tui/app/panes.h"
#include "tui/app/spoken_row.h"

enum { LINE_SIZE = ANNOUNCE_COLUMNS * 4 + 1 };

/* What was said last of each thing. */
struct announcement {
    bool by_key, all, again, begun;
    bool spoken;        /* a line was written since the last key, or in this turn */
    uint64_t spoken_ns; /* when the last line was */
    enum pane focus;
    bool callers;
    enum popup_kind popup;
    enum run_state state;
    char status[LINE_SIZE], row[LINE_SIZE], asked[LINE_SIZE], choice[LINE_SIZE], typed[LINE_SIZE];
    char message[sizeof((struct application *)0)->message];
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

void announce_again(struct application *application) { application->announcement->again = true; }

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
    if (!length)
        return;
    screen_write_line(application->screen, line);
    application->announcement->spoken = true;
    application->announcement->spoken_ns = clock_monotonic_ns();
}

/* Writes a text unless it was the last one. */
static void write_changed(struct application *application, char *last, size_t size, const char *text) {
    if (strcmp(last, text) == 0)
        return;
    size_t length = strlen(text);
    length = length < size ? length : size - 1;
    memcpy(last, text, length);
    last[length] = '\0';
    write_text(application, text);
}

static const char *row_text(const struct application *application, struct rectangle area, int row, char text[LINE_SIZE]) {
    grid_row_text(&application->grid, area, row, text, LINE_SIZE);
    return text;
}

static int selected_row(const struct application *application, struct rectangle area) {
    const struct grid *grid = &application->grid;
    bool picture = application->place.focus == PANE_FLAME; /* a frame is selected there */
    for (int row = 0; row < area.rows && !picture; row++) {
        const struct cell *cell = &grid->cells[(area.row + row) * grid->columns + area.column];
        if (cell->style == STYLE_SELECTED)
            return row;
    }
    return -1;
}

/* What is above is a picture: in the flame graph all but the last row, in the RAM graph all above its numbers. */
static int first_text_row(const struct application *application, struct rectangle area) {
    enum pane pane = application->place.focus;
    if (pane == PANE_FLAME && area.rows > 0) {
        char text[LINE_SIZE];
        return *row_text(application, area, area.rows - 1, text) ? area.rows - 1 : 0; /* without one there is a sentence */
    }
    for (int row = 0; pane == PANE_RAM && row < area.rows; row++)
        for (int column = 0; column < area.columns; column++) {
            const struct cell *cell = &application->grid.cells[(area.row + row) * application->grid.columns + area.column + column];
            if (cell->style == STYLE_SELECTED || cell->style == STYLE_BOLD)
                return row;
            if (cell->glyph != ' ')
                break;
        }
    return 0;
}

static void write_all(struct application *application, struct rectangle area) {
    char text[LINE_SIZE];
    for (int row = first_text_row(application, area); row < area.rows; row++)
        write_text(application, row_text(application, area, row, text));
}

/* A pane that has no selected row: those that are not as they were. */
static void write_content(struct application *application, struct rectangle area) {
    char text[LINE_SIZE];
    for (int row = first_text_row(application, area); row < area.rows && row < ANNOUNCE_ROWS; row++)
        write_changed(application, application->announcement->content[row], LINE_SIZE, row_text(application, area, row, text));
}

static void write_title(struct application *application) {
    enum pane pane = application->place.focus;
    char title[LINE_SIZE], text[LINE_SIZE + 8];
    panes_title(application, pane, title, sizeof title);
    snprintf(text, sizeof text, "[%c] %s", layout_pane_key(pane), title);
    write_text(application, text);
}

/* Numbers that change by themselves are read at a pace that can be listened to. */
static bool is_time_to_read(const struct application *application) {
    int64_t seconds = application->start->config->ui.screen_reader_s;
    return seconds > 0 && application->run.state == RUN_RUNNING &&
           clock_monotonic_ns() - application->announcement->spoken_ns >= (uint64_t)seconds * 1000000000u;
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
    if (said->all) {
        write_all(application, place->content);
    } else if (row >= 0 && (first || said->by_key || is_time_to_read(application))) {
        spoken_row(&application->grid, place->content, row, text, sizeof text);
        if (said->by_key && !said->spoken)
            said->row[0] = '\0'; /* a key that led nowhere is answered with where one is */
        write_changed(application, said->row, sizeof said->row, text);
    } else if (row < 0 && (other || said->by_key || application->place.focus == PANE_OUTPUT)) {
        write_content(application, place->content);
    }
    said->focus = application->place.focus;
    said->callers = application->place.callers;
}

static void announce_popup(struct application *application) {
    struct announcement *said = application->announcement;
    const struct popup *popup = &application->popup;
    bool opened = said->popup != application->popup_kind;
    if (opened || said->again) {
        said->choice[0] = said->typed[0] = '\0';
        write_text(application, popup->title);
    }
    if (popup->filtered)
        write_changed(application, said->typed, sizeof said->typed, popup->filter.text);
    if (popup->choosable && !popup_selected(popup))
        write_text(application, "nothing has this in its name");
    if (said->by_key && !said->spoken)
        said->choice[0] = '\0';
    if (!popup->choosable && !opened && said->by_key)
        write_text(application, "this is to be read; Esc closes it");
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
    if (application->announcement->begun && application->announcement->state == application->run.state &&
        !application->announcement->again)
        return;
    if (application->announcement->again)
        application->announcement->status[0] = '\0';
    application->announcement->state = application->run.state;
    write_changed(application, application->announcement->status, LINE_SIZE,
                  row_text(application, application->layout.status, 0, text));
}

void announce(struct application *application) {
    struct announcement *said = application->announcement;
    char text[LINE_SIZE];
    int cursor_row, cursor_column;
    said->spoken = false;
    compose(application, &cursor_row, &cursor_column);
    announce_state(application);
    if (said->again) {
        said->row[0] = '\0';
        memset(said->content, 0, sizeof said->content);
    }
    if (said->by_key)
        said->message[0] = '\0'; /* the same may be said to another key */
    bool answered = application->message[0] && application->prompt == PROMPT_NONE;
    said->spoken |= answered;
    if (application->popup_kind != POPUP_NONE)
        announce_popup(application);
    else if (application->prompt == PROMPT_NONE)
        announce_pane(application);
    said->popup = application->popup_kind;
    if (application->prompt == PROMPT_NONE)
        said->asked[0] = '\0';
    else if (!said->asked[0] && (application->prompt == PROMPT_SEARCH || application->prompt == PROMPT_FILTER))
        write_text(application, request_row(application->prompt == PROMPT_SEARCH ? REQUEST_SEARCH : REQUEST_FILTER)->help);
    if (application->prompt != PROMPT_NONE)
        write_changed(application, said->asked, sizeof said->asked, row_text(application, application->layout.footer, 0, text));
    if (application->prompt == PROMPT_NONE || !application->message[0])
        write_changed(application, said->message, sizeof said->message, application->message);
    said->by_key = said->all = said->again = false;
    said->begun = true;
}
