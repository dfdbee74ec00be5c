/* screen.h - the terminal: a grid goes out, keys come in. Everything that is ncurses stands in screen.c.
 *
 * Input and output are /dev/tty, never stdin and stdout: those are the target's. There is one screen a process. */
#ifndef PYPROF_TUI_SCREEN_H
#define PYPROF_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "pyprof/error.h"
#include "tui/term/grid.h"
#include "tui/term/key.h"
#include "tui/term/theme.h"

struct screen;

/* True when there is a terminal that can be drawn on, or with as_lines any terminal; else *error says what to do. Changes
 * nothing. */
bool screen_check(bool as_lines, struct error *error);
/* Size of the terminal at /dev/tty; false (24 x 80) when there is none. */
bool screen_terminal_size(int *rows, int *columns);

/* Takes the terminal over. From then on SEGV, BUS, FPE, ABRT, TERM and HUP restore it before they end the process. */
struct screen *screen_open(enum theme theme, struct error *error);
/* The same for a screen that is never drawn: keys come in, screen_write_line writes lines. */
struct screen *screen_open_lines(int rows, int columns, struct error *error);
void screen_write_line(struct screen *screen, const char *text);
/* Restores the terminal. NULL is allowed. */
void screen_close(struct screen *screen);

/* From the next screen_draw on. */
void screen_set_theme(struct screen *screen, enum theme theme);

bool screen_ascii(const struct screen *screen); /* only ASCII can be drawn */
bool screen_takes_unicode(void); /* the locale's character set has more than ASCII; since a screen was opened */
int screen_descriptor(const struct screen *screen); /* to poll for keys */
void screen_size(const struct screen *screen, int *rows, int *columns);

/* Takes over the terminal's size after SIGWINCH. */
void screen_resize(struct screen *screen);
/* Sends the cells that differ from what the screen shows; nothing when none does. The cursor is shown at that cell,
 * hidden when cursor_row is negative. */
void screen_draw(struct screen *screen, const struct grid *grid, int cursor_row, int cursor_column);
/* The next screen_draw sends everything. */
void screen_invalidate(struct screen *screen);

/* The next key that was typed. false: none is waiting. */
bool screen_key(struct screen *screen, struct key_press *press);
/* What was typed as the terminal sent it, at most size bytes (0: nothing is waiting). false: the terminal is gone. */
bool screen_read_bytes(struct screen *screen, unsigned char *bytes, size_t size, size_t *count);
/* Gives bytes back: screen_key reads them next. */
void screen_unread_bytes(struct screen *screen, const unsigned char *bytes, size_t count);

/* Gives the terminal to another program and takes it back. */
void screen_leave(struct screen *screen);
void screen_return(struct screen *screen);

void screen_mouse(struct screen *screen, bool on);
/* Sends a control sequence as it is (the clipboard). */
void screen_send(struct screen *screen, const char *sequence);

#endif
