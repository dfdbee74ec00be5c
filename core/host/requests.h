/* requests.h - what the recorder asks for while the program runs: memory off and on, a census. */
#ifndef PYPROF_HOST_REQUESTS_H
#define PYPROF_HOST_REQUESTS_H

/* From now on requests are seen when the program allocates memory, and done when its main thread next looks for signals: between
 * two instructions of Python code. After memory_prepare. */
void requests_watch(void);

#endif
