#include "tui/app/sources.h"

void sources_provide(struct model *store, struct model *model, const char *file) {
    if (!*file || model_source(model, file))
        return;
    const struct model_source *source = model_load_source(store, file);
    if (source)
        model_add_source(model, file, source->text, source->length);
}
