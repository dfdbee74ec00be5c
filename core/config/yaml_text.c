#include "core/config/yaml_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/base64.h"
#include "core/config/options.h"
#include "core/config/words.h"
#include "core/profile/utf8.h"

#define TAG_BINARY "tag:yaml.org,2002:binary"

bool yaml_text_fail(const struct yaml_text *source, yaml_mark_t mark, const char *format, ...) {
    char message[sizeof source->error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_set(source->error, EXIT_STATUS_USAGE, "%s", message);
    if (source->one_line)
        return error_prefix(source->error, "%s", source->name);
    return error_prefix(source->error, "%s:%zu:%zu", source->name, mark.line + 1, mark.column + 1);
}

bool yaml_text_fail_memory(const struct yaml_text *source) {
    return error_set(source->error, 1, "%s: memory is out; close other programs and try again", source->name);
}

/* Line and column (in characters, as libyaml counts them) of a byte. */
static yaml_mark_t mark_of_offset(const struct yaml_text *source, size_t offset) {
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < source->length; i++) {
        unsigned char byte = (unsigned char)source->text[i];
        if (byte == '\n') {
            mark.line++;
            mark.column = 0;
        } else if ((byte & 0xc0) != 0x80) {
            mark.column++;
        }
    }
    return mark;
}

/* libyaml accepts UTF-16 too and names no line for malformed bytes, so this is looked at first. */
static bool check_encoding(const struct yaml_text *source) {
    const char *at = source->text, *end = source->text + source->length;
    while (at < end) {
        size_t length = utf8_character(at, (size_t)(end - at));
        if (length == 0 || *at == '\0')
            return yaml_text_fail(source, mark_of_offset(source, (size_t)(at - source->text)),
                                  "this is not UTF-8 text (byte 0x%02x); save the file as UTF-8", (unsigned char)*at);
        at += length;
    }
    return true;
}

static bool fail_in_parser(const struct yaml_text *source, const yaml_parser_t *parser) {
    const char *problem = parser->problem ? parser->problem : "this is not YAML";
    if (parser->error == YAML_MEMORY_ERROR)
        return yaml_text_fail_memory(source);
    if (parser->error == YAML_READER_ERROR)
        return yaml_text_fail(source, mark_of_offset(source, parser->problem_offset),
                              "%s (character 0x%02x); remove it", problem, (unsigned)parser->problem_value);
    if (parser->context)
        return yaml_text_fail(source, parser->problem_mark, "%s, %s; correct the YAML here", parser->context, problem);
    return yaml_text_fail(source, parser->problem_mark, "%s; correct the YAML here", problem);
}

static void give_input(yaml_parser_t *parser, const struct yaml_text *source) {
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *)source->text, source->length);
}

/* One event of the first pass: how deep it leads, and whether it opens a second document. */
static bool check_event(const struct yaml_text *source, const yaml_event_t *event, int *depth, int *documents) {
    switch (event->type) {
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        if (++*depth > CONFIG_NESTING_MAX)
            return yaml_text_fail(source, event->start_mark,
                                  "this is nested more than %d levels deep; no key needs that, write it flat",
                                  CONFIG_NESTING_MAX);
        return true;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        --*depth;
        return true;
    case YAML_DOCUMENT_START_EVENT:
        if (++*documents > 1)
            return yaml_text_fail(source, event->start_mark,
                                  "a second document begins here; keep one document, without \"---\" in between");
        return true;
    default:
        return true;
    }
}

/* Runs through the events before anything is built from them, so that the document's size and depth are bounded. */
static bool check_structure(const struct yaml_text *source) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return yaml_text_fail_memory(source);
    give_input(&parser, source);
    int depth = 0, documents = 0;
    bool good = true, ended = false;
    while (good && !ended) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            good = fail_in_parser(source, &parser);
            break;
        }
        good = check_event(source, &event, &depth, &documents);
        ended = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return good;
}

bool yaml_text_load(struct yaml_text *source) {
    source->loaded = false;
    if (!check_encoding(source) || !check_structure(source))
        return false;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return yaml_text_fail_memory(source);
    give_input(&parser, source);
    source->loaded = yaml_parser_load(&parser, &source->document);
    if (!source->loaded)
        fail_in_parser(source, &parser); /* an alias of nothing, a second anchor of one name */
    yaml_parser_delete(&parser);
    return source->loaded;
}

void yaml_text_free(struct yaml_text *source) {
    if (source->loaded)
        yaml_document_delete(&source->document);
    source->loaded = false;
}

const char *yaml_text_plain(const yaml_node_t *node) {
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return NULL;
    if (strcmp((const char *)node->tag, YAML_STR_TAG) != 0)
        return NULL;
    return (const char *)node->data.scalar.value; /* a plain scalar cannot hold a NUL */
}

bool yaml_text_is_null(const yaml_node_t *node) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    const char *plain = yaml_text_plain(node);
    return plain && words_contain(nulls, plain);
}

static char *decode_binary(const struct yaml_text *source, const yaml_node_t *node, const char *what, size_t *length) {
    bool malformed;
    char *bytes = base64_decode((const char *)node->data.scalar.value, node->data.scalar.length, length, &malformed);
    if (malformed)
        yaml_text_fail(source, node->start_mark, "%s: this !!binary is not base64; correct it", what);
    else if (!bytes)
        yaml_text_fail_memory(source);
    return bytes;
}

char *yaml_text_scalar(const struct yaml_text *source, const yaml_node_t *node, const char *what) {
    const char *tag = (const char *)node->tag;
    size_t length = node->data.scalar.length;
    char *text = NULL;
    if (strcmp(tag, TAG_BINARY) == 0) {
        text = decode_binary(source, node, what, &length);
    } else if (strcmp(tag, YAML_STR_TAG) == 0) {
        text = strndup((const char *)node->data.scalar.value, length);
        if (!text)
            yaml_text_fail_memory(source);
        else if (strlen(text) < length)
            length = strlen(text) + 1; /* strndup stopped at a NUL */
    } else {
        char quoted[WORDS_QUOTED_SIZE];
        yaml_text_fail(source, node->start_mark, "%s has the tag %s, which means nothing here; leave it out", what,
                       words_quote(tag, quoted));
    }
    if (text && strlen(text) != length) {
        yaml_text_fail(source, node->start_mark, "%s holds a NUL character; remove it", what);
        free(text);
        return NULL;
    }
    return text;
}

const char *yaml_text_describe(const yaml_node_t *node, char *text) {
    if (node->type == YAML_SEQUENCE_NODE)
        return strcpy(text, "a list");
    if (node->type == YAML_MAPPING_NODE)
        return strcpy(text, "a mapping");
    return words_quote((const char *)node->data.scalar.value, text);
}
