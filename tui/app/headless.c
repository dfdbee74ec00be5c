#include "tui/app/headless.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "pyprof/arena.h"
#include "pyprof/recorder.h"
#include "pyprof/report.h"
#include "tui/app/limits.h"

int headless_fail(const struct error *error) {
    fflush(stdout);
    headless_say(error->text);
    return error->exit_status;
}

/* Control characters of files' names are none of the terminal's: those below blank, DEL, and U+0080 ... U+009F. */
void headless_say(const char *sentence) {
    fputs("pyprof-tui: ", stderr);
    for (const unsigned char *byte = (const unsigned char *)sentence; *byte; byte++) {
        bool upper = byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0;
        bool control = (*byte < ' ' && *byte != '\n' && *byte != '\t') || *byte == 0x7f || upper;
        putc(control ? '?' : *byte, stderr);
        byte += upper;
    }
    putc('\n', stderr);
}

static bool close_output(FILE *out, const char *name, struct error *error) {
    bool failed = ferror(out) != 0;
    failed |= (out == stdout ? fflush(out) : fclose(out)) != 0;
    return !failed || error_set(error, 1, "%s: cannot be written: %s; make room or name another place", name,
                                strerror(errno));
}

static bool print_export(const struct command_line *command, const struct model *model, struct error *error) {
    const char *path = command->export_path;
    FILE *out = path ? fopen(path, "we") : stdout;
    if (!out)
        return error_set(error, EXIT_STATUS_USAGE, "%s: cannot be written: %s; name another file with -o", path,
                         strerror(errno));
    bool done = export_write(model, command->export_format, out, error);
    if (!done && path)
        error_prefix(error, "%s", path);
    return close_output(out, path ? path : "stdout", done ? error : NULL) && done;
}

/* What --process says; NULL: *error. */
static const struct model *chosen_process(const struct command_line *command, const struct model *model,
                                          struct error *error) {
    const struct model *chosen = command->process ? model_process(model, command->process) : model_whole(model);
    if (!chosen)
        error_set(error, EXIT_STATUS_USAGE, "--process: there was no process %u in this run; --report processes lists those "
                  "there were", command->process);
    return chosen;
}

bool headless_print(const struct command_line *command, const struct model *program, struct error *error) {
    const struct model *model = chosen_process(command, program, error);
    if (!model)
        return false;
    if (command->report && !(report_write_list(model, command->report, stdout, error) &&
                             close_output(stdout, "stdout", error)))
        return false;
    return !command->export_format || print_export(command, model, error);
}

static bool print_finished(const struct command_line *command, const struct model *model, bool asked_for,
                           struct error *error) {
    if (!asked_for && !command->report && !command->export_format)
        return report_write_list(model_whole(model), "functions,lines", stderr, error);
    return headless_print(command, model, error);
}

static void print_notice(const char *sentence) { fprintf(stderr, "pyprof-tui: %s\n", sentence); }

int headless_run(const struct command_line *command, bool asked_for) {
    struct model *model = NULL;
    struct error error;
    char session_path[ARENA_PATH_SIZE];
    int wait_status = -1, exit_status = 0;
    if (!recorder_run_headless(command->config, command->save_session, print_notice, &model, &wait_status, session_path,
                               &error))
        exit_status = headless_fail(&error);
    if (model && !print_finished(command, model, asked_for, &error))
        exit_status = headless_fail(&error);
    bool target_failed = wait_status != -1 && wait_status != 0;
    bool kept_limits = !model || (limits_check(command->config, model, stderr) && !(target_failed && limits_failed_checks(model)));
    model_free(model);
    if (!kept_limits && !(target_failed && WIFSIGNALED(wait_status)))
        return W_EXITCODE(EXIT_STATUS_LIMIT, 0);
    return target_failed ? wait_status : W_EXITCODE(exit_status, 0);
}

static void print_age(uint64_t seconds) {
    if (seconds < 3600)
        printf("%4" PRIu64 ":%02" PRIu64, seconds / 60, seconds % 60);
    else
        printf("%3" PRIu64 "h%02" PRIu64, seconds / 3600, seconds / 60 % 60);
}

static void print_recorders(const struct recorder_entry *entries, size_t count) {
    uint64_t now = (uint64_t)time(NULL);
    printf("%8s %7s  %-15s  %s\n", "pid", "age", "state", "program");
    for (size_t i = 0; i < count; i++) {
        const struct recorder_entry *entry = &entries[i];
        printf("%8" PRIu32 " ", entry->target);
        print_age(now > entry->started_unix ? now - entry->started_unix : 0);
        const char *state = entry->ended ? "ended" : "running";
        printf("  %s%-*s  %s\n", state, 15 - (int)strlen(state), entry->shown ? ", shown" : "", entry->title);
    }
}

bool headless_choose_recorder(struct error *error) {
    struct recorder_entry entries[RECORDER_LIST_MAX];
    size_t count = recorder_list(entries, error), left = 0;
    for (size_t i = 0; i < count; i++)
        left += !entries[i].shown;
    if (!count || left == 1)
        return true;
    print_recorders(entries, count);
    return error_set(error, EXIT_STATUS_USAGE, left ? "there are several runs to come back to; choose one with --reattach PID"
                                                    : "every run that goes on is shown by another pyprof-tui; --reattach PID "
                                                      "takes it over");
}
