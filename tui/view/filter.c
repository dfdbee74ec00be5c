#include "tui/view/filter.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct column_name {
    const char *name;
    enum filter_column column;
    bool number;
};

static const struct column_name column_names[] = {
    {"name", FILTER_NAME, false},         {"file", FILTER_FILE, false},         {"kind", FILTER_KIND, false},
    {"self%", FILTER_SELF_SHARE, true},   {"total%", FILTER_TOTAL_SHARE, true}, {"tot%", FILTER_TOTAL_SHARE, true},
    {"self", FILTER_SELF, true},          {"total", FILTER_TOTAL, true},        {"calls", FILTER_CALLS, true},
};

/* One expression on its way into terms. */
struct parse {
    struct filter *filter;
    char *problem;
    int problem_size;
};

#define FAIL(parse, ...) (snprintf((parse)->problem, (size_t)(parse)->problem_size, __VA_ARGS__), false)

bool filter_contains(const char *text, const char *part) { return strcasestr(text, part) != NULL; }

static const struct column_name *find_column(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof column_names / sizeof *column_names; i++)
        if (strlen(column_names[i].name) == length && !strncasecmp(column_names[i].name, name, length))
            return &column_names[i];
    return NULL;
}

/* What the number's unit multiplies it with; 0: no such unit for this column. */
static double unit_factor(enum filter_column column, const char *unit) {
    static const struct {
        enum filter_column column;
        const char *unit;
        double factor;
    } units[] = {
        {FILTER_CALLS, "", 1},   {FILTER_CALLS, "k", 1e3},     {FILTER_CALLS, "M", 1e6}, {FILTER_CALLS, "G", 1e9},
        {FILTER_SELF, "", 1e9},  {FILTER_SELF, "s", 1e9},      {FILTER_SELF, "ms", 1e6}, {FILTER_SELF, "us", 1e3},
        {FILTER_SELF, "ns", 1},  {FILTER_SELF_SHARE, "", 1},   {FILTER_SELF_SHARE, "%", 1},
    };
    enum filter_column like = column == FILTER_TOTAL ? FILTER_SELF
                              : column == FILTER_TOTAL_SHARE ? FILTER_SELF_SHARE : column;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].column == like && !strcmp(units[i].unit, unit))
            return units[i].factor;
    return 0;
}

static bool parse_number(struct parse *parse, struct filter_term *term, const char *text, const char *column) {
    char *end;
    bool digits = isdigit((unsigned char)text[0]) || (text[0] == '.' && isdigit((unsigned char)text[1]));
    double number = digits ? strtod(text, &end) : 0;
    if (!digits)
        return FAIL(parse, "\"%.40s\" is no number; write for example %s>10.", text, column);
    double factor = unit_factor(term->column, end);
    if (factor == 0)
        return FAIL(parse, "\"%.20s\" is no unit of %s; use %s.", end, column,
                    term->column == FILTER_CALLS ? "k, M, G or none"
                    : term->column == FILTER_SELF || term->column == FILTER_TOTAL ? "s, ms, us, ns or none" : "none");
    term->number = number * factor;
    return true;
}

static bool parse_kind(struct parse *parse, struct filter_term *term) {
    if (!strcasecmp(term->text, "c"))
        term->kind = MODEL_FUNCTION_C;
    else if (!strcasecmp(term->text, "python") || !strcasecmp(term->text, "py"))
        term->kind = MODEL_FUNCTION_PYTHON;
    else
        return FAIL(parse, "\"%.40s\" is no kind of function; use kind:c or kind:python.", term->text);
    return true;
}

static enum filter_comparison parse_comparison(const char *sign, size_t *length) {
    *length = sign[1] == '=' ? 2 : 1;
    if (sign[0] == '<')
        return *length == 2 ? FILTER_AT_MOST : FILTER_LESS;
    if (sign[0] == '>')
        return *length == 2 ? FILTER_AT_LEAST : FILTER_GREATER;
    *length = 1;
    return sign[0] == '=' ? FILTER_EQUAL : FILTER_CONTAINS;
}

/* A word is a column term when a sign follows letters; "<module>" and "f.<locals>.g" are plain text. */
static bool parse_word(struct parse *parse, char *word) {
    struct filter_term term = {.column = FILTER_NAME_OR_FILE, .comparison = FILTER_CONTAINS};
    if (word[0] == '!') {
        term.negated = true;
        word++;
    }
    if (!word[0])
        return FAIL(parse, "Behind ! a text is missing; write for example !test.");
    size_t letters = 0;
    while (isalpha((unsigned char)word[letters]) || word[letters] == '%')
        letters++;
    term.text = word;
    if (letters > 0 && word[letters] && strchr(":<>=", word[letters])) {
        const struct column_name *column = find_column(word, letters);
        if (!column)
            return FAIL(parse, "There is no column \"%.*s\"; use name, file, kind, self%%, total%%, self, total or "
                               "calls.",
                        letters > 40 ? 40 : (int)letters, word);
        size_t sign;
        term.comparison = parse_comparison(word + letters, &sign);
        term.column = column->column;
        term.text = word + letters + sign;
        if (column->number != (term.comparison != FILTER_CONTAINS))
            return FAIL(parse, column->number ? "%s is a number; write for example %s>10."
                                              : "%s is a text; write for example %s:c.", column->name, column->name);
        if (!term.text[0])
            return FAIL(parse, "Behind %s%.*s something is missing.", column->name, (int)sign, word + letters);
        if (column->number && !parse_number(parse, &term, term.text, column->name))
            return false;
        if (column->column == FILTER_KIND && !parse_kind(parse, &term))
            return false;
    }
    if (parse->filter->count == FILTER_MAX_TERMS)
        return FAIL(parse, "The filter has more than %d terms; leave some out.", FILTER_MAX_TERMS);
    parse->filter->terms[parse->filter->count++] = term;
    return true;
}

bool filter_parse(struct filter *filter, const char *expression, char *problem, int problem_size) {
    struct filter parsed = {.count = 0};
    struct parse parse = {&parsed, problem, problem_size};
    size_t length = strlen(expression);
    if (length >= sizeof parsed.expression)
        return FAIL(&parse, "The filter is longer than %d bytes; shorten it.", FILTER_MAX_LENGTH - 1);
    memcpy(parsed.expression, expression, length + 1);
    memcpy(parsed.words, expression, length + 1);
    char *rest = NULL;
    for (char *word = strtok_r(parsed.words, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
        if (!parse_word(&parse, word))
            return false;
    *filter = parsed;
    for (int i = 0; i < filter->count; i++)
        filter->terms[i].text = filter->words + (parsed.terms[i].text - parsed.words);
    return true;
}

static bool compare(enum filter_comparison comparison, double value, double with) {
    switch (comparison) {
    case FILTER_LESS: return value < with;
    case FILTER_AT_MOST: return value <= with;
    case FILTER_EQUAL: return value == with;
    case FILTER_AT_LEAST: return value >= with;
    case FILTER_GREATER: return value > with;
    case FILTER_CONTAINS: break;
    }
    return false;
}

static bool term_holds(const struct filter_term *term, const struct model_function *function, uint64_t total_self_ns) {
    double percent = total_self_ns ? 100.0 / (double)total_self_ns : 0;
    switch (term->column) {
    case FILTER_NAME_OR_FILE:
        return filter_contains(function->qualname, term->text) || filter_contains(function->file, term->text);
    case FILTER_NAME: return filter_contains(function->qualname, term->text);
    case FILTER_FILE: return filter_contains(function->file, term->text);
    case FILTER_KIND: return function->kind == term->kind;
    case FILTER_SELF_SHARE: return compare(term->comparison, (double)function->self_ns * percent, term->number);
    case FILTER_TOTAL_SHARE: return compare(term->comparison, (double)function->total_ns * percent, term->number);
    case FILTER_SELF: return compare(term->comparison, (double)function->self_ns, term->number);
    case FILTER_TOTAL: return compare(term->comparison, (double)function->total_ns, term->number);
    case FILTER_CALLS: return compare(term->comparison, (double)function->calls, term->number);
    }
    return false;
}

bool filter_accepts(const struct filter *filter, const struct model_function *function, uint64_t total_self_ns) {
    for (int i = 0; i < filter->count; i++)
        if (term_holds(&filter->terms[i], function, total_self_ns) == filter->terms[i].negated)
            return false;
    return true;
}
