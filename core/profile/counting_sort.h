/* counting_sort.h - ordering row numbers by a small integer key in linear time. */
#ifndef PYPROF_PROFILE_COUNTING_SORT_H
#define PYPROF_PROFILE_COUNTING_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes `count` row numbers to output, ascending by keys[row]; rows of the same key keep their order of input.
 * input NULL: 0, 1, 2, ... Every key is below key_limit. false: out of memory. */
bool counting_sort(const uint32_t *input, uint32_t *output, size_t count, const uint32_t *keys, size_t key_limit);

#endif
