/* rescue.h - brings the terminal back when a signal ends the process. There is one terminal a process, and a signal
 * handler can be told nothing: so this is the one place with state of its own. */
#ifndef PYPROF_TUI_RESCUE_H
#define PYPROF_TUI_RESCUE_H

#include <stdbool.h>

/* Remembers how the terminal is set now, before it is taken over. */
void rescue_remember(int descriptor);
/* From now on SEGV, BUS, FPE, ABRT, TERM and HUP send these sequences (each may be NULL), put the settings back and
 * then end the process as they always do. */
void rescue_arm(const char *keypad_off, const char *cursor_on, const char *attributes_off, const char *screen_back);
void rescue_mouse(bool on); /* the mouse has to be turned off as well */
/* A line said last, when the terminal is back; "" none. It must live as long as the process. */
void rescue_farewell(const char *line);
void rescue_disarm(void);

#endif
