/* switching.h - collectors switched off and on while the program runs.
 *
 * Code gets its probes anew (instrument.c), for the collectors that are on then, and functions that there are get that code. What
 * runs at that moment goes on with the probes it began with, until it returns: those of functions keep the shadow stack in order
 * and count nothing new, those of lines and C calls count nothing from then on, those of blocks go on counting. What began without
 * probes has none until it is called again. A generator that waits is such an activation. */
#ifndef PYPROF_HOST_SWITCHING_H
#define PYPROF_HOST_SWITCHING_H

#include <stdbool.h>
#include <stdint.h>

/* Before the first switch: the run has probes. */
void switching_prepare(void);

/* From now on exactly these collectors are on (bits of enum collector, of COLLECTORS_SWITCHED); what could not be is in the
 * header's switch_failed. Under the interpreter lock, between two instructions. false: not now, as the garbage collector is at
 * work, or there is no memory for it. */
bool switching_do(uint32_t collectors);

#endif
