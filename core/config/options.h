/* options.h - the one table of config keys. Loader, --set, writer, messages and help all read it.
 *
 * A row's key is the spelling of its member in struct config, and its type is that member's C type, so that neither can
 * disagree with the struct. */
#ifndef PYPROF_CONFIG_OPTIONS_H
#define PYPROF_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pyprof/config.h"

enum option_type { OPTION_BOOL, OPTION_INTEGER, OPTION_TEXT, OPTION_LIST, OPTION_MAP };

enum {
    OPTION_KEY_SIZE = 128,       /* a path that is longer is no known key */
    OPTION_LIST_MAX = 65536,     /* items of a list */
    OPTION_MAP_MAX = 4096,       /* entries of a map: duplicates are looked for pairwise */
    CONFIG_TEXT_MAX = 1 << 20,   /* bytes of a config file */
    CONFIG_NESTING_MAX = 16,     /* of YAML collections */
};

struct config_option {
    const char *key; /* "collectors.line.include" */
    enum option_type type;
    size_t offset;               /* in struct config */
    const char *initial;         /* the default; list items parted by ','; NULL: null, or nothing in it */
    int64_t minimum, maximum;    /* OPTION_INTEGER */
    const char *const *words;    /* NULL-ended: the words allowed (as text, or as items of a list); NULL: any */
    bool is_size;                /* a text that config_size takes */
    bool not_empty;              /* a text, each item of a list: at least one character */
    const char *help;
};

extern const struct config_option options[];
extern const size_t option_count;

/* NULL: there is no such key. */
const struct config_option *option_find(const char *key);

/* "collectors.line" is a section: keys begin with it and a dot. */
bool option_is_section(const char *path);
bool option_is_under(const struct config_option *option, const char *section);

/* The known key (or section) that is spelled most like the path. Returns nearest. */
const char *option_nearest(const char *path, char nearest[OPTION_KEY_SIZE]);

/* What a value has to be, for messages and help: "a whole number from 10 to 60000". Returns text. */
const char *option_expectation(const struct config_option *option, char *text, size_t size);

static inline void *option_field(const struct config_option *option, struct config *config) {
    return (char *)config + option->offset;
}
static inline const void *option_field_const(const struct config_option *option, const struct config *config) {
    return (const char *)config + option->offset;
}

#endif
