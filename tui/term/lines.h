/* lines.h - the terminal as lines of text that are written once and never changed, for who has them read out: no ncurses, no
 * control sequences, any terminal. Keys are the same. */
#ifndef PYPROF_TUI_LINES_H
#define PYPROF_TUI_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "pyprof/error.h"
#include "tui/term/key.h"

struct lines;

/* Takes /dev/tty over: keys come at once and are not echoed. Signals that end the process give it back (rescue.h). */
struct lines *lines_open(struct error *error);
/* Gives it back. NULL is allowed. */
void lines_close(struct lines *lines);

void lines_leave(struct lines *lines);
void lines_return(struct lines *lines);
int lines_descriptor(const struct lines *lines);
/* Text and the end of the line; control characters in it become blanks. */
void lines_write(struct lines *lines, const char *text);
/* A control sequence as it is. */
void lines_send(struct lines *lines, const char *sequence);
/* The next key; false: none is waiting. */
bool lines_key(struct lines *lines, struct key_press *press);
/* Gives bytes back: lines_key reads them next. */
void lines_unread(struct lines *lines, const unsigned char *bytes, size_t count);

#endif
