/* fake_screen.h - a screen that notes what it is asked, for tests that press any key. It stands in for tui/term/screen.c, whose
 * functions are all here: so nothing of ncurses is linked. */
#ifndef PYPROF_TESTS_FAKE_SCREEN_H
#define PYPROF_TESTS_FAKE_SCREEN_H

#include <stdio.h>
#include <string.h>

#include "tui/term/screen.h"

static struct fake_screen {
    int left, returned, resized, themes, mouse_changes;
    bool mouse;
    enum theme theme;
    char sent[256];      /* the last control sequence */
    char written[16384]; /* lines */
} fake_screen;

bool screen_check(bool as_lines, struct error *error) {
    (void)as_lines, (void)error;
    return true;
}

bool screen_terminal_size(int *rows, int *columns) {
    *rows = 30;
    *columns = 100;
    return true;
}

struct screen *screen_open(enum theme theme, struct error *error) {
    (void)error;
    fake_screen.theme = theme;
    return NULL;
}

struct screen *screen_open_lines(int rows, int columns, struct error *error) {
    (void)rows, (void)columns, (void)error;
    return NULL;
}

void screen_write_line(struct screen *screen, const char *text) {
    (void)screen;
    size_t length = strlen(fake_screen.written);
    snprintf(fake_screen.written + length, sizeof fake_screen.written - length, "%s\n", text);
}

void screen_close(struct screen *screen) { (void)screen; }

void screen_set_theme(struct screen *screen, enum theme theme) {
    (void)screen;
    fake_screen.theme = theme;
    fake_screen.themes++;
}

bool screen_ascii(const struct screen *screen) {
    (void)screen;
    return false;
}

bool screen_takes_unicode(void) { return true; }

int screen_descriptor(const struct screen *screen) {
    (void)screen;
    return -1;
}

void screen_size(const struct screen *screen, int *rows, int *columns) {
    (void)screen;
    screen_terminal_size(rows, columns);
}

void screen_resize(struct screen *screen) {
    (void)screen;
    fake_screen.resized++;
}

void screen_draw(struct screen *screen, const struct grid *grid, int cursor_row, int cursor_column) {
    (void)screen, (void)grid, (void)cursor_row, (void)cursor_column;
}

void screen_invalidate(struct screen *screen) { (void)screen; }

bool screen_key(struct screen *screen, struct key_press *press) {
    (void)screen, (void)press;
    return false;
}

bool screen_read_bytes(struct screen *screen, unsigned char *bytes, size_t size, size_t *count) {
    (void)screen, (void)bytes, (void)size;
    *count = 0;
    return true;
}

void screen_unread_bytes(struct screen *screen, const unsigned char *bytes, size_t count) {
    (void)screen, (void)bytes, (void)count;
}

void screen_leave(struct screen *screen) {
    (void)screen;
    fake_screen.left++;
}

void screen_return(struct screen *screen) {
    (void)screen;
    fake_screen.returned++;
}

void screen_mouse(struct screen *screen, bool on) {
    (void)screen;
    fake_screen.mouse = on;
    fake_screen.mouse_changes++;
}

void screen_send(struct screen *screen, const char *sequence) {
    (void)screen;
    snprintf(fake_screen.sent, sizeof fake_screen.sent, "%s", sequence);
}

#endif
