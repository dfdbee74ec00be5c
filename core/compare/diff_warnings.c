#include "core/compare/diff_warnings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 160 };

/* The runs of both sides, the first one being what the others are held against. */
struct runs {
    const struct diff_side *sides[2];
    size_t count;
    struct comparability *comparability;
    struct sentences *warnings;
};

static void __attribute__((format(printf, 2, 3))) warn(const struct runs *runs, const char *format, ...) {
    struct sentences *sentences = runs->warnings;
    va_list arguments;
    if (sentences->count == sentences->capacity) {
        size_t capacity = sentences->capacity * 2 + 8;
        char **grown = reallocarray(sentences->texts, capacity, sizeof *grown);
        sentences->failed |= !grown;
        if (!grown)
            return;
        sentences->texts = grown;
        sentences->capacity = capacity;
    }
    va_start(arguments, format);
    if (vasprintf(&sentences->texts[sentences->count], format, arguments) >= 0)
        sentences->count++;
    else
        sentences->failed = true;
    va_end(arguments);
}

void sentences_free(struct sentences *sentences) {
    for (size_t i = 0; i < sentences->count; i++)
        free(sentences->texts[i]);
    free(sentences->texts);
    *sentences = (struct sentences){0};
}

/* The runs before, then those after. */
static const struct model *run_at(const struct runs *runs, size_t index) {
    size_t before = runs->sides[0]->count;
    return index < before ? runs->sides[0]->runs[index] : runs->sides[1]->runs[index - before];
}

static const char *name_at(const struct runs *runs, size_t index) {
    size_t before = runs->sides[0]->count;
    return index < before ? runs->sides[0]->names[index] : runs->sides[1]->names[index - before];
}

/* The first run that a property differs in from the first; 0: none does. Runs after are looked at first. */
static size_t find_other(const struct runs *runs, uint64_t (*property)(const struct model *)) {
    uint64_t first = property(run_at(runs, 0));
    for (size_t i = 0, before = runs->sides[0]->count; i < runs->count; i++) {
        size_t index = (before + i) % runs->count;
        if (property(run_at(runs, index)) != first)
            return index;
    }
    return 0;
}

/* --- properties ----------------------------------------------------------------------------------------- */

static uint64_t clock_of(const struct model *run) { return (uint64_t)run->clock; }
static uint64_t collectors_of(const struct model *run) { return run->collectors; }
static uint64_t counts_functions(const struct model *run) { return run->collectors & COLLECTOR_FUNCTION; }
static uint64_t counts_lines(const struct model *run) { return run->collectors & COLLECTOR_LINE; }
static uint64_t counts_memory(const struct model *run) { return run->collectors & COLLECTOR_MEMORY; }
static uint64_t counts_instructions(const struct model *run) { return run->instructions != MODEL_UNKNOWN; }
static uint64_t builtins_of(const struct model *run) { return counts_functions(run) ? run->builtins : 0; }
static uint64_t native_of(const struct model *run) { return counts_memory(run) ? run->heap.native : 0; }
static uint64_t exit_of(const struct model *run) { return (uint64_t)run->exit_kind << 32 | run->exit_value; }
static uint64_t marked_of(const struct model *run) { return counts_lines(run) ? run->marked_only : 0; }
static uint64_t processes_of(const struct model *run) { return run->process_count; }

static uint64_t version_of(const struct model *run) { /* 3.11.2: 311002 */
    unsigned major = 0, minor = 0, patch = 0;
    sscanf(run->python_version, "%u.%u.%u", &major, &minor, &patch);
    return (major * UINT64_C(1000) + minor) * 1000 + patch;
}
static uint64_t minor_version_of(const struct model *run) { return version_of(run) / 1000; }

static uint64_t arguments_of(const struct model *run) {
    const struct model *program = model_program(run);
    uint64_t hash = program->argument_count;
    for (size_t i = 1; i < program->argument_count; i++)
        for (const char *text = program->arguments[i].text; *text || (hash *= 31, false); text++)
            hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* --- in words ------------------------------------------------------------------------------------------- */

static const char *describe_collectors(uint32_t bits, char text[TEXT_SIZE]) {
    static const struct { uint32_t bit; const char *name; } collectors[] = {
#define X(bit, NAME, name, built) {COLLECTOR_##NAME, name},
        COLLECTOR_LIST(X)
#undef X
    };
    text[0] = '\0';
    for (size_t i = 0; i < sizeof collectors / sizeof *collectors; i++)
        if (bits & collectors[i].bit) {
            size_t length = strlen(text);
            snprintf(text + length, TEXT_SIZE - length, "%s%s", length ? "+" : "", collectors[i].name);
        }
    return *text ? text : "no collector";
}

static const char *describe_end(const struct model *run, char text[TEXT_SIZE]) {
    if (run->exit_kind == MODEL_EXIT_UNKNOWN)
        return "was saved before its end";
    snprintf(text, TEXT_SIZE, run->exit_kind == MODEL_EXIT_SIGNAL ? "was ended by signal %u" : "ended with status %u",
             run->exit_value);
    return text;
}

static const char *describe_arguments(const struct model *run, char text[TEXT_SIZE]) {
    const struct model *program = model_program(run);
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 1; i < program->argument_count && length < 48; i++)
        length += (size_t)snprintf(text + length, TEXT_SIZE - length, "%s%.48s", length ? " " : "", program->arguments[i].text);
    return *text ? text : "no arguments";
}

/* --- what differs --------------------------------------------------------------------------------------- */

static void not_comparable(const struct runs *runs, enum diff_measure measure) { runs->comparability->measures[measure] = false; }
static void total_not_comparable(const struct runs *runs, enum diff_total total) { runs->comparability->totals[total] = false; }

static void compare_pythons(const struct runs *runs) {
    size_t other = find_other(runs, version_of), minor = find_other(runs, minor_version_of);
    other = minor ? minor : other;
    runs->comparability->same_python = !minor;
    if (!other || !version_of(run_at(runs, 0)) || !version_of(run_at(runs, other)))
        return;
    bool instructions = minor && counts_instructions(run_at(runs, 0)) && counts_instructions(run_at(runs, other));
    warn(runs, "%s ran on Python %s, %s on %s: times are those of two interpreters%s.", name_at(runs, 0),
         run_at(runs, 0)->python_version, name_at(runs, other), run_at(runs, other)->python_version,
         instructions ? ", and their instructions do not mean the same and are not compared" : "");
    if (minor) {
        not_comparable(runs, DIFF_INSTRUCTIONS);
        total_not_comparable(runs, DIFF_TOTAL_INSTRUCTIONS);
    }
}

static void compare_clocks(const struct runs *runs) {
    size_t other = find_other(runs, clock_of);
    if (!other)
        return;
    warn(runs, "%s measured %s time, %s %s time: times are not compared.", name_at(runs, 0),
         run_clock_name(run_at(runs, 0)->clock), name_at(runs, other), run_clock_name(run_at(runs, other)->clock));
    not_comparable(runs, DIFF_SELF);
    not_comparable(runs, DIFF_TOTAL);
    total_not_comparable(runs, DIFF_TOTAL_TIME);
}

static void compare_collectors(const struct runs *runs) {
    char left[TEXT_SIZE], right[TEXT_SIZE];
    size_t other = find_other(runs, collectors_of);
    if (!other)
        return;
    bool functions = !find_other(runs, counts_functions);
    warn(runs, "%s was counted with %s, %s with %s: wall time has the cost of counting in it and is not compared%s.",
         name_at(runs, 0), describe_collectors(run_at(runs, 0)->collectors, left), name_at(runs, other),
         describe_collectors(run_at(runs, other)->collectors, right),
         functions ? "; in other times more is taken for noise" : ", nor are self times, which one has of lines only");
    runs->comparability->other_collectors = true;
    total_not_comparable(runs, DIFF_TOTAL_WALL);
    if (functions)
        return;
    not_comparable(runs, DIFF_SELF);
    total_not_comparable(runs, DIFF_TOTAL_TIME);
}

static void compare_builtins(const struct runs *runs) {
    size_t other = find_other(runs, builtins_of);
    if (!other || find_other(runs, counts_functions))
        return;
    size_t with = run_at(runs, 0)->builtins ? 0 : other, without = with ? 0 : other;
    warn(runs, "C functions were timed in %s, not in %s, where their time is their callers': self times and all calls together "
         "are not compared.", name_at(runs, with), name_at(runs, without));
    not_comparable(runs, DIFF_SELF);
    total_not_comparable(runs, DIFF_TOTAL_CALLS);
}

/* What some runs counted and others did not. */
static void compare_counted(const struct runs *runs, uint64_t (*counted)(const struct model *), const char *what) {
    size_t other = find_other(runs, counted);
    if (!other)
        return;
    size_t with = counted(run_at(runs, 0)) ? 0 : other, without = with ? 0 : other;
    warn(runs, "%s counted in %s, not in %s: nothing is compared of it.", what, name_at(runs, with), name_at(runs, without));
}

static void compare_memory(const struct runs *runs) {
    size_t other = find_other(runs, native_of);
    if (!other || find_other(runs, counts_memory))
        return;
    size_t with = native_of(run_at(runs, 0)) ? 0 : other, without = with ? 0 : other;
    warn(runs, "memory of native code was counted in %s, not in %s: memory is not compared.", name_at(runs, with),
         name_at(runs, without));
    static const enum diff_measure measures[] = {DIFF_ALLOCATED, DIFF_ALLOCATIONS, DIFF_PEAK, DIFF_LIVE};
    static const enum diff_total totals[] = {DIFF_TOTAL_ALLOCATED, DIFF_TOTAL_ALLOCATIONS, DIFF_TOTAL_PEAK, DIFF_TOTAL_LIVE};
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        not_comparable(runs, measures[i]);
        total_not_comparable(runs, totals[i]);
    }
}

static void compare_programs(const struct runs *runs) {
    char left[TEXT_SIZE], right[TEXT_SIZE];
    size_t other = find_other(runs, arguments_of);
    if (other)
        warn(runs, "%s was given %s, %s %s: what changed may be what the program had to do.", name_at(runs, 0),
             describe_arguments(run_at(runs, 0), left), name_at(runs, other), describe_arguments(run_at(runs, other), right));
    if ((other = find_other(runs, exit_of)))
        warn(runs, "%s %s, %s %s.", name_at(runs, 0), describe_end(run_at(runs, 0), left), name_at(runs, other),
             describe_end(run_at(runs, other), right));
    if ((other = find_other(runs, processes_of)))
        warn(runs, "%s is of %zu process%s, %s of %zu.", name_at(runs, 0), run_at(runs, 0)->process_count,
             run_at(runs, 0)->process_count == 1 ? "" : "es", name_at(runs, other), run_at(runs, other)->process_count);
    if ((other = find_other(runs, marked_of)))
        warn(runs, "lines of marked functions alone were counted in %s, of others, too, in %s.",
             name_at(runs, marked_of(run_at(runs, 0)) ? 0 : other), name_at(runs, marked_of(run_at(runs, 0)) ? other : 0));
}

/* What is missing in one run's numbers. */
static void tell_gaps(const struct runs *runs, size_t index) {
    const struct model *run = run_at(runs, index);
    uint64_t lost = run->lost_codes + run->lost_nodes + run->lost_frames + run->lost_threads + run->lost_processes +
                    run->unreadable_count;
    if (run->state != MODEL_ENDED)
        warn(runs, "the program of %s still ran: its numbers are those up to then.", name_at(runs, index));
    if (lost)
        warn(runs, "%s does not have all: --report functions says what was lost.", name_at(runs, index));
    if (run->heap.paused_count)
        warn(runs, "memory was not counted all the time in %s.", name_at(runs, index));
}

static bool has_sources(const struct model *run) { return model_program(run)->source_count > 0; }

bool diff_has_sources(const struct diff_side *side) {
    for (size_t i = 0; i < side->count; i++)
        if (!has_sources(side->runs[i]))
            return false;
    return true;
}

static void tell_missing_sources(const struct runs *runs) {
    for (size_t i = 0; i < runs->count; i++)
        if (!has_sources(run_at(runs, i))) {
            warn(runs, "%s has no sources (output.keep_source): lines are matched by their number in the function, and functions "
                 "that were renamed are not recognised.", name_at(runs, i));
            return;
        }
}

void diff_compare_runs(const struct diff_side *before, const struct diff_side *after, struct comparability *comparability,
                       struct sentences *warnings) {
    struct runs runs = {{before, after}, before->count + after->count, comparability, warnings};
    *comparability = (struct comparability){.same_python = true};
    memset(comparability->measures, true, sizeof comparability->measures);
    memset(comparability->totals, true, sizeof comparability->totals);
    compare_pythons(&runs);
    compare_clocks(&runs);
    compare_collectors(&runs);
    compare_builtins(&runs);
    compare_counted(&runs, counts_functions, "calls and total times were");
    compare_counted(&runs, counts_lines, "lines were");
    compare_counted(&runs, counts_memory, "memory was");
    compare_counted(&runs, counts_instructions, "instructions were");
    compare_memory(&runs);
    compare_programs(&runs);
    for (size_t i = 0; i < runs.count; i++)
        tell_gaps(&runs, i);
    tell_missing_sources(&runs);
}
