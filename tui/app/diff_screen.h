/* diff_screen.h - what is shown compared with other sessions: asking which, comparing in a thread of its own, showing it.
 *
 * The thread loads all that it compares itself, so that nobody waits for it and it for nobody: a live run as its arena is then. */
#ifndef PYPROF_TUI_DIFF_SCREEN_H
#define PYPROF_TUI_DIFF_SCREEN_H

#include "tui/app/state.h"

/* Asks which session is compared with. */
void diff_screen_ask(struct application *application);
/* The path that is offered: the newest other session in the folder; "": there is none. */
void diff_screen_offer(const struct application *application, char *path, size_t size);
/* Completes a typed path as far as it goes: folders and *.pyprof. */
void diff_screen_complete(struct line_edit *edit);
/* Begins to compare what is shown with what was typed, which is what was before. */
void diff_screen_start(struct application *application, const char *typed);
/* The same for what the program was started with (--diff), once its session is open. */
void diff_screen_start_asked(struct application *application);

/* To poll: readable when it is done. -1: nothing is being compared. */
int diff_screen_descriptor(const struct application *application);
/* Shows what was compared, if it is done. */
void diff_screen_take(struct application *application);
/* Stops comparing; false: nothing is being compared. */
bool diff_screen_cancel(struct application *application);

void diff_screen_free(struct application *application);

#endif
