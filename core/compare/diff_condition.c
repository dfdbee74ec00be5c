#include "core/compare/diff_condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/compare/diff_text.h"
#include "core/compare/function_match.h"

#define EXAMPLES "write for example total>+5%%, self:work>+10ms, calls:work>+0 or peak>+2MiB"

struct name { const char *name; int value; };

static const struct name total_names[] = {
    {"total", DIFF_TOTAL_TIME}, {"wall", DIFF_TOTAL_WALL}, {"calls", DIFF_TOTAL_CALLS}, {"instructions", DIFF_TOTAL_INSTRUCTIONS},
    {"allocated", DIFF_TOTAL_ALLOCATED}, {"allocations", DIFF_TOTAL_ALLOCATIONS}, {"memory", DIFF_TOTAL_PEAK},
    {"peak", DIFF_TOTAL_PEAK}, {"live", DIFF_TOTAL_LIVE}, {"rss", DIFF_TOTAL_RSS}, {NULL, 0}};
static const struct name function_names[] = {
    {"self", DIFF_SELF}, {"time", DIFF_TOTAL}, {"calls", DIFF_CALLS}, {"instructions", DIFF_INSTRUCTIONS},
    {"allocated", DIFF_ALLOCATED}, {"allocations", DIFF_ALLOCATIONS}, {"memory", DIFF_PEAK}, {"peak", DIFF_PEAK},
    {"live", DIFF_LIVE}, {NULL, 0}};

static const struct { const char *name; enum diff_unit unit; double size; } units[] = {
    {"ns", DIFF_NANOSECONDS, 1}, {"us", DIFF_NANOSECONDS, 1e3}, {"ms", DIFF_NANOSECONDS, 1e6}, {"s", DIFF_NANOSECONDS, 1e9},
    {"B", DIFF_BYTES, 1}, {"KiB", DIFF_BYTES, 1024}, {"MiB", DIFF_BYTES, 1048576}, {"GiB", DIFF_BYTES, 1073741824}};

/* --- parsing ---------------------------------------------------------------------------------------------- */

static bool wrong(const struct diff_condition *condition, struct error *error, const char *what) {
    return error_set(error, EXIT_STATUS_USAGE, "--fail-if '%.200s': %s; " EXAMPLES, condition->text, what);
}

static int find_name(const struct name *names, const char *text, size_t length) {
    for (; names->name; names++)
        if (strlen(names->name) == length && strncmp(names->name, text, length) == 0)
            return names->value;
    return -1;
}

static enum diff_unit unit_of(const struct diff_condition *condition) {
    return condition->of_function ? session_diff_unit(condition->measure) : session_diff_total_unit(condition->total);
}

/* "self:work": what stands in front of the operator. */
static bool parse_what(struct diff_condition *condition, const char *text, size_t length, struct error *error) {
    const char *colon = memchr(text, ':', length);
    size_t name = colon ? (size_t)(colon - text) : length;
    int total = find_name(total_names, text, name), measure = find_name(function_names, text, name);
    if (total < 0 && measure < 0)
        return wrong(condition, error, "there is no such measure");
    if (!colon && total < 0)
        return wrong(condition, error, "that is a measure of functions: name one behind a colon");
    if (colon && measure < 0)
        return wrong(condition, error, "that is a measure of the whole program, not of a function");
    if (!colon) {
        condition->total = (enum diff_total)total;
        return true;
    }
    size_t function = length - name - 1;
    if (function == 0 || function >= sizeof condition->function)
        return wrong(condition, error, function ? "the function's name is too long" : "behind the colon a function is missing");
    memcpy(condition->function, colon + 1, function);
    condition->of_function = true;
    condition->measure = (enum diff_measure)measure;
    return true;
}

static bool parse_change(struct diff_condition *condition, const char *text, struct error *error) {
    char *end;
    if (*text != '+' && *text != '-')
        return wrong(condition, error, "the change needs a sign, + or -");
    if (text[1] < '0' || text[1] > '9')
        return wrong(condition, error, "behind the sign a number is missing");
    condition->change = strtod(text, &end);
    if (!isfinite(condition->change))
        return wrong(condition, error, "the number is too large");
    if (strcmp(end, "%") == 0) {
        condition->relative = true;
        return true;
    }
    enum diff_unit unit = unit_of(condition);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].unit == unit && strcmp(end, units[i].name) == 0) {
            condition->change *= units[i].size;
            return true;
        }
    if (unit == DIFF_COUNT && !*end)
        return true;
    if (!*end && condition->change == 0)
        return true;
    return wrong(condition, error, unit == DIFF_NANOSECONDS ? "a change of time is in %, ns, us, ms or s"
                                   : unit == DIFF_BYTES     ? "a change of memory is in %, B, KiB, MiB or GiB"
                                                            : "a change of a count is in % or a number");
}

/* The operator is the last one in the text: names like <module> and <lambda> may stand in front of it. */
static const char *find_operator(const char *text) {
    const char *found = NULL;
    for (const char *at = text; *at; at++)
        if ((*at == '<' || *at == '>') && (at[1] == '+' || at[1] == '-' || at[1] == '=' || (at[1] >= '0' && at[1] <= '9')))
            found = at;
    return found;
}

bool diff_condition_parse(const char *text, struct diff_condition *condition, struct error *error) {
    *condition = (struct diff_condition){.text = text};
    const char *operator = find_operator(text);
    if (!operator)
        return wrong(condition, error, "there is no >, >=, < or <= with a change behind it");
    bool equal = operator[1] == '=';
    condition->operator = *operator == '>' ? (equal ? DIFF_AT_LEAST : DIFF_MORE) : equal ? DIFF_AT_MOST : DIFF_LESS;
    return parse_what(condition, text, (size_t)(operator - text), error) &&
           parse_change(condition, operator + 1 + equal, error);
}

/* --- judging ---------------------------------------------------------------------------------------------- */

/* Whether "name", or "file.py:name", is this function, as it was called before or after. */
static bool is_named(const struct model_function *function, const char *name) {
    size_t length = strlen(name), own = function ? strlen(function->qualname) : 0;
    if (!function || length < own || strcmp(name + length - own, function->qualname) != 0)
        return false;
    if (length == own)
        return true;
    size_t file = length - own - 1, path = strlen(function->file);
    return name[file] == ':' && file <= path && strncmp(function->file + path - file, name, file) == 0 &&
           (file == path || function->file[path - file - 1] == '/');
}

static bool find_function(const struct diff_condition *condition, const struct session_diff *diff,
                          const struct diff_function **found, struct error *error) {
    *found = NULL;
    for (size_t i = 0; i < diff->function_count; i++) {
        const struct diff_function *function = &diff->functions[i];
        if (!is_named(function->after, condition->function) && !is_named(function->before, condition->function))
            continue;
        if (*found)
            return error_set(error, EXIT_STATUS_USAGE, "--fail-if '%.200s': there are several functions of that name, in %.200s "
                             "and in %.200s; write file:name", condition->text,
                             function_base_name(session_diff_shown(*found)->file),
                             function_base_name(session_diff_shown(function)->file));
        *found = function;
    }
    return *found || error_set(error, EXIT_STATUS_USAGE, "--fail-if '%.200s': no function of that name ran, before or after; "
                               "--report functions shows the qualified names", condition->text);
}

static bool find_value(const struct diff_condition *condition, const struct session_diff *diff, struct diff_value *value,
                       struct error *error) {
    if (condition->of_function) {
        const struct diff_function *function;
        if (!find_function(condition, diff, &function, error))
            return false;
        *value = function->values[condition->measure];
    } else {
        bool no_times = condition->total == DIFF_TOTAL_TIME && diff->totals[DIFF_TOTAL_TIME].verdict == DIFF_NOT_KNOWN;
        *value = diff->totals[no_times ? DIFF_TOTAL_WALL : condition->total];
    }
    if (value->verdict == DIFF_NOT_KNOWN)
        return error_set(error, EXIT_STATUS_USAGE, "--fail-if '%.200s': that was not counted on both sides; choose collectors "
                         "for both with -k", condition->text);
    if (value->verdict == DIFF_NOT_COMPARABLE)
        return error_set(error, EXIT_STATUS_USAGE, "--fail-if '%.200s': that cannot be compared between these runs: the notes say "
                         "why; run both in the same way", condition->text);
    return true;
}

static bool holds(const struct diff_condition *condition, const struct diff_value *value) {
    double change = condition->relative ? session_diff_relative(value) * 100 : (double)session_diff_change(value);
    switch (condition->operator) {
    case DIFF_MORE: return change > condition->change;
    case DIFF_AT_LEAST: return change >= condition->change;
    case DIFF_LESS: return change < condition->change;
    case DIFF_AT_MOST: return change <= condition->change;
    }
    return false;
}

bool diff_condition_judge(const struct diff_condition *condition, const struct session_diff *diff, enum diff_answer *answer,
                          char *sentence, size_t size, struct error *error) {
    struct diff_value value;
    char before[DIFF_TEXT_SIZE], after[DIFF_TEXT_SIZE], change[DIFF_TEXT_SIZE], noise[DIFF_TEXT_SIZE];
    if (!find_value(condition, diff, &value, error))
        return false;
    enum diff_unit unit = unit_of(condition);
    bool met = holds(condition, &value), in_noise = value.verdict == DIFF_NOISE;
    *answer = !met ? DIFF_HOLDS_NOT : in_noise ? DIFF_IN_NOISE : DIFF_HOLDS;
    value.verdict = DIFF_CHANGED; /* without the sign of noise */
    int length = snprintf(sentence, size, "%s: %s before, %s after, %s", condition->text,
                          diff_text_number(unit, value.before, before), diff_text_number(unit, value.after, after),
                          diff_text_change(&value, change));
    if (*answer == DIFF_IN_NOISE && length > 0 && (size_t)length < size)
        snprintf(sentence + length, size - (size_t)length, ": within noise, which reaches to %s, so it does not count",
                 diff_text_number(unit, value.noise, noise));
    return true;
}
