/* ram_axis.h - round numbers along the axes of the RAM graph; pure arithmetic, no drawing. */
#ifndef PYPROF_TUI_VIEW_RAM_AXIS_H
#define PYPROF_TUI_VIEW_RAM_AXIS_H

#include <stdint.h>

#include "tui/view/number.h"

/* The scale of bytes: from 0 to top in steps of the same round size. */
struct ram_scale {
    uint64_t top, step;
    int steps; /* top / step; at least 1 */
};

/* The scale with the lowest top that is not below `peak` and leaves two or three rows a step (at least one step, at most eight). */
struct ram_scale ram_scale_for(uint64_t peak, int rows);
/* "250M", "1.5G", "0": at most four columns for what ram_scale_for makes up to 999 TiB. */
char *ram_scale_label(char text[NUMBER_SIZE], uint64_t bytes);

/* Columns of time have one of a list of round lengths (20 ms, 50 ms, ..., 1 s, 2 s, 5 s, ..., 1 min, ... days). */
/* The shortest with which a span needs at most that many columns. */
uint64_t ram_step_for(uint64_t span_ns, int columns);
/* The next shorter (-1) or longer (1) one; the same at the ends of the list. */
uint64_t ram_step_beside(uint64_t step_ns, int direction);
/* How far labels of the time axis stand apart: a round time, some columns of that step. */
uint64_t ram_tick_for(uint64_t step_ns);
/* "0", "0.5s", "40s", "1:30", "1:00:00". */
char *ram_tick_label(char text[NUMBER_SIZE], uint64_t ns);

#endif
