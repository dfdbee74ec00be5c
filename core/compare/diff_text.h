/* diff_text.h - the numbers of a diff in words. */
#ifndef PYPROF_COMPARE_DIFF_TEXT_H
#define PYPROF_COMPARE_DIFF_TEXT_H

#include "pyprof/session_diff.h"

enum { DIFF_TEXT_SIZE = 32, DIFF_NUMBER_WIDTH = 10, DIFF_CHANGE_WIDTH = 9 };

/* "12.35 ms", "1.500 MiB", "34219980", at most DIFF_NUMBER_WIDTH columns; "-": not known. Returns text. */
char *diff_text_number(enum diff_unit unit, uint64_t number, char text[DIFF_TEXT_SIZE]);

/* "+12.3 %", "x 12.5" from ten times on, "new" from nothing, "gone" to nothing, "=" for no change; "~" in front: within noise;
 * "?": both are known but mean different things; "" where one is not known. At most DIFF_CHANGE_WIDTH columns. */
char *diff_text_change(const struct diff_value *value, char text[DIFF_TEXT_SIZE]);

/* Sign of a match in a list: ' ', '>' moved, '*' renamed, '-' gone, '+' new. */
char diff_text_sign(enum diff_match match);
/* "same", "moved", "renamed", "gone", "new"; "unknown", "not comparable", "equal", "noise", "changed". */
const char *diff_match_name(enum diff_match match);
const char *diff_verdict_name(enum diff_verdict verdict);

/* A sentence: what is taken for noise in this diff. */
void diff_text_noise(const struct session_diff *diff, char *text, size_t size);

#endif
