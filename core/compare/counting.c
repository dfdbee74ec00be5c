#include "core/compare/counting.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compare/driver.h"
#include "core/config/values.h"
#include "core/recorder/ask_target.h"
#include "core/recorder/disassembler.h"
#include "core/recorder/engine_build.h"
#include "core/recorder/signals.h"
#include "pyprof/arena_reader.h"

struct counting {
    struct comparison *comparison;
    struct worker_context *context;
    const struct comparison_listener *listener;
    struct config *config;
};

/* --- the config ---------------------------------------------------------------------------------------------- */

/* Only what is counted exactly, in all files; the driver's own part is known by its file. */
static struct config *make_config(const struct config *given, struct error *error) {
    struct config *config = config_new();
    if (config && text_replace(&config->target.python, given->target.python) &&
        config_set(config, "collectors.bytecode.include=['**']", error) &&
        config_set(config, "collectors.bytecode.exclude=[]", error) && config_set(config, "collectors.children=false", error) &&
        config_set_collectors(config, "bytecode,memory", error))
        return config;
    if (!config)
        error_set(error, 1, "out of memory while comparing");
    config_free(config);
    return NULL;
}

/* --- reading counts ------------------------------------------------------------------------------------------ */

static struct model *snapshot(const struct recording *recording, struct error *error) {
    struct arena_reader *reader = arena_reader_open_held(recording->arena.path, recording->arena_lock, error);
    struct model *model = reader ? arena_reader_model(reader, error) : NULL;
    arena_reader_close(reader);
    return model;
}

/* Instructions of all functions but the driver's. */
static uint64_t executed_in_all(const struct model *model) {
    uint64_t sum = 0;
    for (size_t i = 1; i < model->function_count; i++) {
        const struct model_function *function = &model->functions[i];
        if (function->instructions != MODEL_UNKNOWN && strcmp(function->file, compare_driver_file) != 0)
            sum += function->instructions;
    }
    return sum;
}

static const struct model_function *find_function(const struct model *model, const struct comparison_code *code) {
    for (size_t i = 1; i < model->function_count; i++) {
        const struct model_function *function = &model->functions[i];
        if (function->kind == MODEL_FUNCTION_PYTHON && function->line == code->line &&
            strcmp(function->qualname, code->qualname) == 0 && strcmp(function->file, code->file) == 0)
            return function;
    }
    return NULL;
}

static uint64_t executed_by(const struct model *model, const struct comparison_code *code) {
    const struct model_function *function = find_function(model, code);
    return function ? function->instructions : MODEL_UNKNOWN;
}

static uint64_t difference(uint64_t before, uint64_t after) {
    return before == MODEL_UNKNOWN || after == MODEL_UNKNOWN || after < before ? MODEL_UNKNOWN : after - before;
}

/* How often each instruction of a code object was executed in between. Both are in the order of their offsets. */
static void count_instructions(struct comparison_candidate *candidate, const struct comparison_code *code,
                               const struct model *before, const struct model *after) {
    const struct model_function *first = find_function(before, code), *last = find_function(after, code);
    if (!first || !last || first->instruction_row_count != last->instruction_row_count)
        return;
    size_t row = 0, rows = last->instruction_row_count;
    const struct model_instruction *early = before->instruction_rows + first->first_instruction_row;
    const struct model_instruction *late = after->instruction_rows + last->first_instruction_row;
    for (size_t i = 0; i < code->instruction_count; i++) {
        struct comparison_instruction *instruction = &candidate->instructions[code->first_instruction + i];
        while (row < rows && late[row].offset < instruction->offset)
            row++;
        if (row < rows && late[row].offset == instruction->offset && early[row].offset == instruction->offset)
            instruction->count = difference(early[row].count, late[row].count);
    }
}

static bool compare_snapshots(struct comparison_candidate *candidate, const struct model *before, const struct model *after,
                              struct error *error) {
    if (after->instructions == MODEL_UNKNOWN)
        return error_set(error, 1, "bytecode was not counted");
    candidate->executed = executed_in_all(after) - executed_in_all(before);
    candidate->executed_itself = candidate->code_count ? difference(executed_by(before, candidate->codes),
                                                                    executed_by(after, candidate->codes)) : 0;
    for (size_t i = 0; i < candidate->code_count; i++)
        count_instructions(candidate, &candidate->codes[i], before, after);
    return true;
}

/* --- one candidate ------------------------------------------------------------------------------------------- */

static bool take_memory(void *receiver, const struct worker_reply *reply) {
    struct comparison_candidate *candidate = receiver;
    if (strcmp(reply->word, "memory") != 0 || reply->number_count != 3)
        return false;
    candidate->allocated_count = reply->numbers[0];
    candidate->allocated_bytes = reply->numbers[1];
    candidate->peak_bytes = reply->numbers[2];
    return true;
}

static bool count_call(struct worker *worker, struct comparison_candidate *candidate, struct error *error) {
    worker->name = candidate->name;
    ask_target_bytecode(worker->recording);
    if (!worker_ask(worker, NULL, NULL, error, "prepare 0"))
        return false;
    disassemble_profile(worker->recording->arena.path);
    struct model *before = snapshot(worker->recording, error), *after = NULL;
    if (before && worker_ask(worker, take_memory, candidate, error, "count 0"))
        after = snapshot(worker->recording, error);
    bool done = after && compare_snapshots(candidate, before, after, error);
    model_free(before);
    model_free(after);
    return done;
}

static bool wait_for_engine(struct counting *counting, struct engine_build *build, struct error *error) {
    for (;;) {
        struct pollfd watched[] = {{.fd = build->result, .events = POLLIN},
                                   {.fd = counting->context->signals, .events = POLLIN}};
        struct signalfd_siginfo signal;
        (void)poll(watched, 2, -1);
        if (watched[0].revents)
            return engine_build_finish(build, error);
        while (signals_next(counting->context->signals, &signal))
            if (signal.ssi_signo != SIGCHLD)
                counting->context->interrupted = (int)signal.ssi_signo;
        if (counting->context->interrupted) {
            engine_build_stop(build);
            return error_set(error, 128 + counting->context->interrupted, "the comparison was interrupted");
        }
    }
}

static bool build_engine(struct counting *counting, const struct engine_order *order, struct error *error) {
    char sentence[128];
    struct engine_build build;
    engine_order_describe(order, sentence);
    counting->listener->tell(counting->listener->receiver, sentence);
    return engine_build_start(&build, order, error) && wait_for_engine(counting, &build, error);
}

/* Where no engine is there for its Python, one is built and all begins anew. */
static bool count_candidate(struct counting *counting, struct comparison_candidate *candidate, struct error *error) {
    for (bool built = false;; built = true) {
        struct worker worker;
        struct recording recording;
        struct engine_order order;
        bool started = worker_start_counted(&worker, counting->context, candidate->specification, counting->config, &recording,
                                            error);
        if (started) {
            bool done = count_call(&worker, candidate, error);
            worker_stop(&worker);
            recording_remove(&recording);
            return done;
        }
        bool refused = recording.arena_lock >= 0 && recording.ended && recording_was_refused(&recording, error);
        bool again = refused && !built && recording_order_engine(&recording, &order);
        recording_remove(&recording);
        if (!again || !build_engine(counting, &order, error))
            return false;
    }
}

bool counting_run(struct comparison *comparison, const struct config *config, struct worker_context *context,
                  const struct comparison_listener *listener, struct error *error) {
    char sentence[256], *traceback = NULL, **kept = context->traceback;
    struct counting counting = {.comparison = comparison, .context = context, .listener = listener,
                                .config = make_config(config, error)};
    if (!counting.config)
        return false;
    context->traceback = &traceback; /* of a failure that is none of the comparison */
    for (size_t i = 0; i < comparison->count && !context->interrupted; i++) {
        struct comparison_candidate *candidate = &comparison->candidates[i];
        snprintf(sentence, sizeof sentence, "counting: %.200s", candidate->name);
        listener->tell(listener->receiver, sentence);
        if (!count_candidate(&counting, candidate, error) && !comparison->not_counted)
            comparison->not_counted = strdup(error->text);
    }
    free(traceback);
    context->traceback = kept;
    config_free(counting.config);
    return !context->interrupted;
}
