/* diff_lines.c - the lines of a function before and after, each with its numbers. */
#include <stdlib.h>
#include <string.h>

#include "core/compare/diff_memory.h"
#include "core/compare/line_match.h"

/* A function's lines in one run. Without source, lines are those from its first to its last one with numbers, without text. */
struct body {
    const struct model *run;
    const struct model_function *function;
    struct source_lines lines;
    uint32_t first;
    size_t count;
    struct line_text *texts; /* owned; NULL: there is no source */
};

/* The runs of a side as its first run's lines see them. */
struct body_side {
    const struct side *side;
    uint32_t row;
    struct body body;      /* of the first run that has the function; count 0 where none has */
    uint32_t *line_of[DIFF_MOST_RUNS]; /* of each run: its line number for each line of the body, 0: none; owned */
};

/* --- one run -------------------------------------------------------------------------------------------- */

static struct line_range rows_range(const struct model *run, const struct model_function *function) {
    struct line_range range = {0};
    for (uint32_t i = 0; i < function->line_row_count; i++) {
        uint32_t line = run->lines[function->first_line_row + i].line;
        if (!range.first || line < range.first)
            range.first = line;
        if (line > range.last)
            range.last = line;
    }
    return range;
}

static bool read_texts(struct body *body) {
    body->texts = calloc(body->count + 1, sizeof *body->texts);
    for (size_t i = 0; body->texts && i < body->count; i++) {
        size_t length;
        const char *text = source_line(&body->lines, body->first + (uint32_t)i, &length);
        body->texts[i] = line_text_of(text, length);
    }
    return body->texts != NULL;
}

/* Lines with numbers outside of what looks like the function's body belong to it, too. false: out of memory. */
static bool body_open(struct body *body, const struct side *side, uint32_t row, size_t run, uint32_t id) {
    struct line_range range, rows;
    *body = (struct body){.run = side->given.runs[run], .function = &side->given.runs[run]->functions[id]};
    body->lines = side_body(side, row, run, &range);
    rows = rows_range(body->run, body->function);
    if (body->lines.source && rows.last > body->lines.count)
        body->lines = (struct source_lines){0}; /* not the source that ran */
    if (!body->lines.source)
        range = (struct line_range){body->function->line, rows.last};
    if (rows.first && rows.first < range.first)
        range.first = rows.first;
    if (rows.last > range.last)
        range.last = rows.last;
    body->first = range.first;
    body->count = range.last >= range.first && range.first ? range.last - range.first + 1 : 0;
    return !body->lines.source || read_texts(body);
}

/* --- one side ------------------------------------------------------------------------------------------- */

static bool same_texts(const struct body *a, const struct body *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; a->texts && b->texts && i < a->count; i++)
        if (a->texts[i].hash != b->texts[i].hash)
            return false;
    return true;
}

/* Which line of another run each line of the body is. */
static bool map_run(struct body_side *side, size_t run, uint32_t id) {
    const struct body *body = &side->body;
    struct body other = {0};
    uint32_t *numbers = side->line_of[run] = calloc(body->count + 1, sizeof *numbers);
    bool *moved = calloc(body->count + 1, sizeof *moved);
    bool done = numbers && moved && body_open(&other, side->side, side->row, run, id);
    bool by_text = done && body->texts && other.texts && !same_texts(body, &other);
    if (by_text)
        done = line_match(body->texts, body->count, other.texts, other.count, numbers, moved);
    for (size_t i = 0; done && i < body->count; i++) {
        uint32_t offset = by_text ? numbers[i] : i < other.count ? (uint32_t)i : LINE_NO_MATCH;
        numbers[i] = offset == LINE_NO_MATCH ? 0 : other.first + offset;
    }
    free(moved);
    free(other.texts);
    return done;
}

static bool side_lines_open(struct body_side *lines, const struct side *side, uint32_t row) {
    *lines = (struct body_side){.side = side, .row = row};
    if (row == DIFF_NO_ROW)
        return true;
    uint32_t id, first = side_first_run(side, row, &id);
    if (!body_open(&lines->body, side, row, first, id))
        return false;
    for (size_t run = 0; run < side->given.count; run++) {
        uint32_t other = side->ids[row * side->given.count + run];
        if (other && !map_run(lines, run, other))
            return false;
    }
    return true;
}

static void side_lines_close(struct body_side *lines) {
    free(lines->body.texts);
    for (size_t run = 0; run < DIFF_MOST_RUNS; run++)
        free(lines->line_of[run]);
}

static int compare_line(const void *key, const void *element) {
    uint32_t line = *(const uint32_t *)key, other = ((const struct model_line *)element)->line;
    return line < other ? -1 : line > other;
}

static const struct model_line *find_row(const struct model *run, const struct model_function *function, uint32_t line) {
    if (!line)
        return NULL;
    return bsearch(&line, run->lines + function->first_line_row, function->line_row_count, sizeof *run->lines, compare_line);
}

/* Whether the run would have numbers of this function's lines, had they run. */
static bool counts_lines(const struct model *run, const struct model_function *function, enum diff_measure measure) {
    bool times = measure == DIFF_SELF || measure == DIFF_TOTAL || measure == DIFF_CALLS;
    if (!times)
        return side_counts(run, measure);
    bool left_out = function && function->calls && !(function->flags & MODEL_FUNCTION_LINES);
    return run->collectors & COLLECTOR_LINE && !left_out;
}

/* index: of the line in the side's body; SIZE_MAX: it is not there. Returns whether a run has a row of it. */
static bool sample_line(const struct body_side *lines, size_t index, enum diff_measure measure, struct samples *samples) {
    const struct side *side = lines->side;
    bool found = false;
    samples->count = 0;
    for (size_t run = 0; run < side->given.count; run++) {
        const struct model *model = side->given.runs[run];
        uint32_t id = lines->row == DIFF_NO_ROW ? 0 : side->ids[lines->row * side->given.count + run];
        const struct model_function *function = id ? &model->functions[id] : NULL;
        const struct model_line *row =
            function && index != SIZE_MAX ? find_row(model, function, lines->line_of[run][index]) : NULL;
        found |= row != NULL;
        uint64_t value = row ? side_line_value(row, measure) : 0;
        if (counts_lines(model, function, measure) && value != MODEL_UNKNOWN)
            samples->values[samples->count++] = (double)value;
    }
    return found;
}

/* --- both sides ----------------------------------------------------------------------------------------- */

struct line_list {
    struct diff_line *rows;
    size_t count;
};

static void give_text(struct diff_line *line, const struct body *body, size_t index) {
    if (body->texts)
        line->text = source_line(&body->lines, body->first + (uint32_t)index, &line->length);
}

/* An index is SIZE_MAX where that side does not have the line. */
static void add_line(struct line_list *list, const struct diff_memory *memory, const struct body_side sides[2],
                     const size_t indices[2], enum diff_match match) {
    struct diff_line *line = &list->rows[list->count++];
    struct samples samples[2];
    *line = (struct diff_line){.text = "", .match = match};
    if (indices[0] != SIZE_MAX) {
        line->before = sides[0].body.first + (uint32_t)indices[0];
        give_text(line, &sides[0].body, indices[0]);
    }
    if (indices[1] != SIZE_MAX) {
        line->after = sides[1].body.first + (uint32_t)indices[1];
        if (sides[1].body.texts)
            give_text(line, &sides[1].body, indices[1]);
    }
    double hits = 0;
    for (enum diff_measure measure = 0; measure < DIFF_MEASURE_COUNT; measure++)
        line->values[measure] = (struct diff_value){MODEL_UNKNOWN, MODEL_UNKNOWN, MODEL_UNKNOWN, DIFF_NOT_KNOWN};
    for (int side = 0; side < 2; side++)
        line->counted |= sample_line(&sides[side], indices[side], DIFF_CALLS, &samples[side]);
    hits = diff_most_calls(samples);
    for (enum diff_measure measure = 0; line->counted && measure < DIFF_MEASURE_COUNT; measure++) {
        for (int side = 0; side < 2; side++)
            sample_line(&sides[side], indices[side], measure, &samples[side]);
        line->values[measure] = diff_judge(memory, measure, samples, hits);
    }
}

/* after_of[i] is the line after that line i before is. Lines stand as after, what is gone in front of what came in its place. */
static void merge(struct line_list *list, const struct diff_memory *memory, const struct body_side sides[2],
                  const uint32_t *after_of, const bool *moved, size_t *before_of, size_t *anchors) {
    size_t before_count = sides[0].body.count, after_count = sides[1].body.count, next = 0;
    for (size_t k = 0; k < after_count; k++)
        before_of[k] = SIZE_MAX;
    for (size_t i = 0; i < before_count; i++)
        if (after_of[i] != LINE_NO_MATCH)
            before_of[after_of[i]] = i;
    anchors[after_count] = before_count; /* the next line before that stays in its place */
    for (size_t k = after_count; k-- > 0;)
        anchors[k] = before_of[k] != SIZE_MAX && !moved[before_of[k]] ? before_of[k] : anchors[k + 1];
    for (size_t k = 0; k <= after_count; k++) {
        for (; next < anchors[k]; next++)
            if (after_of[next] == LINE_NO_MATCH)
                add_line(list, memory, sides, (size_t[]){next, SIZE_MAX}, DIFF_GONE);
        if (k == after_count)
            break;
        size_t before = before_of[k];
        bool kept = before != SIZE_MAX && !moved[before];
        add_line(list, memory, sides, (size_t[]){before, k}, before == SIZE_MAX ? DIFF_NEW : kept ? DIFF_SAME : DIFF_MOVED);
        next += kept;
    }
}

/* Without texts the number in the function is all there is. */
static bool match_lines(const struct body_side sides[2], uint32_t *after_of, bool *moved) {
    const struct body *before = &sides[0].body, *after = &sides[1].body;
    if (before->texts && after->texts)
        return line_match(before->texts, before->count, after->texts, after->count, after_of, moved);
    for (size_t i = 0; i < before->count; i++)
        after_of[i] = i < after->count ? (uint32_t)i : LINE_NO_MATCH;
    return true;
}

static bool fill(struct line_list *list, const struct diff_memory *memory, const struct body_side sides[2]) {
    size_t before = sides[0].body.count, after = sides[1].body.count;
    uint32_t *after_of = calloc(before + 1, sizeof *after_of);
    bool *moved = calloc(before + 1, sizeof *moved);
    size_t *before_of = calloc(after + 1, sizeof *before_of), *anchors = calloc(after + 1, sizeof *anchors);
    list->rows = calloc(before + after + 1, sizeof *list->rows);
    bool done = after_of && moved && before_of && anchors && list->rows && match_lines(sides, after_of, moved);
    if (done)
        merge(list, memory, sides, after_of, moved, before_of, anchors);
    free(after_of);
    free(moved);
    free(before_of);
    free(anchors);
    return done;
}

struct diff_line *session_diff_lines(const struct session_diff *diff, const struct diff_function *function, size_t *count,
                                     struct error *error) {
    struct line_list list = {0};
    struct body_side sides[2] = {0};
    bool done = true;
    for (int side = 0; done && side < 2; side++)
        done = side_lines_open(&sides[side], &diff->memory->sides[side], function->rows[side]);
    done = done && fill(&list, diff->memory, sides);
    side_lines_close(&sides[0]);
    side_lines_close(&sides[1]);
    *count = list.count;
    if (done)
        return list.rows;
    free(list.rows);
    diff_out_of_memory(error);
    return NULL;
}
