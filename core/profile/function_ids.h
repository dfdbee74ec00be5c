/* function_ids.h - one number for a function of all processes of a run: those that are equal in kind, file, first line and
 * qualified name are the same. Numbers are given once and stay, so that what is selected keeps its row while children
 * come and go. */
#ifndef PYPROF_PROFILE_FUNCTION_IDS_H
#define PYPROF_PROFILE_FUNCTION_IDS_H

#include "pyprof/model.h"

struct function_ids;

struct function_ids *function_ids_new(void); /* NULL: out of memory */
void function_ids_free(struct function_ids *ids); /* NULL is allowed */

/* The number of a function, from 1, a new one where it is not known; 0: out of memory. */
uint32_t function_ids_of(struct function_ids *ids, const struct model_function *function);

/* How many numbers were given. */
size_t function_ids_count(const struct function_ids *ids);

#endif
