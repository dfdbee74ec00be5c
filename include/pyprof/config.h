/* config.h - a session config: what to run, what to collect, where to put it. The YAML contract of DESIGN.
 *
 * One options table (core/config/options.c) holds key, type, range, default and help text of every key; loader,
 * --set, writer and messages share it. All strings are owned by the config. */
#ifndef PYPROF_CONFIG_H
#define PYPROF_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pyprof/collectors.h"
#include "pyprof/error.h"

/* Colours of the screen. X(NAME, name in the config) */
#define UI_THEME_LIST(X)                       \
    X(DEFAULT, "default") /* for a dark ground */ \
    X(LIGHT, "light")                          \
    X(HIGH_CONTRAST, "high-contrast")          \
    X(COLOUR_BLIND_SAFE, "colour-blind-safe")

struct text_list { /* owned strings */
    char **items;
    size_t count;
};
struct environment_list { /* NAME and value, pairwise */
    char **names, **values;
    size_t count;
};

struct config {
    struct {
        char *script, *module, *code; /* at most one is not NULL; script "-" is stdin */
        struct text_list args;
        char *cwd; /* NULL or "." : where pyprof-tui was started */
        struct environment_list env;
        char *python; /* NULL: the active virtual environment's, else python3 */
    } target;
    struct {
        struct { bool enabled, builtins; struct text_list include, exclude; char *clock; } function;
        struct { bool enabled, marked_only; struct text_list include, exclude; char *clock; } line;
        bool children;
        struct { bool enabled, native, census; int64_t interval_ms; } memory; /* interval_ms is also the RSS timeline's */
        struct { bool enabled; struct text_list include, exclude; } bytecode;
        struct { bool enabled; int64_t rate_hz; } sample;
    } collectors;
    struct {
        char *session; /* NULL: pyprof-SCRIPT-TIME.pyprof in the current folder */
        bool keep_source;
    } output;
    struct {
        char *rss, *heap; /* sizes as of config_size; NULL: no limit. They hold for headless runs. */
    } limits;
    struct {
        int64_t refresh_ms;
        char *theme; /* of UI_THEME_LIST */
        bool screen_reader;
        int64_t screen_reader_s; /* between two readings of what changes; 0: none */
        struct text_list panes; /* names of tui/layout/layout.h */
        struct { int64_t functions, tree, bytecode, flame, ram, output; } sizes; /* more columns or rows than at the start */
        struct text_list columns; /* words of tui/view/function_values.h */
        char *sort;             /* a column: self, total, calls, name, ... */
        bool sort_inverted;
        char *group;            /* none, file, module, class, thread */
    } ui;
};

struct config *config_new(void); /* all defaults; NULL when memory is out */
void config_free(struct config *config);
struct config *config_copy(const struct config *config);

/* Reads YAML into *config over what is there. Errors: "FILE:LINE:COLUMN: what is wrong; what to do",
 * exit status 2, and *config is as it was. */
bool config_load_file(struct config *config, const char *path, struct error *error);
bool config_load_text(struct config *config, const char *name, const char *text, size_t length, struct error *error);

/* KEY=VALUE as of --set; VALUE is YAML (so [a, b] is a list). */
bool config_set(struct config *config, const char *assignment, struct error *error);

/* -k LIST: turns on just the collectors named ("function,line", "none"). */
bool config_set_collectors(struct config *config, const char *list, struct error *error);

/* What holds between keys, after all is loaded: one target at most, collectors that this version has, one clock. */
bool config_validate(const struct config *config, struct error *error);

/* The config as YAML; only what differs from the defaults when only_changes. malloc'ed, '\0'-ended. */
char *config_to_yaml(const struct config *config, bool only_changes, struct error *error);

/* Writes that (only_changes) to a file atomically: a failed write leaves what was there. */
bool config_save_file(const struct config *config, const char *path, struct error *error);

/* "500M", "1.5 GiB", "200000000", "2GB": a size, units being powers of 1024 of at least one byte. false: it is none. */
bool config_size(const char *text, uint64_t *bytes);

/* Bits of enum collector that are enabled. */
uint32_t config_collectors(const struct config *config);

/* The run's clock: that of function or line, whichever is given; wall where neither is. */
enum run_clock config_clock(const struct config *config);

/* Prints key, default and help text of every key into a malloc'ed text, for `--help=config` and README. */
char *config_describe(void);

#endif
