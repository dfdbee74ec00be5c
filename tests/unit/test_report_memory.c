/* The reports on memory, letter by letter. */
#include "core/report/memory_rows.h"
#include "core/report/report_text.h"
#include "tests/unit/memory_model_fixture.h"
#include "tests/unit/report_fixture.h"

/* That the report has this text, once. */
static void assert_has(const struct model *model, const char *list, const char *expected) {
    char *text = report(model, list), *found = strstr(text, expected);
    if (!found)
        fail_msg("\"%s\" is missing in:\n%s", expected, text);
    assert_null(strstr(found + 1, expected));
    free(text);
}

static void assert_has_not(const struct model *model, const char *list, const char *unexpected) {
    char *text = report(model, list);
    assert_null(strstr(text, unexpected));
    free(text);
}

#define HEADING(title)        \
    title " of build.py\n"    \
    "Python 3.11.2, wall time 2.000 s, RSS peak 12.0 MiB, ended with status 0, clock: wall\n"
#define HEAD(title) \
    HEADING(title)  \
    "allocated    6.4 MiB in 81565 blocks; temporary, freed before their thread's next allocation: 40030\n" \
    "at peak      1.7 MiB in 40005 blocks, 0.512 s after the start\n" \
    "left over    1.0 MiB in 1503 blocks; allocated by native code itself: 2.0 KiB\n" \
    "300 B of it on no known line\n"

static void functions_and_their_lines(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_report(model, "memory",
            HEAD("Memory")
            "\n"
            "-------------------- without callees ------------------- -- with callees ---\n"
            "    count allocated temp %     freed left over   at peak allocated   at peak  function       file:line\n"
            "    80000   2.4 MiB   50.0   2.9 MiB       0 B   1.2 MiB   5.4 MiB   1.7 MiB  build          /p/build.py:1\n"
            "       60   3.0 MiB   50.0   2.0 MiB       0 B 512.0 KiB   3.0 MiB 512.0 KiB  list.append    (C)\n"
            "        3     300 B    0.0     100 B     200 B     200 B     300 B     200 B  (no function)\n"
            "     1000   1.0 MiB    0.0       0 B   1.0 MiB       0 B   1.0 MiB       0 B  keep           /p/build.py:7\n"
            "      501  16.0 KiB    0.0       0 B  16.0 KiB       0 B   6.4 MiB   1.7 MiB  <module>       /p/build.py:1\n"
            "1 function with less than 0.5 % of all these not shown\n"
            "\n"
            "build  /p/build.py:1\n"
            "  line     usage  increment occurrences allocated     freed   at peak lifetime  source\n"
            "     1                                                                          def build(width):\n"
            "     2                                                                              zs = []\n"
            "     3   2.0 MiB        0 B       40001   1.2 MiB   1.2 MiB      32 B   1.5 us      for x in range(width):\n"
            "     4   2.0 MiB    2.2 MiB       40000   4.2 MiB   2.0 MiB   1.7 MiB  25.0 ms          zs.append(complex(x, 1))\n"
            "     5             -1.7 MiB           1       0 B   1.7 MiB       0 B               return sum(map(abs, zs))\n"
            "\n"
            "keep  /p/build.py:7\n"
            "  line     usage  increment occurrences allocated     freed   at peak lifetime  source\n"
            "     7                                                                          def keep(cache, n):\n"
            "     8   1.1 MiB    1.0 MiB        1000   1.0 MiB       0 B       0 B    1.0 s      cache[n] = bytes(999)\n"
            "\n"
            "<module>  /p/build.py:1\n"
            "  line     usage  increment occurrences allocated     freed   at peak lifetime  source\n"
            "   ...\n"
            "    10                                                                          print(build(40000))\n"
            "    11   1.0 MiB   16.0 KiB           1  16.0 KiB       0 B       0 B    1.0 s  TABLE = list(range(500))\n");
    model_free(model);
}

static void what_made_the_peak(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_report(model, "peak",
            HEAD("High-water mark")
            "\n"
            "  at peak      %      self        calls  function\n"
            "  1.7 MiB  100.0       0 B            1  <module>  /p/build.py:1\n"
            "  1.7 MiB  100.0   1.2 MiB            1    build  /p/build.py:1\n"
            "512.0 KiB   29.1 512.0 KiB        40000      list.append  (C)\n"
            "2 branches with less than 1 % of it not shown\n"
            "\n"
            "  at peak      %       blocks  line\n"
            "  1.7 MiB  100.0        40001  build  /p/build.py:4  zs.append(complex(x, 1))\n");
    model_free(model);
}

static void what_was_left_over(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_report(model, "leaks",
            HEAD("What was left over")
            "What every call adds to grows as long as the program runs; what was made once (modules, classes, tables) does not.\n"
            "\n"
            "With each call\n"
            "left over    blocks     calls  per call  line\n"
            "  1.0 MiB      1000      1000   1.0 KiB  keep  /p/build.py:8  from <module>  cache[n] = bytes(999)\n"
            "\n"
            "Once, or not with each call\n"
            "left over    blocks     calls  per call  line\n"
            " 16.0 KiB       501         1  16.0 KiB  <module>  /p/build.py:11  TABLE = list(range(500))\n"
            "    200 B in 1 place with less than 0.1 % each\n"
            "\n"
            "While modules were imported: nothing\n");
    model_free(model);
}

static void functions_have_memory_beside_times(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_report(model, "functions",
            HEADING("Functions")
            "calls: 41003, functions: 5, time in them: 0.901 s; by self time\n"
            "\n"
            "calls       self s self %      total s total % allocated   at peak  function     file:line\n"
            "    1     0.600000   66.6     0.700000    77.7   2.4 MiB   1.2 MiB  build        /p/build.py:1\n"
            "    1     0.100000   11.1     0.900000    99.9  16.0 KiB       0 B  <module>     /p/build.py:1\n"
            "40000     0.100000   11.1     0.100000    11.1   3.0 MiB 512.0 KiB  list.append  (C)\n"
            " 1000     0.100000   11.1     0.100000    11.1   1.0 MiB       0 B  keep         /p/build.py:7\n"
            "    1     0.001000    0.1     0.001000     0.1     100 B     100 B  getenv       /usr/lib/python3.11/os.py:1\n");
    model_free(model);
}

static void lines_have_memory_beside_times(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_report(model, "lines",
            HEADING("Lines")
            "functions with lines that ran: 3\n"
            "\n"
            "build  /p/build.py:1\n"
            "self 0.600002 s, total 0.700002 s in its lines; calls: 1\n"
            "  line         hits       self s      total s total % allocated   at peak  source\n"
            "     1                                                                     def build(width):\n"
            "     2            1     0.000001     0.000001     0.0                          zs = []\n"
            "     3        40001     0.300000     0.300000    42.9   1.2 MiB      32 B      for x in range(width):\n"
            "     4        40000     0.300000     0.400000    57.1   4.2 MiB   1.7 MiB          zs.append(complex(x, 1))\n"
            "     5            1     0.000001     0.000001     0.0                          return sum(map(abs, zs))\n"
            "\n"
            "<module>  /p/build.py:1\n"
            "self 0.100000 s, total 0.900000 s in its lines; calls: 1\n"
            "  line         hits       self s      total s total % allocated   at peak  source\n"
            "     1                                                                     def build(width):\n"
            "     2                                                                         zs = []\n"
            "     3                                                                         for x in range(width):\n"
            "     4                                                                             zs.append(complex(x, 1))\n"
            "     5                                                                         return sum(map(abs, zs))\n"
            "     6\n"
            "     7                                                                     def keep(cache, n):\n"
            "     8                                                                         cache[n] = bytes(999)\n"
            "     9\n"
            "    10            1     0.050000     0.850000    94.4                      print(build(40000))\n"
            "    11            1     0.050000     0.050000     5.6  16.0 KiB       0 B  TABLE = list(range(500))\n"
            "\n"
            "keep  /p/build.py:7\n"
            "self 0.100000 s, total 0.100000 s in its lines; calls: 1000\n"
            "  line         hits       self s      total s total % allocated   at peak  source\n"
            "     7                                                                     def keep(cache, n):\n"
            "     8         1000     0.100000     0.100000   100.0   1.0 MiB       0 B      cache[n] = bytes(999)\n");
    model_free(model);
}

static void what_is_not_known_is_told(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->heap.native = 0;
    model->heap.unknown_frees = 7;
    model->heap.uncounted_allocations = 1;
    model->heap.paused_count = 2;
    model->heap.paused_ns = 250 * MILLISECOND;
    model->heap.paused = 1;
    model->heap.profiler_bytes = 3 * KIB;
    assert_has(model, "leaks",
               "left over    1.0 MiB in 1503 blocks\n"
               "what native code allocates itself was not counted\n"
               "300 B of it on no known line\n"
               "the memory collector was off for 0.250 s in between: all numbers are of the rest\n"
               "the memory collector is off at this moment\n"
               "7 blocks freed that were allocated while the collector was not on\n"
               "1 allocation not counted: made within another one, or no room was left\n"
               "the profiler's own 3.0 KiB in the interpreter's heap are in no number\n");
    model->lost_nodes = 2;
    assert_has(model, "memory", "2 calls counted on their callers, for want of room\n");
    model_free(model);
}

static void while_the_program_runs_it_is_alive(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->state = MODEL_RUNNING;
    model->exit_kind = MODEL_EXIT_UNKNOWN;
    assert_has(model, "memory", "live now     1.0 MiB in 1503 blocks; ");
    assert_has(model, "memory", "    count allocated temp %     freed  live now   at peak allocated ");
    assert_has(model, "leaks", "What is alive of build.py\n");
    model_free(model);
}

static void without_lines_allocations_are_the_occurrences(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->collectors = COLLECTOR_MEMORY;
    for (size_t i = 0; i < model->line_count; i++)
        model->lines[i].hits = model->lines[i].self_ns = model->lines[i].total_ns = MODEL_UNKNOWN;
    assert_has(model, "memory", "     4   2.0 MiB    2.2 MiB       40060   4.2 MiB ");
    assert_has(model, "memory", "     8   1.1 MiB    1.0 MiB        1000   1.0 MiB ");
    assert_has(model, "lines", "Lines were not counted in this run; add line to -k.\n");
    model_free(model);
}

/* Lines of files that are not listed have memory, but neither hits nor times. */
static void lines_without_hits_take_part_in_nothing_else(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    assert_has(model, "lines", "functions with lines that ran: 3\n");
    assert_has_not(model, "lines", "getenv");
    model->lines[6].hits = model->lines[6].self_ns = model->lines[6].total_ns = MODEL_UNKNOWN;
    fixture_line(model, 5, 701, 2, MILLISECOND, MILLISECOND);
    assert_has(model, "lines", "functions with lines that ran: 3\n");
    assert_has_not(model, "lines", "keep  /p/build.py:7\nself");
    assert_has(model, "lines",
               "getenv  /usr/lib/python3.11/os.py:1\n"
               "self 0.001000 s, total 0.001000 s in its lines; calls: 1\n"
               "  line         hits       self s      total s total % allocated   at peak  source\n"
               "   700                                                    100 B     100 B\n"
               "   701            2     0.001000     0.001000   100.0\n");
    model_free(model);
}

static void what_is_left_by_fewer_calls_than_there_were_is_no_growth(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->nodes[4].calls = 1001;
    assert_has(model, "leaks",
               "With each call: nothing\n"
               "\n"
               "Once, or not with each call\nleft over    blocks     calls  per call  line\n"
               "  1.0 MiB      1000      1001   1.0 KiB  keep");
    model_free(model);
}

/* A C function's calls are what its allocations are measured by; the caller is that of the line. */
static void what_c_functions_leave_grows_by_their_calls(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    for (size_t i = 0; i < model->site_count; i++)
        if (model->sites[i].node == 3) {
            model->sites[i].memory.live_count = 40000;
            model->sites[i].memory.live_bytes = 4000000;
        }
    assert_has(model, "leaks",
               "With each call\nleft over    blocks     calls  per call  line\n"
               "  3.8 MiB     40000     40000     100 B  build  /p/build.py:4  from <module>  zs.append(complex(x, 1))\n"
               "  1.0 MiB ");
    model_free(model);
}

/* Modules are made once, however often the import's own functions are called. */
static void what_imports_leave_stands_apart(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->functions[4].file = "<frozen importlib._bootstrap_external>";
    fixture_node(model, 4, 5, 2, 0, 0);
    fixture_site(model, 6, 5, 701, (struct model_allocations){.live_count = 2, .live_bytes = 5000});
    assert_has(model, "leaks",
               "With each call: nothing\n"
               "\n"
               "Once, or not with each call\nleft over    blocks     calls  per call  line\n"
               " 16.0 KiB ");
    assert_has(model, "leaks",
               "While modules were imported\nleft over    blocks     calls  per call  line\n"
               "  1.0 MiB      1000      1000   1.0 KiB  keep  <frozen importlib._bootstrap_external>:8  from <module>\n"
               "  4.9 KiB         2         2   2.4 KiB  getenv  /usr/lib/python3.11/os.py:701  from keep\n");
    model_free(model);
}

static void types_of_the_last_census(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    static const struct model_type types[] = {{"dict", 3, 3072}, {"numpy.nd\x1B" "array", 1, 1000}, {"none", 0, 0}};
    model->types = memcpy(malloc(sizeof types), types, sizeof types);
    model->type_count = 3;
    model->census_t_ns = 1500 * MILLISECOND;
    assert_report(model, "types",
            HEADING("Types") "4 objects, 4.0 KiB, alive 1.500 s after the start\n"
                                   "\n"
                                   "       count     bytes      %      mean  type\n"
                                   "           3   3.0 KiB   75.4   1.0 KiB  dict\n"
                                   "           1   1.0 KiB   24.6   1.0 KiB  numpy.nd\xEF\xBF\xBD" "array\n"
                                   "           0       0 B    0.0       0 B  none\n");
    model->census_t_ns = 0;
    assert_has(model, "types", "clock: wall\nObjects were not counted by type in this run; ");
    model_free(model);
}

static void runs_without_the_collector_say_so(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->collectors = COLLECTOR_FUNCTION;
    assert_report(model, "memory,peak,leaks",
            HEADING("Memory") "Memory was not counted in this run; add memory to -k.\n"
            "\n" HEADING("High-water mark") "Memory was not counted in this run; add memory to -k.\n"
            "\n" HEADING("What was left over") "Memory was not counted in this run; add memory to -k.\n");
    assert_has_not(model, "functions", "at peak");
    model_free(model);
}

static void empty_runs_make_empty_reports(void **state) {
    (void)state;
    struct model *model = model_new();
    model->collectors = COLLECTOR_MEMORY;
    assert_has(model, "memory", "at peak          0 B in 0 blocks, 0.000 s after the start\n");
    assert_has(model, "peak", "  at peak      %       blocks  line\n");
    assert_has(model, "leaks", "With each call: nothing\n\nOnce, or not with each call: nothing\n");
    model_free(model);
}

static void most_lines_that_are_asked_for(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_true(report_top_sites(model, 1, out, NULL));
    fclose(out);
    assert_string_equal(text, "  at peak      %       blocks  line\n"
                              "  1.7 MiB  100.0        40001  build  /p/build.py:4  zs.append(complex(x, 1))\n");
    free(text);
    text = NULL;
    out = open_memstream(&text, &size);
    assert_true(report_top_sites(model, 0, out, NULL));
    fclose(out);
    assert_string_equal(text, "  at peak      %       blocks  line\n");
    free(text);
    model_free(model);
}

static void sizes_have_units_and_fit_their_column(void **state) {
    (void)state;
    static const struct { uint64_t bytes; const char *text; } cases[] = {
        {0, "0 B"}, {999, "999 B"}, {1000, "1.0 KiB"}, {1024, "1.0 KiB"}, {1023898, "999.9 KiB"}, {1023949, "1.0 MiB"},
        {MIB, "1.0 MiB"}, {104 * MIB, "104.0 MiB"}, {5000 * MIB, "4.9 GiB"}, {UINT64_MAX, "16.0 EiB"}};
    char text[REPORT_SIZE_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(report_size(cases[i].bytes, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        assert_true(strlen(text) <= REPORT_SIZE_WIDTH);
    }
    assert_int_equal(report_size_change(-2048, text), 8);
    assert_string_equal(text, "-2.0 KiB");
    report_size_change(INT64_MIN, text);
    assert_string_equal(text, "-8.0 EiB");
    report_size_change(1, text);
    assert_string_equal(text, "1 B");
    report_duration(90, text);
    assert_string_equal(text, "0.1 us");
    report_duration(12300 * 1000, text);
    assert_string_equal(text, "12.3 ms");
    report_duration(5000 * SECOND, text);
    assert_string_equal(text, "5000.0 s");
}

static char *export_as(const struct model *model, const char *format) {
    char *text = NULL;
    size_t size;
    struct error error = {0};
    FILE *out = open_memstream(&text, &size);
    if (!export_write(model, format, out, &error))
        fail_msg("%s", error.text);
    fclose(out);
    return text;
}

/* The layout is memory_profiler's own: fields by width, text behind three blanks. A line that only frees has the usage of the line
 * above less that; one that does neither, the line above's. */
static void table_of_memory_profiler(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    model->functions[2].flags |= MODEL_FUNCTION_MARKED;
    char *text = export_as(model, "memory_profiler");
    assert_string_equal(text,
                        "Filename: /p/build.py\n"
                        "\n"
                        "Line #    Mem usage    Increment  Occurrences   Line Contents\n"
                        "=============================================================\n"
                        "     1                                         def build(width):\n"
                        "     2      2.0 MiB      0.0 MiB           1       zs = []\n"
                        "     3      2.0 MiB      0.0 MiB       40001       for x in range(width):\n"
                        "     4      2.0 MiB      2.2 MiB       40000           zs.append(complex(x, 1))\n"
                        "     5      0.3 MiB     -1.7 MiB           1       return sum(map(abs, zs))\n"
                        "\n"
                        "\n");
    free(text);
    model->functions[2].flags &= ~MODEL_FUNCTION_MARKED;
    model->lines[5].memory.freed_bytes = 100 * MIB; /* what is not known cannot be negative */
    text = export_as(model, "memory_profiler");
    assert_non_null(strstr(text, "     5      0.0 MiB   -100.0 MiB           1       return sum(map(abs, zs))\n"));
    assert_non_null(strstr(text, "     9                                       \n"
                                 "    10      1.0 MiB      0.0 MiB           1   print(build(40000))\n"
                                 "    11      1.0 MiB      0.0 MiB           1   TABLE = list(range(500))\n\n\n"));
    assert_null(strstr(text, "os.py"));
    free(text);
    struct error error = {0};
    model->collectors = COLLECTOR_LINE;
    assert_false(export_write(model, "memory_profiler", stdout, &error));
    assert_string_equal(error.text, "memory was not counted in this run; run it with memory in -k");
    model_free(model);
}

static void plot_data_of_mprof(void **state) {
    (void)state;
    struct model *model = fixture_memory_program();
    struct model_argument arguments[] = {{"build.py"}, {"a\nb"}};
    model->arguments = memcpy(malloc(sizeof arguments), arguments, sizeof arguments);
    model->argument_count = 2;
    model->start_unix_ns = 1700000000 * SECOND;
    model->functions[2].qualname = "f.<locals>.a b";
    fixture_sample(model, 600 * MILLISECOND, 13 * MIB, 2);
    fixture_sample(model, 700 * MILLISECOND, MODEL_UNKNOWN, 3); /* that of a process on its way out */
    fixture_sample(model, 800 * MILLISECOND, 11 * MIB + MIB / 2, 2);
    fixture_sample(model, 900 * MILLISECOND, 1 * MIB, 3);
    char *text = export_as(model, "mprof");
    assert_string_equal(text, "CMDLINE python3 build.py a_b\n"
                              "MEM 10.000000 1700000000.0000\n"
                              "MEM 12.000000 1700000000.5000\n"
                              "MEM 13.000000 1700000000.6000\n"
                              "MEM 11.500000 1700000000.8000\n"
                              "MEM 1.000000 1700000000.9000\n"
                              "FUNC f.<locals>.a_b 12.0000 1700000000.5000 11.5000 1700000000.8000 0\n");
    free(text);
    for (uint64_t i = 0; i < 300; i++) /* 100 stretches of 10 ms each, and one of 20 */
        fixture_sample(model, SECOND + (i / 3 * 15 + i % 3 * (i / 3 == 50 ? 10 : 5)) * MILLISECOND, MIB, 3 + i / 3 % 2);
    text = export_as(model, "mprof");
    int count = 0;
    for (const char *at = text; (at = strstr(at, "FUNC ")); at++)
        count++;
    assert_int_equal(count, 24);
    assert_non_null(strstr(text, "FUNC f.<locals>.a_b"));
    assert_non_null(strstr(text, "FUNC list.append 1.0000 1700000001.7500 1.0000 1700000001.7700 0\n"));
    free(text);
    model->sample_count = 0;
    struct error error = {0};
    assert_false(export_write(model, "mprof", stdout, &error));
    assert_string_equal(error.text, "RSS was never measured in this run, so there is nothing for mprof to plot; run the program "
                                    "again");
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_and_their_lines),
        cmocka_unit_test(what_made_the_peak),
        cmocka_unit_test(what_was_left_over),
        cmocka_unit_test(functions_have_memory_beside_times),
        cmocka_unit_test(lines_have_memory_beside_times),
        cmocka_unit_test(what_is_not_known_is_told),
        cmocka_unit_test(while_the_program_runs_it_is_alive),
        cmocka_unit_test(without_lines_allocations_are_the_occurrences),
        cmocka_unit_test(lines_without_hits_take_part_in_nothing_else),
        cmocka_unit_test(what_is_left_by_fewer_calls_than_there_were_is_no_growth),
        cmocka_unit_test(what_c_functions_leave_grows_by_their_calls),
        cmocka_unit_test(what_imports_leave_stands_apart),
        cmocka_unit_test(types_of_the_last_census),
        cmocka_unit_test(runs_without_the_collector_say_so),
        cmocka_unit_test(empty_runs_make_empty_reports),
        cmocka_unit_test(most_lines_that_are_asked_for),
        cmocka_unit_test(table_of_memory_profiler),
        cmocka_unit_test(plot_data_of_mprof),
        cmocka_unit_test(sizes_have_units_and_fit_their_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
