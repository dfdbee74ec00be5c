#include "tui/app/command_typed.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/words.h"
#include "tui/app/command_line.h"

/* Every long option, one row each: X(value for getopt, name, kind of argument, how the argument is called, help line).
 * getopt, messages and --help read it. */
#define COMMAND_OPTION_LIST(X)                                                                      \
    X('k', "collect", required_argument, "LIST",                                                    \
      "  -k, --collect LIST      what to count: function,line,memory,bytecode (or none)\n")                \
    X('C', "config", required_argument, "FILE",                                                     \
      "  -C, --config FILE       session config (YAML); else ./.pyprof.yaml, your own\n")           \
    X(OPTION_SET, "set", required_argument, "KEY=VALUE",                                            \
      "      --set KEY=VALUE     set one config key, e.g. collectors.line.enabled=no\n")            \
    X(OPTION_SAVE_CONFIG, "save-config", required_argument, "FILE",                                 \
      "      --save-config FILE  write the effective config; with a target, run it too\n")          \
    X('o', "output", required_argument, "FILE",                                                     \
      "  -o, --output FILE       where the session (with --export: the export) goes\n")             \
    X(OPTION_HEADLESS, "headless", no_argument, "",                                                 \
      "      --headless          no terminal interface; exit status is the target's\n")             \
    X(OPTION_REPORT, "report", required_argument, "LIST",                                           \
      "      --report LIST       functions,lines,tree,memory,peak,leaks,types,bytecode,\n"          \
      "                          opcodes,threads,processes\n")                                \
    X(OPTION_EXPORT, "export", required_argument, "FORMAT",                                         \
      "      --export FORMAT     json, mprof or memory_profiler, to stdout or -o\n")             \
    X(OPTION_MAX_RSS, "max-rss", required_argument, "SIZE",                                         \
      "      --max-rss SIZE      headless: status 3 if the program took more, e.g. 500M\n")           \
    X(OPTION_MAX_HEAP, "max-heap", required_argument, "SIZE",                                       \
      "      --max-heap SIZE     the same of what is allocated and not yet freed\n")                  \
    X(OPTION_PROCESS, "process", required_argument, "PID",                                          \
      "      --process PID       one process of a session, or all (the default)\n")                 \
    X(OPTION_PYTHON, "python", required_argument, "PATH",                                           \
      "      --python PATH       interpreter (default: the virtual environment's)\n")               \
    X(OPTION_REATTACH, "reattach", no_argument, "",                                                 \
      "      --reattach [PID]    come back to a run whose viewer has gone, or list them\n")            \
    X(OPTION_COMPARE, "compare", no_argument, "", "")                                               \
    X(OPTION_SETUP, "setup", required_argument, "CODE", "")                                         \
    X(OPTION_ARGS, "args", required_argument, "ARGUMENTS", "")                                      \
    X(OPTION_TIME, "time", required_argument, "SECONDS", "")                                        \
    X(OPTION_LIMIT, "limit", required_argument, "SECONDS", "")                                      \
    X(OPTION_PROGRESS, "progress", no_argument, "", "")                                             \
    X(OPTION_DIFF, "diff", no_argument, "", "")                                                     \
    X(OPTION_FAIL_IF, "fail-if", required_argument, "CONDITION", "")                                \
    X('h', "help", optional_argument, "config",                                                     \
      "  -h, --help[=config]     this help; with =config, all config keys\n")                       \
    X(OPTION_HELP_CONFIG, "help-config", no_argument, "", "")                                       \
    X('V', "version", no_argument, "",                                                              \
      "  -V, --version           this version, and the Pythons it can host\n")

/* Short options beside those of the list: the targets -m and -c end the options; -p is answered. */
#define SHORT_OPTIONS "+:k:C:o:hVm:c:p:"

enum {
    OPTION_SET = 256,
    OPTION_SAVE_CONFIG,
    OPTION_HEADLESS,
    OPTION_REPORT,
    OPTION_EXPORT,
    OPTION_MAX_RSS,
    OPTION_MAX_HEAP,
    OPTION_PROCESS,
    OPTION_PYTHON,
    OPTION_REATTACH,
    OPTION_COMPARE,
    OPTION_SETUP,
    OPTION_ARGS,
    OPTION_TIME,
    OPTION_LIMIT,
    OPTION_PROGRESS,
    OPTION_DIFF,
    OPTION_FAIL_IF,
    OPTION_HELP_CONFIG,
};

static const struct option_row {
    int value;
    const char *name;
    int has_argument;
    const char *argument;
} rows[] = {
#define X(value, name, kind, argument, help) {value, name, kind, argument},
    COMMAND_OPTION_LIST(X)
#undef X
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

const char *command_line_help(void) {
    return "usage: pyprof-tui [options] script.py [args...]   run and watch a Python program\n"
           "       pyprof-tui [options] -m module [args...]   also: -c code, - (stdin)\n"
           "       pyprof-tui [options] run.pyprof            open a saved session\n"
           "       pyprof-tui --help=compare                  compare functions, or sessions\n"
#define X(value, name, kind, argument, help) help
           COMMAND_OPTION_LIST(X)
#undef X
           "Stronger overrides weaker: defaults, config file, -k, --set, the rest. Examples:\n"
           "  pyprof-tui --headless --report functions,lines script.py\n"
           "  pyprof-tui -C configs/line.yaml -o run.pyprof script.py\n";
}

const char *command_line_help_compare(void) {
    return "usage: pyprof-tui --compare [options] FILE.py:FUNCTION FILE.py:FUNCTION [more...]\n"
           "         which is faster, by how much, how sure that is, and why. Also MODULE:FUNCTION,\n"
           "         FILE.py:Class.method, and 'FILE.py:FUNCTION(1000, key=3)' with own arguments\n"
           "      --args ARGUMENTS    what stands between the parentheses of the others' calls\n"
           "      --setup CODE        run once before, in the namespace of each file\n"
           "      --time SECONDS      how long to measure (10; less where it is sure before)\n"
           "      --limit SECONDS     how long a call may take (60)\n"
           "      --python PATH       interpreter (default: the virtual environment's)\n"
           "      --progress          say on stderr what goes on, in lines\n"
           "       pyprof-tui --diff [options] BEFORE.pyprof AFTER.pyprof\n"
           "         what changed between two saved sessions: functions and lines, matched across\n"
           "         edits. Several runs of a side tell noise: A1.pyprof,A2.pyprof or a folder\n"
           "      --report LIST       functions,lines,memory as text; without it, on a terminal,\n"
           "                          in the interface\n"
           "      --fail-if CONDITION status 3 where it holds and is no noise: 'total>+5%',\n"
           "                          'self:FUNCTION>+10ms', 'calls:FUNCTION>+0', 'peak>+2MiB'\n"
           "Both: --export json for scripts; -o FILE: into a file\n"
           "Examples:\n"
           "  pyprof-tui --compare sums.py:fn_expressive sums.py:fn_terse --args 1000000\n"
           "  pyprof-tui --compare 'a.py:f(data)' 'b.py:f(data)' --setup 'data = list(range(1000))'\n"
           "  pyprof-tui --diff old.pyprof new.pyprof --fail-if 'total>+5%'\n";
}

static const struct option_row *find_row(int value) {
    for (int i = 0; i < ROW_COUNT; i++)
        if (rows[i].value == value)
            return &rows[i];
    return NULL;
}

/* "--re" of --report and --reattach. */
static bool ambiguous_option(const char *name, struct error *error) {
    const char *first = NULL;
    for (int i = 0; i < ROW_COUNT; i++) {
        if (strncmp(rows[i].name, name, strlen(name)) != 0)
            continue;
        if (first) {
            error_set(error, EXIT_STATUS_USAGE, "--%s may mean --%s or --%s; write it out", name, first, rows[i].name);
            return true;
        }
        first = rows[i].name;
    }
    return false;
}

static bool unknown_long_option(const char *word, struct error *error) {
    char name[64], quoted[WORDS_QUOTED_SIZE];
    const char *names[ROW_COUNT + 1] = {NULL};
    for (int i = 0; i < ROW_COUNT; i++)
        names[i] = rows[i].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    if (ambiguous_option(name, error))
        return false;
    words_quote(name, quoted);
    return error_set(error, EXIT_STATUS_USAGE,
                     "there is no option --%.*s; did you mean --%s? (pyprof-tui --help lists all)",
                     (int)strlen(quoted) - 2, quoted + 1, words_nearest(name, names));
}

/* getopt returned '?': no such option, or a value for one that takes none. */
static bool wrong_option(const char *word, int value, struct error *error) {
    const struct option_row *row = find_row(value);
    bool is_long = strncmp(word, "--", 2) == 0;
    if (is_long && row)
        return error_set(error, EXIT_STATUS_USAGE, "--%s takes no value; leave it out", row->name);
    if (is_long)
        return unknown_long_option(word + 2, error);
    char letter[2] = {(char)value, '\0'}, quoted[WORDS_QUOTED_SIZE];
    words_quote(letter, quoted);
    return error_set(error, EXIT_STATUS_USAGE, "there is no option -%c; pyprof-tui --help lists all", quoted[1]);
}

static bool missing_value(int value, struct error *error) {
    const struct option_row *row = find_row(value);
    if (row)
        return error_set(error, EXIT_STATUS_USAGE, "--%s needs a value; write --%s %s", row->name, row->name,
                         row->argument);
    return error_set(error, EXIT_STATUS_USAGE, "-%c needs a value; write -%c %s", value, value,
                     value == 'm' ? "MODULE" : value == 'c' ? "CODE" : "PID");
}

static bool take_help(struct command_typed *typed, const char *topic, struct error *error) {
    char quoted[WORDS_QUOTED_SIZE];
    bool config = topic && strcmp(topic, "config") == 0, compare = topic && strcmp(topic, "compare") == 0;
    if (topic && !config && !compare)
        return error_set(error, EXIT_STATUS_USAGE, "there is no help on %s; write --help, --help=config or --help=compare",
                         words_quote(topic, quoted));
    *(config ? &typed->help_config : compare ? &typed->help_compare : &typed->help) = true;
    return true;
}

static bool take_option(struct command_typed *typed, int value, const char *argument, struct error *error) {
    switch (value) {
    case 'k': typed->collect = argument; return true;
    case 'C': typed->config = argument; return true;
    case 'o': typed->output = argument; return true;
    case 'm': typed->module = argument; return true;
    case 'c': typed->code = argument; return true;
    case 'h': return take_help(typed, argument, error);
    case 'V': typed->version = true; return true;
    case 'p':
        return error_set(error, EXIT_STATUS_USAGE,
                         "-p %s: attaching to a running program is not in this version; start it with "
                         "pyprof-tui SCRIPT instead", argument);
    case OPTION_SET: typed->settings[typed->setting_count++] = argument; return true;
    case OPTION_SAVE_CONFIG: typed->save_config = argument; return true;
    case OPTION_HEADLESS: typed->headless = true; return true;
    case OPTION_REPORT: typed->report = argument; return true;
    case OPTION_EXPORT: typed->export_format = argument; return true;
    case OPTION_MAX_RSS: typed->max_rss = argument; return true;
    case OPTION_MAX_HEAP: typed->max_heap = argument; return true;
    case OPTION_PROCESS: typed->process = argument; return true;
    case OPTION_PYTHON: typed->python = argument; return true;
    case OPTION_REATTACH: typed->reattach = true; return true;
    case OPTION_COMPARE: typed->compare = true; return true;
    case OPTION_SETUP: typed->setup = argument; return true;
    case OPTION_ARGS: typed->call_arguments = argument; return true;
    case OPTION_TIME: typed->time = argument; return true;
    case OPTION_LIMIT: typed->limit = argument; return true;
    case OPTION_PROGRESS: typed->progress = true; return true;
    case OPTION_DIFF: typed->diff = true; return true;
    case OPTION_FAIL_IF: typed->conditions[typed->condition_count++] = argument; return true;
    case OPTION_HELP_CONFIG: typed->help_config = true; return true;
    default: return true;
    }
}

static bool is_complete(const struct command_typed *typed) {
    return typed->help || typed->help_config || typed->help_compare || typed->version || typed->module || typed->code;
}

/* Options up to the target; -m and -c are both. */
static bool take_options(int argc, char *const *argv, struct command_typed *typed, struct error *error) {
    struct option long_options[ROW_COUNT + 1] = {0};
    for (int i = 0; i < ROW_COUNT; i++)
        long_options[i] = (struct option){rows[i].name, rows[i].has_argument, NULL, rows[i].value};
    opterr = 0;
    while (!is_complete(typed)) {
        int value = getopt_long(argc, argv, SHORT_OPTIONS, long_options, NULL);
        if (value == -1)
            break;
        if (value == '?')
            return wrong_option(argv[optind - 1], optopt, error);
        if (value == ':')
            return missing_value(optopt, error);
        if (!take_option(typed, value, optarg, error))
            return false;
    }
    return true;
}

/* Candidates and options in any order. */
static bool take_candidates(int argc, char *const *argv, struct command_typed *typed, struct error *error) {
    while (optind < argc && !is_complete(typed)) {
        typed->candidates[typed->candidate_count++] = argv[optind++];
        if (!take_options(argc, argv, typed, error))
            return false;
    }
    return true;
}

bool command_typed_read(int argc, char *const *argv, struct command_typed *typed, struct error *error) {
    *typed = (struct command_typed){0};
    typed->settings = calloc((size_t)argc + 1, sizeof *typed->settings);
    typed->candidates = calloc((size_t)argc + 1, sizeof *typed->candidates);
    typed->conditions = calloc((size_t)argc + 1, sizeof *typed->conditions);
    if (!typed->settings || !typed->candidates || !typed->conditions)
        return error_set(error, 1, "memory is out; close other programs and try again");
    optind = 0; /* glibc: begin anew */
    if (!take_options(argc, argv, typed, error))
        return false;
    if (typed->compare || typed->diff)
        return take_candidates(argc, argv, typed, error);
    int next = optind < argc ? optind : argc;
    if (!typed->module && !typed->code && next < argc)
        typed->script = argv[next++];
    typed->arguments = argv + next;
    typed->argument_count = argc - next;
    return true;
}

void command_typed_free(struct command_typed *typed) {
    free(typed->settings);
    free(typed->candidates);
    free(typed->conditions);
    typed->settings = typed->candidates = typed->conditions = NULL;
}
