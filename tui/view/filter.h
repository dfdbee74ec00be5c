/* filter.h - filter expressions of the `&` prompt.
 *
 * Terms parted by blanks, all of which must hold:
 *   text            a part of the qualified name or of the file, upper or lower case
 *   ~regex          the same as a POSIX extended regular expression, upper or lower case (\s stands for a blank)
 *   name:text name:~regex file:text file:~regex kind:c kind:python
 *   self%>5 self>5% total%<90 self>0.5 total>=10ms percall>1us     (times in seconds unless a unit is given)
 *   calls>1k primitive>0 instr>1M line<100
 *   mib>10 totmib>1G temp>1k                        (MiB unless B, K, M or G is given; temp: blocks)
 *   !term           the term must not hold */
#ifndef PYPROF_TUI_VIEW_FILTER_H
#define PYPROF_TUI_VIEW_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "pyprof/model.h"
#include "tui/view/memory_measure.h"

enum { FILTER_MAX_TERMS = 16, FILTER_MAX_LENGTH = 256 };

enum filter_column {
    FILTER_NAME_OR_FILE, FILTER_NAME, FILTER_FILE, FILTER_KIND,
    FILTER_SELF_SHARE, FILTER_TOTAL_SHARE, FILTER_SELF, FILTER_TOTAL, FILTER_TIME_PER_CALL,
    FILTER_CALLS, FILTER_PRIMITIVE_CALLS, FILTER_INSTRUCTIONS, FILTER_LINE,
    FILTER_MEMORY, FILTER_TOTAL_MEMORY, FILTER_TEMPORARY
};
enum filter_comparison {
    FILTER_CONTAINS, FILTER_MATCHES, FILTER_LESS, FILTER_AT_MOST, FILTER_EQUAL, FILTER_AT_LEAST, FILTER_GREATER
};

/* A regular expression, twice: for any text, and for those that are ASCII. */
struct filter_regex {
    regex_t any, ascii;
    bool has_ascii;
};

struct filter_term {
    enum filter_column column;
    enum filter_comparison comparison;
    bool negated;
    const char *text; /* into filter.words */
    struct filter_regex *regex; /* owned; where matches are asked for, NULL else */
    double number;    /* percent, nanoseconds, bytes or counts */
    enum model_function_kind kind;
};

/* filter_term.text points into it: do not copy it. All zero is the filter that takes everything. */
struct filter {
    char expression[FILTER_MAX_LENGTH]; /* as given */
    char words[FILTER_MAX_LENGTH];
    struct filter_term terms[FILTER_MAX_TERMS];
    int count;
};

/* Parses an expression; "" takes everything. false: *filter stays as it was and problem holds a sentence. */
bool filter_parse(struct filter *filter, const char *expression, char *problem, int problem_size);
/* Frees what it owns: it takes everything then. */
void filter_free(struct filter *filter);
/* total_self_ns is what shares are taken of, measure what of memory the MiB columns show: where that is blocks, mib and totmib
 * are of the peak. A number that is not known fulfils no comparison. */
bool filter_accepts(const struct filter *filter, const struct model_function *function, uint64_t total_self_ns,
                    enum memory_measure measure);

/* The same for many functions, one after the other: what a term says of a file is asked once for neighbours of one file. */
struct filter_pass {
    const struct filter *filter;
    uint64_t total_self_ns;
    enum memory_measure measure;
    const char *file;     /* of the function before; NULL: there was none */
    uint32_t known, held; /* bits of terms: what was asked of that file, and was answered with yes */
};
bool filter_pass_accepts(struct filter_pass *pass, const struct model_function *function);

/* Whether `part` occurs in `text`, ASCII letters in either case. "" is part of everything. */
bool filter_contains(const char *text, const char *part);

#endif
