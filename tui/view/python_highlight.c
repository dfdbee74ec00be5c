#include "tui/view/python_highlight.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "tui/term/grid.h"

/* A level of the state: which string (0: none), whether it has replacement fields, where in it one is, and how many brackets
 * are open in that field. A replacement field in a format specification, {x:{width}}, is a level of its own. */
enum {
    LEVEL_BITS = 16, LEVEL_MASK = 0xffff, LEVELS = 4,
    KIND_MASK = 7, KIND_FIELD = 5, /* the kinds of strings are those of enum python_state */
    FORMATTED = 1 << 3,
    WHERE_MASK = 3 << 4, IN_TEXT = 0, IN_EXPRESSION = 1 << 4, IN_SPECIFICATION = 2 << 4,
    BRACKET = 1 << 8, BRACKETS_MASK = 0xff << 8,
};

struct line {
    const char *text;
    size_t length, at;
    uint8_t *styles; /* may be NULL */
    uint64_t state;
    bool first;      /* nothing but blanks stands before `at` */
    bool goes_on;    /* a backslash at its end takes the string into the next line */
};

static char byte_at(const struct line *line, size_t at) { return at < line->length ? line->text[at] : '\0'; }

static void style_until(struct line *line, size_t end, enum cell_style style) {
    if (line->styles && end > line->at)
        memset(line->styles + line->at, style, end - line->at);
    line->at = end;
}

/* --- levels --------------------------------------------------------------------------------------------------- */

static uint32_t level(const struct line *line) { return (uint32_t)(line->state & LEVEL_MASK); }

static void set_level(struct line *line, uint32_t to) { line->state = (line->state & ~(uint64_t)LEVEL_MASK) | to; }

static bool may_nest(const struct line *line) { return line->state >> (LEVELS - 1) * LEVEL_BITS == 0; }

static void leave_level(struct line *line) { line->state >>= LEVEL_BITS; }

static void enter_level(struct line *line, uint32_t to) { line->state = line->state << LEVEL_BITS | to; }

static bool in_code(const struct line *line) {
    return (level(line) & KIND_MASK) == PYTHON_CODE || (level(line) & WHERE_MASK) == IN_EXPRESSION;
}

static void set_where(struct line *line, uint32_t where) { set_level(line, (level(line) & ~(uint32_t)WHERE_MASK) | where); }

/* --- strings -------------------------------------------------------------------------------------------------- */

static bool is_triple(uint32_t kind) { return kind == PYTHON_TRIPLE_SINGLE || kind == PYTHON_TRIPLE_DOUBLE; }

static bool ends_string(const struct line *line, size_t at, uint32_t kind) {
    char quote = kind == PYTHON_TRIPLE_SINGLE || kind == PYTHON_SINGLE ? '\'' : '"';
    return line->text[at] == quote &&
           (!is_triple(kind) || (byte_at(line, at + 1) == quote && byte_at(line, at + 2) == quote));
}

/* Behind a backslash: the byte after it is text, but for what begins a field. \N{...} names a character. */
static size_t behind_escape(const struct line *line, size_t at, bool formatted) {
    char next = byte_at(line, at + 1);
    if (formatted && (next == '{' || next == '}'))
        return at + 1;
    const char *named_end = NULL;
    if (formatted && next == 'N' && byte_at(line, at + 2) == '{')
        named_end = memchr(line->text + at, '}', line->length - at);
    return named_end ? (size_t)(named_end - line->text) + 1 : at + 2;
}

/* At a brace of a formatted string's text or specification: what it begins or ends. Returns how many bytes it takes. */
static size_t brace(struct line *line, size_t at) {
    bool in_text = (level(line) & WHERE_MASK) == IN_TEXT;
    if (in_text && byte_at(line, at + 1) == line->text[at])
        return 2; /* {{ and }} stand for one */
    if (line->text[at] == '{' && in_text)
        set_where(line, IN_EXPRESSION);
    else if (line->text[at] == '{' && may_nest(line))
        enter_level(line, KIND_FIELD | IN_EXPRESSION);
    else if (line->text[at] == '}' && !in_text)
        set_where(line, IN_TEXT);
    return 1;
}

/* Goes on inside a string's text until its end, a field of it, or the line's end. */
static void string(struct line *line) {
    uint32_t kind = level(line) & KIND_MASK;
    bool formatted = level(line) & FORMATTED;
    size_t at = line->at;
    while (at < line->length) {
        char byte = line->text[at];
        if (byte == '\\') {
            at = behind_escape(line, at, formatted);
        } else if (ends_string(line, at, kind)) {
            style_until(line, at + (is_triple(kind) ? 3 : 1), STYLE_STRING);
            leave_level(line);
            return;
        } else if (formatted && (byte == '{' || byte == '}')) {
            uint64_t before = line->state;
            at += brace(line, at);
            if (line->state != before) {
                style_until(line, at, STYLE_STRING);
                return;
            }
        } else {
            at++;
        }
    }
    line->goes_on = at > line->length;
    style_until(line, line->length, STYLE_STRING);
}

/* At a quote (behind a prefix): a string begins; the quotes are styled. */
static void string_begin(struct line *line, size_t quote_at, bool formatted) {
    char quote = line->text[quote_at];
    bool triple = byte_at(line, quote_at + 1) == quote && byte_at(line, quote_at + 2) == quote;
    style_until(line, quote_at + (triple ? 3 : 1), STYLE_STRING);
    uint32_t kind = triple ? (quote == '\'' ? PYTHON_TRIPLE_SINGLE : PYTHON_TRIPLE_DOUBLE)
                           : (quote == '\'' ? PYTHON_SINGLE : PYTHON_DOUBLE);
    if (line->state == PYTHON_CODE)
        line->state = kind | (formatted ? FORMATTED : 0);
    else if (may_nest(line))
        enter_level(line, kind | (formatted ? FORMATTED : 0));
}

/* --- code ------------------------------------------------------------------------------------------------------ */

static bool is_name(char byte) { return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80; }

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length) {
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && !memcmp(words[i], word, length))
            return true;
    return false;
}

static bool is_keyword(const char *word, size_t length) {
    static const char *const keywords[] = {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
        "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    };
    return is_one_of(keywords, sizeof keywords / sizeof *keywords, word, length);
}

static size_t skip_blanks(const struct line *line, size_t at) {
    while (byte_at(line, at) == ' ' || byte_at(line, at) == '\t')
        at++;
    return at;
}

static bool word_at(const struct line *line, size_t at, const char *word) {
    size_t length = strlen(word);
    return at + length <= line->length && !memcmp(line->text + at, word, length) && !is_name(byte_at(line, at + length));
}

/* The last byte that is neither blank nor behind a #. */
static char last_byte(const struct line *line) {
    const char *comment = memchr(line->text, '#', line->length);
    size_t end = comment ? (size_t)(comment - line->text) : line->length;
    while (end > 0 && isspace((unsigned char)line->text[end - 1]))
        end--;
    return end ? line->text[end - 1] : '\0';
}

/* Names that are keywords where they begin a statement of their kind: match x:, case y:, type X = ... (3.12), lazy import
 * (3.15). */
static bool is_soft_keyword(const struct line *line, size_t end) {
    static const char *const headers[] = {"match", "case"};
    const char *word = line->text + line->at;
    size_t length = end - line->at, next = skip_blanks(line, end);
    if (!line->first || next == line->length)
        return false;
    if (is_one_of(headers, sizeof headers / sizeof *headers, word, length))
        return !strchr("=.,:;)", line->text[next]) && last_byte(line) == ':';
    if (length == 4 && !memcmp(word, "type", 4))
        return next > end && is_name(line->text[next]) && !isdigit((unsigned char)line->text[next]) &&
               memchr(line->text + next, '=', line->length - next);
    return length == 4 && !memcmp(word, "lazy", 4) && (word_at(line, next, "import") || word_at(line, next, "from"));
}

/* A name: a keyword, a string's prefix, or just a name. */
static void name(struct line *line) {
    size_t end = line->at;
    while (end < line->length && is_name(line->text[end]))
        end++;
    size_t length = end - line->at;
    bool quote = byte_at(line, end) == '\'' || byte_at(line, end) == '"';
    if (quote && length <= 2 && strspn(line->text + line->at, "rRbBuUfFtT") >= length) {
        string_begin(line, end, strcspn(line->text + line->at, "fFtT") < length);
        return;
    }
    bool keyword = is_keyword(line->text + line->at, length) || is_soft_keyword(line, end);
    style_until(line, end, keyword ? STYLE_KEYWORD : STYLE_NORMAL);
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

/* Where a replacement field ends, its specification begins, or a bracket opens or closes in it. true: that was here. */
static bool field_punctuation(struct line *line) {
    char byte = line->text[line->at];
    uint32_t now = level(line), open = now & BRACKETS_MASK;
    if ((now & KIND_MASK) == PYTHON_CODE || !byte || !strchr("()[]{}:", byte))
        return false;
    if (byte == ':') {
        if (!open)
            set_where(line, IN_SPECIFICATION);
        style_until(line, line->at + 1, open ? STYLE_NORMAL : STYLE_STRING);
        return true;
    }
    bool opens = strchr("([{", byte), ends_field = byte == '}' && !open;
    if (ends_field && (now & KIND_MASK) == KIND_FIELD)
        leave_level(line);
    else if (ends_field)
        set_where(line, IN_TEXT);
    else if (opens && open != BRACKETS_MASK)
        set_level(line, now + BRACKET);
    else if (!opens && open)
        set_level(line, now - BRACKET);
    style_until(line, line->at + 1, ends_field ? STYLE_STRING : STYLE_NORMAL);
    return true;
}

static void code(struct line *line) {
    char byte = line->text[line->at];
    bool blank = byte == ' ' || byte == '\t';
    if (byte == '#')
        style_until(line, line->length, STYLE_COMMENT);
    else if (isdigit((unsigned char)byte) || (byte == '.' && isdigit((unsigned char)byte_at(line, line->at + 1))))
        number(line);
    else if (byte == '\'' || byte == '"')
        string_begin(line, line->at, false);
    else if (is_name(byte))
        name(line);
    else if (!field_punctuation(line))
        style_until(line, line->at + 1, STYLE_NORMAL);
    line->first &= blank;
}

/* A specification is text of the string that it stands in. Of a field in one that is the level below. */
static void specification_of_field(struct line *line) {
    size_t at = line->at;
    while (at < line->length && line->text[at] != '}')
        at++;
    bool ends = at < line->length;
    style_until(line, at + ends, STYLE_STRING);
    if (ends)
        leave_level(line);
}

/* What single quotes hold ends with the line unless a backslash stands there: an unclosed '...' is an error in Python. */
static void end_line(struct line *line) {
    while (!in_code(line) && !is_triple(level(line) & KIND_MASK) && !line->goes_on)
        leave_level(line);
}

uint64_t python_highlight_line(uint64_t state, const char *text, size_t length, uint8_t *styles) {
    struct line line = {text, length, 0, styles, state, state == PYTHON_CODE, false};
    while (line.at < length) {
        if (in_code(&line))
            code(&line);
        else if ((level(&line) & KIND_MASK) == KIND_FIELD)
            specification_of_field(&line);
        else
            string(&line);
    }
    end_line(&line);
    return line.state;
}
