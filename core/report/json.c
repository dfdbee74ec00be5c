#include "core/report/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/profile/utf8.h"

/* The escape of an ASCII character; NULL where it stands for itself or needs \u. */
static const char *short_escape(char character) {
    switch (character) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case '\b': return "\\b";
    case '\f': return "\\f";
    default: return NULL;
    }
}

static size_t write_character(FILE *out, const char *text, size_t length) {
    size_t size = utf8_character(text, length);
    const char *escape = short_escape(*text);
    if (size == 0)
        fputs(UTF8_REPLACEMENT, out);
    else if (escape)
        fputs(escape, out);
    else if ((unsigned char)*text < 0x20 || *text == 0x7F)
        fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
    else
        fwrite(text, 1, size, out);
    return size ? size : 1;
}

static void write_text(FILE *out, const char *text) {
    size_t length = strlen(text);
    putc('"', out);
    for (size_t at = 0; at < length;)
        at += write_character(out, text + at, length - at);
    putc('"', out);
}

static void begin_value(struct json *json, const char *key) {
    if (json->needs_comma)
        putc(',', json->out);
    if (json->breaks_line)
        fputs("\n ", json->out);
    else if (json->needs_comma)
        putc(' ', json->out);
    json->breaks_line = false;
    json->needs_comma = true;
    if (key) {
        write_text(json->out, key);
        fputs(": ", json->out);
    }
}

void json_begin(struct json *json, const char *key, char bracket) {
    begin_value(json, key);
    putc(bracket, json->out);
    json->needs_comma = false;
}

void json_end(struct json *json, char bracket) {
    putc(bracket, json->out);
    json->needs_comma = true;
}

void json_number(struct json *json, const char *key, uint64_t value) {
    begin_value(json, key);
    fprintf(json->out, "%" PRIu64, value);
}

void json_integer(struct json *json, const char *key, int64_t value) {
    begin_value(json, key);
    fprintf(json->out, "%" PRId64, value);
}

void json_real(struct json *json, const char *key, double value) {
    begin_value(json, key);
    if (isfinite(value))
        fprintf(json->out, "%.9g", value);
    else
        fputs("null", json->out);
}

void json_truth(struct json *json, const char *key, bool value) {
    begin_value(json, key);
    fputs(value ? "true" : "false", json->out);
}

void json_text(struct json *json, const char *key, const char *text) {
    begin_value(json, key);
    write_text(json->out, text);
}

void json_break(struct json *json) { json->breaks_line = true; }
