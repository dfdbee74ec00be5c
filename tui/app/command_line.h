/* command_line.h - what the user typed, made into an action and one effective config.
 *
 * Precedence, weakest first: defaults, config file, -k, --set (in their order), then --python, -o and the target.
 * Nothing is written and nothing is started here: main does what `action` says. */
#ifndef PYPROF_TUI_COMMAND_LINE_H
#define PYPROF_TUI_COMMAND_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "pyprof/config.h"
#include "pyprof/error.h"

enum command_action {
    COMMAND_RUN,              /* config->target says what */
    COMMAND_OPEN_SESSION,     /* `session` is the file; report or export_format: print those, else the interface */
    COMMAND_SAVE_CONFIG_ONLY, /* there is no target: write save_config and end */
    COMMAND_REATTACH,
    COMMAND_COMPARE,     /* functions: `compare` says which */
    COMMAND_DIFF,        /* what changed between sessions: `diff` says which */
    COMMAND_HELP,        /* print command_line_help() */
    COMMAND_HELP_COMPARE, /* print command_line_help_compare() */
    COMMAND_HELP_CONFIG, /* print config_describe() */
    COMMAND_VERSION,     /* print the version and recorder_describe_hosts() */
};

/* All strings are owned by the struct. */
struct command_line {
    enum command_action action;
    struct config *config; /* effective and validated; NULL for HELP, HELP_CONFIG; for VERSION as far as it can be read */
    char *config_path;     /* the config file that was read, NULL: none */
    char *save_config;     /* --save-config: write the config there before anything else, NULL: do not */
    char *session;         /* OPEN_SESSION: the file */
    char *report;          /* --report, checked; NULL: none */
    char *export_format;   /* --export, checked; NULL: none */
    char *export_path;     /* where the export goes, NULL: stdout. (Without --export, -o is config->output.session.) */
    uint32_t reattach;     /* REATTACH: pid of the target or the recorder; 0: the one that there is */
    uint32_t process;      /* --process: which one of a session is shown or printed; 0: all */
    struct {
        struct text_list candidates;
        char *setup, *arguments; /* "": none */
        double time_s, limit_s;
        bool progress; /* in lines on stderr */
    } compare;
    struct {
        struct text_list sides;      /* before, after: a session, several parted by commas, or a folder of them */
        struct text_list conditions; /* --fail-if, checked */
    } diff;
    bool headless;         /* --headless, or implied by --report, --export or --fail-if */
    bool save_session;     /* RUN: false when only an export was asked for */
};

/* Fills *command (whatever was in it). On failure *error is set and *command holds nothing to free. */
bool command_line_parse(int argc, char *const *argv, struct command_line *command, struct error *error);
void command_line_free(struct command_line *command);

/* The text of --help; fits 80x24. */
const char *command_line_help(void);
/* Of --help=compare. */
const char *command_line_help_compare(void);

#endif
