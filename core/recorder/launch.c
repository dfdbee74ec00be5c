#include "core/recorder/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/recorder/signals.h"
#include "pyprof/recorder.h"
#include "core/recorder/target.h"

extern char **environ;

static void free_strings(char **strings) {
    for (size_t i = 0; strings && strings[i]; i++)
        free(strings[i]);
    free(strings);
}

void launch_free(struct launch *launch) {
    free(launch->program);
    free_strings(launch->arguments);
    free_strings(launch->environment);
    free(launch->folder);
    *launch = (struct launch){.descriptors = {-1, -1, -1}};
}

/* Copies into strings[*count]; NULL (allowed for the text, too) stops there. */
static bool append(char **strings, size_t *count, const char *text) {
    strings[*count] = text ? strdup(text) : NULL;
    return strings[(*count)++] != NULL;
}

static char **make_arguments(const struct config *config, const char *argument0) {
    const struct text_list *rest = &config->target.args;
    char **arguments = calloc(1 + 2 + rest->count + 1, sizeof *arguments);
    if (!arguments)
        return NULL;
    size_t count = 0;
    bool done = append(arguments, &count, argument0);
    if (config->target.module || config->target.code) {
        done = done && append(arguments, &count, config->target.module ? "-m" : "-c") &&
               append(arguments, &count, config->target.module ? config->target.module : config->target.code);
    } else if (done) {
        arguments[count] = target_script_path(config);
        done = arguments[count++] != NULL;
    }
    for (size_t i = 0; i < rest->count && done; i++)
        done = append(arguments, &count, rest->items[i]);
    if (done)
        return arguments;
    free_strings(arguments);
    return NULL;
}

/* Is it NAME=...? */
static bool names_variable(const char *variable, const char *name) {
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

/* Is `variable` (NAME=value) set anew by the config? */
static bool is_replaced(const struct environment_list *list, const char *variable) {
    for (size_t i = 0; i < list->count; i++)
        if (names_variable(variable, list->names[i]))
            return true;
    return false;
}

static char *join_variable(const char *name, const char *value) {
    size_t name_length = strlen(name), value_length = strlen(value);
    char *variable = malloc(name_length + value_length + 2);
    if (!variable)
        return NULL;
    memcpy(variable, name, name_length);
    variable[name_length] = '=';
    memcpy(variable + name_length + 1, value, value_length + 1);
    return variable;
}

/* The injector, and the library that sees native code's allocations where they are counted and it is there, come before what the
 * user preloads. */
static char *join_preload(const struct engine_places *places, bool native, const char *before) {
    char *variable = NULL;
    native = native && *places->native;
    if (asprintf(&variable, INJECT_PRELOAD_VARIABLE "=%s%s%s%s%s", places->injector, native ? ":" : "",
                 native ? places->native : "", before ? ":" : "", before ? before : "") < 0)
        return NULL;
    return variable;
}

static bool append_owned(char **strings, size_t *count, char *text) {
    strings[*count] = text;
    return strings[(*count)++] != NULL;
}

/* The variables as the target shall see them, and the three that the injector takes out again. */
static bool add_injection(char **environment, size_t *count, const struct engine_places *places, bool native,
                          const char *arena_path) {
    char *present = NULL;
    size_t at = 0;
    for (size_t i = 0; i < *count && !present; i++)
        if (names_variable(environment[i], INJECT_PRELOAD_VARIABLE)) {
            present = environment[i];
            at = i;
        }
    char *preload = join_preload(places, native, present ? strchr(present, '=') + 1 : NULL);
    if (present && preload) {
        free(present);
        environment[at] = preload;
    } else if (!append_owned(environment, count, preload)) {
        return false;
    }
    return append_owned(environment, count, join_variable(INJECT_ARENA_VARIABLE, arena_path)) &&
           append_owned(environment, count, join_variable(INJECT_HOSTS_VARIABLE, places->folders));
}

static char **make_environment(const struct config *config, const struct engine_places *places, const char *arena_path) {
    const struct environment_list *list = &config->target.env;
    bool native = config->collectors.memory.enabled && config->collectors.memory.native;
    size_t present = 0, count = 0;
    while (environ[present])
        present++;
    char **environment = calloc(present + list->count + 4, sizeof *environment);
    if (!environment)
        return NULL;
    bool done = true;
    for (size_t i = 0; i < present && done; i++)
        if (!is_replaced(list, environ[i]))
            done = append(environment, &count, environ[i]);
    for (size_t i = 0; i < list->count && done; i++)
        done = append_owned(environment, &count, join_variable(list->names[i], list->values[i]));
    if (done && add_injection(environment, &count, places, native, arena_path))
        return environment;
    free_strings(environment);
    return NULL;
}

bool launch_of_config(struct launch *launch, const struct config *config, const struct engine_places *places,
                      const struct interpreter *interpreter, const char *arena_path, struct error *error) {
    *launch = (struct launch){.descriptors = {-1, -1, -1}};
    launch->program = strdup(interpreter->program);
    launch->arguments = make_arguments(config, interpreter->argument0);
    launch->environment = make_environment(config, places, arena_path);
    if (target_has_folder(config))
        launch->folder = strdup(config->target.cwd);
    if (launch->program && launch->arguments && launch->environment && (launch->folder || !target_has_folder(config)))
        return true;
    launch_free(launch);
    return error_set(error, 1, "out of memory while starting the target");
}

/* What went wrong in the child before exec, as told to the parent. */
enum stage { STAGE_TERMINAL, STAGE_DESCRIPTORS, STAGE_FOLDER, STAGE_EXECUTE };
struct failure {
    enum stage stage;
    int number;
};

static bool set_descriptors(const struct launch *launch) {
    for (int i = 0; i < 3; i++) {
        int descriptor = launch->descriptors[i] >= 0 ? launch->descriptors[i] : launch->pty ? launch->pty->slave : -1;
        if (descriptor >= 0 && dup2(descriptor, i) < 0)
            return false;
    }
    /* The viewer's terminal must not stay open in the target. Without a pty all that was inherited is the target's. */
    return !launch->pty || close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) == 0 || errno == ENOSYS;
}

static enum stage run_child(const struct launch *launch) {
    if (launch->alone) {
        setsid();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    }
    if (launch->pty && !pty_become_terminal(launch->pty))
        return STAGE_TERMINAL;
    if (!set_descriptors(launch))
        return STAGE_DESCRIPTORS;
    if (launch->folder && chdir(launch->folder))
        return STAGE_FOLDER;
    signals_restore_for_target();
    execve(launch->program, launch->arguments, launch->environment);
    return STAGE_EXECUTE;
}

static _Noreturn void be_child(const struct launch *launch, int report) {
    struct failure failure = {.stage = run_child(launch)};
    failure.number = errno;
    ssize_t written = write(report, &failure, sizeof failure);
    _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

static void explain(const struct launch *launch, const struct failure *failure, struct error *error) {
    const char *reason = strerror(failure->number);
    switch (failure->stage) {
    case STAGE_FOLDER:
        error_set(error, EXIT_STATUS_USAGE, "%s: cannot enter the target's folder: %s; correct target.cwd",
                  launch->folder, reason);
        break;
    case STAGE_EXECUTE:
        error_set(error, 1, "%s: cannot be started: %s; give --python the path of another python3",
                  launch->program, reason);
        break;
    default:
        error_set(error, 1, "cannot give the target its terminal: %s; run it with --headless", reason);
    }
}

pid_t launch_start(const struct launch *launch, struct error *error) {
    recorder_remember_signals();
    int report[2];
    if (pipe2(report, O_CLOEXEC)) {
        error_set(error, 1, "cannot start the target: %s", strerror(errno));
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0)
        be_child(launch, report[1]);
    int failed_fork = errno;
    close(report[1]);
    struct failure failure;
    ssize_t length = 0;
    if (pid > 0)
        do
            length = read(report[0], &failure, sizeof failure);
        while (length < 0 && errno == EINTR);
    close(report[0]);
    if (pid < 0) {
        error_set(error, 1, "cannot start the target: %s; end other processes or raise `ulimit -u`",
                  strerror(failed_fork));
    } else if (length == (ssize_t)sizeof failure) {
        explain(launch, &failure, error);
        waitpid(pid, NULL, 0);
        pid = -1;
    }
    return pid;
}
