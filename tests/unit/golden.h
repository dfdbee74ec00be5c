/* golden.h - whole screens as they should be, kept as text files in tests/unit/golden.
 *
 * PYPROF_TEST_GOLDEN=write writes what is drawn now into them: to be read before it is committed. */
#ifndef PYPROF_TESTS_GOLDEN_H
#define PYPROF_TESTS_GOLDEN_H

#include "tests/unit/model_fixture.h"

/* The file's text ("": there is none); the caller frees it. */
static inline char *golden_read(const char *path) {
    FILE *file = fopen(path, "re");
    char *text = calloc(1, 1 << 16);
    assert_non_null(text);
    if (file) {
        size_t size = fread(text, 1, (1 << 16) - 1, file);
        text[size] = '\0';
        fclose(file);
    }
    return text;
}

/* The number of the first line that differs, from 1. */
static inline int golden_difference(const char *left, const char *right) {
    int line = 1;
    for (; *left && *left == *right; left++, right++)
        line += *left == '\n';
    return line;
}

static inline void expect_golden(const char *name, const char *drawn) {
    char path[256];
    const char *write = getenv("PYPROF_TEST_GOLDEN");
    snprintf(path, sizeof path, "tests/unit/golden/%s.txt", name);
    if (write && strcmp(write, "write") == 0) {
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        fputs(drawn, file);
        assert_int_equal(fclose(file), 0);
    }
    char *expected = golden_read(path);
    if (strcmp(expected, drawn) != 0)
        print_error("%s differs in line %d; drawn is:\n%s\n", path, golden_difference(expected, drawn), drawn);
    assert_string_equal(drawn, expected);
    free(expected);
}

#endif
