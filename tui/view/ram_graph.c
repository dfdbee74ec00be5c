#include "tui/view/ram_graph.h"

#include <string.h>

#include "tui/view/ram_axis.h"

/* While it runs, a graph does not fill its pane within a second or two only to be squeezed and drawn anew again and again. */
#define SMALLEST_LIVE_STEP UINT64_C(200000000)

uint64_t ram_graph_end(const struct model *model) {
    return model->sample_count ? model->samples[model->sample_count - 1].t_ns : 0;
}

uint64_t ram_graph_fit(const struct model *model, int columns) {
    uint64_t step = ram_step_for(ram_graph_end(model), columns < RAM_MAX_COLUMNS ? columns : RAM_MAX_COLUMNS);
    return model->state != MODEL_ENDED && step < SMALLEST_LIVE_STEP ? SMALLEST_LIVE_STEP : step;
}

/* The values of a sample; false: its RSS is not known. What else is not known counts as nothing. */
static bool read_sample(const struct model_sample *sample, uint64_t values[RAM_SERIES_COUNT]) {
    uint64_t heap = sample->heap == MODEL_UNKNOWN ? 0 : sample->heap;
    uint64_t native = sample->native == MODEL_UNKNOWN ? 0 : sample->native;
    values[RAM_RSS] = sample->rss;
    values[RAM_HEAP] = heap;
    values[RAM_COUNTED] = heap + native < heap ? UINT64_MAX : heap + native;
    return sample->rss != MODEL_UNKNOWN;
}

static void note_run(struct ram_graph *graph, const struct model_sample *sample, const uint64_t values[RAM_SERIES_COUNT]) {
    graph->known[RAM_RSS] = true;
    graph->known[RAM_HEAP] |= sample->heap != MODEL_UNKNOWN;
    graph->known[RAM_COUNTED] |= sample->native != MODEL_UNKNOWN;
    for (int series = 0; series < RAM_SERIES_COUNT; series++)
        if (values[series] > graph->highest)
            graph->highest = values[series];
    for (int generation = 0; generation < MODEL_GENERATIONS; generation++)
        graph->collections |= sample->collections[generation] != 0;
}

static void set_slot(struct ram_graph *graph, int slot, const uint64_t values[RAM_SERIES_COUNT]) {
    for (int series = 0; series < RAM_SERIES_COUNT; series++)
        graph->values[series][slot] = (struct ram_range){values[series], values[series]};
}

static void widen_slot(struct ram_graph *graph, int slot, const uint64_t values[RAM_SERIES_COUNT]) {
    for (int series = 0; series < RAM_SERIES_COUNT; series++) {
        struct ram_range *range = &graph->values[series][slot];
        if (values[series] < range->low)
            range->low = values[series];
        if (values[series] > range->high)
            range->high = values[series];
    }
}

/* Fills slots up to before `end` with the values of the sample before. */
static void carry(struct ram_graph *graph, int end, const uint64_t last[RAM_SERIES_COUNT]) {
    for (; graph->count < end; graph->count++)
        set_slot(graph, graph->count, last);
}

/* Takes a sample of the window into its slot. */
static void add_sample(struct ram_graph *graph, int slot, const struct model_sample *sample,
                       const uint64_t values[RAM_SERIES_COUNT]) {
    if (slot == graph->count) {
        set_slot(graph, slot, values);
        graph->count++;
    } else {
        widen_slot(graph, slot, values);
    }
    for (int generation = 0; generation < MODEL_GENERATIONS; generation++)
        if (sample->collections[generation] && graph->collected[slot / graph->slots] <= generation)
            graph->collected[slot / graph->slots] = (uint8_t)(generation + 1);
}

void ram_graph_build(struct ram_graph *graph, const struct model *model, uint64_t from_ns, uint64_t step_ns, int columns,
                     int slots) {
    uint64_t last[RAM_SERIES_COUNT] = {0}, last_ns = 0, slot_ns = step_ns / (uint64_t)slots;
    bool any = false;
    graph->step_ns = step_ns;
    graph->from_ns = from_ns / step_ns * step_ns;
    graph->columns = columns < RAM_MAX_COLUMNS ? columns : RAM_MAX_COLUMNS;
    graph->slots = slots;
    graph->first = graph->count = 0;
    graph->highest = 0;
    graph->collections = false;
    memset(graph->known, 0, sizeof graph->known);
    memset(graph->collected, 0, sizeof graph->collected);
    graph->peak = model_peak_sample(model);
    uint64_t end = (uint64_t)graph->columns * (uint64_t)slots;
    for (size_t i = 0; i < model->sample_count; i++) {
        const struct model_sample *sample = &model->samples[i];
        uint64_t values[RAM_SERIES_COUNT];
        if (!read_sample(sample, values) || sample->t_ns < last_ns)
            continue; /* no sound model has samples out of order */
        last_ns = sample->t_ns;
        note_run(graph, sample, values);
        uint64_t slot = sample->t_ns < graph->from_ns ? 0 : (sample->t_ns - graph->from_ns) / slot_ns;
        if (sample->t_ns >= graph->from_ns) {
            if (!any) /* nothing is known from before the first one */
                graph->first = graph->count = slot < end ? (int)slot : (int)end;
            carry(graph, slot < end ? (int)slot : (int)end, last);
            if (slot < end)
                add_sample(graph, (int)slot, sample, values);
        }
        any = true;
        memcpy(last, values, sizeof last);
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
    for (size_t i = 0; i < model->sample_count && best == SIZE_MAX; i++) /* all come later */
        best = model->samples[i].rss != MODEL_UNKNOWN ? i : SIZE_MAX;
    return best;
}
