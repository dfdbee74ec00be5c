/* filter_parse.c - filter expressions: from what is typed to terms. */
#include "tui/view/filter.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a column's numbers are written in. */
enum unit { UNIT_NONE /* no number */, UNIT_SHARE, UNIT_TIME, UNIT_COUNT, UNIT_BYTES };

struct column_name {
    const char *name;
    enum filter_column column;
    enum unit unit;
};

static const struct column_name column_names[] = {
    {"name", FILTER_NAME, UNIT_NONE},
    {"file", FILTER_FILE, UNIT_NONE},
    {"kind", FILTER_KIND, UNIT_NONE},
    {"self%", FILTER_SELF_SHARE, UNIT_SHARE},
    {"total%", FILTER_TOTAL_SHARE, UNIT_SHARE},
    {"tot%", FILTER_TOTAL_SHARE, UNIT_SHARE},
    {"self", FILTER_SELF, UNIT_TIME},
    {"total", FILTER_TOTAL, UNIT_TIME},
    {"percall", FILTER_TIME_PER_CALL, UNIT_TIME},
    {"calls", FILTER_CALLS, UNIT_COUNT},
    {"primitive", FILTER_PRIMITIVE_CALLS, UNIT_COUNT},
    {"instr", FILTER_INSTRUCTIONS, UNIT_COUNT},
    {"line", FILTER_LINE, UNIT_COUNT},
    {"mib", FILTER_MEMORY, UNIT_BYTES},
    {"totmib", FILTER_TOTAL_MEMORY, UNIT_BYTES},
    {"temp", FILTER_TEMPORARY, UNIT_COUNT},
};

/* One expression on its way into terms. */
struct parse {
    struct filter *filter;
    char *problem;
    int problem_size;
};

enum { FILTER_REGEX_FLAGS = REG_EXTENDED | REG_ICASE | REG_NOSUB };

#define FAIL(parse, ...) (snprintf((parse)->problem, (size_t)(parse)->problem_size, __VA_ARGS__), false)

static const struct column_name *find_column(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof column_names / sizeof *column_names; i++)
        if (strlen(column_names[i].name) == length && !strncasecmp(column_names[i].name, name, length))
            return &column_names[i];
    return NULL;
}

/* --- numbers ---------------------------------------------------------------------------------------- */

/* What the number's unit multiplies it with; 0: no such unit for this column. */
static double unit_factor(enum unit of, const char *unit) {
    static const struct {
        enum unit of;
        const char *unit;
        double factor;
    } units[] = {
        {UNIT_COUNT, "", 1},        {UNIT_COUNT, "k", 1e3},     {UNIT_COUNT, "M", 1e6},     {UNIT_COUNT, "G", 1e9},
        {UNIT_TIME, "", 1e9},       {UNIT_TIME, "s", 1e9},      {UNIT_TIME, "ms", 1e6},     {UNIT_TIME, "us", 1e3},
        {UNIT_TIME, "ns", 1},       {UNIT_SHARE, "", 1},        {UNIT_SHARE, "%", 1},
        {UNIT_BYTES, "", 1 << 20},  {UNIT_BYTES, "B", 1},       {UNIT_BYTES, "K", 1 << 10}, {UNIT_BYTES, "M", 1 << 20},
        {UNIT_BYTES, "G", 1 << 30}, {UNIT_BYTES, "MiB", 1 << 20},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].of == of && !strcmp(units[i].unit, unit))
            return units[i].factor;
    return 0;
}

static const char *units_of(const struct column_name *column) {
    switch (column->unit) {
    case UNIT_COUNT: return "k, M, G or none";
    case UNIT_TIME: return column->column == FILTER_TIME_PER_CALL ? "s, ms, us, ns or none" : "s, ms, us, ns, % or none";
    case UNIT_BYTES: return "B, K, M, G or none";
    case UNIT_SHARE: return "% or none";
    case UNIT_NONE: break;
    }
    return "none";
}

static bool parse_number(struct parse *parse, struct filter_term *term, const struct column_name *column) {
    const char *text = term->text;
    char *end;
    bool digits = isdigit((unsigned char)text[0]) || (text[0] == '.' && isdigit((unsigned char)text[1]));
    double number = digits ? strtod(text, &end) : 0;
    if (!digits)
        return FAIL(parse, "\"%.40s\" is no number; write for example %s>10.", text, column->name);
    double factor = unit_factor(column->unit, end);
    if (!strcmp(end, "%") && (term->column == FILTER_SELF || term->column == FILTER_TOTAL)) {
        term->column = term->column == FILTER_SELF ? FILTER_SELF_SHARE : FILTER_TOTAL_SHARE;
        factor = 1;
    }
    if (factor == 0)
        return FAIL(parse, "\"%.20s\" is no unit of %s; use %s.", end, column->name, units_of(column));
    term->number = number * factor;
    return true;
}

/* --- texts ------------------------------------------------------------------------------------------ */

static bool parse_kind(struct parse *parse, struct filter_term *term) {
    if (!strcasecmp(term->text, "c"))
        term->kind = MODEL_FUNCTION_C;
    else if (!strcasecmp(term->text, "python") || !strcasecmp(term->text, "py"))
        term->kind = MODEL_FUNCTION_PYTHON;
    else
        return FAIL(parse, "\"%.40s\" is no kind of function; use kind:c or kind:python.", term->text);
    return true;
}

/* What would take very long or very much memory on names of thousands of characters: back-references, which make the matcher
 * go back and forth, and counted repetitions, which are copies (those within others multiply). */
static const char *too_costly(const char *regex) {
    enum { MOST_REPETITIONS = 1000 };
    double repetitions = 1;
    for (const char *at = regex; *at; at++) {
        if (at[0] == '\\' && isdigit((unsigned char)at[1]))
            return "it refers back (\\1); write out what is meant";
        if (at[0] == '\\' && at[1])
            at++;
        else if (at[0] == '{')
            for (const char *digits = at; *digits && *digits != '}';) {
                digits += strcspn(digits, "0123456789}");
                char *end = (char *)digits;
                double count = isdigit((unsigned char)*digits) ? (double)strtoul(digits, &end, 10) : 1;
                repetitions *= count > 1 ? count : 1;
                digits = end;
            }
    }
    return repetitions > MOST_REPETITIONS ? "it repeats too often; use smaller numbers in {}" : NULL;
}

/* Where something repeats, the matcher tries each start anew, over what it has seen already; behind ^.* there is one start only. */
static bool tries_often(const char *regex) {
    bool one_start = regex[0] == '^' && !strchr(regex, '|');
    return !one_start && strpbrk(regex, "*+{");
}

/* What is ASCII matches the same whatever the locale is, but three times as fast where a byte is known to be a character: so texts
 * that are ASCII get a regular expression of their own. */
static void compile_for_ascii(struct filter_term *term) {
    char pattern[FILTER_MAX_LENGTH + 8];
    for (const char *at = term->text; *at; at++)
        if ((unsigned char)*at >= 0x80)
            return;
    snprintf(pattern, sizeof pattern, tries_often(term->text) ? "^.*(%s)" : "%s", term->text);
    locale_t bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!bytes)
        return;
    locale_t before = uselocale(bytes);
    term->regex->has_ascii = regcomp(&term->regex->ascii, pattern, FILTER_REGEX_FLAGS) == 0;
    uselocale(before);
    freelocale(bytes);
}

/* term->text begins behind the ~. */
static bool parse_regex(struct parse *parse, struct filter_term *term) {
    char why[120];
    const char *costly = too_costly(term->text);
    if (costly)
        return FAIL(parse, "The regular expression \"%.40s\" cannot be used: %s.", term->text, costly);
    struct filter_regex *regex = calloc(1, sizeof *regex);
    int error = regex ? regcomp(&regex->any, term->text, FILTER_REGEX_FLAGS) : REG_ESPACE;
    if (error) {
        if (regex)
            regerror(error, &regex->any, why, sizeof why);
        free(regex);
        return FAIL(parse, "The regular expression \"%.40s\" is wrong: %s.", term->text, regex ? why : "memory is out");
    }
    term->comparison = FILTER_MATCHES;
    term->regex = regex;
    compile_for_ascii(term);
    return true;
}

static void free_regex(struct filter_regex *regex) {
    if (!regex)
        return;
    regfree(&regex->any);
    if (regex->has_ascii)
        regfree(&regex->ascii);
    free(regex);
}

/* --- terms ------------------------------------------------------------------------------------------ */

static enum filter_comparison parse_comparison(const char *sign, size_t *length) {
    *length = sign[1] == '=' ? 2 : 1;
    if (sign[0] == '<')
        return *length == 2 ? FILTER_AT_MOST : FILTER_LESS;
    if (sign[0] == '>')
        return *length == 2 ? FILTER_AT_LEAST : FILTER_GREATER;
    *length = 1;
    return sign[0] == '=' ? FILTER_EQUAL : FILTER_CONTAINS;
}

static bool parse_column(struct parse *parse, struct filter_term *term, const char *word, size_t letters) {
    const struct column_name *column = find_column(word, letters);
    size_t sign;
    if (!column)
        return FAIL(parse, "There is no column \"%.*s\"; use name, file, kind, self, total (with %% for shares), percall, "
                           "calls, primitive, instr, line, mib, totmib or temp.",
                    letters > 40 ? 40 : (int)letters, word);
    term->comparison = parse_comparison(word + letters, &sign);
    term->column = column->column;
    term->text = word + letters + sign;
    bool number = column->unit != UNIT_NONE;
    if (number != (term->comparison != FILTER_CONTAINS))
        return FAIL(parse, number ? "%s is a number; write for example %s>10." : "%s is a text; write for example %s:c.",
                    column->name, column->name);
    bool regex = !number && column->column != FILTER_KIND && term->text[0] == '~';
    if (!term->text[regex])
        return FAIL(parse, "Behind %s%.*s%s something is missing.", column->name, (int)sign, word + letters, regex ? "~" : "");
    term->text += regex;
    if (number)
        return parse_number(parse, term, column);
    if (column->column == FILTER_KIND)
        return parse_kind(parse, term);
    return !regex || parse_regex(parse, term);
}

/* A word is a column term when a sign follows letters; "<module>" and "f.<locals>.g" are plain text. */
static bool parse_word(struct parse *parse, char *word) {
    struct filter_term term = {.column = FILTER_NAME_OR_FILE, .comparison = FILTER_CONTAINS, .negated = word[0] == '!'};
    word += term.negated;
    if (!word[0])
        return FAIL(parse, "Behind ! a text is missing; write for example !test.");
    if (!strcmp(word, "~"))
        return FAIL(parse, "Behind ~ a regular expression is missing; write for example ~^get_.");
    if (parse->filter->count == FILTER_MAX_TERMS)
        return FAIL(parse, "The filter has more than %d terms; leave some out.", FILTER_MAX_TERMS);
    size_t letters = 0;
    while (isalpha((unsigned char)word[letters]) || word[letters] == '%')
        letters++;
    bool regex = word[0] == '~';
    term.text = word + regex;
    if (letters > 0 && word[letters] && strchr(":<>=", word[letters]) ? !parse_column(parse, &term, word, letters)
                                                                      : regex && !parse_regex(parse, &term))
        return false;
    parse->filter->terms[parse->filter->count++] = term;
    return true;
}

void filter_free(struct filter *filter) {
    for (int i = 0; i < filter->count; i++)
        free_regex(filter->terms[i].regex);
    *filter = (struct filter){.count = 0};
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
        if (!parse_word(&parse, word)) {
            filter_free(&parsed);
            return false;
        }
    filter_free(filter);
    *filter = parsed;
    for (int i = 0; i < filter->count; i++)
        filter->terms[i].text = filter->words + (parsed.terms[i].text - parsed.words);
    return true;
}
