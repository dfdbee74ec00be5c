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

static bool holds_text(const struct filter_term *term, const char *text) {
    return term->regex ? regexec(term->regex, text, 0, NULL, 0) == 0 : filter_contains(text, term->text);
}

static double bytes_measured(const struct model_allocations *memory, enum memory_measure measure) {
    return (double)memory_measured(memory, measure == MEMORY_TEMPORARY ? MEMORY_PEAK : measure);
}

static bool term_holds(const struct filter_term *term, const struct model_function *function, uint64_t total_self_ns,
                       enum memory_measure measure) {
    double percent = total_self_ns ? 100.0 / (double)total_self_ns : 0, value = 0;
    switch (term->column) {
    case FILTER_NAME_OR_FILE: return holds_text(term, function->qualname) || holds_text(term, function->file);
    case FILTER_NAME: return holds_text(term, function->qualname);
    case FILTER_FILE: return holds_text(term, function->file);
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
    case FILTER_MEMORY: value = bytes_measured(&function->memory, measure); break;
    case FILTER_TOTAL_MEMORY: value = bytes_measured(&function->total_memory, measure); break;
    case FILTER_TEMPORARY: value = (double)function->memory.temporary_count; break;
    }
    return compare(term->comparison, value, term->number);
}

bool filter_accepts(const struct filter *filter, const struct model_function *function, uint64_t total_self_ns,
                    enum memory_measure measure) {
    for (int i = 0; i < filter->count; i++)
        if (term_holds(&filter->terms[i], function, total_self_ns, measure) == filter->terms[i].negated)
            return false;
    return true;
}
