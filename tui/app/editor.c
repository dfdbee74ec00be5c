#include "tui/app/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *editor_command(void) {
    static const char *const variables[] = {"VISUAL", "EDITOR"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *command = getenv(variables[i]);
        if (command && *command)
            return command;
    }
    return "vi";
}

/* The child: the terminal instead of the target's stdin and stdout, and no signal blocked. The shell splits the
 * command ("code --wait"); the file is an argument and needs no quoting. */
static _Noreturn void become_editor(const char *command, const char *line, const char *file) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int terminal = open("/dev/tty", O_RDWR);
    for (int descriptor = 0; terminal >= 0 && descriptor < 3; descriptor++)
        dup2(terminal, descriptor);
    char script[4096];
    snprintf(script, sizeof script, "exec %s \"$@\"", command);
    execl("/bin/sh", "sh", "-c", script, "sh", line, file, (char *)NULL);
    _exit(127);
}

bool editor_run(const char *file, uint32_t line, struct error *error) {
    const char *command = editor_command();
    char position[16];
    int status;
    snprintf(position, sizeof position, "+%u", line ? line : 1);
    if (access(file, R_OK) != 0)
        return error_set(error, 1, "cannot open %s: %s", file, strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become_editor(command, position, file);
    if (child < 0)
        return error_set(error, 1, "cannot start the editor: %s", strerror(errno));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return error_set(error, 1, "cannot wait for the editor: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return error_set(error, 1, "there is no editor \"%s\"; set $EDITOR to the one you use", command);
    return true;
}
