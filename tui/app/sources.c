#include "tui/app/sources.h"

#include <stdlib.h>

/* Reads one file by way of a function that names it: decoding belongs to the model. */
static const struct model_source *read_into(struct model *store, const char *file) {
    if (store->function_count < 2) {
        struct model_function *functions = realloc(store->functions, 2 * sizeof *functions);
        if (!functions)
            return NULL;
        store->functions = functions;
        store->function_count = 2;
    }
    store->functions[1] = (struct model_function){.file = file, .name = "", .qualname = ""};
    bool read = model_load_sources(store, NULL);
    store->functions[1].file = ""; /* the name is the caller's */
    return read ? model_source(store, file) : NULL;
}

void sources_provide(struct model *store, struct model *model, const char *file) {
    if (!*file || model_source(model, file))
        return;
    const struct model_source *source = model_source(store, file);
    if (!source)
        source = read_into(store, file);
    if (source)
        model_add_source(model, file, source->text, source->length);
}
