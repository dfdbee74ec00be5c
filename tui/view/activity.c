#include "tui/view/activity.h"

#include <stdlib.h>
#include <string.h>

enum { EIGHTHS = 8 };

void activity_free(struct activity *activity) {
    free(activity->before);
    free(activity->shares);
    free(activity->changes);
    *activity = (struct activity){0};
}

/* --- a look --------------------------------------------------------------------------------------------- */

static bool reserve(struct activity *activity, size_t count) {
    if (count <= activity->capacity)
        return true;
    size_t capacity = count + count / 4 + 64;
    uint64_t *before = calloc(capacity, sizeof *before);
    uint8_t *shares = calloc(capacity, ACTIVITY_CELLS);
    if (!before || !shares) {
        free(before);
        free(shares);
        return false;
    }
    if (activity->capacity)
        memcpy(before, activity->before, activity->capacity * sizeof *before);
    for (size_t cell = 0; activity->capacity && cell < ACTIVITY_CELLS; cell++)
        memcpy(shares + cell * capacity, activity->shares + cell * activity->capacity, activity->capacity);
    free(activity->before);
    free(activity->shares);
    activity->before = before;
    activity->shares = shares;
    activity->capacity = capacity;
    return true;
}

static bool forget(struct activity *activity) {
    activity_free(activity);
    return false;
}

bool activity_begin(struct activity *activity, size_t count) {
    activity->change_count = 0;
    return reserve(activity, count + 1) || forget(activity);
}

bool activity_note(struct activity *activity, uint32_t id, uint64_t counted) {
    uint64_t before = activity->before[id];
    activity->before[id] = counted;
    if (!activity->looked || counted <= before)
        return true;
    if (activity->change_count == activity->change_capacity) {
        size_t capacity = activity->change_capacity ? activity->change_capacity * 2 : 64;
        struct activity_change *grown = reallocarray(activity->changes, capacity, sizeof *grown);
        if (!grown)
            return forget(activity);
        activity->changes = grown;
        activity->change_capacity = capacity;
    }
    activity->changes[activity->change_count++] = (struct activity_change){id, counted - before};
    return true;
}

void activity_end(struct activity *activity, unsigned rows_of_each) {
    double all = 0;
    for (size_t i = 0; i < activity->change_count; i++)
        all += (double)activity->changes[i].counted / rows_of_each;
    if (activity->looked) {
        activity->newest = (activity->newest + 1) % ACTIVITY_CELLS;
        activity->intervals += activity->intervals < ACTIVITY_CELLS;
        uint8_t *shares = activity->shares + activity->newest * activity->capacity;
        memset(shares, 0, activity->capacity);
        for (size_t i = 0; i < activity->change_count; i++) {
            double share = (double)activity->changes[i].counted / all * ACTIVITY_WHOLE;
            shares[activity->changes[i].id] = share < 1                ? 1 /* what counted anything shows */
                                              : share > ACTIVITY_WHOLE ? ACTIVITY_WHOLE
                                                                       : (uint8_t)share;
        }
    }
    activity->looked = true;
}

/* --- functions ------------------------------------------------------------------------------------------ */

enum { MEASURE_TIME, MEASURE_INSTRUCTIONS, MEASURE_MEMORY };

static int measure_of(const struct model *model) {
    if (!model->collectors || model->collectors & COLLECTOR_FUNCTION)
        return MEASURE_TIME;
    return model->instructions != MODEL_UNKNOWN ? MEASURE_INSTRUCTIONS : MEASURE_MEMORY;
}

static uint64_t counted(const struct model_function *function, int measure) {
    if (measure == MEASURE_TIME)
        return function->self_ns == MODEL_UNKNOWN ? 0 : function->self_ns;
    if (measure == MEASURE_MEMORY)
        return function->memory.allocated_bytes;
    return function->instructions == MODEL_UNKNOWN ? 0 : function->instructions;
}

void activity_follow(struct activity *activity, const struct model *model) {
    int measure = measure_of(model);
    if (!model_stamp_update(&activity->model, model))
        return;
    if (run_stamp_update(&activity->run, model) || measure != activity->measure) {
        struct activity fresh = {.run = activity->run, .model = activity->model, .measure = measure};
        activity_free(activity);
        *activity = fresh;
    }
    if (!activity->looked && model->state == MODEL_ENDED)
        return;
    bool done = activity_begin(activity, model->function_count);
    for (size_t id = 1; done && id < model->function_count; id++)
        done = activity_note(activity, (uint32_t)id, counted(&model->functions[id], measure));
    if (done)
        activity_end(activity, 1);
}

/* --- showing -------------------------------------------------------------------------------------------- */

bool activity_is_known(const struct activity *activity) { return activity && activity->intervals > 0; }

/* `age` intervals ago. */
static uint8_t share_of(const struct activity *activity, uint32_t id, unsigned age) {
    unsigned cell = (activity->newest + ACTIVITY_CELLS - age) % ACTIVITY_CELLS;
    return age < activity->intervals && id < activity->capacity ? activity->shares[cell * activity->capacity + id] : 0;
}

uint32_t activity_recent(const struct activity *activity, uint32_t id) {
    uint32_t sum = 0;
    for (unsigned age = 0; activity_is_known(activity) && age < ACTIVITY_CELLS; age++)
        sum += share_of(activity, id, age);
    return sum;
}

/* To the nearest eighth: about a half, a half stays a half. What was rounded up may be more than a whole together. */
static unsigned eighths_of(uint32_t share) {
    unsigned eighths = (share * EIGHTHS + ACTIVITY_WHOLE / 2) / ACTIVITY_WHOLE;
    if (eighths > EIGHTHS)
        return EIGHTHS;
    return share && !eighths ? 1 : eighths;
}

void activity_add(const struct activity *activity, uint32_t id, uint32_t shares[ACTIVITY_CELLS]) {
    for (unsigned age = 0; activity_is_known(activity) && age < ACTIVITY_CELLS; age++)
        shares[age] += share_of(activity, id, age);
}

void activity_draw_shares(const struct activity *activity, const uint32_t shares[ACTIVITY_CELLS], struct grid *grid,
                          struct rectangle area, int row, int column, int cells, enum cell_style style) {
    static const char ascii[] = " .:-=+*%#";
    for (unsigned age = 0; activity_is_known(activity) && (int)age < cells; age++) {
        unsigned eighths = eighths_of(shares[age]);
        if (eighths)
            grid_glyph(grid, area, row, column + cells - 1 - (int)age, style,
                       grid->ascii ? (uint32_t)ascii[eighths] : 0x2580 + eighths);
    }
}

void activity_draw(const struct activity *activity, uint32_t id, struct grid *grid, struct rectangle area, int row, int column,
                   int cells, enum cell_style style) {
    uint32_t shares[ACTIVITY_CELLS] = {0};
    activity_add(activity, id, shares);
    activity_draw_shares(activity, shares, grid, area, row, column, cells, style);
}
