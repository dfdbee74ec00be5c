#include "tui/app/sources.h"

#include <string.h>

void sources_provide(struct model *store, struct model *model, const char *file) {
    if (!*file || model_source(model, file))
        return;
    const struct model_source *source = model_load_source(store, file);
    if (source)
        model_add_source(model, file, source->text, source->length);
}

enum { MEMORY_FILES = 6 };

/* Puts a function among those with most bytes of different files, the most first. */
static void rank(const struct model *model, uint32_t function, uint32_t most[MEMORY_FILES]) {
    const struct model_function *candidate = &model->functions[function];
    int at = 0;
    while (at < MEMORY_FILES && most[at] && model->functions[most[at]].memory.peak_bytes >= candidate->memory.peak_bytes) {
        if (strcmp(model->functions[most[at]].file, candidate->file) == 0)
            return; /* one of the same file has more */
        at++;
    }
    for (uint32_t moved = function; moved && at < MEMORY_FILES; at++) {
        uint32_t before = most[at];
        most[at] = moved;
        moved = before && strcmp(model->functions[before].file, candidate->file) != 0 ? before : 0;
    }
}

void sources_provide_memory(struct model *store, struct model *live, const struct model *model) {
    uint32_t most[MEMORY_FILES] = {0};
    for (size_t i = 1; i < model->function_count; i++)
        if (model->functions[i].memory.peak_bytes > 0 && *model->functions[i].file && *model->functions[i].file != '<')
            rank(model, (uint32_t)i, most);
    for (int i = 0; i < MEMORY_FILES && most[i]; i++)
        sources_provide(store, live, model->functions[most[i]].file);
}
