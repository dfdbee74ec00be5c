/* writer.c - a config as YAML. What it writes loads back equal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/config/base64.h"
#include "core/config/options.h"
#include "core/config/values.h"
#include "core/profile/utf8.h"

#define TAG_BINARY "tag:yaml.org,2002:binary"

static const char header_changes[] = "# pyprof-tui config: what differs from the defaults (pyprof-tui --help=config)\n";
static const char header_all[] = "# pyprof-tui config (pyprof-tui --help=config explains every key)\n";

/* What the emitter writes to. */
struct text_buffer {
    char *text;
    size_t length, room;
};

static int append_to_buffer(void *data, unsigned char *bytes, size_t size) {
    struct text_buffer *buffer = data;
    if (buffer->length + size + 1 > buffer->room) {
        size_t room = (buffer->length + size + 1) * 2;
        char *larger = realloc(buffer->text, room);
        if (!larger)
            return 0;
        buffer->text = larger;
        buffer->room = room;
    }
    memcpy(buffer->text + buffer->length, bytes, size);
    buffer->length += size;
    buffer->text[buffer->length] = '\0';
    return 1;
}

static bool emit(yaml_emitter_t *emitter, yaml_event_t *event, int initialized) {
    return initialized && yaml_emitter_emit(emitter, event); /* takes the event over, also where it fails */
}

static bool emit_scalar(yaml_emitter_t *emitter, const char *tag, const char *text, yaml_scalar_style_t style) {
    yaml_event_t event;
    bool tagged = tag != NULL;
    return emit(emitter, &event,
                yaml_scalar_event_initialize(&event, NULL, (const yaml_char_t *)tag, (const yaml_char_t *)text, -1,
                                             !tagged, !tagged, style));
}

/* Texts that every YAML reader takes for the text they are, without quotes: path-like, not a number, not a word. */
static bool is_plain(const char *text) {
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", NULL};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";
    for (size_t i = 0; words[i]; i++)
        if (strcasecmp(text, words[i]) == 0)
            return false;
    const char *first_letter = text + strspn(text, "./");
    return *text && strchr(letters, *first_letter) && *first_letter && text[strspn(text, others)] == '\0' &&
           strcasecmp(first_letter, "inf") != 0 && strcasecmp(first_letter, "nan") != 0;
}

static bool emit_text(yaml_emitter_t *emitter, const char *text) {
    if (!text)
        return emit_scalar(emitter, NULL, "null", YAML_PLAIN_SCALAR_STYLE);
    if (is_plain(text))
        return emit_scalar(emitter, NULL, text, YAML_PLAIN_SCALAR_STYLE);
    if (utf8_is_valid(text, strlen(text)))
        return emit_scalar(emitter, NULL, text, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
    char *encoded = base64_encode(text, strlen(text));
    bool good = encoded && emit_scalar(emitter, TAG_BINARY, encoded, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
    free(encoded);
    return good;
}

static bool emit_list(yaml_emitter_t *emitter, const struct text_list *list) {
    yaml_event_t event;
    bool good = emit(emitter, &event,
                     yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_FLOW_SEQUENCE_STYLE));
    for (size_t i = 0; good && i < list->count; i++)
        good = emit_text(emitter, list->items[i]);
    return good && emit(emitter, &event, yaml_sequence_end_event_initialize(&event));
}

static bool begin_mapping(yaml_emitter_t *emitter, yaml_mapping_style_t style) {
    yaml_event_t event;
    return emit(emitter, &event, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, style));
}

static bool end_mapping(yaml_emitter_t *emitter) {
    yaml_event_t event;
    return emit(emitter, &event, yaml_mapping_end_event_initialize(&event));
}

static bool emit_map(yaml_emitter_t *emitter, const struct environment_list *map) {
    bool good = begin_mapping(emitter, map->count ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE);
    for (size_t i = 0; good && i < map->count; i++)
        good = emit_text(emitter, map->names[i]) && emit_text(emitter, map->values[i]);
    return good && end_mapping(emitter);
}

static bool emit_value(yaml_emitter_t *emitter, const struct config_option *option, const struct config *config) {
    const void *field = option_field_const(option, config);
    char number[32];
    switch (option->type) {
    case OPTION_BOOL:
        return emit_scalar(emitter, NULL, *(const bool *)field ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
    case OPTION_INTEGER:
        snprintf(number, sizeof number, "%" PRId64, *(const int64_t *)field);
        return emit_scalar(emitter, NULL, number, YAML_PLAIN_SCALAR_STYLE);
    case OPTION_TEXT:
        return emit_text(emitter, *(char *const *)field);
    case OPTION_LIST:
        return emit_list(emitter, field);
    case OPTION_MAP:
        return emit_map(emitter, field);
    }
    return false;
}

/* Bytes of path up to its `depth`th dot: the section on that level. 0: the path is not that deep. */
static size_t section_length(const char *path, size_t depth) {
    const char *dot = path - 1;
    for (size_t i = 0; i < depth; i++) {
        dot = strchr(dot + 1, '.');
        if (!dot)
            return 0;
    }
    return (size_t)(dot - path);
}

static size_t depth_of(const char *path) {
    size_t depth = 0;
    while (section_length(path, depth + 1))
        depth++;
    return depth;
}

/* Sections that both paths lie in. */
static size_t common_depth(const char *a, const char *b) {
    size_t depth = 0;
    for (;;) {
        size_t a_length = section_length(a, depth + 1), b_length = section_length(b, depth + 1);
        if (a_length == 0 || a_length != b_length || strncmp(a, b, a_length) != 0)
            return depth;
        depth++;
    }
}

/* Ends the sections that only the key before lies in and begins those of this one. The table has the keys of a section
 * side by side. */
static bool change_section(yaml_emitter_t *emitter, const char *before, const char *key) {
    size_t common = common_depth(before, key);
    bool good = true;
    for (size_t depth = depth_of(before); good && depth > common; depth--)
        good = end_mapping(emitter);
    for (size_t depth = common; good && depth < depth_of(key); depth++) {
        size_t start = depth ? section_length(key, depth) + 1 : 0;
        char name[OPTION_KEY_SIZE];
        snprintf(name, sizeof name, "%.*s", (int)(section_length(key, depth + 1) - start), key + start);
        good = emit_text(emitter, name) && begin_mapping(emitter, YAML_BLOCK_MAPPING_STYLE);
    }
    return good;
}

/* defaults: keys that equal theirs are left out; NULL: all are written. */
static bool emit_options(yaml_emitter_t *emitter, const struct config *config, const struct config *defaults) {
    const char *before = "";
    for (size_t i = 0; i < option_count; i++) {
        const struct config_option *option = &options[i];
        if (defaults && option_equal(option, config, defaults))
            continue;
        if (!change_section(emitter, before, option->key) || !emit_text(emitter, strrchr(option->key, '.') + 1) ||
            !emit_value(emitter, option, config))
            return false;
        before = option->key;
    }
    return change_section(emitter, before, "");
}

static bool emit_document(yaml_emitter_t *emitter, const struct config *config, const struct config *defaults) {
    yaml_event_t event;
    return emit(emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
           emit(emitter, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) &&
           begin_mapping(emitter, YAML_BLOCK_MAPPING_STYLE) && emit_options(emitter, config, defaults) &&
           end_mapping(emitter) && emit(emitter, &event, yaml_document_end_event_initialize(&event, 1)) &&
           emit(emitter, &event, yaml_stream_end_event_initialize(&event));
}

static bool has_changes(const struct config *config, const struct config *defaults) {
    for (size_t i = 0; i < option_count; i++)
        if (!option_equal(&options[i], config, defaults))
            return true;
    return false;
}

static bool write_document(struct text_buffer *buffer, const struct config *config, const struct config *defaults) {
    yaml_emitter_t emitter;
    if (!yaml_emitter_initialize(&emitter))
        return false;
    yaml_emitter_set_output(&emitter, append_to_buffer, buffer);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    bool good = emit_document(&emitter, config, defaults);
    yaml_emitter_delete(&emitter);
    return good;
}

char *config_to_yaml(const struct config *config, bool only_changes, struct error *error) {
    struct text_buffer buffer = {0};
    const char *header = only_changes ? header_changes : header_all;
    struct config *defaults = config_new();
    bool good = defaults && append_to_buffer(&buffer, (unsigned char *)header, strlen(header));
    if (good && (!only_changes || has_changes(config, defaults)))
        good = write_document(&buffer, config, only_changes ? defaults : NULL);
    config_free(defaults);
    if (good)
        return buffer.text;
    free(buffer.text);
    error_set(error, 1, "the config cannot be written: memory is out; close other programs and try again");
    return NULL;
}
