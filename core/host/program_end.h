/* program_end.h - what is done when the program has ended and the interpreter has not yet begun to clear up. */
#ifndef PYPROF_HOST_PROGRAM_END_H
#define PYPROF_HOST_PROGRAM_END_H

#include <stdbool.h>

/* false: an exception is set. While the engine starts. */
bool program_end_await(void);

#endif
