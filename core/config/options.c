#include "core/config/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/config/words.h"

#define X(NAME, name) name,
static const char *const clocks[] = {RUN_CLOCK_LIST(X) NULL};
static const char *const themes[] = {UI_THEME_LIST(X) NULL};
#undef X
static const char *const pane_names[] = {"functions", "source", "bytecode", "ram", "output", "memory", "tree",
                                         "flame", "threads", "info", NULL};
static const char *const column_names[] = {"self%", "total%", "self", "total", "calls", "primitive", "percall", "instr",
                                           "mib", "totmib", "trend", "file", "function", NULL};
static const char *const group_names[] = {"none", "file", "module", "class", "thread", NULL};
static const char *const sort_names[] = {"self", "total", "calls", "name", "file", "instr", "mib", "totmib", "primitive", "percall",
                                         "trend", NULL};

/* clang-format off */
#define TYPE_OF(member)                                 \
    _Generic(((struct config *)0)->member,              \
             bool: OPTION_BOOL,                         \
             int64_t: OPTION_INTEGER,                   \
             char *: OPTION_TEXT,                       \
             struct text_list: OPTION_LIST,             \
             struct environment_list: OPTION_MAP)
#define OPTION(member, ...) \
    {.key = #member, .type = TYPE_OF(member), .offset = offsetof(struct config, member), __VA_ARGS__}

#define SIZE_OPTION(pane, text) OPTION(ui.sizes.pane, .initial = "0", .minimum = -200, .maximum = 200, .help = text)

const struct config_option options[] = {
    OPTION(target.script, .not_empty = true, .help =
           "Python program to run: a file, a folder or zip file with a __main__.py, or - for stdin. A relative path "
           "counts from where the command is started, joined with target.cwd when that is set (and not from the config "
           "file's folder). One given on the command line always counts from where the command is started."),
    OPTION(target.module, .not_empty = true, .help = "Module to run, as python3 -m does."),
    OPTION(target.code, .help = "Python source text to run, as python3 -c does."),
    OPTION(target.args, .help = "Arguments of the program. A target on the command line replaces these too."),
    OPTION(target.cwd, .initial = ".", .not_empty = true, .help =
           "Folder the program runs in; a relative path counts from where the command is started."),
    OPTION(target.env, .help =
           "Environment variables set for the program, beside those of the shell, as NAME: value."),
    OPTION(target.python, .not_empty = true, .help =
           "The interpreter to be: a path such as .venv/bin/python. null: that of the active virtual environment, "
           "else python3."),
    OPTION(collectors.function.enabled, .initial = "true", .help =
           "Count and time every call, by call path."),
    OPTION(collectors.function.builtins, .initial = "true", .help =
           "Count and time calls of functions written in C (abs, list.append) too."),
    OPTION(collectors.function.include, .initial = "**", .not_empty = true, .help =
           "Files whose functions are counted, as patterns of paths with *, ? and [abc] (* crosses folders too; a "
           "pattern "
           "without / is for file names), or project: the files under the program's folder that are neither installed "
           "packages nor the standard library."),
    OPTION(collectors.function.exclude, .not_empty = true, .help =
           "Files left out of what include takes, written likewise."),
    OPTION(collectors.function.clock, .words = clocks, .help =
           "What times measure: wall is the time that passes, waiting included; cpu the processor time of the thread; "
           "running is wall without the time that a thread waits for the interpreter lock. null: that of "
           "collectors.line.clock, else wall."),
    OPTION(collectors.line.enabled, .initial = "true", .help =
           "Count how often every line starts, and its time without and with callees."),
    OPTION(collectors.line.marked_only, .initial = "true", .help =
           "Where any function is marked with the profile decorator, take only the lines of marked functions. "
           "false: marks change nothing."),
    OPTION(collectors.line.include, .initial = "project", .not_empty = true, .help =
           "Files whose lines are counted, written as for collectors.function.include."),
    OPTION(collectors.line.exclude, .not_empty = true, .help =
           "Files left out of what include takes, written likewise."),
    OPTION(collectors.line.clock, .words = clocks, .help =
           "What line times measure, as for collectors.function.clock, which a run shares. null: whatever that is."),
    OPTION(collectors.children, .initial = "true", .help =
           "Profile processes that the program starts, too: by fork, by multiprocessing, and Pythons run as commands."),
    OPTION(collectors.memory.enabled, .initial = "true", .help =
           "Count every allocation, by line and call path, with what lives, what lived at the high-water mark, and for how "
           "long. The RAM timeline is always taken."),
    OPTION(collectors.memory.native, .initial = "true", .help =
           "Count what native code (extension modules, libraries) allocates itself, too."),
    OPTION(collectors.memory.census, .initial = "false", .help =
           "Count the objects that live at the program's end by type, where the memory collector is on. --report types does."),
    OPTION(collectors.memory.interval_ms, .initial = "100", .minimum = 10, .maximum = 60000, .help =
           "Milliseconds between two points of the RAM timeline."),
    OPTION(collectors.bytecode.enabled, .initial = "false", .help =
           "Count how often every bytecode instruction is executed, exactly."),
    OPTION(collectors.bytecode.include, .initial = "project", .not_empty = true, .help =
           "Files whose bytecode is counted, written as for collectors.function.include."),
    OPTION(collectors.bytecode.exclude, .not_empty = true, .help =
           "Files left out of what include takes, written likewise."),
    OPTION(collectors.sample.enabled, .initial = "false", .help =
           "Sample stacks from outside. Not in this version."),
    OPTION(collectors.sample.rate_hz, .initial = "1000", .minimum = 1, .maximum = 10000, .help =
           "Samples a second, once the sample collector is there."),
    OPTION(output.session, .not_empty = true, .help =
           "File the session is saved to. null: pyprof-SCRIPT-TIME.pyprof in the current folder."),
    OPTION(output.keep_source, .initial = "true", .help =
           "Keep the source text in the session, so that it can be read where the files are not."),
    OPTION(limits.rss, .not_empty = true, .is_size = true, .help =
           "The most memory that the program may take, as RSS without the profiler's own. It is not stopped there, but a "
           "run without the interface ends with status 3 when it took more. null: no limit."),
    OPTION(limits.heap, .not_empty = true, .is_size = true, .help =
           "The most that the program may have allocated and not yet freed at any one time. Turns collectors.memory on in a "
           "run without the interface, which ends as with limits.rss. null: no limit."),
    OPTION(ui.refresh_ms, .initial = "500", .minimum = 50, .maximum = 10000, .help =
           "Milliseconds between two refreshes of the screen."),
    OPTION(ui.theme, .initial = "default", .words = themes, .help =
           "Colours of the screen: default is for a dark ground, light for a light one; high-contrast brings its own ground. "
           "^t goes through them. With NO_COLOR set there are no colours."),
    OPTION(ui.screen_reader, .initial = "false", .help =
           "Write lines instead of drawing a screen: what was selected, asked or said, once. Keys are the same; ^l reads the whole "
           "pane, R the status and the selected row. Any terminal will do."),
    OPTION(ui.screen_reader_s, .initial = "10", .minimum = 0, .maximum = 3600, .help =
           "While a program runs and nobody types, seconds between two readings of the selected row, where its numbers have "
           "changed; 0: they are read when R asks for it."),
    OPTION(ui.panes, .initial = "functions,source,ram,output,tree,flame", .words = pane_names, .help =
           "Panes shown at the start, as far as the screen has room: the call tree beside the functions from 180 columns on, "
           "the flame graph from 45 rows on. Bytecode comes by itself where it is counted. S writes those there are."),
    SIZE_OPTION(functions, "Columns more (or less, below 0) for the table than it has by itself."),
    SIZE_OPTION(tree, "The same for the call tree beside it."),
    SIZE_OPTION(bytecode, "Rows more (or less) for the bytecode, taken from the source."),
    SIZE_OPTION(flame, "Rows more (or less) for the flame graph."),
    SIZE_OPTION(ram, "Rows more (or less) for the RAM graph."),
    SIZE_OPTION(output, "Rows more (or less) for the program's output."),
    OPTION(ui.columns, .initial = "self%,total%,self,total,calls,instr,mib,totmib,trend,file", .words = column_names, .help =
           "Columns of the function table, as far as it has room; the function itself always stands there. O chooses them, S "
           "writes those there are."),
    OPTION(ui.sort, .initial = "self", .words = sort_names, .help =
           "What the function table is sorted by at the start: one of its columns, or self while that is not counted. S writes "
           "what it is sorted by."),
    OPTION(ui.sort_inverted, .initial = "false", .help =
           "Sort the function table the other way round: the smallest first, names from the end of the alphabet."),
    OPTION(ui.group, .initial = "none", .words = group_names, .help =
           "What the function table's functions are put together by. b chooses it, S writes it."),
};
/* clang-format on */
const size_t option_count = sizeof options / sizeof options[0];

const struct config_option *option_find(const char *key) {
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(options[i].key, key) == 0)
            return &options[i];
    return NULL;
}

bool option_is_under(const struct config_option *option, const char *section) {
    size_t length = strlen(section);
    return strncmp(option->key, section, length) == 0 && option->key[length] == '.';
}

bool option_is_section(const char *path) {
    for (size_t i = 0; i < option_count; i++)
        if (option_is_under(&options[i], path))
            return true;
    return false;
}

static const char *last_component(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

/* A key typed right but in the wrong section is as near as one typed wrong by one letter. */
static size_t distance_to(const char *path, const char *key) {
    size_t whole = words_distance(path, key);
    size_t last = words_distance(last_component(path), last_component(key)) + 1;
    return whole < last ? whole : last;
}

/* The key and the sections it lies in are all compared; a longer prefix wins only where it is nearer. */
const char *option_nearest(const char *path, char nearest[OPTION_KEY_SIZE]) {
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < option_count; i++) {
        const char *key = options[i].key;
        for (size_t length = strcspn(key, "."); ; length += 1 + strcspn(key + length + 1, ".")) {
            char prefix[OPTION_KEY_SIZE];
            snprintf(prefix, sizeof prefix, "%.*s", (int)length, key);
            size_t distance = distance_to(path, prefix);
            if (distance < least) {
                least = distance;
                strcpy(nearest, prefix);
            }
            if (key[length] == '\0')
                break;
        }
    }
    return nearest;
}

static void describe_words(const struct config_option *option, char *text, size_t size) {
    char list[256];
    words_join(option->words, list, sizeof list);
    if (option->type == OPTION_LIST)
        snprintf(text, size, "a list of some of these words: %s", list);
    else if (!option->words[1])
        snprintf(text, size, "%s", list);
    else
        snprintf(text, size, "one of these words: %s", list);
}

const char *option_expectation(const struct config_option *option, char *text, size_t size) {
    if (option->words) {
        describe_words(option, text, size);
        return text;
    }
    switch (option->type) {
    case OPTION_BOOL:
        snprintf(text, size, "true or false");
        break;
    case OPTION_INTEGER:
        snprintf(text, size, "a whole number from %" PRId64 " to %" PRId64, option->minimum, option->maximum);
        break;
    case OPTION_TEXT:
        snprintf(text, size, "%s", option->is_size     ? "a size such as 500M, 1.5 GiB or 200000000"
                                   : option->not_empty ? "text that is not empty"
                                                       : "text");
        break;
    case OPTION_LIST:
        snprintf(text, size, "a list of texts such as [a, b]");
        break;
    case OPTION_MAP:
        snprintf(text, size, "names with their values such as {NAME: value}");
        break;
    }
    return text;
}
