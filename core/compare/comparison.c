/* comparison.c - the steps of a comparison, in their order: find and call each candidate once, time them in turn, count. */
#include "core/compare/comparison.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/compare/candidates.h"
#include "core/compare/counting.h"
#include "core/compare/timing.h"
#include "core/compare/worker.h"
#include "core/config/values.h"
#include "core/recorder/signals.h"

static bool out_of_memory(struct error *error) { return error_set(error, 1, "out of memory while comparing"); }

static void free_candidate(struct comparison_candidate *candidate) {
    for (size_t i = 0; i < candidate->code_count; i++) {
        free(candidate->codes[i].file);
        free(candidate->codes[i].qualname);
    }
    for (size_t i = 0; i < candidate->instruction_count; i++) {
        free(candidate->instructions[i].opname);
        free(candidate->instructions[i].argrepr);
    }
    free(candidate->codes);
    free(candidate->instructions);
    free(candidate->specification);
    free(candidate->name);
    free(candidate->qualname);
    free(candidate->arguments);
    free(candidate->file);
    free(candidate->source);
    free(candidate->runs);
}

void comparison_free(struct comparison *comparison) {
    if (!comparison)
        return;
    for (size_t i = 0; i < comparison->count; i++)
        free_candidate(&comparison->candidates[i]);
    free(comparison->candidates);
    free(comparison->program);
    free(comparison->setup);
    free(comparison->not_counted);
    text_list_clear(&comparison->warnings);
    free(comparison);
}

bool comparison_warn(struct comparison *comparison, const char *format, ...) {
    char sentence[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    for (char *at = sentence; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            *at = ' ';
    return text_list_append(&comparison->warnings, sentence);
}

static struct comparison *make(const struct comparison_order *order, const struct interpreter *interpreter) {
    struct comparison *comparison = calloc(1, sizeof *comparison);
    if (!comparison)
        return NULL;
    comparison->candidates = calloc(order->count, sizeof *comparison->candidates);
    comparison->program = strdup(interpreter->program);
    comparison->setup = strdup(order->setup);
    bool done = comparison->candidates && comparison->program && comparison->setup;
    for (size_t i = 0; i < order->count && done; i++) {
        struct comparison_candidate *candidate = &comparison->candidates[comparison->count++];
        candidate->executed = candidate->executed_itself = MODEL_UNKNOWN;
        candidate->allocated_count = candidate->allocated_bytes = candidate->peak_bytes = MODEL_UNKNOWN;
        done = (candidate->specification = strdup(order->candidates[i])) != NULL;
    }
    if (done)
        return comparison;
    comparison_free(comparison);
    return NULL;
}

static bool check_order(const struct comparison_order *order, struct error *error) {
    if (order->count < 2)
        return error_set(error, EXIT_STATUS_USAGE, "a comparison needs two functions at least; write --compare FILE.py:FUNCTION "
                         "FILE.py:FUNCTION");
    if (order->count > COMPARISON_MOST_CANDIDATES)
        return error_set(error, EXIT_STATUS_USAGE, "at most %d functions can be compared at once; leave some out",
                         COMPARISON_MOST_CANDIDATES);
    return true;
}

/* All that is done with workers; the signals are taken. */
static bool perform(struct comparison *comparison, const struct comparison_order *order, struct worker_context *context,
                    const struct comparison_listener *listener, struct error *error) {
    if (!candidates_check(comparison, context, listener, error) ||
        !timing_measure(comparison, context, order->time_s, listener, error))
        return false;
    if (!comparison_judge(comparison))
        return out_of_memory(error);
    return counting_run(comparison, order->config, context, listener, error);
}

struct comparison *comparison_run(const struct comparison_order *order, const struct comparison_listener *listener,
                                  char **traceback, struct error *error) {
    struct interpreter interpreter;
    uint64_t start_ns = clock_monotonic_ns();
    *traceback = NULL;
    if (!check_order(order, error) || !interpreter_find(order->config, &interpreter, error))
        return NULL;
    struct comparison *comparison = make(order, &interpreter);
    int signals = comparison ? signals_take() : -1;
    if (!comparison) {
        out_of_memory(error);
    } else if (signals < 0) {
        error_set(error, 1, "cannot wait for signals: %s; raise `ulimit -n`", strerror(errno));
    } else {
        struct worker_context context = {.interpreter = &interpreter, .setup = order->setup, .arguments = order->arguments,
                                         .limit_ns = (uint64_t)(order->limit_s * 1e9), .signals = signals,
                                         .traceback = traceback, .version = comparison->version};
        signal(SIGPIPE, SIG_IGN); /* a worker that is gone is noticed otherwise; undone with the others */
        bool done = perform(comparison, order, &context, listener, error);
        signals_give_back(signals);
        comparison->spent_ns = clock_monotonic_ns() - start_ns;
        if (done)
            return comparison;
    }
    comparison_free(comparison);
    return NULL;
}
