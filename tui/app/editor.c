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

/* How editors are told the line: most as vi is. */
enum line_form { FORM_PLUS, FORM_GOTO, FORM_COLON };

static enum line_form form_of(const char *command) {
    static const struct { const char *name; enum line_form form; } editors[] = {
        {"code", FORM_GOTO}, {"code-insiders", FORM_GOTO}, {"codium", FORM_GOTO}, {"cursor", FORM_GOTO},
        {"subl", FORM_COLON}, {"zed", FORM_COLON}, {"hx", FORM_COLON},
    };
    size_t length = strcspn(command, " \t"), name = length;
    while (name > 0 && command[name - 1] != '/')
        name--;
    for (size_t i = 0; i < sizeof editors / sizeof *editors; i++)
        if (strlen(editors[i].name) == length - name && strncmp(editors[i].name, command + name, length - name) == 0)
            return editors[i].form;
    return FORM_PLUS;
}

/* The child: the terminal instead of the target's stdin and stdout, and no signal blocked. The shell splits the
 * command ("code --wait"); the file is an argument and needs no quoting. */
static _Noreturn void become_editor(const char *command, uint32_t line, const char *file) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int terminal = open("/dev/tty", O_RDWR);
    for (int descriptor = 0; terminal >= 0 && descriptor < 3; descriptor++)
        dup2(terminal, descriptor);
    char script[4096], position[16], place[4096 + 16];
    enum line_form form = form_of(command);
    snprintf(script, sizeof script, "exec %s \"$@\"", command);
    snprintf(position, sizeof position, "+%u", line);
    snprintf(place, sizeof place, "%s:%u", file, line);
    const char *first = form == FORM_PLUS ? position : form == FORM_GOTO ? "--goto" : place;
    const char *second = form == FORM_PLUS ? file : form == FORM_GOTO ? place : NULL;
    execl("/bin/sh", "sh", "-c", script, "sh", first, second, (char *)NULL);
    _exit(127);
}

bool editor_run(const char *file, uint32_t line, struct error *error) {
    const char *command = editor_command();
    int status;
    if (access(file, R_OK) != 0)
        return error_set(error, 1, "cannot open %s: %s", file, strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become_editor(command, line ? line : 1, file);
    if (child < 0)
        return error_set(error, 1, "cannot start the editor: %s", strerror(errno));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return error_set(error, 1, "cannot wait for the editor: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return error_set(error, 1, "there is no editor \"%s\"; set $EDITOR to the one you use", command);
    return true;
}
