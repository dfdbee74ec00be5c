/* clipboard.h - putting a text on the clipboard of the terminal's user, over SSH too: OSC 52. */
#ifndef PYPROF_TUI_CLIPBOARD_H
#define PYPROF_TUI_CLIPBOARD_H

/* The control sequence that does it, malloc'ed; NULL: out of memory. */
char *clipboard_sequence(const char *text);

#endif
