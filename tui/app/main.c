/* main.c - does what the command line says, and turns what came of it into an exit status. */
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pyprof/recorder.h"
#include "pyprof/session.h"
#include "pyprof/version.h"
#include "tui/app/application.h"
#include "tui/app/command_line.h"
#include "tui/app/diff_input.h"
#include "tui/app/headless.h"
#include "tui/app/headless_comparison.h"
#include "tui/app/headless_diff.h"

static const char OWN_PROGRAM[] = "/proc/self/exe";

/* Keys are read from the controlling terminal, whatever stdin and stdout are. */
static bool has_terminal(void) {
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0)
        close(terminal);
    return terminal >= 0;
}

static int show_application(const struct application_start *start) {
    struct error error;
    int exit_status = application_run(start, &error);
    return exit_status ? headless_fail(&error) : 0;
}

/* What is a terminal becomes the target's own one, a pane; a file or a pipe stays the target's. */
static int pipe_or_pane(int descriptor) { return isatty(descriptor) ? -1 : descriptor; }

static int run_with_viewer(const struct command_line *command) {
    struct error error;
    int rows, columns;
    if (!application_check_terminal(command->config, &error))
        return headless_fail(&error);
    application_output_size(command->config, &rows, &columns);
    int connection = recorder_start(command->config, pipe_or_pane(STDIN_FILENO), pipe_or_pane(STDOUT_FILENO),
                                    pipe_or_pane(STDERR_FILENO), rows, columns, &error);
    if (connection < 0)
        return headless_fail(&error);
    struct application_start start = {.config = command->config, .program = OWN_PROGRAM, .recorder_socket = connection,
                                      .config_path = command->config_path};
    return show_application(&start);
}

static int reattach(const struct command_line *command) {
    struct error error;
    if (!application_check_terminal(command->config, &error) || (!command->reattach && !headless_choose_recorder(&error)))
        return headless_fail(&error);
    int connection = recorder_reattach(command->reattach, &error);
    if (connection < 0)
        return headless_fail(&error);
    struct application_start start = {.config = command->config, .program = OWN_PROGRAM, .recorder_socket = connection,
                                      .config_path = command->config_path};
    return show_application(&start);
}

static int show_session(const struct command_line *command) {
    struct error error;
    if (!application_check_terminal(command->config, &error))
        return headless_fail(&error);
    struct application_start start = {.config = command->config, .program = OWN_PROGRAM, .recorder_socket = -1,
                                      .process = command->process, .session_path = command->session,
                                      .config_path = command->config_path};
    return show_application(&start);
}

/* The interface opens the sessions after, of several the first, and compares it at once. */
static int show_diff(const struct command_line *command) {
    struct diff_input after;
    struct error error;
    const char *const *sides = (const char *const *)command->diff.sides.items;
    if (!application_check_terminal(command->config, &error))
        return headless_fail(&error);
    bool found = diff_input_find(&after, sides[0], &error);
    diff_input_free(&after);
    found = found && diff_input_find(&after, sides[1], &error);
    struct application_start start = {.config = command->config, .program = OWN_PROGRAM, .recorder_socket = -1,
                                      .diff_before = sides[0], .diff_after = sides[1], .config_path = command->config_path};
    if (found)
        start.session_path = after.names[0];
    int exit_status = found ? show_application(&start) : headless_fail(&error);
    diff_input_free(&after);
    return exit_status;
}

static int open_session(const struct command_line *command) {
    struct error error;
    if (!command->report && !command->export_format)
        return show_session(command);
    struct model *model = session_load(command->session, &error);
    bool done = model && headless_print(command, model, &error);
    model_free(model);
    return done ? 0 : headless_fail(&error);
}

static int print_text(char *text) {
    if (text)
        fputs(text, stdout);
    bool done = text && fflush(stdout) == 0;
    free(text);
    return done ? 0 : 1;
}

static int print_version(const struct command_line *command) {
    puts("pyprof-tui " PYPROF_VERSION);
    return print_text(recorder_describe_hosts(command->config));
}

/* The status that main exits with; *wait_status receives how a headless target ended, where one ran. */
static int perform(const struct command_line *command, int *wait_status) {
    struct error error;
    if (command->save_config && !config_save_file(command->config, command->save_config, &error))
        return headless_fail(&error);
    switch (command->action) {
    case COMMAND_RUN:
        if (!command->headless && has_terminal())
            return run_with_viewer(command);
        *wait_status = headless_run(command, command->headless);
        return 0;
    case COMMAND_OPEN_SESSION:
        return open_session(command);
    case COMMAND_DIFF:
        return command->headless || !isatty(STDOUT_FILENO) || !has_terminal() ? headless_diff(command) : show_diff(command);
    case COMMAND_REATTACH:
        return reattach(command);
    case COMMAND_COMPARE:
        return headless_compare_functions(command);
    case COMMAND_HELP:
    case COMMAND_HELP_COMPARE:
        fputs(command->action == COMMAND_HELP ? command_line_help() : command_line_help_compare(), stdout);
        return fflush(stdout) == 0 ? 0 : 1;
    case COMMAND_HELP_CONFIG:
        return print_text(config_describe());
    case COMMAND_VERSION:
        return print_version(command);
    case COMMAND_SAVE_CONFIG_ONLY:
        break;
    }
    return 0;
}

/* Where stdin, stdout or stderr are closed, no file of ours may take their numbers and get what is printed. The target
 * finds them closed all the same. */
static void occupy_standard_descriptors(void) {
    int descriptor;
    do
        descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0)
        close(descriptor);
}

/* Large arrays go back to the system when they are freed: by itself the allocator keeps ever larger ones for later
 * (mallopt(3), M_MMAP_THRESHOLD), and models and trees come and go with every refresh. */
static void return_freed_memory(void) { mallopt(M_MMAP_THRESHOLD, 256 << 10); }

int main(int argc, char **argv) {
    struct command_line command;
    struct error error;
    int wait_status = 0;
    return_freed_memory();
    recorder_remember_signals();
    occupy_standard_descriptors();
    setlocale(LC_CTYPE, "");
    if (!command_line_parse(argc, argv, &command, &error))
        return headless_fail(&error);
    int exit_status = perform(&command, &wait_status);
    command_line_free(&command);
    if (wait_status)
        recorder_exit_like(wait_status);
    return exit_status;
}
