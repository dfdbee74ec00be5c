#include "tui/app/headless_comparison.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/report/compare_report.h"
#include "tui/app/headless.h"

enum { USUAL_COLUMNS = 120 };

/* The terminal's width; else what COLUMNS says. */
static int columns_of_output(void) {
    struct winsize size;
    const char *variable = getenv("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    int columns = variable ? atoi(variable) : 0;
    return columns > 0 && columns < 10000 ? columns : USUAL_COLUMNS;
}

/* One line on the terminal that is written over. */
static void tell(void *receiver, const char *sentence) {
    bool *told = receiver;
    fprintf(stderr, "\r\033[Kpyprof-tui: %.*s", 60, sentence);
    *told = true;
}

static void tell_line(void *receiver, const char *sentence) {
    (void)receiver;
    fprintf(stderr, "pyprof-tui: %s\n", sentence);
}

static void tell_nothing(void *receiver, const char *sentence) { (void)receiver, (void)sentence; }

static bool print(const struct command_line *command, const struct comparison *comparison, struct error *error) {
    const char *path = command->export_path;
    FILE *out = path ? fopen(path, "we") : stdout;
    if (!out)
        return error_set(error, EXIT_STATUS_USAGE, "%s: cannot be written: %s; name another file with -o", path, strerror(errno));
    bool done = command->export_format ? compare_report_json(comparison, out, error)
                                       : compare_report_text(comparison, columns_of_output(), out, error);
    bool closed = (out == stdout ? fflush(out) : fclose(out)) == 0;
    if (done && !closed)
        error_set(error, 1, "%s: cannot be written: %s; make room or name another place", path ? path : "stdout", strerror(errno));
    return done && closed;
}

int headless_compare_functions(const struct command_line *command) {
    bool told = false;
    char *traceback = NULL;
    struct error error;
    struct comparison_order order = {
        .config = command->config,
        .candidates = (const char *const *)command->compare.candidates.items,
        .count = command->compare.candidates.count,
        .setup = command->compare.setup,
        .arguments = command->compare.arguments,
        .time_s = command->compare.time_s,
        .limit_s = command->compare.limit_s,
    };
    bool seen = isatty(STDERR_FILENO);
    struct comparison_listener listener = {command->compare.progress ? tell_line : seen ? tell : tell_nothing, &told};
    struct comparison *comparison = comparison_run(&order, &listener, &traceback, &error);
    if (told)
        fputs("\r\033[K", stderr);
    if (traceback)
        fputs(traceback, stderr);
    free(traceback);
    bool done = comparison && print(command, comparison, &error);
    comparison_free(comparison);
    return done ? 0 : headless_fail(&error);
}
