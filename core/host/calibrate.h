/* calibrate.h - what the probes cost, measured in this interpreter on this machine. */
#ifndef PYPROF_HOST_CALIBRATE_H
#define PYPROF_HOST_CALIBRATE_H

#include <stdbool.h>

/* Runs small functions with and without probes, about three milliseconds, and sets profile_probe_cost, also in the arena's header.
 * Where that fails costs stay 0, and nothing is taken out of the times. No exception is left behind. To be called once, when
 * probes can be placed and nothing is counted yet. */
void calibrate_probes(void);

#endif
