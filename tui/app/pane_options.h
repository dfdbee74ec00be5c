/* pane_options.h - which panes there are and how large they are: as the config has it, as it is changed, as it is kept. */
#ifndef PYPROF_TUI_PANE_OPTIONS_H
#define PYPROF_TUI_PANE_OPTIONS_H

#include "tui/app/state.h"

/* The panes and sizes that a config has. */
struct layout_options pane_options_read(const struct config *config);
/* Writes those there are now into a config; false: *error says why not. */
bool pane_options_write(const struct application *application, struct config *config, struct error *error);

/* Hides the focused pane until its key is pressed; another one has the keys then. */
void pane_options_hide(struct application *application);
/* A pane that gets the keys is there again, if it was hidden. */
void pane_options_show(struct application *application, enum pane pane);
/* As the config had it at the start. */
void pane_options_reset(struct application *application);
/* What of two panes that share a place was gone to last keeps it. */
void pane_options_note_focus(struct application *application, enum pane pane);

#endif
