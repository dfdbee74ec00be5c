/* pointer_set.h - addresses that have been seen, in memory of the engine's own. */
#ifndef PYPROF_HOST_POINTER_SET_H
#define PYPROF_HOST_POINTER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open addressing; zeroed it is empty. */
struct pointer_set {
    uintptr_t *slots; /* 0: free */
    size_t capacity, count;
};

enum pointer_set_outcome { POINTER_SET_FULL = -1, POINTER_SET_KNOWN = 0, POINTER_SET_ADDED = 1 };

/* FULL: there is no memory for it, and the set is as it was. pointer is not NULL. */
enum pointer_set_outcome pointer_set_add(struct pointer_set *set, const void *pointer);
void pointer_set_free(struct pointer_set *set);

#endif
