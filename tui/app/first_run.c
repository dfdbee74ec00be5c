#include "tui/app/first_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The XDG base directory specification: a path that is not absolute counts as none. */
static bool note_path(char *path, size_t size) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (state && state[0] == '/')
        length = snprintf(path, size, "%s/pyprof-tui/greeted", state);
    else if (home && home[0] == '/')
        length = snprintf(path, size, "%s/.local/state/pyprof-tui/greeted", home);
    return length > 0 && (size_t)length < size;
}

/* What cannot be made is noticed when the file is. */
static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static bool is_first_run(void) {
    char path[4096];
    if (!note_path(path, sizeof path) || access(path, F_OK) == 0)
        return false;
    make_folders(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0)
        close(file);
    return file >= 0;
}

void first_run_hint(struct application *application) {
    if (is_first_run())
        application->hint = "new here? ? lists the keys, Enter goes into a function, q quits";
}
