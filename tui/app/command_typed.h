/* command_typed.h - the options as they were typed, before any of them means something. */
#ifndef PYPROF_TUI_COMMAND_TYPED_H
#define PYPROF_TUI_COMMAND_TYPED_H

#include <stdbool.h>

#include "pyprof/error.h"

/* What was typed, in no order but that of settings; points into argv. */
struct command_typed {
    const char *config, *collect, *save_config, *output, *report, *export_format, *process, *python;
    const char *max_rss, *max_heap;
    const char *module, *code, *script; /* at most one */
    char *const *arguments;             /* behind the target */
    int argument_count;
    const char **settings; /* --set, in order; owned array */
    int setting_count;
    const char **candidates; /* of --compare and --diff, in order; owned array */
    int candidate_count;
    const char **conditions; /* --fail-if, in order; owned array */
    int condition_count;
    const char *setup, *call_arguments, *time, *limit; /* of --compare */
    bool headless, reattach, compare, diff, progress, help, help_config, help_compare, version;
};

/* Fills *typed from argv. False: *error names what is wrong with an option. Free it in both cases. */
bool command_typed_read(int argc, char *const *argv, struct command_typed *typed, struct error *error);
void command_typed_free(struct command_typed *typed);

#endif
