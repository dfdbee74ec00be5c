/* report_losses.c - what is not in the numbers, and why. */
#include <inttypes.h>
#include <string.h>

#include "core/report/report_text.h"

static void write_count(uint64_t count, const char *one, const char *many, FILE *out) {
    if (count && count != MODEL_UNKNOWN)
        fprintf(out, "%" PRIu64 " %s\n", count, count == 1 ? one : many);
}

/* By reason; sessions of before reasons were kept have the number alone. */
static void write_left_alone(const struct model *model, FILE *out) {
    uint64_t rest = model->lost_codes;
    for (size_t i = 0; i < model->left_alone_count; i++) {
        const struct model_left_alone *row = &model->left_alone[i];
        fprintf(out, "%" PRIu64 " code object%s left alone: ", row->count, row->count == 1 ? "" : "s");
        report_text(out, row->reason, strlen(row->reason));
        fputs(row->count == 1 ? ": " : ", such as ", out);
        report_text(out, row->example, strlen(row->example));
        putc('\n', out);
        rest -= row->count < rest ? row->count : rest;
    }
    write_count(rest, "code object that could not be counted", "code objects that could not be counted", out);
}

void report_losses(const struct model *model, FILE *out) {
    write_left_alone(model, out);
    write_count(model->lost_nodes, "call counted on its caller, for want of room",
                "calls counted on their callers, for want of room", out);
    write_count(model->lost_frames, "call too deep to be timed", "calls too deep to be timed", out);
    write_count(model->lost_threads, "thread not counted, for want of room", "threads not counted, for want of room",
                out);
    write_count(model->lost_processes, "child process not counted, for want of room or of an engine for its Python",
                "child processes not counted, for want of room or of engines for their Pythons", out);
    for (size_t i = 0; i < model->unreadable_count; i++) {
        fputs("child process ", out);
        report_text(out, model->unreadable[i].name, strlen(model->unreadable[i].name));
        fputs(" not counted: ", out);
        report_text(out, model->unreadable[i].reason, strlen(model->unreadable[i].reason));
        putc('\n', out);
    }
}
