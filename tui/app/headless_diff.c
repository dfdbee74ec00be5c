#include "tui/app/headless_diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/compare/diff_condition.h"
#include "pyprof/session_diff.h"
#include "tui/app/diff_input.h"
#include "tui/app/headless.h"

/* The terminal's width, else what COLUMNS says; 0: any. */
static int columns_of_output(void) {
    struct winsize size;
    const char *variable = getenv("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    int columns = variable ? atoi(variable) : 0;
    return columns > 0 && columns < 10000 ? columns : 0;
}

static bool write_export(const struct command_line *command, const struct session_diff *diff, struct error *error) {
    const char *path = command->export_path;
    FILE *out = path ? fopen(path, "we") : stdout;
    if (!out)
        return error_set(error, EXIT_STATUS_USAGE, "%s: cannot be written: %s; name another file with -o", path, strerror(errno));
    bool done = diff_export_json(diff, out, error);
    if (path && fclose(out) != 0 && done)
        done = error_set(error, 1, "cannot be written: %s; make room or name another place", strerror(errno));
    return done || (path ? error_prefix(error, "%s", path) : false);
}

static bool print(const struct command_line *command, const struct session_diff *diff, struct error *error) {
    const char *list = command->report ? command->report : command->export_format ? NULL : "functions,lines";
    if (list && !diff_report_write(diff, list, columns_of_output(), stdout, error))
        return false;
    return !command->export_format || write_export(command, diff, error);
}

/* Says of each condition that is met what was found. *failed: one of them counts. */
static bool judge(const struct command_line *command, const struct session_diff *diff, bool *failed, struct error *error) {
    *failed = false;
    for (size_t i = 0; i < command->diff.conditions.count; i++) {
        struct diff_condition condition;
        enum diff_answer answer;
        char sentence[1024];
        if (!diff_condition_parse(command->diff.conditions.items[i], &condition, error) ||
            !diff_condition_judge(&condition, diff, &answer, sentence, sizeof sentence, error))
            return false;
        fflush(stdout);
        if (answer != DIFF_HOLDS_NOT)
            fprintf(stderr, "pyprof-tui: %s\n", sentence);
        *failed |= answer == DIFF_HOLDS;
    }
    return true;
}

static bool compare(const struct command_line *command, struct diff_input inputs[2], bool *failed, struct error *error) {
    for (int side = 0; side < 2; side++)
        if (!diff_input_find(&inputs[side], command->diff.sides.items[side], error) ||
            !diff_input_load(&inputs[side], NULL, error))
            return false;
    struct diff_side before = diff_input_side(&inputs[0]), after = diff_input_side(&inputs[1]);
    struct session_diff *diff = session_diff_new(&before, &after, NULL, error);
    bool done = diff && print(command, diff, error) && judge(command, diff, failed, error);
    session_diff_free(diff);
    return done;
}

int headless_diff(const struct command_line *command) {
    struct diff_input inputs[2] = {0};
    struct error error;
    bool failed = false, done = compare(command, inputs, &failed, &error);
    diff_input_free(&inputs[0]);
    diff_input_free(&inputs[1]);
    return !done ? headless_fail(&error) : failed ? EXIT_STATUS_LIMIT : 0;
}
