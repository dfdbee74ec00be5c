/* native_listener.h - counts what native code allocates and maps, as pyprof-native.so tells it. */
#ifndef PYPROF_HOST_NATIVE_LISTENER_H
#define PYPROF_HOST_NATIVE_LISTENER_H

#include <stdbool.h>

/* Begins to listen, for the rest of the process; once the memory collector is on. Does nothing where that library was not preloaded
 * or another stands in front of it. */
void native_listener_begin(void);

/* The mappings of the process that was forked are none of the child's. After the arena has moved; counting: it counts at all. */
void native_listener_after_fork_in_child(bool counting);

#endif
