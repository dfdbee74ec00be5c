#include "tui/view/path_choice.h"

const char path_no_memory[] = "There is not enough memory for the call paths; close other programs.";

static bool counts_time(const struct model *model) {
    return !model->collectors || (model->collectors & COLLECTOR_FUNCTION) || !memory_is_collected(model);
}

bool path_measure_update(struct path_measure *measure, const struct view_context *context) {
    struct path_measure before = *measure;
    if (!measure->chosen) {
        measure->memory = memory_is_collected(context->model) && (context->memory || !counts_time(context->model));
        measure->measure = context->measure;
    }
    return before.memory != measure->memory || before.measure != measure->measure;
}

bool path_measure_next(struct path_measure *measure, const struct view_context *context) {
    bool time = counts_time(context->model);
    if (!memory_is_collected(context->model))
        return false;
    measure->chosen = true;
    if (!measure->memory) {
        measure->memory = true;
        measure->measure = (enum memory_measure)0;
    } else if (measure->measure + 1 < MEMORY_MEASURE_COUNT) {
        measure->measure++;
    } else {
        measure->memory = !time;
        measure->measure = (enum memory_measure)0;
    }
    return true;
}

struct path_choice path_choice_of(const struct path_measure *measure, bool inverted) {
    return (struct path_choice){.inverted = inverted, .memory = measure->memory, .measure = measure->measure};
}

const char *path_measure_title(const struct path_choice *choice) {
    static const char *const titles[] = {
#define X(NAME, title, heading, menu) "memory " title,
        MEMORY_MEASURE_LIST(X)
#undef X
    };
    return choice->memory ? titles[choice->measure] : "self time";
}

const char *path_nothing(const struct path_choice *choice, const struct model *model) {
    if (!model->collectors && model->state != MODEL_STARTING)
        return "This run counts nothing: no collector is on (-k function,line).";
    if (choice->memory)
        return model->state == MODEL_ENDED ? "There is no memory of this kind." : "Nothing has been allocated yet.";
    return model->state == MODEL_ENDED ? "No call path was counted." : "No function has run yet.";
}
