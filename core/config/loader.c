/* loader.c - YAML into a config: files, --set. Everything is read into a copy first: all of it is taken, or nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/config/options.h"
#include "core/config/values.h"
#include "core/config/words.h"
#include "core/config/yaml_text.h"

struct reading {
    struct yaml_text source;
    struct config *config;         /* the copy that is filled */
    size_t *given_at;              /* per option: the line it was given on, from 1; 0: not yet */
};

static yaml_node_t *node_of(struct reading *reading, int index) {
    return yaml_document_get_node(&reading->source.document, index);
}

static bool fail_expected(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    char found[WORDS_QUOTED_SIZE], expected[256];
    return yaml_text_fail(&reading->source, node->start_mark, "%s is %s; it must be %s", option->key,
                          yaml_text_describe(node, found), option_expectation(option, expected, sizeof expected));
}

static bool read_bool(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", NULL};
    static const char *const no[] = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", NULL};
    const char *plain = yaml_text_plain(node);
    if (!plain || (!words_contain(yes, plain) && !words_contain(no, plain)))
        return fail_expected(reading, option, node);
    *(bool *)option_field(option, reading->config) = words_contain(yes, plain);
    return true;
}

static bool read_integer(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    const char *plain = yaml_text_plain(node);
    if (!plain)
        return fail_expected(reading, option, node);
    const char *digits = plain + (*plain == '-' || *plain == '+');
    errno = 0;
    long long value = strtoll(plain, NULL, 10);
    if (*digits == '\0' || digits[strspn(digits, "0123456789")] != '\0' || errno == ERANGE || value < option->minimum ||
        value > option->maximum)
        return fail_expected(reading, option, node);
    *(int64_t *)option_field(option, reading->config) = value;
    return true;
}

/* A scalar that the option's words and not_empty allow, as a malloc'ed text; NULL: *error is set. */
static char *read_allowed_text(struct reading *reading, const struct config_option *option, const yaml_node_t *node,
                               const char *what) {
    char *text = yaml_text_scalar(&reading->source, node, what);
    if (!text)
        return NULL;
    bool known = !option->words || words_contain(option->words, text);
    if (known && !(option->not_empty && *text == '\0'))
        return text;
    char quoted[WORDS_QUOTED_SIZE], known_words[256];
    if (known) {
        yaml_text_fail(&reading->source, node->start_mark, "%s is empty; write text or leave it out", what);
    } else {
        words_join(option->words, known_words, sizeof known_words);
        yaml_text_fail(&reading->source, node->start_mark, "%s is %s; did you mean \"%s\"? (known: %s)", what,
                       words_quote(text, quoted), words_nearest(text, option->words), known_words);
    }
    free(text);
    return NULL;
}

static bool read_text(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    if (node->type != YAML_SCALAR_NODE)
        return fail_expected(reading, option, node);
    char *text = read_allowed_text(reading, option, node, option->key);
    uint64_t bytes;
    if (!text)
        return false;
    if (option->is_size && !config_size(text, &bytes)) {
        free(text);
        return fail_expected(reading, option, node);
    }
    char **field = option_field(option, reading->config);
    free(*field);
    *field = text;
    return true;
}

static bool list_has(const struct text_list *list, const char *text) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

static bool read_item(struct reading *reading, const struct config_option *option, const yaml_node_t *node,
                      size_t number) {
    struct text_list *list = option_field(option, reading->config);
    char what[OPTION_KEY_SIZE + 32], found[WORDS_QUOTED_SIZE];
    snprintf(what, sizeof what, "item %zu of %s", number, option->key);
    if (node->type != YAML_SCALAR_NODE)
        return yaml_text_fail(&reading->source, node->start_mark, "%s is %s; it must be text", what,
                              yaml_text_describe(node, found));
    if (yaml_text_is_null(node))
        return yaml_text_fail(&reading->source, node->start_mark,
                              "%s is null; put it in quotes if the text is meant, or remove it", what);
    char *text = read_allowed_text(reading, option, node, what);
    if (!text)
        return false;
    bool good;
    if (option->words && list_has(list, text))
        good = yaml_text_fail(&reading->source, node->start_mark, "%s is \"%s\" again; remove it", what, text);
    else
        good = text_list_append(list, text) || yaml_text_fail_memory(&reading->source);
    free(text);
    return good;
}

static bool read_list(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    if (node->type != YAML_SEQUENCE_NODE)
        return fail_expected(reading, option, node);
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count == 0 && option->words)
        return yaml_text_fail(&reading->source, node->start_mark, "%s is empty; leave it out for the default",
                              option->key);
    if (count > OPTION_LIST_MAX)
        return yaml_text_fail(&reading->source, node->start_mark, "%s has %zu items; give it at most %d", option->key,
                              count, OPTION_LIST_MAX);
    option_release(option, reading->config);
    for (size_t i = 0; i < count; i++)
        if (!read_item(reading, option, node_of(reading, node->data.sequence.items.start[i]), i + 1))
            return false;
    return true;
}

static bool map_has(const struct environment_list *map, const char *name) {
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->names[i], name) == 0)
            return true;
    return false;
}

static bool append_variable(struct reading *reading, const struct config_option *option, const yaml_node_t *node,
                            const char *name, const char *value) {
    struct environment_list *map = option_field(option, reading->config);
    char quoted[WORDS_QUOTED_SIZE];
    if (*name == '\0' || strchr(name, '='))
        return yaml_text_fail(&reading->source, node->start_mark,
                              "%s: %s is no name of a variable; it must not be empty and hold no =", option->key,
                              words_quote(name, quoted));
    if (map_has(map, name))
        return yaml_text_fail(&reading->source, node->start_mark, "%s: %s is given twice; remove one", option->key,
                              words_quote(name, quoted));
    return environment_list_append(map, name, value) || yaml_text_fail_memory(&reading->source);
}

static bool read_entry(struct reading *reading, const struct config_option *option, yaml_node_pair_t pair) {
    const yaml_node_t *key = node_of(reading, pair.key), *value = node_of(reading, pair.value);
    char what[OPTION_KEY_SIZE + 32], quoted[WORDS_QUOTED_SIZE];
    snprintf(what, sizeof what, "a name in %s", option->key);
    if (key->type != YAML_SCALAR_NODE)
        return yaml_text_fail(&reading->source, key->start_mark, "%s is %s; it must be text", what,
                              yaml_text_describe(key, quoted));
    char *name = yaml_text_scalar(&reading->source, key, what);
    if (!name)
        return false;
    char *text = NULL;
    char value_name[OPTION_KEY_SIZE + WORDS_QUOTED_SIZE + 8];
    snprintf(value_name, sizeof value_name, "%s of %s", words_quote(name, quoted), option->key);
    if (value->type != YAML_SCALAR_NODE || yaml_text_is_null(value))
        yaml_text_fail(&reading->source, value->start_mark, "%s is %s; it must be text (\"\" for none)", value_name,
                       value->type == YAML_SCALAR_NODE ? "null" : yaml_text_describe(value, quoted));
    else
        text = yaml_text_scalar(&reading->source, value, value_name);
    bool good = text && append_variable(reading, option, key, name, text);
    free(name);
    free(text);
    return good;
}

static bool read_map(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    if (node->type != YAML_MAPPING_NODE)
        return fail_expected(reading, option, node);
    size_t count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    if (count > OPTION_MAP_MAX)
        return yaml_text_fail(&reading->source, node->start_mark, "%s has %zu entries; give it at most %d", option->key,
                              count, OPTION_MAP_MAX);
    option_release(option, reading->config);
    for (size_t i = 0; i < count; i++)
        if (!read_entry(reading, option, node->data.mapping.pairs.start[i]))
            return false;
    return true;
}

static bool read_value(struct reading *reading, const struct config_option *option, const yaml_node_t *node) {
    if (yaml_text_is_null(node))
        return option_reset(option, reading->config) || yaml_text_fail_memory(&reading->source);
    switch (option->type) {
    case OPTION_BOOL:
        return read_bool(reading, option, node);
    case OPTION_INTEGER:
        return read_integer(reading, option, node);
    case OPTION_TEXT:
        return read_text(reading, option, node);
    case OPTION_LIST:
        return read_list(reading, option, node);
    case OPTION_MAP:
        return read_map(reading, option, node);
    }
    return false;
}

static bool reset_section(struct reading *reading, const char *path) {
    for (size_t i = 0; i < option_count; i++)
        if (option_is_under(&options[i], path) && !option_reset(&options[i], reading->config))
            return yaml_text_fail_memory(&reading->source);
    return true;
}

static bool fail_unknown(struct reading *reading, yaml_mark_t mark, const char *path) {
    char quoted[WORDS_QUOTED_SIZE], nearest[OPTION_KEY_SIZE];
    return yaml_text_fail(&reading->source, mark,
                          "there is no key %s; did you mean \"%s\"? (pyprof-tui --help=config lists all keys)",
                          words_quote(path, quoted), option_nearest(path, nearest));
}

static bool read_section(struct reading *reading, const char *path, const yaml_node_t *node);

/* The value of one full path: of an option, or of a section of options. */
static bool read_path(struct reading *reading, const char *path, yaml_mark_t key_mark, const yaml_node_t *node) {
    const struct config_option *option = option_find(path);
    if (!option && !option_is_section(path))
        return fail_unknown(reading, key_mark, path);
    if (!option)
        return yaml_text_is_null(node) ? reset_section(reading, path) : read_section(reading, path, node);
    size_t *given_at = &reading->given_at[option - options];
    if (*given_at)
        return yaml_text_fail(&reading->source, key_mark, "%s is given twice (first in line %zu); remove one", path,
                              *given_at);
    *given_at = key_mark.line + 1;
    return read_value(reading, option, node);
}

/* Keys of one mapping, each against those before it. There are few: an unknown one ends the reading at once. */
static bool check_not_repeated(struct reading *reading, const yaml_node_t *section, const yaml_node_pair_t *pair) {
    const yaml_node_t *key = node_of(reading, pair->key);
    for (const yaml_node_pair_t *other = section->data.mapping.pairs.start; other < pair; other++) {
        const yaml_node_t *other_key = node_of(reading, other->key);
        if (strcmp((const char *)key->data.scalar.value, (const char *)other_key->data.scalar.value) == 0)
            return yaml_text_fail(&reading->source, key->start_mark,
                                  "%s is given twice (first in line %zu); remove one",
                                  (const char *)key->data.scalar.value, other_key->start_mark.line + 1);
    }
    return true;
}

static bool read_key(struct reading *reading, const char *section, const yaml_node_t *node,
                     const yaml_node_pair_t *pair) {
    const yaml_node_t *key = node_of(reading, pair->key);
    char found[WORDS_QUOTED_SIZE];
    if (key->type != YAML_SCALAR_NODE)
        return yaml_text_fail(&reading->source, key->start_mark, "a key is %s; it must be a name",
                              yaml_text_describe(key, found));
    const char *name = (const char *)key->data.scalar.value;
    if (strcmp(name, "<<") == 0)
        return yaml_text_fail(&reading->source, key->start_mark,
                              "merging with << is not supported; write the keys out");
    char path[OPTION_KEY_SIZE];
    int length = snprintf(path, sizeof path, "%s%s%s", section, *section ? "." : "", name);
    if (length < 0 || (size_t)length >= sizeof path)
        return fail_unknown(reading, key->start_mark, name);
    return check_not_repeated(reading, node, pair) &&
           read_path(reading, path, key->start_mark, node_of(reading, pair->value));
}

/* Depth is bounded by that of the known sections: an alias cannot lead into a circle. */
static bool read_section(struct reading *reading, const char *path, const yaml_node_t *node) {
    char found[WORDS_QUOTED_SIZE];
    if (node->type != YAML_MAPPING_NODE)
        return yaml_text_fail(&reading->source, node->start_mark,
                              "%s is %s; it must hold keys with values (pyprof-tui --help=config lists all keys)",
                              *path ? path : "the config", yaml_text_describe(node, found));
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++)
        if (!read_key(reading, path, node, pair))
            return false;
    return true;
}

static bool read_root(struct reading *reading, const char *key) {
    const yaml_node_t *root = yaml_document_get_root_node(&reading->source.document);
    yaml_node_t nothing = {.type = YAML_SCALAR_NODE,
                           .tag = (yaml_char_t *)YAML_STR_TAG,
                           .data.scalar = {.value = (yaml_char_t *)"", .style = YAML_PLAIN_SCALAR_STYLE}};
    if (!root)
        root = &nothing;
    if (key)
        return read_path(reading, key, root->start_mark, root);
    return yaml_text_is_null(root) || read_section(reading, "", root);
}

/* Loads text into the config; with a key the text is that key's value. */
static bool load(struct config *config, struct yaml_text source, const char *key) {
    struct reading reading = {.source = source, .config = config_copy(config)};
    reading.given_at = calloc(option_count, sizeof *reading.given_at);
    bool good = reading.config && reading.given_at ? true : yaml_text_fail_memory(&reading.source);
    good = good && yaml_text_load(&reading.source) && read_root(&reading, key);
    if (good) {
        struct config before = *config;
        *config = *reading.config;
        *reading.config = before;
    }
    yaml_text_free(&reading.source);
    free(reading.given_at);
    config_free(reading.config);
    return good;
}

bool config_load_text(struct config *config, const char *name, const char *text, size_t length, struct error *error) {
    if (length > CONFIG_TEXT_MAX)
        return error_set(error, EXIT_STATUS_USAGE, "%s: this is longer than %d bytes, so it is hardly a config; check "
                         "the path", name, CONFIG_TEXT_MAX);
    struct error own;
    struct yaml_text source = {.name = name, .text = text, .length = length, .error = error ? error : &own};
    return load(config, source, NULL);
}

/* Up to limit bytes; -1: errno says why not. Regular files, pipes and process substitutions alike. */
static ssize_t read_all(int file, char *buffer, size_t limit) {
    size_t used = 0;
    while (used < limit) {
        ssize_t got = read(file, buffer + used, limit - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

static bool fail_to_read(const char *path, int failure, struct error *error) {
    const char *remedy = failure == ENOENT    ? "check the path of the config"
                         : failure == EACCES  ? "give yourself the right to read it"
                         : failure == EISDIR  ? "give the path of a YAML file in it"
                                              : "check the path and the disk";
    return error_set(error, EXIT_STATUS_USAGE, "%s: %s; %s", path, strerror(failure), remedy);
}

bool config_load_file(struct config *config, const char *path, struct error *error) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_to_read(path, errno, error);
    char *text = malloc(CONFIG_TEXT_MAX + 1);
    ssize_t length = text ? read_all(file, text, CONFIG_TEXT_MAX + 1) : 0;
    int failure = errno;
    close(file);
    bool good;
    if (!text)
        good = error_set(error, 1, "%s: memory is out; close other programs and try again", path);
    else if (length < 0)
        good = fail_to_read(path, failure, error);
    else
        good = config_load_text(config, path, text, (size_t)length, error);
    free(text);
    return good;
}

/* target.env.NAME=VALUE adds one variable or replaces it; VALUE is taken as it stands. */
static bool set_variable(struct config *config, const char *name, size_t name_length, const char *value,
                         struct error *error) {
    struct environment_list *map = &config->target.env;
    for (size_t i = 0; i < map->count; i++)
        if (strlen(map->names[i]) == name_length && memcmp(map->names[i], name, name_length) == 0)
            return text_replace(&map->values[i], value) || error_set(error, 1, "--set: memory is out");
    char *own_name = strndup(name, name_length);
    bool good = own_name && environment_list_append(map, own_name, value);
    free(own_name);
    return good || error_set(error, 1, "--set: memory is out; close other programs and try again");
}

bool config_set(struct config *config, const char *assignment, struct error *error) {
    static const char variable_prefix[] = "target.env.";
    const char *equals = strchr(assignment, '=');
    char quoted[WORDS_QUOTED_SIZE], key[OPTION_KEY_SIZE];
    if (!equals || equals == assignment)
        return error_set(error, EXIT_STATUS_USAGE,
                         "--set: %s is no KEY=VALUE; write for example --set ui.refresh_ms=1000",
                         words_quote(assignment, quoted));
    size_t prefix_length = sizeof variable_prefix - 1, key_length = (size_t)(equals - assignment);
    if (key_length > prefix_length && strncmp(assignment, variable_prefix, prefix_length) == 0)
        return set_variable(config, assignment + prefix_length, key_length - prefix_length, equals + 1, error);
    snprintf(key, sizeof key, "%.*s", (int)(key_length < sizeof key ? key_length : sizeof key), assignment);
    struct error own;
    struct yaml_text source = {.name = "--set", .one_line = true, .text = equals + 1, .length = strlen(equals + 1),
                               .error = error ? error : &own};
    if (source.length > CONFIG_TEXT_MAX)
        return error_set(error, EXIT_STATUS_USAGE, "--set: the value of %s is longer than %d bytes; shorten it", key,
                         CONFIG_TEXT_MAX);
    return load(config, source, key);
}
