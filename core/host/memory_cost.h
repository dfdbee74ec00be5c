/* memory_cost.h - what counting an allocation costs the program, so that it is in no time. */
#ifndef PYPROF_HOST_MEMORY_COST_H
#define PYPROF_HOST_MEMORY_COST_H

#include <stdint.h>

/* Ticks of the run's clock that allocating and freeing a small block take, as things are. Called under a Python
 * frame of its own. 0: that cannot be told. No exception is left. */
uint64_t memory_measure_pair(void);

#endif
