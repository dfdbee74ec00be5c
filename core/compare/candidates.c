#include "core/compare/candidates.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* What replies of the one worker are about. */
struct receiver {
    struct comparison *comparison;
    struct comparison_candidate *candidate; /* NULL: of all */
};

enum { MOST_INSTRUCTIONS = 1 << 20 };

/* --- replies ------------------------------------------------------------------------------------------------- */

/* The text up to a '\0' in it, and what stands behind that. */
static bool split(const struct worker_reply *reply, char **first, char **second) {
    size_t length = strnlen(reply->text, reply->length);
    *first = strndup(reply->text, length);
    *second = length < reply->length ? strndup(reply->text + length + 1, reply->length - length - 1) : strdup("");
    return *first && *second;
}

/* Room for one more element; what is new is 0. */
static void *grown(void *items, size_t count, size_t size) {
    if (count & (count - 1)) /* it grows at powers of two */
        return items;
    char *larger = realloc(items, (count ? 2 * count : 1) * size);
    if (larger)
        memset(larger + count * size, 0, ((count ? 2 * count : 1) - count) * size);
    return larger;
}

static bool take_code(struct comparison_candidate *candidate, const struct worker_reply *reply) {
    struct comparison_code *codes = grown(candidate->codes, candidate->code_count, sizeof *codes);
    if (!codes || reply->number_count != 1)
        return false;
    candidate->codes = codes;
    struct comparison_code *code = &codes[candidate->code_count++];
    code->line = (uint32_t)reply->numbers[0];
    code->first_instruction = candidate->instruction_count;
    return split(reply, &code->file, &code->qualname);
}

static bool take_instruction(struct comparison_candidate *candidate, const struct worker_reply *reply) {
    size_t count = candidate->instruction_count;
    if (reply->number_count != 3 || !candidate->code_count || count >= MOST_INSTRUCTIONS)
        return false;
    struct comparison_instruction *instructions = grown(candidate->instructions, count, sizeof *instructions);
    if (!instructions)
        return false;
    candidate->instructions = instructions;
    struct comparison_instruction *instruction = &instructions[candidate->instruction_count++];
    *instruction = (struct comparison_instruction){.offset = (uint32_t)reply->numbers[0], .line = (uint32_t)reply->numbers[1],
                                                   .is_jump_target = reply->numbers[2] != 0, .count = MODEL_UNKNOWN};
    candidate->codes[candidate->code_count - 1].instruction_count++;
    return split(reply, &instruction->opname, &instruction->argrepr);
}

static bool take_text(char **field, const struct worker_reply *reply) {
    free(*field);
    *field = strndup(reply->text, reply->length);
    return *field != NULL;
}

static bool take_reply(void *context, const struct worker_reply *reply) {
    struct receiver *receiver = context;
    struct comparison_candidate *candidate = receiver->candidate;
    if (strcmp(reply->word, "warning") == 0)
        return comparison_warn(receiver->comparison, "%.*s", (int)reply->length, reply->text);
    if (!candidate)
        return false;
    if (strcmp(reply->word, "name") == 0)
        return take_text(&candidate->qualname, reply);
    if (strcmp(reply->word, "arguments") == 0)
        return take_text(&candidate->arguments, reply);
    if (strcmp(reply->word, "file") == 0)
        return take_text(&candidate->file, reply);
    if (strcmp(reply->word, "source") == 0 && reply->number_count == 1) {
        candidate->first_line = (uint32_t)reply->numbers[0];
        return take_text(&candidate->source, reply);
    }
    return strcmp(reply->word, "code") == 0          ? take_code(candidate, reply)
           : strcmp(reply->word, "instruction") == 0 ? take_instruction(candidate, reply)
                                                     : false;
}

/* --- names --------------------------------------------------------------------------------------------------- */

static bool is_unique(const struct comparison *comparison, size_t index) {
    for (size_t i = 0; i < comparison->count; i++)
        if (i != index && strcmp(comparison->candidates[i].qualname, comparison->candidates[index].qualname) == 0)
            return false;
    return true;
}

/* The qualified name; where two have the same, what was given, with a number where that is the same, too. */
static bool give_names(struct comparison *comparison) {
    for (size_t i = 0; i < comparison->count; i++) {
        struct comparison_candidate *candidate = &comparison->candidates[i];
        size_t equal = 0;
        for (size_t k = 0; k < i; k++)
            equal += strcmp(comparison->candidates[k].specification, candidate->specification) == 0;
        int length = is_unique(comparison, i) ? asprintf(&candidate->name, "%s", candidate->qualname)
                     : equal                  ? asprintf(&candidate->name, "%s #%zu", candidate->specification, equal + 1)
                                              : asprintf(&candidate->name, "%s", candidate->specification);
        if (length < 0) {
            candidate->name = NULL;
            return false;
        }
    }
    return true;
}

/* --- the check ----------------------------------------------------------------------------------------------- */

static bool describe(struct worker *worker, struct receiver *receiver, size_t index, struct error *error) {
    struct comparison_candidate *candidate = receiver->candidate;
    if (!worker_ask(worker, take_reply, receiver, error, "describe %zu", index))
        return false;
    return (candidate->qualname && candidate->arguments) || error_set(error, 1, "%s: has no name", candidate->specification);
}

static bool call(struct worker *worker, struct receiver *receiver, size_t index, struct error *error) {
    struct comparison_candidate *candidate = receiver->candidate;
    uint64_t printed = worker->printed;
    worker->printed_start[0] = '\0';
    worker->name = candidate->name;
    if (!worker_ask(worker, take_reply, receiver, error, "call %zu", index))
        return false;
    candidate->printed_bytes = worker->printed - printed;
    int line = (int)strcspn(worker->printed_start, "\n");
    return !candidate->printed_bytes ||
           comparison_warn(receiver->comparison, "%s prints %" PRIu64 " bytes (\"%.*s%s\"), which is part of its time",
                           candidate->name, candidate->printed_bytes, line > 60 ? 60 : line, worker->printed_start,
                           candidate->printed_bytes > (uint64_t)line + 1 ? " ..." : "");
}

static bool check_all(struct worker *worker, struct comparison *comparison, struct error *error) {
    struct receiver receiver = {.comparison = comparison};
    for (size_t i = 0; i < comparison->count; i++) {
        receiver.candidate = &comparison->candidates[i];
        if (!describe(worker, &receiver, i, error))
            return false;
    }
    if (!give_names(comparison))
        return error_set(error, 1, "out of memory while comparing");
    for (size_t i = 0; i < comparison->count; i++) {
        receiver.candidate = &comparison->candidates[i];
        if (!call(worker, &receiver, i, error))
            return false;
    }
    receiver.candidate = NULL;
    worker->name = "comparing what they return";
    return worker_ask(worker, take_reply, &receiver, error, "agree");
}

bool candidates_check(struct comparison *comparison, struct worker_context *context, const struct comparison_listener *listener,
                      struct error *error) {
    const char *specifications[COMPARISON_MOST_CANDIDATES];
    struct worker worker;
    for (size_t i = 0; i < comparison->count; i++)
        specifications[i] = comparison->candidates[i].specification;
    listener->tell(listener->receiver, "calling each function once");
    if (!worker_start(&worker, context, specifications, comparison->count, error))
        return false;
    bool done = check_all(&worker, comparison, error);
    worker_stop(&worker);
    return done;
}
