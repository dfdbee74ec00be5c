#include "tui/app/progress.h"

#include <stdio.h>
#include <string.h>

#include "tui/term/grid.h"
#include "tui/view/collector_words.h"
#include "tui/view/number.h"
#include "tui/view/thread_place.h"

enum { CALLS_WIDTH = 5, LEAST_PLACE = 8 };

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
    if (follows && collectors_now(model) & COLLECTOR_FUNCTION)
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

/* Leaves `columns` columns of a text, the last of them a sign that there was more; nothing where that would say nothing. */
static void cut(char *text, int columns) {
    size_t length = strlen(text);
    if (grid_text_width(text) <= columns)
        return;
    if (columns < LEAST_PLACE) {
        text[0] = '\0';
        return;
    }
    while (length && grid_text_width(text) >= columns) {
        while (length && ((unsigned char)text[--length] & 0xc0) == 0x80)
            ;
        text[length] = '\0';
    }
    strcpy(text + length, "~");
}

void progress_describe(const struct progress *progress, const struct model *model, int columns, char *text, size_t size) {
    char place[128] = "", calls[NUMBER_SIZE + 16] = "", number[NUMBER_SIZE];
    text[0] = '\0';
    if (model->state != MODEL_RUNNING)
        return;
    describe_place(model, place, sizeof place);
    if (progress->wall_ns && progress->calls_per_second != MODEL_UNKNOWN && progress->pid == model->pid)
        snprintf(calls, sizeof calls, "%s calls/s", number_count(number, progress->calls_per_second, CALLS_WIDTH));
    if ((int)strlen(calls) > columns)
        calls[0] = '\0';
    cut(place, columns - (*calls ? (int)strlen(calls) + 2 : 0));
    snprintf(text, size, "%s%s%s", place, *place && *calls ? "  " : "", calls);
}
