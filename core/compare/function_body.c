#include "core/compare/function_body.h"

#include <string.h>

/* What is open at the end of a line. */
struct scan {
    int brackets;
    char quote;     /* of the string that is open; 0: none */
    bool triple;
    bool continued; /* the line ends in a backslash */
};

const char *source_line(const struct source_lines *lines, uint32_t line, size_t *length) {
    size_t start = lines->starts[line - 1];
    size_t end = line < lines->count ? lines->starts[line] : lines->source->length;
    const char *text = lines->source->text + start;
    *length = end - start;
    while (*length && (text[*length - 1] == '\n' || text[*length - 1] == '\r'))
        --*length;
    return text;
}

static bool is_open(const struct scan *scan) { return scan->brackets > 0 || scan->quote || scan->continued; }

/* How many characters of an open string are done with at text[at]: an escape is two, its end closes it. */
static size_t scan_string(struct scan *scan, const char *text, size_t at, size_t length) {
    size_t left = length - at;
    if (text[at] == '\\')
        return left > 1 ? 2 : 1;
    if (text[at] != scan->quote)
        return 1;
    if (scan->triple && (left < 3 || text[at + 1] != scan->quote || text[at + 2] != scan->quote))
        return 1;
    scan->quote = 0;
    return scan->triple ? 3 : 1;
}

static size_t scan_quote(struct scan *scan, const char *text, size_t at, size_t length) {
    scan->quote = text[at];
    scan->triple = length - at >= 3 && text[at + 1] == text[at] && text[at + 2] == text[at];
    return scan->triple ? 3 : 1;
}

/* Takes a line in. A string in single quotes ends with its line unless that is continued. */
static void scan_line(struct scan *scan, const char *text, size_t length) {
    scan->continued = false;
    for (size_t at = 0; at < length;) {
        char character = text[at];
        if (scan->quote) {
            scan->continued = character == '\\' && at + 1 == length;
            at += scan_string(scan, text, at, length);
            continue;
        }
        if (character == '#')
            break;
        if (character == '"' || character == '\'') {
            at += scan_quote(scan, text, at, length);
            continue;
        }
        scan->brackets += (strchr("([{", character) != NULL) - (strchr(")]}", character) != NULL);
        scan->continued = character == '\\' && at + 1 == length;
        at++;
    }
    if (scan->quote && !scan->triple && !scan->continued)
        scan->quote = 0;
}

/* Columns of the first character; SIZE_MAX: the line is blank or a comment. */
static size_t indentation(const char *text, size_t length) {
    size_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\f'))
        at++;
    return at == length || text[at] == '#' ? SIZE_MAX : at;
}

/* The last line of the statement that begins in (or goes on from the middle of) a line. */
static uint32_t statement_end(const struct source_lines *lines, uint32_t line) {
    struct scan scan = {0};
    for (;; line++) {
        size_t length;
        const char *text = source_line(lines, line, &length);
        scan_line(&scan, text, length);
        if (!is_open(&scan) || line >= lines->count)
            return line;
    }
}

/* The last line of what stands deeper than `base`, behind the head that ends before `line`. */
static uint32_t block_end(const struct source_lines *lines, uint32_t line, size_t base) {
    uint32_t last = line - 1;
    while (line <= lines->count) {
        size_t length;
        const char *text = source_line(lines, line, &length);
        size_t column = indentation(text, length);
        if (column == SIZE_MAX) {
            line++;
            continue;
        }
        if (column <= base)
            break;
        last = statement_end(lines, line);
        line = last + 1;
    }
    return last;
}

static uint32_t definition_end(const struct source_lines *lines, uint32_t first) {
    size_t length;
    const char *text = source_line(lines, first, &length);
    size_t base = indentation(text, length);
    if (base == SIZE_MAX)
        return first;
    uint32_t line = first;
    while (base < length && text[base] == '@') { /* decorators, each a statement; comments may stand between */
        line = statement_end(lines, line) + 1;
        do {
            if (line > lines->count)
                return (uint32_t)lines->count;
            text = source_line(lines, line, &length);
        } while (indentation(text, length) == SIZE_MAX && line++);
        if (indentation(text, length) != base)
            return line - 1;
    }
    return block_end(lines, statement_end(lines, line) + 1, base);
}

struct line_range function_body(const struct source_lines *lines, const char *name, uint32_t first) {
    if (!lines->source || !lines->count)
        return (struct line_range){0};
    if (strcmp(name, "<module>") == 0)
        return (struct line_range){1, (uint32_t)lines->count};
    if (first == 0 || first > lines->count)
        return (struct line_range){0};
    return (struct line_range){first, *name == '<' ? statement_end(lines, first) : definition_end(lines, first)};
}
