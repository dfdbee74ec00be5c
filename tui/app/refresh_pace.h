/* refresh_pace.h - how often a live run is looked at: as the user chose, but less often where a look costs much. */
#ifndef PYPROF_TUI_REFRESH_PACE_H
#define PYPROF_TUI_REFRESH_PACE_H

#include <stdint.h>

/* Processor time of the last refreshes. All zero: there was none. */
struct refresh_pace { uint64_t cost_ns; };

/* Takes in what a refresh has cost: by a running mean what costs more than those before, at once what costs less. */
void refresh_pace_note(struct refresh_pace *pace, uint64_t cost_ns);

/* Milliseconds from one refresh to the next: the chosen ones times a round number, so that refreshes take at most 2.5 % of a core,
 * or as many more as the user wants more than two in a second. At most 10 s, where the user did not choose more. */
int64_t refresh_pace_ms(const struct refresh_pace *pace, int64_t chosen_ms);

#endif
