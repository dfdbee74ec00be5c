/* diff_fixture.h - two versions of a program, made by hand, and diffs of them.
 *
 * Before: <module> (1), work (2), Node.add (3), old_name (4), gone (5), builtins.len (6), os.getenv (7).
 * After, edited and moved to another folder: a comment in front, a line more in work, old_name is new_name, gone is fresh. */
#ifndef PYPROF_TESTS_DIFF_FIXTURE_H
#define PYPROF_TESTS_DIFF_FIXTURE_H

#include "pyprof/session_diff.h"
#include "tests/unit/model_fixture.h"

static const char diff_source_before[] =
    "class Node:\n"                          /* 1 */
    "    def add(self, other):\n"            /* 2 */
    "        return self.value + other\n"    /* 3 */
    "\n"                                     /* 4 */
    "def work(count):\n"                     /* 5 */
    "    total = 0\n"                        /* 6 */
    "    for number in range(count):\n"      /* 7 */
    "        total += number\n"              /* 8 */
    "    return total\n"                     /* 9 */
    "\n"                                     /* 10 */
    "def old_name(values, result):\n"        /* 11 */
    "    for value in values:\n"             /* 12 */
    "        result.append(value * 2)\n"     /* 13 */
    "    return result\n"                    /* 14 */
    "\n"                                     /* 15 */
    "def gone():\n"                          /* 16 */
    "    return [1]\n"                       /* 17 */
    "\n"                                     /* 18 */
    "work(1000); old_name([1, 2], [])\n";    /* 19 */

static const char diff_source_after[] =
    "# edited\n"                             /* 1 */
    "class Node:\n"                          /* 2 */
    "    def add(self, other):\n"            /* 3 */
    "        return self.value + other\n"    /* 4 */
    "\n"                                     /* 5 */
    "def work(count):\n"                     /* 6 */
    "    total = 0\n"                        /* 7 */
    "    for number in range(count):\n"      /* 8 */
    "        total += number\n"              /* 9 */
    "        total ^= 1\n"                   /* 10 */
    "    return total\n"                     /* 11 */
    "\n"                                     /* 12 */
    "def new_name(values, result):\n"        /* 13 */
    "    for value in values:\n"             /* 14 */
    "        result.append(value * 2)\n"     /* 15 */
    "    return result\n"                    /* 16 */
    "\n"                                     /* 17 */
    "def fresh():\n"                         /* 18 */
    "    return {1: 2}\n"                    /* 19 */
    "\n"                                     /* 20 */
    "work(1000); new_name([1, 2], [])\n";    /* 21 */

static inline struct model *diff_run(const char *file, const char *source) {
    struct model *run = model_new();
    assert_non_null(run);
    run->script = "program.py";
    run->python_version = "3.11.2";
    run->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    run->builtins = true;
    run->state = MODEL_ENDED;
    run->exit_kind = MODEL_EXIT_STATUS;
    run->wall_ns = SECOND;
    if (source)
        assert_true(model_add_source(run, file, source, strlen(source)));
    return run;
}

static inline struct model *diff_before(void) {
    static const char file[] = "/home/one/program.py";
    struct model *run = diff_run(file, diff_source_before);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 1, "<module>", MODEL_FUNCTION_PROJECT, 1, 10 * MILLISECOND,
                     900 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 5, "work", MODEL_FUNCTION_PROJECT, 10, 400 * MILLISECOND, 400 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 2, "Node.add", MODEL_FUNCTION_PROJECT, 1000, 100 * MILLISECOND,
                     100 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 11, "old_name", MODEL_FUNCTION_PROJECT, 5, 200 * MILLISECOND,
                     200 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 16, "gone", MODEL_FUNCTION_PROJECT, 1, 50 * MILLISECOND, 50 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_C, "", 0, "builtins.len", 0, 10, 40 * MILLISECOND, 40 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, "/usr/lib/python3.11/os.py", 800, "getenv", 0, 1, MILLISECOND, MILLISECOND);
    fixture_line(run, 2, 5, 10, 0, 0);
    fixture_line(run, 2, 6, 10, MILLISECOND, MILLISECOND);
    fixture_line(run, 2, 7, 10010, 199 * MILLISECOND, 199 * MILLISECOND);
    fixture_line(run, 2, 8, 10000, 199 * MILLISECOND, 199 * MILLISECOND);
    fixture_line(run, 2, 9, 10, MILLISECOND, MILLISECOND);
    fixture_line(run, 5, 17, 1, 50 * MILLISECOND, 50 * MILLISECOND);
    return run;
}

static inline struct model *diff_after(void) {
    static const char file[] = "/home/two/program.py";
    struct model *run = diff_run(file, diff_source_after);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 1, "<module>", MODEL_FUNCTION_PROJECT, 1, 10 * MILLISECOND,
                     1100 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 3, "Node.add", MODEL_FUNCTION_PROJECT, 1000, 105 * MILLISECOND,
                     105 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 6, "work", MODEL_FUNCTION_PROJECT, 10, 600 * MILLISECOND, 600 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 13, "new_name", MODEL_FUNCTION_PROJECT, 6, 210 * MILLISECOND,
                     210 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, file, 18, "fresh", MODEL_FUNCTION_PROJECT, 1, 60 * MILLISECOND, 60 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_C, "", 0, "builtins.len", 0, 10, 42 * MILLISECOND, 42 * MILLISECOND);
    fixture_function(run, MODEL_FUNCTION_PYTHON, "/opt/lib/python3.11/os.py", 811, "getenv", 0, 1, MILLISECOND, MILLISECOND);
    fixture_line(run, 3, 6, 10, 0, 0);
    fixture_line(run, 3, 7, 10, MILLISECOND, MILLISECOND);
    fixture_line(run, 3, 8, 10010, 200 * MILLISECOND, 200 * MILLISECOND);
    fixture_line(run, 3, 9, 10000, 200 * MILLISECOND, 200 * MILLISECOND);
    fixture_line(run, 3, 10, 10000, 198 * MILLISECOND, 198 * MILLISECOND);
    fixture_line(run, 3, 11, 10, MILLISECOND, MILLISECOND);
    fixture_line(run, 5, 19, 1, 60 * MILLISECOND, 60 * MILLISECOND);
    return run;
}

/* A diff, and the runs that it is of, which it owns. */
struct diff_fixture {
    struct model *models[2][8];
    const struct model *runs[2][8];
    const char *names[2][8];
    struct diff_side sides[2];
    struct session_diff *diff;
};

static inline void diff_fixture_add(struct diff_fixture *fixture, int side, struct model *run, const char *name) {
    struct diff_side *to = &fixture->sides[side];
    fixture->models[side][to->count] = run;
    fixture->runs[side][to->count] = run;
    fixture->names[side][to->count++] = name;
    to->runs = fixture->runs[side];
    to->names = fixture->names[side];
}

static inline void diff_fixture_compare(struct diff_fixture *fixture) {
    struct error error = {0};
    fixture->diff = session_diff_new(&fixture->sides[0], &fixture->sides[1], NULL, &error);
    if (!fixture->diff)
        fail_msg("%s", error.text);
}

/* The two versions, one run a side. */
static inline void diff_fixture_open(struct diff_fixture *fixture, struct model *before, struct model *after) {
    *fixture = (struct diff_fixture){0};
    diff_fixture_add(fixture, 0, before, "a.pyprof");
    diff_fixture_add(fixture, 1, after, "b.pyprof");
    diff_fixture_compare(fixture);
}

static inline void diff_fixture_close(struct diff_fixture *fixture) {
    session_diff_free(fixture->diff);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < fixture->sides[side].count; i++)
            model_free(fixture->models[side][i]);
}

/* The row of a function by its name before or after; NULL: there is none. */
static inline const struct diff_function *diff_fixture_find(const struct diff_fixture *fixture, const char *qualname) {
    for (size_t i = 0; i < fixture->diff->function_count; i++) {
        const struct diff_function *function = &fixture->diff->functions[i];
        if ((function->after && strcmp(function->after->qualname, qualname) == 0) ||
            (function->before && strcmp(function->before->qualname, qualname) == 0))
            return function;
    }
    return NULL;
}

#endif
