/* Text reports and the JSON export, letter by letter. */
/* Rows are written as lists of their first members; what the memory collector knows stands behind and is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/report/json.h"
#include "tests/unit/report_fixture.h"

#define ROWS(member, ...)                                    \
    do {                                                     \
        const typeof(*model->member) rows[] = {__VA_ARGS__}; \
        free(model->member);                                 \
        model->member = malloc(sizeof rows);                 \
        memcpy(model->member, rows, sizeof rows);            \
    } while (0)

static const char source[] = "def fib(n):\n"
                             "    # grows fast\n"
                             "    if n < 2:\n"
                             "        return abs(n)\n"
                             "\treturn fib(n - 1) + fib(n - 2)  \r\n"
                             "\n"
                             "print(fib(20))\n";

enum { MS = 1000000 };

/* A program that calls fib once; fib calls itself and abs. */
static struct model *make_model(void) {
    struct model *model = model_new();
    assert_non_null(model);
    model->python_version = "3.11.2";
    model->script = "fib.py";
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    model->state = MODEL_ENDED;
    model->exit_kind = MODEL_EXIT_STATUS;
    model->wall_ns = 1234567890;
    ROWS(arguments, {"fib.py"}, {"-x \"y\""});
    model->argument_count = 2;
    ROWS(functions, {"", "", "", 0, MODEL_FUNCTION_PROGRAM, 0, 0, 0, 55, 0, 0, 0},
         {"/p/fib.py", "<module>", "<module>", 1, MODEL_FUNCTION_PYTHON, 3, 1, 1, 100 * MS, 1000 * MS, 0, 2},
         {"/p/fib.py", "fib", "fib", 1, MODEL_FUNCTION_PYTHON, 3, 21891, 1, 600 * MS, 900 * MS, 2, 3},
         {"", "abs", "builtins.abs", 0, MODEL_FUNCTION_C, 0, 10946, 10946, 300 * MS, 300 * MS, 0, 0},
         {"/p/idle.py", "idle", "idle", 7, MODEL_FUNCTION_PYTHON, 0, 0, 0, 0, 0, 5, 1});
    model->function_count = 5;
    ROWS(edges, {0, 1, 1, 100 * MS, 1000 * MS}, {1, 2, 1, MS, 900 * MS}, {2, 2, 21890, 599 * MS, 0},
         {2, 3, 10946, 300 * MS, 300 * MS});
    model->edge_count = 4;
    ROWS(lines, {1, 1, 1, 1600, 1600}, {1, 7, 1, 99 * MS, 999 * MS}, {2, 3, 21891, 200 * MS, 200 * MS},
         {2, 4, 10946, 500 * MS, 500 * MS}, {2, 5, 0, 0, 0}, {4, 8, 0, 0, 0});
    model->line_count = 6;
    ROWS(nodes, {0, 0, 0, 0, 55, 0}, {0, 1, 1, 1, 100 * MS, 1000 * MS}, {1, 3, 1, 1, 500, 500},
         {1, 2, 1, 1, MS, 900 * MS}, {3, 2, 21890, 0, 599 * MS, 0}, {3, 3, 10945, 10945, 299 * MS, 299 * MS});
    model->node_count = 6;
    ROWS(samples, {0, 1 << 20, MODEL_UNKNOWN, 0, 1, MODEL_UNKNOWN, MODEL_UNKNOWN},
         {100 * MS, 3 << 19, 4096, 2, 1, MODEL_UNKNOWN, MODEL_UNKNOWN},
         {200 * MS, 5, MODEL_UNKNOWN, 4, 1, MODEL_UNKNOWN, MODEL_UNKNOWN});
    model->sample_count = 3;
    assert_true(model_add_source(model, "/p/fib.py", source, sizeof source - 1));
    return model;
}

#define HEADING(title) title " of fib.py\nPython 3.11.2, wall time 1.235 s, RSS peak 1.5 MiB, ended with status 0, clock: wall\n"

#define FUNCTIONS                                                                  \
    HEADING("Functions")                                                           \
    "calls: 32838, functions: 3, time in them: 1.000 s; by self time\n"             \
    "\n"                                                                           \
    "  calls       self s self %      total s total %  function      file:line\n"  \
    "21891/1     0.600000   60.0     0.900000    90.0  fib           /p/fib.py:1\n" \
    "  10946     0.300000   30.0     0.300000    30.0  builtins.abs  (C)\n"        \
    "      1     0.100000   10.0     1.000000   100.0  <module>      /p/fib.py:1\n" \
    "1 compiled function that never ran\n"

static void functions_by_self_time(void **state) {
    (void)state;
    struct model *model = make_model();
    assert_report(model, "functions", FUNCTIONS);
    model_free(model);
}

static void what_was_lost_is_told(void **state) {
    (void)state;
    struct model *model = make_model();
    model->lost_codes = 1;
    model->lost_nodes = 2;
    model->lost_frames = 3;
    model->lost_threads = 4;
    assert_report(model, "functions",
                  FUNCTIONS "1 code object that could not be counted\n"
                            "2 calls counted on their callers, for want of room\n"
                            "3 calls too deep to be timed\n"
                            "4 threads not counted, for want of room\n");
    model_free(model);
}

/* Gives the model two reasons, three code objects together, and two child processes without numbers. */
static void add_losses(struct model *model) {
    static const struct model_left_alone left_alone[] = {{"its bytecode is \x1Bodd", "C.f (/p/a.py)", 2},
                                                         {"no room", "g (b.py)", 1}};
    static const struct model_unreadable unreadable[] = {{"77-1", "its file was cut off"}};
    model->left_alone = memcpy(malloc(sizeof left_alone), left_alone, sizeof left_alone);
    model->left_alone_count = 2;
    model->lost_codes = 3;
    model->unreadable = memcpy(malloc(sizeof unreadable), unreadable, sizeof unreadable);
    model->unreadable_count = 1;
    model->lost_processes = 1;
}

#define LOSSES                                                                  \
    "2 code objects left alone: its bytecode is \xEF\xBF\xBDodd, such as C.f (/p/a.py)\n" \
    "1 code object left alone: no room: g (b.py)\n"                             \
    "1 child process not counted, for want of room or of an engine for its Python\n" \
    "child process 77-1 not counted: its file was cut off\n"

static void reasons_are_told(void **state) {
    (void)state;
    struct model *model = make_model();
    add_losses(model);
    assert_report(model, "functions", FUNCTIONS LOSSES);
    char *text = export_text(model);
    assert_non_null(strstr(text, "\"clock\": \"wall\",\n"
                                 " \"left_alone\": [\n"
                                 " {\"reason\": \"its bytecode is \\u001bodd\", \"count\": 2, \"example\": \"C.f "
                                 "(/p/a.py)\"},\n"
                                 " {\"reason\": \"no room\", \"count\": 1, \"example\": \"g (b.py)\"}],\n"
                                 " \"unreadable\": [\n"
                                 " {\"name\": \"77-1\", \"reason\": \"its file was cut off\"}],\n"
                                 " \"functions\": [\n"));
    free(text);
    model->collectors = COLLECTOR_LINE;
    text = report(model, "lines");
    assert_non_null(strstr(text, LOSSES));
    free(text);
    model_free(model);
}

static void assert_begins(const char *text, const char *beginning) {
    assert_true(strlen(text) > strlen(beginning));
    assert_memory_equal(text, beginning, strlen(beginning));
}

static void processes_are_summed_listed_and_shown_one_by_one(void **state) {
    (void)state;
    struct model *program = fixture_processes();
#define RUN "Python 3.11.2, wall time 5.000 s, RSS peak 5.0 MiB, ended with status 0, clock: wall\n"
    char *text = report(program->all, "functions");
    assert_begins(text, "Functions of pool.py, sum over 3 processes\n" RUN
                              "calls: 12, functions: 4, time in them: 0.000 s; by self time\n");
    free(text);
    text = report(program, "functions");
    assert_begins(text, "Functions of process 4121 (pool.py), one of 3 processes\n" RUN "calls: 3,");
    free(text);
    text = report(program->children[1], "lines");
    assert_begins(text, "Lines of process 4123 (python3 tool.py), one of 3 processes\n"
                              "wall time 2.000 s, ended with signal 9, clock: wall\n");
    free(text);
    program->children[0]->state = MODEL_RUNNING;
    const char *expected = "Processes of pool.py, sum over 3 processes\n" RUN
                           "\n"
                           "    pid  parent       wall s       self s        calls  ended       command\n"
                           "   4121             5.000000     0.000000            3  status 0    pool.py\n"
                           "   4122    4121     3.000000     0.000001            7  running     pool.py\n"
                           "   4123    4122     2.000000     0.000001            2  signal 9    python3 tool.py\n";
#undef RUN
    assert_report(program, "processes", expected);
    assert_report(program->children[0], "processes", expected);
    model_free(program);
}

/* The sum is what stands on the top level, as for one process; then every process with ids of its own. */
static void json_of_processes(void **state) {
    (void)state;
    struct model *program = fixture_processes();
    program->arguments = calloc(1, sizeof *program->arguments);
    program->arguments[0].text = "pool.py";
    program->argument_count = 1;
    char *text = export_text(program->all);
    assert_begins(text, "{\"pyprof\": 1, \"python\": \"3.11.2\", \"argv\": [\"pool.py\"], \"exit\": {\"status\": 0},\n");
    assert_non_null(strstr(text, "\"qualname\": \"work\", \"kind\": \"python\", \"calls\": 5, \"primitive_calls\": 5, "
                                 "\"self_ns\": 650, \"total_ns\": 690},\n"));
    assert_non_null(strstr(text, " \"processes\": [\n {\"pid\": 4121, \"argv\": [\"pool.py\"], \"exit\": {\"status\": 0}, "
                                 "\"wall_ns\": 5000000000,\n \"functions\": [\n {\"id\": 1, "));
    assert_non_null(strstr(text, "\n {\"pid\": 4122, \"parent\": 4121, \"argv\": [\"pool.py\"], \"wall_ns\": 3000000000,\n"));
    const char *last = strstr(text, "\n {\"pid\": 4123, ");
    assert_non_null(last);
    assert_string_equal(
        last,
        "\n {\"pid\": 4123, \"parent\": 4122, \"argv\": [\"python3\", \"tool.py\"], \"exit\": {\"signal\": 9}, "
        "\"wall_ns\": 2000000000,\n"
        " \"functions\": [\n"
        " {\"id\": 1, \"file\": \"tool.py\", \"line\": 1, \"name\": \"tool\", \"qualname\": \"tool\", \"kind\": "
        "\"python\", \"calls\": 1, \"primitive_calls\": 1, \"self_ns\": 1000, \"total_ns\": 1010},\n"
        " {\"id\": 2, \"name\": \"abs\", \"qualname\": \"builtins.abs\", \"kind\": \"c\", \"calls\": 1, "
        "\"primitive_calls\": 1, \"self_ns\": 10, \"total_ns\": 10}],\n"
        " \"edges\": [\n"
        " {\"caller\": 1, \"callee\": 2, \"calls\": 1, \"self_ns\": 10, \"total_ns\": 10}],\n"
        " \"lines\": [\n"
        " {\"file\": \"tool.py\", \"line\": 2, \"function\": 1, \"hits\": 1, \"self_ns\": 1000, \"total_ns\": 1010}]}]}\n");
    free(text);
    text = export_text(program->children[1]);
    assert_null(strstr(text, "\"processes\""));
    assert_non_null(strstr(text, "\"qualname\": \"tool\""));
    free(text);
    model_free(program);
}

/* Of one thread all is that thread's; of several, what it did of each function stands below it. */
static void threads_of_a_process(void **state) {
    (void)state;
    struct model *model = make_model();
    ROWS(threads, {.name = "", .system_id = 70, .starts = 1, .running = true, .self_ns = 1000 * MS, .calls = 32838});
    model->thread_count = 1;
    model->pid = 70;
#define HEADER HEADING("Threads") "\nprocess  thread  state          self s self %        calls  name\n"
    assert_report(model, "threads", HEADER "     70      70  running      1.000000  100.0        32838  main thread\n");
    char *text = export_text(model);
    assert_non_null(strstr(text, ",\n \"threads\": [\n {\"system_id\": 70, \"starts\": 1, \"running\": true, "
                                 "\"calls\": 32838, \"self_ns\": 1000000000}],\n"));
    free(text);
    ROWS(threads, {.name = "Main\x1b", .system_id = 70, .starts = 1, .self_ns = 250 * MS, .calls = 1},
         {.name = "pool", .system_id = 71, .starts = 3, .self_ns = 750 * MS, .calls = 32837});
    ROWS(thread_functions, {0, 1, 1, 1, 250 * MS, 250 * MS}, {1, 2, 21891, 1, 600 * MS, 750 * MS},
         {1, 3, 9, 9, 150 * MS, 150 * MS});
    model->thread_count = 2;
    model->thread_function_count = 3;
    assert_report(model, "threads",
                  HEADER "     70      70  ended        0.250000   25.0            1  Main\xEF\xBF\xBD\n"
                         "     70      71  ended        0.750000   75.0        32837  pool, and 2 before it\n");
    text = export_text(model);
    const char *threads = strstr(text, ",\n \"threads\": [");
    assert_non_null(threads);
    assert_begins(threads, ",\n \"threads\": [\n {\"name\": \"Main\\u001b\", \"system_id\": 70, \"starts\": 1, "
                           "\"running\": false, \"calls\": 1, \"self_ns\": 250000000, \"functions\": [\n"
                           " {\"function\": 1, \"calls\": 1, \"primitive_calls\": 1, \"self_ns\": 250000000, "
                           "\"total_ns\": 250000000}]},\n"
                           " {\"name\": \"pool\", \"system_id\": 71, \"starts\": 3, \"running\": false, \"calls\": 32837, "
                           "\"self_ns\": 750000000, \"functions\": [\n {\"function\": 2, \"calls\": 21891, ");
    free(text);
    model_free(model);
}

/* Where it is not known what each thread did nothing is said of it. */
static void threads_that_were_not_counted(void **state) {
    (void)state;
    struct model *model = make_model();
    ROWS(threads, {.name = "MainThread", .system_id = 70, .starts = 1});
    model->thread_count = 1;
    const char *json = ",\n \"threads\": [\n"
                       " {\"name\": \"MainThread\", \"system_id\": 70, \"starts\": 1, \"running\": false}],\n";
    for (int i = 0; i < 2; i++) { /* a session of an old format; a run that counts lines only */
        char *text = report(model, "threads");
        assert_non_null(strstr(text, "      0      70  ended               -      -            -  MainThread\n"));
        free(text);
        text = export_text(model);
        assert_non_null(strstr(text, json));
        free(text);
        model->collectors = COLLECTOR_LINE;
        model->threads[0].calls = 5;
    }
    model_free(model);
#undef HEADER
}

static void names_cannot_drive_the_terminal(void **state) {
    (void)state;
    struct model *model = make_model();
    model->function_count = 2;
    model->functions[1].qualname = "a\x1B[2Jb\xFF\xC2\x9B\xC3\xA9";
    char *text = report(model, "functions");
    assert_non_null(strstr(text, "  a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9  /p/fib.py:1\n"));
    assert_null(strchr(text, 0x1B));
    free(text);
    model_free(model);
}

static void lines_with_their_source(void **state) {
    (void)state;
    struct model *model = make_model();
    assert_report(model, "lines",
                  HEADING("Lines")
                  "functions with lines that ran: 2\n"
                  "\n"
                  "fib  /p/fib.py:1\n"
                  "self 0.700000 s, total 0.700000 s in its lines; calls: 21891\n"
                  "  line         hits       self s      total s total %  source\n"
                  "     1                                                 def fib(n):\n"
                  "     2                                                     # grows fast\n"
                  "     3        21891     0.200000     0.200000    28.6      if n < 2:\n"
                  "     4        10946     0.500000     0.500000    71.4          return abs(n)\n"
                  "     5            0                                    \treturn fib(n - 1) + fib(n - 2)\n"
                  "\n"
                  "<module>  /p/fib.py:1\n"
                  "self 0.099002 s, total 0.999002 s in its lines; calls: 1\n"
                  "  line         hits       self s      total s total %  source\n"
                  "     1            1     0.000002     0.000002     0.0  def fib(n):\n"
                  "   ...\n"
                  "     7            1     0.099000     0.999000   100.0  print(fib(20))\n");
    model_free(model);
}

static void stretches_without_counts_are_shown(void **state) {
    (void)state;
    struct model *model = make_model();
    model->functions[2].line_row_count = 1; /* its lines 4 and 5 belong to nobody */
    model->lines[3] = model->lines[4] = (struct model_line){.function = 4, .line = 8};
    char *text = report(model, "lines");
    assert_non_null(strstr(text, "0.000002     0.0  def fib(n):\n   ...\n     7 "));
    free(text);
    model->functions[2].line_row_count = 0;
    model->lines[2] = model->lines[3];
    text = report(model, "lines");
    assert_non_null(strstr(text,
        "     1            1     0.000002     0.000002     0.0  def fib(n):\n"
        "     2                                                     # grows fast\n"
        "     3                                                     if n < 2:\n"
        "     4                                                         return abs(n)\n"
        "     5                                                 \treturn fib(n - 1) + fib(n - 2)\n"
        "     6\n"
        "     7            1     0.099000"));
    free(text);
    model_free(model);
}

static void long_gaps_are_cut_and_missing_source_is_no_trouble(void **state) {
    (void)state;
    struct model *model = make_model();
    model->collectors = COLLECTOR_LINE;
    model->marked_only = true;
    model->functions[2].line_row_count = 0;
    model->lines[2] = model->lines[3] = model->lines[4] = (struct model_line){.function = 4, .line = 8};
    model->functions[4].file = "/p/idle.py";
    model->lines[1].line = 14; /* lines 2 to 13 are 12: one more would be cut */
    char *text = report(model, "lines");
    assert_non_null(strstr(text, "ran: 1; only those marked with @profile were counted\n"));
    assert_non_null(strstr(text, "in its lines\n"));
    assert_non_null(strstr(text, "     1            1     0.000002     0.000002     0.0  def fib(n):\n"
                                 "     2                                                     # grows fast\n"));
    assert_non_null(strstr(text, "    14            1     0.099000     0.999000   100.0\n"));
    assert_null(strstr(text, "..."));
    free(text);
    model->lines[1].line = 15;
    text = report(model, "lines");
    assert_non_null(strstr(text, "0.0  def fib(n):\n   ...\n    15            1"));
    free(text);
    model->functions[1].file = "/p/other.py";
    text = report(model, "lines");
    assert_non_null(strstr(text, "total %  source\n     1            1     0.000002     0.000002     0.0\n    15 "));
    free(text);
    model_free(model);
}

static void tree_with_small_branches_cut(void **state) {
    (void)state;
    struct model *model = make_model();
    assert_report(model, "tree",
                  HEADING("Call tree")
                  "\n"
                  "     total s total %       self s        calls  function\n"
                  "    1.000000   100.0     0.100000            1  <module>  /p/fib.py:1\n"
                  "    0.900000    90.0     0.001000            1    fib  /p/fib.py:1\n"
                  "    0.000000     0.0     0.599000        21890      fib  /p/fib.py:1\n"
                  "    0.299000    29.9     0.299000        10945      builtins.abs  (C)\n"
                  "1 branch of less than 0.1 % of the time, not shown\n");
    model_free(model);
}

static void deep_trees_are_written_without_recursion(void **state) {
    (void)state;
    enum { DEPTH = 200000 };
    struct model *model = make_model();
    model->nodes = realloc(model->nodes, DEPTH * sizeof *model->nodes);
    for (uint32_t i = 0; i < DEPTH; i++)
        model->nodes[i] = (struct model_node){i ? i - 1 : 0, i ? 2 : 0, 1, 1, 0, 1000 * MS, 0};
    model->node_count = DEPTH;
    char *text = report(model, "tree");
    assert_non_null(strstr(text, "            [199998] fib  /p/fib.py:1\n"));
    free(text);
    model_free(model);
}

static void collectors_that_were_off_are_named(void **state) {
    (void)state;
    struct model *model = make_model();
    model->collectors = 0;
    model->exit_kind = MODEL_EXIT_UNKNOWN;
    model->sample_count = 0;
    model->python_version = "";
    model->script = "";
    assert_report(model, "functions,lines,tree",
                  "Functions of the program\nwall time 1.235 s, clock: wall\n"
                  "Functions were not counted in this run; add function to -k.\n"
                  "\n"
                  "Lines of the program\nwall time 1.235 s, clock: wall\n"
                  "Lines were not counted in this run; add line to -k.\n"
                  "\n"
                  "Call tree of the program\nwall time 1.235 s, clock: wall\n"
                  "Functions were not counted in this run; add function to -k.\n");
    model_free(model);
}

static void empty_models_make_empty_reports(void **state) {
    (void)state;
    struct model *model = model_new();
    model->collectors = COLLECTOR_FUNCTION | COLLECTOR_LINE;
    char *text = report(model, "functions,lines,tree");
    assert_non_null(strstr(text, "calls: 0, functions: 0, time in them: 0.000 s; by self time\n"));
    assert_non_null(strstr(text, "functions with lines that ran: 0\n"));
    free(text);
    model_free(model);
}

static void unknown_reports_and_formats_are_refused(void **state) {
    (void)state;
    struct error error = {0};
    assert_true(report_check_list("functions", &error));
    assert_true(report_check_list("tree,lines,functions,lines", &error));
    const char *const lists[] = {"", "function", "functions,", ",lines", "functions,memories", "lines tree", "LINES"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        error = (struct error){0};
        assert_false(report_check_list(lists[i], &error));
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
        assert_false(report_write_list(NULL, lists[i], stdout, &error));
    }
    assert_false(report_check_list("functions,memories", &error));
    assert_string_equal(error.text, "--report: there is no report \"memories\"; known are functions, lines, tree, memory, peak, "
                                    "leaks, types, bytecode, opcodes, threads, processes");
    assert_true(export_check_format("json", &error));
    assert_false(export_check_format("xml", &error));
    assert_string_equal(error.text, "--export: there is no format \"xml\"; known are json, mprof, memory_profiler");
    assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
    assert_false(export_write(NULL, "", stdout, &error));
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    struct model *model = make_model();
    struct error error = {0};
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(report_write_list(model, "functions", full, &error));
    assert_string_equal(error.text,
                        "cannot write the report: No space left on device; free some room or write it elsewhere");
    fclose(full);
    full = fopen("/dev/full", "w");
    assert_false(export_write(model, "json", full, &error));
    assert_string_equal(error.text,
                        "cannot write the export: No space left on device; free some room or write it elsewhere");
    assert_int_equal(error.exit_status, 1);
    fclose(full);
    model_free(model);
}

static void json_of_everything(void **state) {
    (void)state;
    struct model *model = make_model();
    model->overhead_ns = 1500;
    char *text = export_text(model);
    assert_string_equal(
        text,
        "{\"pyprof\": 1, \"python\": \"3.11.2\", \"argv\": [\"fib.py\", \"-x \\\"y\\\"\"], \"exit\": {\"status\": 0},\n"
        " \"collectors\": [\"function\", \"line\"], \"wall_ns\": 1234567890, \"clock\": \"wall\", \"overhead_ns\": 1500,\n"
        " \"functions\": [\n"
        " {\"id\": 1, \"file\": \"/p/fib.py\", \"line\": 1, \"name\": \"<module>\", \"qualname\": \"<module>\", "
        "\"kind\": \"python\", \"calls\": 1, \"primitive_calls\": 1, \"self_ns\": 100000000, "
        "\"total_ns\": 1000000000},\n"
        " {\"id\": 2, \"file\": \"/p/fib.py\", \"line\": 1, \"name\": \"fib\", \"qualname\": \"fib\", "
        "\"kind\": \"python\", \"calls\": 21891, \"primitive_calls\": 1, \"self_ns\": 600000000, "
        "\"total_ns\": 900000000},\n"
        " {\"id\": 3, \"name\": \"abs\", \"qualname\": \"builtins.abs\", \"kind\": \"c\", \"calls\": 10946, "
        "\"primitive_calls\": 10946, \"self_ns\": 300000000, \"total_ns\": 300000000}],\n"
        " \"edges\": [\n"
        " {\"caller\": 1, \"callee\": 2, \"calls\": 1, \"self_ns\": 1000000, \"total_ns\": 900000000},\n"
        " {\"caller\": 2, \"callee\": 2, \"calls\": 21890, \"self_ns\": 599000000, \"total_ns\": 0},\n"
        " {\"caller\": 2, \"callee\": 3, \"calls\": 10946, \"self_ns\": 300000000, \"total_ns\": 300000000}],\n"
        " \"lines\": [\n"
        " {\"file\": \"/p/fib.py\", \"line\": 1, \"function\": 1, \"hits\": 1, \"self_ns\": 1600, "
        "\"total_ns\": 1600},\n"
        " {\"file\": \"/p/fib.py\", \"line\": 7, \"function\": 1, \"hits\": 1, \"self_ns\": 99000000, "
        "\"total_ns\": 999000000},\n"
        " {\"file\": \"/p/fib.py\", \"line\": 3, \"function\": 2, \"hits\": 21891, \"self_ns\": 200000000, "
        "\"total_ns\": 200000000},\n"
        " {\"file\": \"/p/fib.py\", \"line\": 4, \"function\": 2, \"hits\": 10946, \"self_ns\": 500000000, "
        "\"total_ns\": 500000000},\n"
        " {\"file\": \"/p/fib.py\", \"line\": 5, \"function\": 2, \"hits\": 0, \"self_ns\": 0, \"total_ns\": 0}],\n"
        " \"timeline\": [\n"
        " {\"t_ns\": 0, \"rss\": 1048576},\n"
        " {\"t_ns\": 100000000, \"rss\": 1572864, \"heap\": 4096, \"function\": 2},\n"
        " {\"t_ns\": 200000000, \"rss\": 5}]}\n");
    free(text);
    model_free(model);
}

static void json_leaves_out_what_is_not_known(void **state) {
    (void)state;
    struct model *model = model_new();
    model->wall_ns = MODEL_UNKNOWN;
    char *text = export_text(model);
    assert_string_equal(text, "{\"pyprof\": 1,\n \"collectors\": [], \"clock\": \"wall\",\n"
                              " \"timeline\": []}\n");
    free(text);
    model_free(model);
    model = make_model();
    model->collectors = COLLECTOR_LINE;
    model->exit_kind = MODEL_EXIT_SIGNAL;
    model->exit_value = 9;
    model->functions[2] = (struct model_function){
        "/p/fib.py", "fib", "fib", 1, MODEL_FUNCTION_PYTHON, 3, 0, 0, 0, 0, 2, 3}; /* known by its lines only */
    text = export_text(model);
    assert_non_null(strstr(text, "\"exit\": {\"signal\": 9},\n \"collectors\": [\"line\"],"));
    assert_non_null(strstr(text, "\"qualname\": \"fib\", \"kind\": \"python\"},\n"));
    assert_null(strstr(text, "\"calls\""));
    assert_null(strstr(text, "\"edges\""));
    assert_non_null(strstr(text, "\"lines\""));
    free(text);
    model->collectors = COLLECTOR_FUNCTION;
    text = export_text(model);
    assert_null(strstr(text, "\"lines\""));
    assert_non_null(strstr(text, "\"edges\""));
    free(text);
    model_free(model);
}

static void json_texts_are_always_valid(void **state) {
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct json json = {.out = out};
    json_begin(&json, NULL, '[');
    json_text(&json, NULL, "\"\\/\b\f\n\r\t\x01\x1F\x7F");
    json_text(&json, NULL, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x8D");
    json_text(&json, NULL, "\xED\xA0\x80|\xFF|\xC3");
    json_number(&json, NULL, UINT64_MAX);
    json_begin(&json, NULL, '{');
    json_text(&json, "a\"b", "");
    json_begin(&json, "empty", '[');
    json_end(&json, ']');
    json_number(&json, "n", 0);
    json_end(&json, '}');
    json_end(&json, ']');
    fclose(out);
    assert_string_equal(text, "[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\", "
                              "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x8D\", "
                              "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD\", "
                              "18446744073709551615, {\"a\\\"b\": \"\", \"empty\": [], \"n\": 0}]");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_by_self_time),
        cmocka_unit_test(what_was_lost_is_told),
        cmocka_unit_test(reasons_are_told),
        cmocka_unit_test(processes_are_summed_listed_and_shown_one_by_one),
        cmocka_unit_test(json_of_processes),
        cmocka_unit_test(threads_of_a_process),
        cmocka_unit_test(threads_that_were_not_counted),
        cmocka_unit_test(names_cannot_drive_the_terminal),
        cmocka_unit_test(lines_with_their_source),
        cmocka_unit_test(stretches_without_counts_are_shown),
        cmocka_unit_test(long_gaps_are_cut_and_missing_source_is_no_trouble),
        cmocka_unit_test(tree_with_small_branches_cut),
        cmocka_unit_test(deep_trees_are_written_without_recursion),
        cmocka_unit_test(collectors_that_were_off_are_named),
        cmocka_unit_test(empty_models_make_empty_reports),
        cmocka_unit_test(unknown_reports_and_formats_are_refused),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(json_of_everything),
        cmocka_unit_test(json_leaves_out_what_is_not_known),
        cmocka_unit_test(json_texts_are_always_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
