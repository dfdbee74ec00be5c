#include "tui/app/compare_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/app/popups.h"
#include "tui/app/prompt.h"

extern char **environ;

enum { OUTPUT, PROGRESS, MOST_TEXT = 4 << 20, COMMAND_SIZE = 16 + COMPARED_MOST, BESIDE_TEXT = 4 };

/* --- marks ------------------------------------------------------------------------------------------- */

static bool is_marked(const struct remembered_function *marked, const struct model_function *function) {
    return marked->line == function->line && strcmp(marked->qualname, function->qualname) == 0 &&
           strcmp(marked->file, function->file) == 0;
}

static void forget_mark(struct comparing *comparing, size_t index) {
    free(comparing->marked[index].file);
    free(comparing->marked[index].qualname);
    comparing->marked_count--;
    memmove(&comparing->marked[index], &comparing->marked[index + 1],
            (comparing->marked_count - index) * sizeof comparing->marked[0]);
}

static bool add_mark(struct comparing *comparing, const struct model_function *function) {
    struct remembered_function mark = {strdup(function->file), strdup(function->qualname), function->line};
    if (mark.file && mark.qualname) {
        comparing->marked[comparing->marked_count++] = mark;
        return true;
    }
    free(mark.file);
    free(mark.qualname);
    return false;
}

/* Takes the mark away, where it has one. */
static bool unmark(struct comparing *comparing, const struct model_function *function) {
    for (size_t i = 0; i < comparing->marked_count; i++)
        if (is_marked(&comparing->marked[i], function)) {
            forget_mark(comparing, i);
            return true;
        }
    return false;
}

/* Not "<string>". */
static bool is_file(const char *name) {
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 3 && strcmp(name + length - 3, ".py") == 0);
}

void compare_functions_mark(struct application *application) {
    struct comparing *comparing = &application->comparing;
    uint32_t id = application->place.function;
    if (id == 0 || id >= application->model->function_count)
        return;
    const struct model_function *function = &application->model->functions[id];
    if (unmark(comparing, function)) {
        application_message(application, "%s is not marked any more", function->name);
        return;
    }
    if (function->kind != MODEL_FUNCTION_PYTHON || !is_file(function->file))
        application_error(application, "%s has no file of Python that it could be called from", function->qualname);
    else if (comparing->marked_count == COMPARED_MOST)
        application_error(application, "%d functions are marked; w on one of them takes its mark away", COMPARED_MOST);
    else if (!add_mark(comparing, function))
        application_error(application, "not enough memory");
    else if (comparing->marked_count == 1)
        application_message(application, "%s is marked; mark another one to compare them", function->name);
    else
        application_message(application, "%zu functions are marked; W compares them", comparing->marked_count);
}

void compare_functions_find(struct application *application) {
    struct comparing *comparing = &application->comparing;
    const struct model *model = application->model;
    for (size_t i = 0; i < comparing->marked_count; i++) {
        uint32_t id = comparing->ids[i];
        if (id && id < model->function_count && is_marked(&comparing->marked[i], &model->functions[id]))
            continue;
        comparing->ids[i] = 0;
        for (size_t k = 1; k < model->function_count && !comparing->ids[i]; k++)
            if (is_marked(&comparing->marked[i], &model->functions[k]))
                comparing->ids[i] = (uint32_t)k;
    }
}

/* --- the process -------------------------------------------------------------------------------------- */

void compare_functions_ask(struct application *application) {
    struct comparing *comparing = &application->comparing;
    if (comparing->pid)
        application_message(application, "a comparison goes on; Esc ends it");
    else if (comparing->marked_count >= 2)
        prompt_open(application, PROMPT_ARGUMENTS);
    else if (comparing->texts[OUTPUT].length)
        popups_open(application, POPUP_COMPARISON);
    else
        application_message(application, "w marks functions to compare; %s", comparing->marked_count ? "one is marked, mark another"
                                                                                                     : "none is marked");
}

/* The environment with another COLUMNS; only the array is ours. */
static char **make_environment(char *columns) {
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **variables = calloc(count + 2, sizeof *variables);
    if (!variables)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(environ[i], "COLUMNS=", 8) != 0)
            variables[kept++] = environ[i];
    variables[kept] = columns;
    return variables;
}

/* A session of its own: what the terminal sends is for the viewer. */
static int spawn(const char *program, char *const *command, char *const *variables, const int pipes[4], pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
    posix_spawn_file_actions_adddup2(&actions, pipes[3], 2);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    int failure = posix_spawn(pid, program, &actions, &attributes, command, variables);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failure;
}

static bool start(struct application *application, char *const *command) {
    struct comparing *comparing = &application->comparing;
    char columns[32];
    int pipes[4] = {-1, -1, -1, -1};
    snprintf(columns, sizeof columns, "COLUMNS=%d", application->grid.columns - BESIDE_TEXT);
    char **variables = make_environment(columns);
    bool piped = variables && pipe2(pipes, O_CLOEXEC) == 0 && pipe2(pipes + 2, O_CLOEXEC) == 0;
    const char *program = application->start->program;
    int failure = !program ? ENOSYS : piped ? spawn(program, command, variables, pipes, &comparing->pid) : errno;
    free(variables);
    for (int i = 0; i < 4; i++)
        if (pipes[i] >= 0 && (failure || i % 2 == 1))
            close(pipes[i]);
    if (failure) {
        comparing->pid = 0;
        application_error(application, "cannot start the comparison: %s", strerror(failure));
        return false;
    }
    for (int i = 0; i < 2; i++) {
        comparing->pipes[i] = pipes[2 * i];
        fcntl(comparing->pipes[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

void compare_functions_start(struct application *application, const char *arguments) {
    struct comparing *comparing = &application->comparing;
    char *names[COMPARED_MOST] = {NULL}, *command[COMMAND_SIZE] = {"pyprof-tui", "--compare", "--progress", "--args"};
    size_t count = 4;
    bool done = true;
    command[count++] = (char *)(uintptr_t)arguments; /* not written to */
    if (application->run.config->target.python) {
        command[count++] = "--python";
        command[count++] = application->run.config->target.python;
    }
    for (size_t i = 0; i < comparing->marked_count && done; i++) {
        done = asprintf(&names[i], "%s:%s", comparing->marked[i].file, comparing->marked[i].qualname) >= 0;
        command[count++] = done ? names[i] : NULL;
    }
    for (int i = 0; i < 2; i++)
        comparing->texts[i].length = 0;
    if (done && start(application, command))
        application_message(application, "comparing; Esc ends it");
    for (size_t i = 0; i < COMPARED_MOST; i++)
        free(names[i]);
}

/* --- what it says ------------------------------------------------------------------------------------- */

int compare_functions_descriptor(const struct application *application, int which) {
    return application->comparing.pid ? application->comparing.pipes[which] : -1;
}

/* false: the pipe has ended. What is more than fits is dropped. */
static bool take(int pipe, struct taken_text *text) {
    for (;;) {
        char bytes[4096];
        ssize_t got = read(pipe, bytes, sizeof bytes);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        size_t needed = text->length + (size_t)got + 1;
        char *larger = needed <= MOST_TEXT ? realloc(text->text, needed) : NULL;
        if (!larger)
            continue;
        text->text = larger;
        memcpy(text->text + text->length, bytes, (size_t)got);
        text->length += (size_t)got;
        text->text[text->length] = '\0';
    }
}

static void close_pipe(struct comparing *comparing, int which) {
    if (comparing->pipes[which] >= 0)
        close(comparing->pipes[which]);
    comparing->pipes[which] = -1;
}

/* The last whole line, without the program's name; what stood before it stays. */
static const char *last_line(struct taken_text *text, char line[256]) {
    size_t end = text->length;
    while (end && text->text[end - 1] != '\n')
        end--;
    size_t begin = end ? end - 1 : 0;
    while (begin && text->text[begin - 1] != '\n')
        begin--;
    snprintf(line, 256, "%.*s", end ? (int)(end - 1 - begin) : 0, text->text ? text->text + begin : "");
    return strncmp(line, "pyprof-tui: ", 12) == 0 ? line + 12 : line;
}

static void show(struct application *application) {
    application->message[0] = '\0';
    if (application->popup_kind == POPUP_NONE && application->prompt == PROMPT_NONE)
        popups_open(application, POPUP_COMPARISON);
    else
        application_message(application, "the comparison is done; W shows it");
}

static void end(struct application *application) {
    struct comparing *comparing = &application->comparing;
    char line[256];
    int status = 0;
    while (waitpid(comparing->pid, &status, 0) < 0 && errno == EINTR)
        ;
    comparing->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        for (size_t i = 0; i < COMPARED_MOST && comparing->marked_count; i++)
            forget_mark(comparing, 0);
        show(application);
    } else {
        comparing->texts[OUTPUT].length = 0;
        application_error(application, "%s", last_line(&comparing->texts[PROGRESS], line));
    }
    application->redraw = true;
}

void compare_functions_take(struct application *application) {
    struct comparing *comparing = &application->comparing;
    char line[256];
    if (!comparing->pid)
        return;
    size_t said = comparing->texts[PROGRESS].length;
    for (int i = 0; i < 2; i++)
        if (comparing->pipes[i] >= 0 && !take(comparing->pipes[i], &comparing->texts[i]))
            close_pipe(comparing, i);
    if (comparing->pipes[OUTPUT] < 0 && comparing->pipes[PROGRESS] < 0)
        end(application);
    else if (comparing->texts[PROGRESS].length > said)
        application_message(application, "comparing: %s; Esc ends it", last_line(&comparing->texts[PROGRESS], line));
}

static void stop(struct comparing *comparing) {
    kill(comparing->pid, SIGTERM);
    while (waitpid(comparing->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    for (int i = 0; i < 2; i++)
        close_pipe(comparing, i);
    comparing->pid = 0;
    comparing->texts[OUTPUT].length = 0;
}

bool compare_functions_cancel(struct application *application) {
    if (!application->comparing.pid)
        return false;
    stop(&application->comparing);
    application_message(application, "the comparison was ended; W asks again");
    return true;
}

bool compare_functions_fill(struct application *application, struct popup *popup) {
    const struct taken_text *text = &application->comparing.texts[OUTPUT];
    const char *at = text->length ? text->text : "";
    popup->title = "Comparison";
    while (*at) {
        char row[sizeof popup->rows->text];
        size_t length = strcspn(at, "\n");
        snprintf(row, sizeof row, "%.*s", (int)length, at);
        if (!popup_add(popup, 0, row))
            return false;
        at += length + (at[length] == '\n');
    }
    return popup->count > 0;
}

void compare_functions_free(struct application *application) {
    struct comparing *comparing = &application->comparing;
    if (comparing->pid)
        stop(comparing);
    while (comparing->marked_count)
        forget_mark(comparing, 0);
    for (int i = 0; i < 2; i++)
        free(comparing->texts[i].text);
    *comparing = (struct comparing){0};
}
