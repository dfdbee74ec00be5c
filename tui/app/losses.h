/* losses.h - what is not in the numbers: said once when they are final, and listed in the help. */
#ifndef PYPROF_TUI_LOSSES_H
#define PYPROF_TUI_LOSSES_H

#include "tui/app/state.h"

/* Says it in the last row, unless something else stands there. */
void losses_tell(struct application *application);

/* Adds it to a popup's rows, under a heading; nothing where nothing was lost. false: out of memory. */
bool losses_add_rows(const struct model *model, struct popup *popup);

#endif
