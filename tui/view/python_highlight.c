#include "tui/view/python_highlight.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "tui/term/grid.h"

struct line {
    const char *text;
    size_t length, at;
    uint8_t *styles; /* may be NULL */
};

static void style_until(struct line *line, size_t end, enum cell_style style) {
    if (line->styles && end > line->at)
        memset(line->styles + line->at, style, end - line->at);
    line->at = end;
}

static bool is_name(char byte) { return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80; }

static bool is_keyword(const char *word, size_t length) {
    static const char *const keywords[] = {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
        "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    };
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strlen(keywords[i]) == length && !memcmp(keywords[i], word, length))
            return true;
    return false;
}

/* Goes on inside a string until its end or the line's; returns the state then. */
static uint8_t string_rest(struct line *line, uint8_t state) {
    char quote = state == PYTHON_TRIPLE_SINGLE || state == PYTHON_SINGLE ? '\'' : '"';
    bool triple = state == PYTHON_TRIPLE_SINGLE || state == PYTHON_TRIPLE_DOUBLE;
    size_t at = line->at;
    while (at < line->length) {
        char byte = line->text[at];
        if (byte == '\\') {
            if (at + 1 >= line->length) { /* the string goes on in the next line */
                style_until(line, line->length, STYLE_STRING);
                return state;
            }
            at += 2;
        } else if (byte == quote && !triple) {
            style_until(line, at + 1, STYLE_STRING);
            return PYTHON_CODE;
        } else if (byte == quote && at + 2 < line->length && line->text[at + 1] == quote &&
                   line->text[at + 2] == quote) {
            style_until(line, at + 3, STYLE_STRING);
            return PYTHON_CODE;
        } else {
            at++;
        }
    }
    style_until(line, line->length, STYLE_STRING);
    return triple ? state : PYTHON_CODE; /* an unclosed '...' is an error in Python: it does not reach further */
}

/* At a quote (behind a prefix): which string begins; the quotes are styled. */
static uint8_t string_begin(struct line *line, size_t quote_at) {
    char quote = line->text[quote_at];
    bool triple = quote_at + 2 < line->length && line->text[quote_at + 1] == quote && line->text[quote_at + 2] == quote;
    style_until(line, quote_at + (triple ? 3 : 1), STYLE_STRING);
    if (quote == '\'')
        return triple ? PYTHON_TRIPLE_SINGLE : PYTHON_SINGLE;
    return triple ? PYTHON_TRIPLE_DOUBLE : PYTHON_DOUBLE;
}

/* A name: a keyword, a string's prefix, or just a name. Returns the state behind it. */
static uint8_t name(struct line *line) {
    size_t end = line->at;
    while (end < line->length && is_name(line->text[end]))
        end++;
    size_t length = end - line->at;
    bool quote = end < line->length && (line->text[end] == '\'' || line->text[end] == '"');
    if (quote && length <= 2 && strspn(line->text + line->at, "rRbBuUfFtT") >= length)
        return string_begin(line, end);
    style_until(line, end, is_keyword(line->text + line->at, length) ? STYLE_KEYWORD : STYLE_NORMAL);
    return PYTHON_CODE;
}

/* 1_000, 0xff, 1.5e-3, 2j. */
static void number(struct line *line) {
    size_t end = line->at;
    bool hexadecimal = line->text[end] == '0' && end + 1 < line->length && strchr("xX", line->text[end + 1]);
    while (end < line->length) {
        bool exponent = end > line->at && !hexadecimal && strchr("eE", line->text[end - 1]) &&
                        strchr("+-", line->text[end]);
        if (!isalnum((unsigned char)line->text[end]) && line->text[end] != '_' && line->text[end] != '.' && !exponent)
            break;
        end++;
    }
    style_until(line, end, STYLE_NUMBER);
}

uint8_t python_highlight_line(uint8_t state, const char *text, size_t length, uint8_t *styles) {
    struct line line = {text, length, 0, styles};
    if (state != PYTHON_CODE)
        state = string_rest(&line, state);
    while (line.at < length) {
        char byte = text[line.at];
        char next = line.at + 1 < length ? text[line.at + 1] : '\0';
        if (byte == '#')
            style_until(&line, length, STYLE_COMMENT);
        else if (isdigit((unsigned char)byte) || (byte == '.' && isdigit((unsigned char)next)))
            number(&line);
        else if (byte == '\'' || byte == '"')
            state = string_begin(&line, line.at);
        else if (is_name(byte))
            state = name(&line);
        else
            style_until(&line, line.at + 1, STYLE_NORMAL);
        if (state != PYTHON_CODE)
            state = string_rest(&line, state);
    }
    return state;
}
