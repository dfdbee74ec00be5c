/* function_match.h - which functions of one run are which of another, by what they are called and where they stand. */
#ifndef PYPROF_COMPARE_FUNCTION_MATCH_H
#define PYPROF_COMPARE_FUNCTION_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FUNCTION_NO_MATCH = UINT32_MAX };

/* What a function is known by. Texts belong to its model. */
struct function_key {
    const char *path; /* without the folder that the program, or the library, stands in; "" of a C function */
    const char *qualname;
    uint32_t line;    /* first line */
    uint16_t kind;    /* enum model_function_kind */
    bool project;
};

/* Fills after_of[i] with the number of the function after that function i before is, or FUNCTION_NO_MATCH. Of one kind and
 * qualified name are matched, in this order: those in the same file; in files of the same name; of the program's own files whatever
 * they are called, where both sides have as many. Several of the same name are matched by the order of their first lines, those
 * on the same line first where one side has more. false: out of memory. */
bool function_match(const struct function_key *before, size_t before_count, const struct function_key *after,
                    size_t after_count, uint32_t *after_of);

/* The last part of a path. */
const char *function_base_name(const char *path);

#endif
