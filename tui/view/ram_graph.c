#include "tui/view/ram_graph.h"

enum { MEBIBYTE = 1 << 20 };
#define SMALLEST_STEP UINT64_C(10000000)
/* While it runs, a graph does not fill its pane within a second or two only to be squeezed and drawn anew again and again. */
#define SMALLEST_LIVE_STEP UINT64_C(100000000)

uint64_t ram_graph_step(uint64_t end_ns, int columns) {
    static const uint64_t factors[] = {1, 2, 5};
    uint64_t fit = columns > 0 ? (uint64_t)columns : 1;
    for (uint64_t decade = SMALLEST_STEP; decade < UINT64_MAX / 100; decade *= 10)
        for (int i = 0; i < 3; i++)
            if (end_ns / (decade * factors[i]) < fit)
                return decade * factors[i];
    return UINT64_MAX / 2;
}

uint64_t ram_graph_top(uint64_t peak) {
    static const uint64_t factors[] = {10, 15, 20, 25, 30, 40, 50, 60, 80};
    for (uint64_t decade = MEBIBYTE; decade < UINT64_MAX / 100; decade *= 10)
        for (int i = 0; i < 9; i++)
            if (decade * factors[i] / 10 >= peak)
                return decade * factors[i] / 10;
    return UINT64_MAX / 2;
}

/* Takes a sample into its column; columns since the last sample that have none go on with its value. */
static void add_sample(struct ram_graph *graph, const struct model_sample *sample, uint64_t *last) {
    uint64_t column = sample->t_ns / graph->step_ns;
    if (column >= RAM_MAX_COLUMNS || column + 1 < (uint64_t)graph->count)
        return; /* no sound model has samples out of order */
    for (; (uint64_t)graph->count < column; graph->count++)
        graph->low[graph->count] = graph->high[graph->count] = *last;
    if ((uint64_t)graph->count == column) {
        graph->low[column] = graph->high[column] = sample->rss;
        graph->count++;
    }
    if (sample->rss < graph->low[column])
        graph->low[column] = sample->rss;
    if (sample->rss > graph->high[column])
        graph->high[column] = sample->rss;
    *last = sample->rss;
}

void ram_graph_build(struct ram_graph *graph, const struct model *model, int columns) {
    graph->count = 0;
    graph->step_ns = SMALLEST_STEP;
    graph->top = MEBIBYTE;
    graph->peak = model_peak_sample(model);
    if (graph->peak == SIZE_MAX)
        return;
    if (columns > RAM_MAX_COLUMNS)
        columns = RAM_MAX_COLUMNS;
    graph->step_ns = ram_graph_step(model->samples[model->sample_count - 1].t_ns, columns);
    if (model->state != MODEL_ENDED && graph->step_ns < SMALLEST_LIVE_STEP)
        graph->step_ns = SMALLEST_LIVE_STEP;
    graph->top = ram_graph_top(model->samples[graph->peak].rss);
    uint64_t last = 0;
    for (size_t i = 0; i < model->sample_count; i++) {
        if (model->samples[i].rss == MODEL_UNKNOWN)
            continue;
        if (graph->count == 0)
            last = model->samples[i].rss; /* nothing is known from before the first one */
        add_sample(graph, &model->samples[i], &last);
    }
}

size_t ram_graph_sample(const struct model *model, uint64_t from_ns, uint64_t end_ns) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < model->sample_count && model->samples[i].t_ns < end_ns; i++) {
        const struct model_sample *sample = &model->samples[i];
        if (sample->rss == MODEL_UNKNOWN)
            continue;
        bool best_inside = best != SIZE_MAX && model->samples[best].t_ns >= from_ns;
        if (!best_inside || sample->rss > model->samples[best].rss)
            best = i;
    }
    return best;
}
