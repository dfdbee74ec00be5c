#include "core/compare/timing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"

enum { LEAST_BLOCKS = 3, SURE_BLOCKS = 5, MOST_BLOCKS = 200, MOST_RUNS_PER_BLOCK = 2 };

static const uint64_t RUN_NS = 200000000, LEAST_RUN_NS = 5000000; /* as timeit's autorange; where there is little time */
static const uint64_t MOST_LOOPS = UINT64_C(1000000000000);
/* An interval that reaches no further from its centre than this, as a part of it, is narrow. */
static const double NARROW = 0.01;
/* Where starting takes longer than the runs of a block, and than this, all blocks are measured in the same processes. */
static const uint64_t SLOW_START_NS = 1000000000;

struct timing {
    struct comparison *comparison;
    struct worker_context *context;
    const struct comparison_listener *listener;
    struct worker workers[COMPARISON_MOST_CANDIDATES];
    size_t started; /* workers that are there */
    uint64_t start_ns, budget_ns, run_ns;
    uint64_t starting_ns; /* what starting all workers took the last time */
};

/* --- one run ------------------------------------------------------------------------------------------------- */

struct measured {
    uint64_t loops, ns;
    bool there;
};

static bool take_time(void *receiver, const struct worker_reply *reply) {
    struct measured *measured = receiver;
    if (strcmp(reply->word, "time") != 0 || reply->number_count != 2)
        return false;
    *measured = (struct measured){reply->numbers[0], reply->numbers[1], true};
    return true;
}

/* Nanoseconds for so many calls, 1 at least. */
static bool measure(struct timing *timing, size_t index, uint64_t loops, uint64_t *ns, struct error *error) {
    struct worker *worker = &timing->workers[index];
    struct measured measured = {0};
    worker->name = timing->comparison->candidates[index].name;
    worker->expected_ns = loops > 1 ? 10 * timing->run_ns : 0;
    if (!worker_ask(worker, take_time, &measured, error, "time 0 %" PRIu64, loops))
        return false;
    if (!measured.there || measured.loops != loops)
        return error_set(error, 1, "%s: its process did not say how long it took", worker->name);
    *ns = measured.ns ? measured.ns : 1;
    return true;
}

/* The first of 1, 2, 5, 10, ... that takes long enough. */
static bool choose_loops(struct timing *timing, size_t index, struct error *error) {
    static const uint64_t steps[] = {1, 2, 5};
    uint64_t ns = 0;
    for (uint64_t power = 1; power < MOST_LOOPS; power *= 10)
        for (size_t step = 0; step < 3; step++) {
            timing->comparison->candidates[index].loops = power * steps[step];
            if (!measure(timing, index, power * steps[step], &ns, error))
                return false;
            if (ns >= timing->run_ns)
                return true;
        }
    return true;
}

static bool add_run(struct comparison_candidate *candidate, double ns_per_call) {
    if (!candidate->runs)
        candidate->runs = calloc(MOST_BLOCKS * MOST_RUNS_PER_BLOCK, sizeof *candidate->runs);
    if (!candidate->runs)
        return false;
    candidate->runs[candidate->run_count++] = ns_per_call;
    return true;
}

static bool run(struct timing *timing, size_t index, struct error *error) {
    struct comparison_candidate *candidate = &timing->comparison->candidates[index];
    uint64_t ns;
    if (!measure(timing, index, candidate->loops, &ns, error))
        return false;
    return add_run(candidate, (double)ns / (double)candidate->loops) || error_set(error, 1, "out of memory while comparing");
}

/* --- blocks -------------------------------------------------------------------------------------------------- */

static void stop_workers(struct timing *timing) {
    while (timing->started)
        worker_stop(&timing->workers[--timing->started]);
}

static bool start_workers(struct timing *timing, struct error *error) {
    const struct comparison *comparison = timing->comparison;
    uint64_t before = clock_monotonic_ns();
    for (; timing->started < comparison->count; timing->started++) {
        const char *specification = comparison->candidates[timing->started].specification;
        if (!worker_start(&timing->workers[timing->started], timing->context, &specification, 1, error))
            return false;
    }
    timing->starting_ns = clock_monotonic_ns() - before;
    return true;
}

/* What is made at the first call is made, and the interpreter has specialised what runs often. */
static bool warm_up(struct timing *timing, struct error *error) {
    uint64_t ns;
    for (size_t i = 0; i < timing->comparison->count; i++) {
        uint64_t loops = timing->comparison->candidates[i].loops;
        if (loops > 1 && !measure(timing, i, loops > 20 ? loops / 10 : 2, &ns, error))
            return false;
    }
    return true;
}

/* Every second block begins with the other end. */
static bool run_block(struct timing *timing, struct error *error) {
    struct comparison *comparison = timing->comparison;
    size_t count = comparison->count;
    for (size_t turn = 0; turn < comparison->runs_per_block; turn++)
        for (size_t i = 0; i < count; i++) {
            bool backwards = (turn + comparison->blocks) % 2 == 1;
            if (!run(timing, backwards ? count - 1 - i : i, error))
                return false;
        }
    comparison->blocks++;
    return true;
}

static bool is_narrow(struct timing *timing) {
    struct comparison *comparison = timing->comparison;
    if (comparison->blocks < SURE_BLOCKS || !comparison_judge(comparison))
        return false;
    for (size_t i = 0; i < comparison->count; i++) {
        const struct statistics_interval *relative = &comparison->candidates[i].relative;
        if (relative->high > relative->estimate * (1 + NARROW))
            return false;
    }
    return true;
}

static bool is_enough(struct timing *timing, uint64_t block_ns) {
    size_t blocks = timing->comparison->blocks;
    uint64_t spent = clock_monotonic_ns() - timing->start_ns;
    if (blocks < LEAST_BLOCKS)
        return false;
    return blocks >= MOST_BLOCKS || spent + block_ns / 2 > timing->budget_ns || is_narrow(timing);
}

static void tell(const struct timing *timing) {
    char sentence[160];
    snprintf(sentence, sizeof sentence, "timing: block %zu, %.0f of at most %.0f s", timing->comparison->blocks + 1,
             (double)(clock_monotonic_ns() - timing->start_ns) / 1e9, (double)timing->budget_ns / 1e9);
    timing->listener->tell(timing->listener->receiver, sentence);
}

/* The first processes say how many loops make a run, and how long a block takes. */
static bool prepare(struct timing *timing, struct error *error) {
    struct comparison *comparison = timing->comparison;
    uint64_t before, round_ns;
    tell(timing);
    if (!start_workers(timing, error))
        return false;
    before = clock_monotonic_ns();
    for (size_t i = 0; i < comparison->count; i++)
        if (!choose_loops(timing, i, error))
            return false;
    round_ns = clock_monotonic_ns() - before;
    comparison->runs_per_block = round_ns > timing->budget_ns / LEAST_BLOCKS ? 1 : MOST_RUNS_PER_BLOCK;
    comparison->one_process = timing->starting_ns > SLOW_START_NS && timing->starting_ns > comparison->runs_per_block * round_ns;
    return true;
}

static bool measure_blocks(struct timing *timing, struct error *error) {
    uint64_t block_ns = 0;
    if (!prepare(timing, error))
        return false;
    while (!is_enough(timing, block_ns)) {
        uint64_t before = clock_monotonic_ns();
        tell(timing);
        if (timing->started == 0 && (!start_workers(timing, error) || !warm_up(timing, error)))
            return false;
        if (!run_block(timing, error))
            return false;
        if (!timing->comparison->one_process)
            stop_workers(timing);
        block_ns = clock_monotonic_ns() - before;
    }
    return true;
}

/* Three blocks are to fit into the time. */
static uint64_t choose_run_ns(uint64_t budget_ns, size_t count) {
    uint64_t ns = budget_ns / (LEAST_BLOCKS * MOST_RUNS_PER_BLOCK * count);
    return ns < LEAST_RUN_NS ? LEAST_RUN_NS : ns > RUN_NS ? RUN_NS : ns;
}

bool timing_measure(struct comparison *comparison, struct worker_context *context, double time_s,
                    const struct comparison_listener *listener, struct error *error) {
    struct timing *timing = calloc(1, sizeof *timing);
    if (!timing)
        return error_set(error, 1, "out of memory while comparing");
    *timing = (struct timing){.comparison = comparison, .context = context, .listener = listener,
                              .start_ns = clock_monotonic_ns(), .budget_ns = (uint64_t)(time_s * 1e9)};
    timing->run_ns = choose_run_ns(timing->budget_ns, comparison->count);
    bool done = measure_blocks(timing, error);
    stop_workers(timing);
    free(timing);
    return done;
}
