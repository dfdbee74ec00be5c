#include "tui/app/progress.h"

#include <stdio.h>

#include "tui/view/number.h"
#include "tui/view/thread_place.h"

enum { CALLS_WIDTH = 5 };

static uint64_t count_calls(const struct model *model) {
    uint64_t calls = 0;
    for (size_t i = 1; i < model->function_count; i++)
        if (model->functions[i].calls != MODEL_UNKNOWN)
            calls += model->functions[i].calls;
    return calls;
}

void progress_note(struct progress *progress, const struct model *model) {
    struct progress noted = {.pid = model->pid, .calls = count_calls(model), .wall_ns = model->wall_ns,
                             .calls_per_second = MODEL_UNKNOWN};
    bool follows = progress->wall_ns && noted.pid == progress->pid && noted.calls >= progress->calls &&
                   noted.wall_ns > progress->wall_ns && noted.wall_ns != MODEL_UNKNOWN;
    if (follows && model->collectors & COLLECTOR_FUNCTION)
        noted.calls_per_second = (uint64_t)((double)(noted.calls - progress->calls) * 1e9 /
                                            (double)(noted.wall_ns - progress->wall_ns));
    *progress = noted;
}

/* Of the first thread that is in a function: mostly the main thread. */
static int describe_place(const struct model *model, char *text, size_t size) {
    int length = 0;
    for (size_t i = 0; i < model->thread_count && !length; i++)
        length = thread_place(model, &model->threads[i], text, size);
    return length;
}

void progress_describe(const struct progress *progress, const struct model *model, char *text, size_t size) {
    text[0] = '\0';
    if (model->state != MODEL_RUNNING)
        return;
    int used = describe_place(model, text, size);
    if (!progress->wall_ns || progress->calls_per_second == MODEL_UNKNOWN || progress->pid != model->pid ||
        used < 0 || (size_t)used >= size)
        return;
    char calls[NUMBER_SIZE];
    snprintf(text + used, size - (size_t)used, "%s%s calls/s", used ? "  " : "",
             number_count(calls, progress->calls_per_second, CALLS_WIDTH));
}
