/* requests.h - what the recorder asks for while the program runs: collectors off and on, a census, what bytecode is specialised
 * to. */
#ifndef PYPROF_HOST_REQUESTS_H
#define PYPROF_HOST_REQUESTS_H

/* From now on requests are seen by probes: when a call comes from another place than the time before, or a line is timed. They are
 * done when the main thread next looks for signals: between two instructions of Python code. */
void requests_watch(void);

/* Without probes, too: on the main thread, when collectors have been switched. */
void requests_stay_reachable(void);

/* When the program ends. */
void requests_end(void);

/* The same when the program allocates memory. After memory_prepare. */
void requests_watch_memory(void);

#endif
