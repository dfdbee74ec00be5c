#include "tui/app/limits.h"

#include <inttypes.h>
#include <string.h>

#include "core/report/report_text.h"
#include "pyprof/report.h"

enum { LINES_SHOWN = 10 };

/* The process that took most, and what it took; process NULL: nothing is known. */
struct highest {
    const struct model *process;
    uint64_t bytes;
    uint32_t function; /* that ran then; 0: not known */
};

/* As in "104.0 MiB": what the report has, too. */
static double mebibytes(uint64_t bytes) { return (double)bytes / (1 << 20); }

static void consider_rss(struct highest *highest, const struct model *process) {
    size_t peak = model_peak_sample(process);
    if (peak == SIZE_MAX || (highest->process && process->samples[peak].rss <= highest->bytes))
        return;
    *highest = (struct highest){process, process->samples[peak].rss, process->samples[peak].function};
}

static void consider_heap(struct highest *highest, const struct model *process) {
    if ((process->collectors & COLLECTOR_MEMORY) && (!highest->process || process->heap.peak_bytes > highest->bytes))
        *highest = (struct highest){process, process->heap.peak_bytes, 0};
}

static void say_process(const struct model *program, const struct model *process, FILE *out) {
    if (program->child_count)
        fprintf(out, " of process %" PRIu32, process->pid);
}

static void say_broken(const struct highest *highest, const struct model *program, const char *what, const char *key,
                       const char *limit, FILE *out) {
    fprintf(out, "pyprof-tui: %s", what);
    say_process(program, highest->process, out);
    fprintf(out, " was %.1f MiB (%" PRIu64 " bytes), above the %s that %s allows", mebibytes(highest->bytes), highest->bytes,
            limit, key);
    if (highest->function) {
        const char *name = highest->process->functions[highest->function].qualname;
        fputs("; then ran ", out);
        report_text(out, name, strlen(name));
    }
    putc('\n', out);
}

/* Returns the process that broke the limit; NULL: none did. *kept becomes false where one did, or where that is not known. */
static const struct model *check(const struct model *program, const char *limit, const char *what, const char *key,
                                 void (*consider)(struct highest *, const struct model *), bool *kept, FILE *out) {
    struct highest highest = {0};
    uint64_t allowed;
    if (!limit || !config_size(limit, &allowed))
        return NULL;
    consider(&highest, program);
    for (size_t i = 0; i < program->child_count; i++)
        consider(&highest, program->children[i]);
    if (highest.process && highest.bytes <= allowed)
        return NULL;
    *kept = false;
    if (highest.process)
        say_broken(&highest, program, what, key, limit, out);
    else
        fprintf(out, "pyprof-tui: whether the %s that %s allows were enough is not known: nothing was measured\n",
                limit, key);
    return highest.process;
}

bool limits_check(const struct config *config, const struct model *program, FILE *out) {
    bool kept = true;
    program = model_program(program);
    const struct model *rss =
        check(program, config->limits.rss, "the highest RSS", "limits.rss (--max-rss)", consider_rss, &kept, out);
    const struct model *heap = check(program, config->limits.heap, "the heap's high-water mark", "limits.heap (--max-heap)",
                                     consider_heap, &kept, out);
    const struct model *shown = heap ? heap : rss;
    if (!shown)
        return kept;
    if (shown->collectors & COLLECTOR_MEMORY)
        report_top_sites(shown, LINES_SHOWN, out, NULL);
    else
        fputs("pyprof-tui: with memory in -k, the lines that it was allocated on would be shown here\n", out);
    return kept;
}

uint64_t limits_failed_checks(const struct model *program) {
    uint64_t failed = program->heap.failed_checks;
    for (size_t i = 0; i < program->child_count; i++)
        failed += program->children[i]->heap.failed_checks;
    return failed;
}
