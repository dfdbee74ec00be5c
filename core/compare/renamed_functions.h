/* renamed_functions.h - functions whose name is gone on one side and new on the other, but whose body is (nearly) the same.
 *
 * A body is compared by its lines without indentation, blank lines and comments; the function's own name, in its head and where it
 * calls itself, is left out. Two are alike by the lines they share: 2 * shared / (lines of one + lines of the other). */
#ifndef PYPROF_COMPARE_RENAMED_FUNCTIONS_H
#define PYPROF_COMPARE_RENAMED_FUNCTIONS_H

#include "core/compare/diff_side.h"

/* For each function before that has no match in after_of and is like one after that nothing is matched with, fills in that one, the
 * likest first. Only functions written in Python whose source both sides have. false: out of memory, or cancelled. */
bool renamed_functions(const struct side *before, const struct side *after, uint32_t *after_of, const atomic_bool *cancelled);

#endif
