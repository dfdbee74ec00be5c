/* profile_switching.h - the clocks of all threads when collectors are switched while the program runs.
 *
 * While neither functions nor lines are on, time stands still: it is in nobody's time. Under the interpreter lock, which no probe
 * runs without. */
#ifndef PYPROF_PROBE_PROFILE_SWITCHING_H
#define PYPROF_PROBE_PROFILE_SWITCHING_H

#include <stdbool.h>
#include <stdint.h>

/* All threads' clocks stand still from now on (ARENA_CLOCK_STILL); what has passed until now is given to who ran. */
void profile_stop_clocks(void);

/* They go on, of the kind that the run's is, from where they stood: also where the run began without any. */
void profile_start_clocks(void);

/* How often what activations say of lines began anew. */
extern uint32_t profile_switches_of_lines;

/* What activations say of lines begins anew: the one that each thread was on is known when it comes to the next. on: lines are on
 * from now on. Behind profile_start_clocks, in front of profile_stop_clocks. */
void profile_switch_lines(bool on);

#endif
