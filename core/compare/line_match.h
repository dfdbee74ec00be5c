/* line_match.h - which lines of one text are which of another.
 *
 * Patience diff (Bram Cohen): lines that occur once on both sides and stand in the same order are what the rest hangs on, again and
 * again in the gaps between them; where a gap has none, its longest common subsequence. What is left is paired by its text, in
 * order: it was moved. */
#ifndef PYPROF_COMPARE_LINE_MATCH_H
#define PYPROF_COMPARE_LINE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_NO_MATCH = UINT32_MAX };

/* A line as it is compared: without blanks at its ends. */
struct line_text {
    const char *text;
    uint32_t length;
    uint64_t hash;
};

struct line_text line_text_of(const char *text, size_t length);

/* Fills after_of[i] with the number (from 0) of the line after that line i before is, or LINE_NO_MATCH, and moved[i] with whether
 * it stands in another place of the order. Blank lines are never moved. false: out of memory. */
bool line_match(const struct line_text *before, size_t before_count, const struct line_text *after, size_t after_count,
                uint32_t *after_of, bool *moved);

#endif
