/* describe.c - every key, default and help text, for people to read: --help=config. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/options.h"

enum { TEXT_COLUMNS = 80, INDENT = 4 };

static void write_initial_list(const char *items, FILE *out) {
    const char *quote = strchr(items, '*') ? "\"" : ""; /* YAML takes a bare * for an alias */
    fputc('[', out);
    while (*items) {
        size_t length = strcspn(items, ",");
        fprintf(out, "%s%.*s%s", quote, (int)length, items, quote);
        items += length + (items[length] == ',');
        if (*items)
            fputs(", ", out);
    }
    fputc(']', out);
}

/* The default as it would stand in YAML. */
static void write_default(const struct config_option *option, FILE *out) {
    if (option->type == OPTION_MAP)
        fputs("{}", out);
    else if (option->type == OPTION_LIST && !option->initial)
        fputs("[]", out);
    else if (option->type == OPTION_LIST)
        write_initial_list(option->initial, out);
    else
        fputs(option->initial ? option->initial : "null", out);
}

/* Words filled into lines of at most TEXT_COLUMNS, each begun with INDENT blanks. */
static void write_filled(const char *text, FILE *out) {
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > TEXT_COLUMNS) {
            fputc('\n', out);
            column = 0;
        }
        column += (size_t)fprintf(out, "%*s%.*s", column ? 1 : INDENT, "", (int)length, text);
        text += length + strspn(text + length, " ");
    }
    fputc('\n', out);
}

static void write_option(const struct config_option *option, FILE *out) {
    char expected[256];
    fprintf(out, "%s: ", option->key);
    write_default(option, out);
    fputc('\n', out);
    write_filled(option->help, out);
    char allowed[320];
    snprintf(allowed, sizeof allowed, "Takes %s.", option_expectation(option, expected, sizeof expected));
    write_filled(allowed, out);
}

char *config_describe(void) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    write_filled("Keys of a session config (YAML) with their defaults. In the file they are nested: "
                 "\"collectors: {line: {enabled: true}}\" is collectors.line.enabled, as --set writes it.", out);
    for (size_t i = 0; i < option_count; i++) {
        fputc('\n', out);
        write_option(&options[i], out);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
