/* config.c - a config's life, and what holds between its keys. */
#include "pyprof/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/config/options.h"
#include "core/config/values.h"
#include "core/config/words.h"
#include "pyprof/arena.h"
#include "pyprof/collectors.h"

struct collector_row {
    const char *name;
    uint32_t bit;
    bool built;
    size_t enabled; /* offset of its switch in struct config */
};

#define ENABLED_OF_FUNCTION offsetof(struct config, collectors.function.enabled)
#define ENABLED_OF_LINE offsetof(struct config, collectors.line.enabled)
#define ENABLED_OF_MEMORY offsetof(struct config, collectors.memory.enabled)
#define ENABLED_OF_BYTECODE offsetof(struct config, collectors.bytecode.enabled)
#define ENABLED_OF_SAMPLE offsetof(struct config, collectors.sample.enabled)

static const struct collector_row collectors[] = {
#define X(shift, NAME, text, is_built) {text, COLLECTOR_##NAME, is_built, ENABLED_OF_##NAME},
    COLLECTOR_LIST(X)
#undef X
};
enum { COLLECTOR_COUNT = sizeof collectors / sizeof collectors[0] };

static bool *collector_switch(struct config *config, size_t index) {
    return (bool *)((char *)config + collectors[index].enabled);
}
static bool collector_is_on(const struct config *config, size_t index) {
    return *(const bool *)((const char *)config + collectors[index].enabled);
}

struct config *config_new(void) {
    struct config *config = calloc(1, sizeof *config);
    for (size_t i = 0; config && i < option_count; i++)
        if (!option_reset(&options[i], config)) {
            config_free(config);
            return NULL;
        }
    return config;
}

void config_free(struct config *config) {
    if (!config)
        return;
    for (size_t i = 0; i < option_count; i++)
        option_release(&options[i], config);
    free(config);
}

struct config *config_copy(const struct config *config) {
    struct config *copy = calloc(1, sizeof *copy);
    for (size_t i = 0; copy && i < option_count; i++)
        if (!option_copy(&options[i], copy, config)) {
            config_free(copy);
            return NULL;
        }
    return copy;
}

uint32_t config_collectors(const struct config *config) {
    uint32_t bits = 0;
    for (size_t i = 0; i < COLLECTOR_COUNT; i++)
        if (collector_is_on(config, i))
            bits |= collectors[i].bit;
    return bits;
}

/* NULL-ended names of the collectors, of all or of those that this version has. */
static void list_names(const char *names[COLLECTOR_COUNT + 2], bool only_built) {
    size_t count = 0;
    for (size_t i = 0; i < COLLECTOR_COUNT; i++)
        if (collectors[i].built || !only_built)
            names[count++] = collectors[i].name;
    names[count] = NULL;
}

static bool unknown_collector(const char *name, struct error *error) {
    const char *names[COLLECTOR_COUNT + 2];
    list_names(names, false);
    names[COLLECTOR_COUNT] = "none";
    names[COLLECTOR_COUNT + 1] = NULL;
    char quoted[WORDS_QUOTED_SIZE], known[128];
    words_join(names, known, sizeof known);
    return error_set(error, EXIT_STATUS_USAGE, "-k: there is no collector %s; did you mean %s? (known: %s)",
                     words_quote(name, quoted), words_nearest(name, names), known);
}

/* One name of a list as bits; false: there is no such collector. */
static bool find_collector(const char *name, uint32_t *bits) {
    for (size_t i = 0; i < COLLECTOR_COUNT; i++)
        if (strcmp(name, collectors[i].name) == 0) {
            *bits |= collectors[i].bit;
            return true;
        }
    return false;
}

bool config_set_collectors(struct config *config, const char *list, struct error *error) {
    uint32_t bits = 0;
    bool none = strcmp(list, "none") == 0;
    for (const char *rest = list; !none; rest++) {
        size_t length = strcspn(rest, ",");
        char name[64];
        size_t kept = length < sizeof name ? length : sizeof name - 1;
        memcpy(name, rest, kept);
        name[kept] = '\0';
        if (strcmp(name, "none") == 0)
            return error_set(error, EXIT_STATUS_USAGE,
                             "-k: \"none\" stands beside other collectors; give it alone or leave it out");
        if (!find_collector(name, &bits))
            return unknown_collector(name, error);
        rest += length;
        if (*rest == '\0')
            break;
    }
    for (size_t i = 0; i < COLLECTOR_COUNT; i++)
        *collector_switch(config, i) = (bits & collectors[i].bit) != 0;
    return true;
}

static bool check_target(const struct config *config, struct error *error) {
    const struct {
        const char *key, *value;
    } given[] = {{"target.script", config->target.script},
                 {"target.module", config->target.module},
                 {"target.code", config->target.code}};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (given[i].value && first)
            return error_set(error, EXIT_STATUS_USAGE, "%s and %s are both given; keep one of them", first,
                             given[i].key);
        if (given[i].value)
            first = given[i].key;
    }
    return true;
}

static bool check_collectors_are_built(const struct config *config, struct error *error) {
    for (size_t i = 0; i < COLLECTOR_COUNT; i++) {
        if (collectors[i].built || !collector_is_on(config, i))
            continue;
        const char *names[COLLECTOR_COUNT + 2];
        char built[128];
        list_names(names, true);
        words_join(names, built, sizeof built);
        return error_set(error, EXIT_STATUS_USAGE,
                         "collectors.%s.enabled: the collector \"%s\" is not in this version; turn it off (those there "
                         "are: %s)",
                         collectors[i].name, collectors[i].name, built);
    }
    return true;
}

/* One reading of the clock serves both collectors. */
static bool check_clocks(const struct config *config, struct error *error) {
    const char *function = config->collectors.function.clock, *line = config->collectors.line.clock;
    if (!function || !line || strcmp(function, line) == 0)
        return true;
    return error_set(error, EXIT_STATUS_USAGE,
                     "collectors.function.clock is %s and collectors.line.clock is %s; a run has one clock, so leave "
                     "one of them out", function, line);
}

enum run_clock config_clock(const struct config *config) {
    const char *given = config->collectors.function.clock;
    if (!given)
        given = config->collectors.line.clock;
    for (int clock = 0; given && clock < RUN_CLOCK_COUNT; clock++)
        if (strcmp(given, run_clock_name((enum run_clock)clock)) == 0)
            return (enum run_clock)clock;
    return RUN_CLOCK_WALL;
}

/* The patterns of one list as the arena holds them: each with its '\0', and the empty one at the end. */
static size_t patterns_size(const struct text_list *list) {
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->items[i]) + 1;
    return size;
}

static bool check_pattern_room(const struct config *config, struct error *error) {
    size_t size = patterns_size(&config->collectors.function.include) +
                  patterns_size(&config->collectors.function.exclude) +
                  patterns_size(&config->collectors.line.include) + patterns_size(&config->collectors.line.exclude) +
                  patterns_size(&config->collectors.bytecode.include) +
                  patterns_size(&config->collectors.bytecode.exclude);
    if (size <= ARENA_SETTINGS_SIZE)
        return true;
    return error_set(error, EXIT_STATUS_USAGE,
                     "the include and exclude lists of function, line and bytecode hold %zu bytes of patterns, of %d at "
                     "most; use fewer, wider patterns",
                     size, ARENA_SETTINGS_SIZE);
}

bool config_validate(const struct config *config, struct error *error) {
    return check_target(config, error) && check_collectors_are_built(config, error) &&
           check_clocks(config, error) && check_pattern_room(config, error);
}
