/* session_diff.c - the functions and totals of a diff. */
#include "pyprof/session_diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/compare/diff_drift.h"
#include "core/compare/diff_memory.h"
#include "core/compare/renamed_functions.h"

static const struct { const char *name; enum diff_unit unit; } measures[] = {
#define X(NAME, name, unit) {name, unit},
    DIFF_MEASURE_LIST(X)
#undef X
}, totals[] = {
#define X(NAME, name, unit) {name, unit},
    DIFF_TOTAL_LIST(X)
#undef X
};

enum diff_unit session_diff_unit(enum diff_measure measure) { return measures[measure].unit; }
const char *session_diff_measure_name(enum diff_measure measure) { return measures[measure].name; }
enum diff_unit session_diff_total_unit(enum diff_total total) { return totals[total].unit; }
const char *session_diff_total_name(enum diff_total total) { return totals[total].name; }

bool diff_out_of_memory(struct error *error) {
    return error_set(error, 1, "memory is out; close other programs and try again");
}

static bool is_cancelled(const atomic_bool *cancelled) {
    return cancelled && atomic_load_explicit(cancelled, memory_order_relaxed);
}

/* --- values --------------------------------------------------------------------------------------------- */

double diff_most_calls(const struct samples samples[2]) {
    double most = 0;
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < samples[side].count; i++)
            if (samples[side].values[i] > most)
                most = samples[side].values[i];
    return most;
}

struct diff_value diff_judge(const struct diff_memory *memory, enum diff_measure measure, const struct samples samples[2],
                             double calls) {
    struct noise_floor floor = noise_floor_of_row(measure, &memory->drift, memory->comparability.other_collectors);
    struct diff_value value = noise_judge(&memory->noise, &samples[0], &samples[1], floor, calls);
    if (value.verdict != DIFF_NOT_KNOWN && !memory->comparability.measures[measure]) {
        value.verdict = DIFF_NOT_COMPARABLE;
        value.noise = MODEL_UNKNOWN;
    }
    return value;
}

static void judge_totals(struct session_diff *diff) {
    const struct diff_memory *memory = diff->memory;
    struct samples samples[2];
    for (enum diff_total total = 0; total < DIFF_TOTAL_COUNT; total++) {
        for (int side = 0; side < 2; side++)
            side_total_samples(&memory->sides[side], total, &samples[side]);
        struct noise_floor floor = noise_floor_of_total(total, &memory->drift, memory->comparability.other_collectors);
        struct diff_value *value = &diff->totals[total];
        *value = noise_judge(&memory->noise, &samples[0], &samples[1], floor, 0);
        if (value->verdict != DIFF_NOT_KNOWN && !memory->comparability.totals[total]) {
            value->verdict = DIFF_NOT_COMPARABLE;
            value->noise = MODEL_UNKNOWN;
        }
    }
}

/* What one side says of a function that it does not have: nothing, often enough to be its every run. */
static void sample(const struct diff_memory *memory, const uint32_t rows[2], enum diff_measure measure,
                   struct samples samples[2]) {
    for (int side = 0; side < 2; side++) {
        const struct side *from = &memory->sides[side];
        if (rows[side] != DIFF_NO_ROW) {
            side_samples(from, rows[side], measure, &samples[side]);
            continue;
        }
        samples[side].count = 0;
        for (size_t run = 0; run < from->given.count; run++)
            if (side_counts(from->given.runs[run], measure))
                samples[side].values[samples[side].count++] = 0;
    }
}

/* --- functions ------------------------------------------------------------------------------------------ */

static enum diff_match match_of(const struct diff_memory *memory, const uint32_t rows[2]) {
    if (rows[0] == DIFF_NO_ROW)
        return DIFF_NEW;
    if (rows[1] == DIFF_NO_ROW)
        return DIFF_GONE;
    const struct function_key *before = &memory->sides[0].keys[rows[0]], *after = &memory->sides[1].keys[rows[1]];
    if (strcmp(before->qualname, after->qualname) != 0)
        return DIFF_RENAMED;
    return strcmp(before->path, after->path) == 0 ? DIFF_SAME : DIFF_MOVED;
}

static void add_function(struct session_diff *diff, uint32_t before, uint32_t after) {
    const struct diff_memory *memory = diff->memory;
    struct diff_function function = {.rows = {before, after}};
    bool ran = false;
    for (int side = 0; side < 2; side++)
        ran |= function.rows[side] != DIFF_NO_ROW && side_ran(&memory->sides[side], function.rows[side]);
    if (!ran)
        return;
    if (before != DIFF_NO_ROW) {
        function.before = side_function(&memory->sides[0], before);
        function.before_run = side_first_run(&memory->sides[0], before, &function.before_id);
    }
    if (after != DIFF_NO_ROW) {
        function.after = side_function(&memory->sides[1], after);
        function.after_run = side_first_run(&memory->sides[1], after, &function.after_id);
    }
    function.match = match_of(memory, function.rows);
    struct samples samples[2];
    sample(memory, function.rows, DIFF_CALLS, samples);
    double calls = diff_most_calls(samples);
    for (enum diff_measure measure = 0; measure < DIFF_MEASURE_COUNT; measure++) {
        sample(memory, function.rows, measure, samples);
        function.values[measure] = diff_judge(memory, measure, samples, calls);
    }
    diff->functions[diff->function_count++] = function;
}

/* after_of[i]: which one after function i before is. */
static bool add_functions(struct session_diff *diff, const uint32_t *after_of, const atomic_bool *cancelled) {
    const struct side *before = &diff->memory->sides[0], *after = &diff->memory->sides[1];
    uint32_t *before_of = calloc(after->function_count + 1, sizeof *before_of);
    diff->functions = calloc(before->function_count + after->function_count + 1, sizeof *diff->functions);
    for (uint32_t i = 0; before_of && i < after->function_count; i++)
        before_of[i] = DIFF_NO_ROW;
    for (uint32_t i = 0; before_of && i < before->function_count; i++)
        if (after_of[i] != FUNCTION_NO_MATCH)
            before_of[after_of[i]] = i;
    bool done = before_of && diff->functions;
    for (uint32_t i = 0; done && i < after->function_count && !is_cancelled(cancelled); i++)
        add_function(diff, before_of[i], i);
    for (uint32_t i = 0; done && i < before->function_count && !is_cancelled(cancelled); i++)
        if (after_of[i] == FUNCTION_NO_MATCH)
            add_function(diff, i, DIFF_NO_ROW);
    free(before_of);
    return done;
}

static bool match_functions(struct session_diff *diff, const atomic_bool *cancelled) {
    const struct side *before = &diff->memory->sides[0], *after = &diff->memory->sides[1];
    uint32_t *after_of = calloc(before->function_count + 1, sizeof *after_of);
    bool done = after_of && function_match(before->keys, before->function_count, after->keys, after->function_count, after_of);
    bool sources = diff_has_sources(&diff->sides[0]) && diff_has_sources(&diff->sides[1]);
    if (done && sources && !is_cancelled(cancelled))
        done = renamed_functions(before, after, after_of, cancelled);
    bool alone = diff->sides[0].count == 1 && diff->sides[1].count == 1 && diff->memory->comparability.same_python;
    if (done && alone && !is_cancelled(cancelled))
        done = diff_drift(before, after, after_of, &diff->memory->drift);
    if (done && !is_cancelled(cancelled))
        done = add_functions(diff, after_of, cancelled);
    free(after_of);
    return done;
}

/* --- the diff ------------------------------------------------------------------------------------------- */

static bool fill(struct session_diff *diff, const atomic_bool *cancelled) {
    struct diff_memory *memory = diff->memory;
    diff_compare_runs(&diff->sides[0], &diff->sides[1], &memory->comparability, &memory->warnings);
    diff->warnings = (const char *const *)memory->warnings.texts;
    diff->warning_count = memory->warnings.count;
    if (diff->sides[0].count > 1 || diff->sides[1].count > 1)
        noise_open(&memory->noise);
    for (int side = 0; side < 2; side++)
        if (is_cancelled(cancelled) || !side_open(&memory->sides[side], &diff->sides[side]))
            return false;
    bool done = match_functions(diff, cancelled) && !memory->warnings.failed;
    diff->drift = memory->drift;
    judge_totals(diff);
    return done;
}

struct session_diff *session_diff_new(const struct diff_side *before, const struct diff_side *after, const atomic_bool *cancelled,
                                      struct error *error) {
    struct session_diff *diff = calloc(1, sizeof *diff);
    bool done = diff && (diff->memory = calloc(1, sizeof *diff->memory));
    if (done) {
        diff->sides[0] = *before;
        diff->sides[1] = *after;
        done = fill(diff, cancelled);
    }
    if (is_cancelled(cancelled))
        error_set(error, 1, "comparing was cancelled");
    else if (done)
        return diff;
    else
        diff_out_of_memory(error);
    session_diff_free(diff);
    return NULL;
}

void session_diff_free(struct session_diff *diff) {
    if (diff && diff->memory) {
        side_free(&diff->memory->sides[0]);
        side_free(&diff->memory->sides[1]);
        sentences_free(&diff->memory->warnings);
        free(diff->memory);
    }
    if (diff)
        free(diff->functions);
    free(diff);
}

/* --- reading it ----------------------------------------------------------------------------------------- */

static bool is_known(const struct diff_value *value) { return value->before != MODEL_UNKNOWN && value->after != MODEL_UNKNOWN; }

int64_t session_diff_change(const struct diff_value *value) {
    if (!is_known(value))
        return 0;
    bool more = value->after >= value->before;
    uint64_t size = more ? value->after - value->before : value->before - value->after;
    int64_t change = size > INT64_MAX ? INT64_MAX : (int64_t)size;
    return more ? change : -change;
}

double session_diff_relative(const struct diff_value *value) {
    if (!is_known(value))
        return NAN;
    if (value->before == 0)
        return value->after ? INFINITY : 0;
    return ((double)value->after - (double)value->before) / (double)value->before;
}

const struct model_function *session_diff_shown(const struct diff_function *function) {
    return function->after ? function->after : function->before;
}

bool session_diff_has(const struct session_diff *diff, enum diff_measure measure) {
    for (size_t i = 0; i < diff->function_count; i++)
        if (is_known(&diff->functions[i].values[measure]))
            return true;
    return false;
}

struct ordering {
    const struct session_diff *diff;
    enum diff_measure measure;
};

static uint64_t size_of_change(const struct diff_value *value) {
    int64_t change = session_diff_change(value);
    return change < 0 ? (uint64_t)0 - (uint64_t)change : (uint64_t)change;
}

static int by_change(const void *left, const void *right, void *context) {
    const struct ordering *ordering = context;
    uint32_t left_index = *(const uint32_t *)left, right_index = *(const uint32_t *)right;
    const struct diff_value *a = &ordering->diff->functions[left_index].values[ordering->measure];
    const struct diff_value *b = &ordering->diff->functions[right_index].values[ordering->measure];
    bool a_changed = a->verdict == DIFF_CHANGED, b_changed = b->verdict == DIFF_CHANGED;
    if (a_changed != b_changed)
        return a_changed ? -1 : 1;
    uint64_t a_size = size_of_change(a), b_size = size_of_change(b);
    if (a_size != b_size)
        return a_size > b_size ? -1 : 1;
    return left_index < right_index ? -1 : left_index > right_index;
}

uint32_t *session_diff_by_change(const struct session_diff *diff, enum diff_measure measure) {
    struct ordering ordering = {diff, measure};
    uint32_t *order = calloc(diff->function_count + 1, sizeof *order);
    for (uint32_t i = 0; order && i < diff->function_count; i++)
        order[i] = i;
    if (order)
        qsort_r(order, diff->function_count, sizeof *order, by_change, &ordering);
    return order;
}
