#include "tui/view/filter.h"

#include <string.h>

#include "tui/view/function_values.h"

bool filter_contains(const char *text, const char *part) { return strcasestr(text, part) != NULL; }

static bool compare(enum filter_comparison comparison, double value, double with) {
    switch (comparison) {
    case FILTER_LESS: return value < with;
    case FILTER_AT_MOST: return value <= with;
    case FILTER_EQUAL: return value == with;
    case FILTER_AT_LEAST: return value >= with;
    case FILTER_GREATER: return value > with;
    case FILTER_CONTAINS: case FILTER_MATCHES: break;
    }
    return false;
}

static bool is_ascii(const char *text) {
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

static bool matches(const struct filter_regex *regex, const char *text) {
    return regexec(regex->has_ascii && is_ascii(text) ? &regex->ascii : &regex->any, text, 0, NULL, 0) == 0;
}

static bool holds_text(const struct filter_term *term, const char *text) {
    return term->regex ? matches(term->regex, text) : filter_contains(text, term->text);
}

static double bytes_measured(const struct model_allocations *memory, enum memory_measure measure) {
    return (double)memory_measured(memory, measure == MEMORY_TEMPORARY ? MEMORY_PEAK : measure);
}

_Static_assert(FILTER_MAX_TERMS <= 32, "each term has a bit");

static bool file_holds(struct filter_pass *pass, const struct filter_term *term) {
    uint32_t bit = UINT32_C(1) << (term - pass->filter->terms);
    if (!(pass->known & bit) && holds_text(term, pass->file))
        pass->held |= bit;
    pass->known |= bit;
    return pass->held & bit;
}

static bool term_holds(struct filter_pass *pass, const struct filter_term *term, const struct model_function *function) {
    double percent = pass->total_self_ns ? 100.0 / (double)pass->total_self_ns : 0, value = 0;
    switch (term->column) {
    case FILTER_NAME_OR_FILE: return holds_text(term, function->qualname) || file_holds(pass, term);
    case FILTER_NAME: return holds_text(term, function->qualname);
    case FILTER_FILE: return file_holds(pass, term);
    case FILTER_KIND: return function->kind == term->kind;
    case FILTER_SELF_SHARE: value = (double)function->self_ns * percent; break;
    case FILTER_TOTAL_SHARE: value = (double)function->total_ns * percent; break;
    case FILTER_SELF: value = (double)function->self_ns; break;
    case FILTER_TOTAL: value = (double)function->total_ns; break;
    case FILTER_TIME_PER_CALL: value = (double)function_time_per_call(function); break;
    case FILTER_CALLS: value = (double)function->calls; break;
    case FILTER_PRIMITIVE_CALLS: value = (double)function->primitive_calls; break;
    case FILTER_INSTRUCTIONS:
        if (function->instructions == MODEL_UNKNOWN)
            return false;
        value = (double)function->instructions;
        break;
    case FILTER_LINE: value = (double)function->line; break;
    case FILTER_MEMORY: value = bytes_measured(&function->memory, pass->measure); break;
    case FILTER_TOTAL_MEMORY: value = bytes_measured(&function->total_memory, pass->measure); break;
    case FILTER_TEMPORARY: value = (double)function->memory.temporary_count; break;
    }
    return compare(term->comparison, value, term->number);
}

bool filter_pass_accepts(struct filter_pass *pass, const struct model_function *function) {
    const struct filter *filter = pass->filter;
    if (filter->count && (!pass->file || strcmp(pass->file, function->file) != 0))
        pass->known = pass->held = 0;
    pass->file = function->file;
    for (int i = 0; i < filter->count; i++)
        if (term_holds(pass, &filter->terms[i], function) == filter->terms[i].negated)
            return false;
    return true;
}

bool filter_accepts(const struct filter *filter, const struct model_function *function, uint64_t total_self_ns,
                    enum memory_measure measure) {
    struct filter_pass pass = {.filter = filter, .total_self_ns = total_self_ns, .measure = measure};
    return filter_pass_accepts(&pass, function);
}
