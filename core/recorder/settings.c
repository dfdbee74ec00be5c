#include "core/recorder/settings.h"

#include <string.h>

#include "core/recorder/target.h"
#include "pyprof/collectors.h"

/* Puts size bytes behind what is used already. */
static bool pack(struct arena_header *header, size_t *used, const char *text, size_t size) {
    if (size > sizeof header->settings - *used)
        return false;
    memcpy(header->settings + *used, text, size);
    *used += size;
    return true;
}

/* An empty pattern would end its list; it matches nothing and is left out. */
static bool pack_list(struct arena_header *header, size_t *used, const struct text_list *list, const char *key,
                      struct error *error) {
    bool fits = true;
    for (size_t i = 0; i < list->count && fits; i++)
        if (*list->items[i])
            fits = pack(header, used, list->items[i], strlen(list->items[i]) + 1);
    fits = fits && pack(header, used, "", 1);
    return fits || error_set(error, EXIT_STATUS_USAGE,
                             "%s: the patterns take more than %d bytes together; use fewer or "
                             "wider ones", key, ARENA_SETTINGS_SIZE);
}

static uint32_t built_collectors(void) {
#define X(bit, NAME, name, built) | ((built) ? COLLECTOR_##NAME : 0u)
    return 0u COLLECTOR_LIST(X);
#undef X
}

bool settings_write(struct arena_header *header, const struct config *config, struct error *error) {
    header->collectors = config_collectors(config) & built_collectors();
    header->builtins = config->collectors.function.builtins;
    header->marked_only = config->collectors.line.marked_only;
    header->run_clock = config_clock(config);
    header->children = config->collectors.children;
    header->census = config->collectors.memory.census;
    memset(header->settings, 0, sizeof header->settings);
    size_t used = 0;
    return pack_list(header, &used, &config->collectors.function.include, "collectors.function.include", error) &&
           pack_list(header, &used, &config->collectors.function.exclude, "collectors.function.exclude", error) &&
           pack_list(header, &used, &config->collectors.line.include, "collectors.line.include", error) &&
           pack_list(header, &used, &config->collectors.line.exclude, "collectors.line.exclude", error) &&
           pack_list(header, &used, &config->collectors.bytecode.include, "collectors.bytecode.include", error) &&
           pack_list(header, &used, &config->collectors.bytecode.exclude, "collectors.bytecode.exclude", error) &&
           target_project_folder(config, header->project_folder, error);
}
