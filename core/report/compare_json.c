/* compare_json.c - a comparison of functions for scripts. What is not known is absent. */
#include "core/report/compare_report.h"
#include "core/report/json.h"

static void write_known(struct json *json, const char *key, uint64_t value) {
    if (value != MODEL_UNKNOWN)
        json_number(json, key, value);
}

static void write_instructions(struct json *json, const struct comparison_candidate *candidate) {
    json_begin(json, "bytecode", '[');
    for (size_t i = 0; i < candidate->code_count; i++) {
        const struct comparison_code *code = &candidate->codes[i];
        for (size_t k = 0; k < code->instruction_count; k++) {
            const struct comparison_instruction *instruction = &candidate->instructions[code->first_instruction + k];
            json_break(json);
            json_begin(json, NULL, '{');
            json_text(json, "code", code->qualname);
            json_number(json, "offset", instruction->offset);
            json_text(json, "opname", instruction->opname);
            json_text(json, "argrepr", instruction->argrepr);
            if (instruction->line)
                json_number(json, "line", instruction->line);
            write_known(json, "count", instruction->count);
            json_end(json, '}');
        }
    }
    json_end(json, ']');
}

static void write_times(struct json *json, const struct comparison_candidate *candidate) {
    json_number(json, "loops", candidate->loops);
    json_begin(json, "runs_ns", '['); /* per call */
    for (size_t i = 0; i < candidate->run_count; i++)
        json_real(json, NULL, candidate->runs[i]);
    json_end(json, ']');
    json_real(json, "mean_ns", candidate->time.mean);
    json_real(json, "deviation_ns", candidate->time.deviation);
    json_real(json, "best_ns", candidate->time.best);
    json_real(json, "relative", candidate->relative.estimate);
    json_real(json, "relative_low", candidate->relative.low);
    json_real(json, "relative_high", candidate->relative.high);
    json_truth(json, "differs", candidate->differs);
}

static void write_candidate(struct json *json, const struct comparison_candidate *candidate) {
    json_break(json);
    json_begin(json, NULL, '{');
    json_text(json, "given", candidate->specification);
    json_text(json, "name", candidate->name);
    json_text(json, "qualname", candidate->qualname);
    json_text(json, "arguments", candidate->arguments);
    if (candidate->file) {
        json_text(json, "file", candidate->file);
        json_number(json, "line", candidate->first_line);
        json_text(json, "source", candidate->source ? candidate->source : "");
    }
    write_times(json, candidate);
    write_known(json, "instructions", candidate->executed);
    write_known(json, "own_instructions", candidate->executed_itself);
    write_known(json, "alloc_count", candidate->allocated_count);
    write_known(json, "alloc_bytes", candidate->allocated_bytes);
    write_known(json, "peak_bytes", candidate->peak_bytes);
    json_number(json, "printed_bytes", candidate->printed_bytes);
    write_instructions(json, candidate);
    json_end(json, '}');
}

static void write_verdicts(struct json *json, const struct comparison *comparison) {
    char sentence[768];
    json_begin(json, "verdicts", '[');
    for (size_t i = 0; i < comparison->count; i++)
        if (i != comparison->fastest) {
            comparison_verdict(comparison, i, sentence, sizeof sentence);
            json_text(json, NULL, sentence);
        }
    json_end(json, ']');
}

bool compare_report_json(const struct comparison *comparison, FILE *out, struct error *error) {
    struct json json = {.out = out};
    json_begin(&json, NULL, '{');
    json_number(&json, "pyprof_compare", 1);
    json_text(&json, "python", comparison->version);
    json_text(&json, "interpreter", comparison->program);
    json_text(&json, "setup", comparison->setup);
    json_number(&json, "blocks", comparison->blocks);
    json_number(&json, "runs_per_block", comparison->runs_per_block);
    json_truth(&json, "one_process", comparison->one_process);
    json_real(&json, "confidence", comparison->confidence);
    json_number(&json, "spent_ns", comparison->spent_ns);
    json_text(&json, "fastest", comparison->candidates[comparison->fastest].name);
    write_verdicts(&json, comparison);
    json_begin(&json, "warnings", '[');
    for (size_t i = 0; i < comparison->warnings.count; i++)
        json_text(&json, NULL, comparison->warnings.items[i]);
    json_end(&json, ']');
    if (comparison->not_counted)
        json_text(&json, "not_counted", comparison->not_counted);
    json_begin(&json, "candidates", '[');
    for (size_t i = 0; i < comparison->count; i++)
        write_candidate(&json, &comparison->candidates[i]);
    json_end(&json, ']');
    json_end(&json, '}');
    fputc('\n', out);
    return !ferror(out) || error_set(error, 1, "the comparison cannot be written; make room or name another place");
}
