/* collector_words.h - collectors in words: which are on, which were off for how long. */
#ifndef PYPROF_TUI_VIEW_COLLECTOR_WORDS_H
#define PYPROF_TUI_VIEW_COLLECTOR_WORDS_H

#include "pyprof/model.h"

enum { COLLECTOR_WORDS_SIZE = 64 };

/* Bits of enum collector: those of the model that are on now, or were when it ended. */
uint32_t collectors_now(const struct model *model);
/* How often one of them was off, and how long, as far as the run has come; all 0: never, its numbers are of the whole run. */
struct model_switched collector_off(const struct model *model, enum collector collector);

/* "function, line" with ", " between; "none". Returns text. The short ones are "fn", "ln", "mem", "bc". */
char *collector_names(uint32_t bits, const char *between, char text[COLLECTOR_WORDS_SIZE]);
char *collector_short_names(uint32_t bits, const char *between, char text[COLLECTOR_WORDS_SIZE]);
/* For the title of what it counts: "off:3.20s" where it was off, "OFF 3.20s" where it still is, "" where it never was. */
char *collector_off_title(const struct model *model, enum collector collector, char text[COLLECTOR_WORDS_SIZE]);

#endif
