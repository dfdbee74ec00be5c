/* report_processes.c - the processes of a run, in the order of their start. */
#include <inttypes.h>
#include <string.h>

#include "core/report/report_text.h"

static uint64_t total_calls(const struct model *process) {
    uint64_t calls = 0;
    for (size_t id = 1; id < process->function_count; id++)
        if (process->functions[id].calls != MODEL_UNKNOWN)
            calls += process->functions[id].calls;
    return calls;
}

/* "status 0", "signal 9", "running"; "-" where it ended and nobody knows how. */
static void describe_end(const struct model *process, char *text, size_t size) {
    if (process->exit_kind != MODEL_EXIT_UNKNOWN)
        snprintf(text, size, "%s %" PRIu32, process->exit_kind == MODEL_EXIT_STATUS ? "status" : "signal",
                 process->exit_value);
    else
        snprintf(text, size, "%s", process->state == MODEL_ENDED ? "-" : "running");
}

static void write_process(const struct model *process, FILE *out) {
    char parent[16] = "", end[32];
    if (process->parent_pid)
        snprintf(parent, sizeof parent, "%" PRIu32, process->parent_pid);
    describe_end(process, end, sizeof end);
    const char *command = model_command(process);
    fprintf(out, "%7" PRIu32 " %7s %12.6f %12.6f %12" PRIu64 "  %-10s  ", process->pid, parent,
            report_seconds(process->wall_ns), report_seconds(model_total_self(process)), total_calls(process), end);
    report_text(out, command, strlen(command));
    putc('\n', out);
}

bool report_processes(const struct model *model, FILE *out, struct error *error) {
    (void)error; /* nothing here can fail; writing errors are the stream's */
    const struct model *program = model_program(model), *whole = model_whole(model);
    report_heading(whole, "Processes", out);
    fprintf(out, "\n%7s %7s %12s %12s %12s  %-10s  %s\n", "pid", "parent", "wall s", "self s", "calls", "ended", "command");
    write_process(program, out);
    for (size_t i = 0; i < program->child_count; i++)
        write_process(program->children[i], out);
    report_losses(whole, out);
    return true;
}
