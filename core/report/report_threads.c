/* report_threads.c - the threads of each process of a run: what each of them did. */
#include <inttypes.h>
#include <string.h>

#include "core/report/report_text.h"
#include "core/report/rows.h"

static void write_name(const struct model *process, const struct model_thread *thread, FILE *out) {
    const char *name = *thread->name ? thread->name : thread->system_id == process->pid ? "main thread" : "thread";
    report_text(out, name, strlen(name));
    if (thread->starts > 1) /* a thread that ends leaves its place to the next one */
        fprintf(out, ", and %" PRIu64 " before it", thread->starts - 1);
    putc('\n', out);
}

static void write_threads(const struct model *process, uint64_t whole, FILE *out) {
    bool counted = report_threads_are_counted(process);
    for (size_t i = 0; i < process->thread_count; i++) {
        const struct model_thread *thread = &process->threads[i];
        fprintf(out, "%7" PRIu32 " %7" PRIu64 "  %-8s", process->pid, thread->system_id, thread->running ? "running" : "ended");
        if (counted)
            fprintf(out, " %12.6f %6.1f %12" PRIu64 "  ", report_seconds(thread->self_ns), report_percent(thread->self_ns, whole),
                    thread->calls);
        else
            fprintf(out, " %12s %6s %12s  ", "-", "-", "-");
        write_name(process, thread, out);
    }
}

bool report_threads(const struct model *model, FILE *out, struct error *error) {
    (void)error; /* nothing here can fail; writing errors are the stream's */
    const struct model *program = model_program(model), *whole = model_whole(model);
    uint64_t self_ns = model_total_self(whole);
    report_heading(whole, "Threads", out);
    fprintf(out, "\n%7s %7s  %-8s %12s %6s %12s  %s\n", "process", "thread", "state", "self s", "self %", "calls", "name");
    write_threads(program, self_ns, out);
    for (size_t i = 0; i < program->child_count; i++)
        write_threads(program->children[i], self_ns, out);
    report_losses(whole, out);
    return true;
}
