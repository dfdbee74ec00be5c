#include "tui/app/remembered.h"

#include <stdlib.h>
#include <string.h>

void remembered_forget(struct application *application) {
    struct remembered_function *remembered = &application->remembered;
    free(remembered->file);
    free(remembered->qualname);
    *remembered = (struct remembered_function){0};
}

void remembered_keep(struct application *application) {
    const struct model *model = application->model;
    uint32_t id = application->place.function;
    if (id == 0 || id >= model->function_count)
        return;
    const struct model_function *function = &model->functions[id];
    remembered_forget(application);
    application->remembered.file = strdup(function->file);
    application->remembered.qualname = strdup(function->qualname);
    application->remembered.line = function->line;
}

void remembered_find(struct application *application) {
    struct remembered_function *remembered = &application->remembered;
    if (!remembered->file || !remembered->qualname)
        return;
    for (size_t id = 1; id < application->model->function_count; id++) {
        const struct model_function *function = &application->model->functions[id];
        if (function->line != remembered->line || strcmp(function->qualname, remembered->qualname) != 0 ||
            strcmp(function->file, remembered->file) != 0)
            continue;
        application->place.function = (uint32_t)id;
        application->untouched = false;
        remembered_forget(application);
        return;
    }
}
