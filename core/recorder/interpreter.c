#include "core/recorder/interpreter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/recorder/capture.h"
#include "core/recorder/find_program.h"

/* The active virtual environment's, where there is one. */
static bool find_in_environment(char path[ARENA_PATH_SIZE]) {
    const char *environment = getenv("VIRTUAL_ENV");
    char named[ARENA_PATH_SIZE];
    int length = snprintf(named, sizeof named, "%s/bin/python3", environment ? environment : "");
    return environment && *environment && length < (int)sizeof named && find_program(named, path);
}

bool interpreter_find(const struct config *config, struct interpreter *interpreter, struct error *error) {
    char in_path[ARENA_PATH_SIZE], *program = interpreter->program;
    bool named = config->target.python != NULL;
    if (named && !find_program(config->target.python, program))
        return error_set(error, EXIT_STATUS_USAGE, "%s: no such interpreter; give --python the path of a python3",
                         config->target.python);
    bool found = find_program("python3", in_path);
    if (!named && !find_in_environment(program)) {
        if (!found)
            return error_set(error, EXIT_STATUS_USAGE, "there is no python3 in PATH; give --python the path of one");
        memcpy(program, in_path, sizeof in_path);
    }
    bool called_by_name = !named && found && strcmp(in_path, program) == 0;
    snprintf(interpreter->argument0, sizeof interpreter->argument0, "%s", called_by_name ? "python3" : program);
    return true;
}

/* --- what it says of itself -------------------------------------------------------------------------------- */

/* A path of sysconfig's is where the interpreter is now, INCLUDEPY where it was installed first. */
static const char QUESTION[] =
    "import sys, sysconfig\n"
    "paths = sysconfig.get_path('include'), sysconfig.get_path('platinclude'), sysconfig.get_config_var('INCLUDEPY')\n"
    "print(sys.version.split()[0], sys.executable, *(path or '' for path in paths), sep='\\n')\n";

static bool take_line(char **at, char *line, size_t size) {
    char *start = *at, *end = start ? strchr(start, '\n') : NULL;
    if (!end || (size_t)(end - start) >= size)
        return false;
    *end = '\0';
    strcpy(line, start);
    *at = end + 1;
    return true;
}

bool interpreter_ask(const char *program, struct interpreter_facts *facts) {
    const char *const arguments[] = {program, "-I", "-S", "-c", QUESTION, NULL};
    char text[5 * ARENA_PATH_SIZE], *at = text;
    bool done = capture_output(arguments, text, sizeof text) && take_line(&at, facts->version, sizeof facts->version) &&
                take_line(&at, facts->program, sizeof facts->program);
    for (int i = 0; i < INTERPRETER_INCLUDES && done; i++)
        done = take_line(&at, facts->includes[i], sizeof facts->includes[i]);
    return done;
}
