/* filter.h - filter expressions of the `&` prompt.
 *
 * Terms parted by blanks, all of which must hold:
 *   text            a part of the qualified name or of the file, upper or lower case
 *   name:text file:text kind:c kind:python
 *   self%>5 total%<90 self>0.5 total>=10ms calls>1k     (self and total in seconds unless a unit is given)
 *   !term           the term must not hold */
#ifndef PYPROF_TUI_VIEW_FILTER_H
#define PYPROF_TUI_VIEW_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "pyprof/model.h"

enum { FILTER_MAX_TERMS = 16, FILTER_MAX_LENGTH = 256 };

enum filter_column {
    FILTER_NAME_OR_FILE, FILTER_NAME, FILTER_FILE, FILTER_KIND,
    FILTER_SELF_SHARE, FILTER_TOTAL_SHARE, FILTER_SELF, FILTER_TOTAL, FILTER_CALLS
};
enum filter_comparison { FILTER_CONTAINS, FILTER_LESS, FILTER_AT_MOST, FILTER_EQUAL, FILTER_AT_LEAST, FILTER_GREATER };

struct filter_term {
    enum filter_column column;
    enum filter_comparison comparison;
    bool negated;
    const char *text; /* into filter.words */
    double number;    /* percent, nanoseconds or calls */
    enum model_function_kind kind;
};

/* No pointers out of itself but filter_term.text: do not copy it. All zero is the filter that takes everything. */
struct filter {
    char expression[FILTER_MAX_LENGTH]; /* as given */
    char words[FILTER_MAX_LENGTH];
    struct filter_term terms[FILTER_MAX_TERMS];
    int count;
};

/* Parses an expression; "" takes everything. false: *filter stays as it was and problem holds a sentence. */
bool filter_parse(struct filter *filter, const char *expression, char *problem, int problem_size);
/* total_self_ns is what shares are taken of. */
bool filter_accepts(const struct filter *filter, const struct model_function *function, uint64_t total_self_ns);

/* Whether `part` occurs in `text`, ASCII letters in either case. "" is part of everything. */
bool filter_contains(const char *text, const char *part);

#endif
