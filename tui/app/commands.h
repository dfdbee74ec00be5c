/* commands.h - actions of the list that take an argument, as `theme light`: what each offers to choose from, and does. */
#ifndef PYPROF_TUI_COMMANDS_H
#define PYPROF_TUI_COMMANDS_H

#include "tui/app/state.h"

struct command {
    const char *name, *argument, *help;
    /* Adds rows for what of the argument is typed. NULL: there is nothing to choose from. false: out of memory. */
    bool (*offer)(struct application *application, const char *typed, struct popup *popup);
    /* A row's value says what was chosen, else its text is the argument. */
    bool by_value;
    /* Does it. `value` is that of the chosen row; -1: none was. */
    void (*run)(struct application *application, const char *argument, int value);
};

extern const struct command commands[];
extern const size_t command_count;

/* The command that a text begins with, when a blank is behind its name; *argument is what follows. NULL: none. */
const struct command *command_of(const char *typed, const char **argument);

#endif
