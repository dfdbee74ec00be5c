#include "core/compare/renamed_functions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/compare/line_match.h"

enum {
    LIKE_PER_CENT = 60,     /* what is less alike is another function */
    LEAST_CHARACTERS = 24,  /* of all lines together: what is shorter is alike by chance */
    MOST_SAME = 16,         /* a line that more functions have says nothing */
};

/* A line of a body that has no match. */
struct body_line { uint64_t hash; uint32_t body; };

struct body {
    uint32_t function;
    uint32_t first, count; /* its lines in `sorted`, ascending by hash */
};

struct bodies {
    struct body *rows;
    size_t count;
    uint64_t *sorted; /* the lines of one body after the other */
    size_t line_count, capacity;
};

struct candidate { uint32_t before, after; unsigned alike; };

struct candidates {
    struct candidate *rows;
    size_t count, capacity;
};

/* --- bodies --------------------------------------------------------------------------------------------- */

static bool is_word(char character) { return isalnum((unsigned char)character) || character == '_' || (character & 0x80); }

/* Hash of a line in which every word that is `name` counts as the same. */
static uint64_t hash_without(const struct line_text *line, const char *name) {
    uint64_t hash = UINT64_C(14695981039346656037);
    size_t name_length = strlen(name);
    for (size_t i = 0; i < line->length;) {
        size_t word = 0;
        while (i + word < line->length && is_word(line->text[i + word]))
            word++;
        bool own = word == name_length && word && memcmp(line->text + i, name, word) == 0;
        size_t taken = word ? word : 1;
        for (size_t k = 0; k < (own ? 1 : taken); k++)
            hash = (hash ^ (own ? 0x100u : (unsigned char)line->text[i + k])) * UINT64_C(1099511628211);
        i += taken;
    }
    return hash;
}

static int by_value(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static bool add_line(struct bodies *bodies, uint64_t hash) {
    if (bodies->line_count == bodies->capacity) {
        size_t capacity = bodies->capacity * 2 + 1024;
        uint64_t *grown = reallocarray(bodies->sorted, capacity, sizeof *grown);
        if (!grown)
            return false;
        bodies->sorted = grown;
        bodies->capacity = capacity;
    }
    bodies->sorted[bodies->line_count++] = hash;
    return true;
}

/* Of a class or module other code objects' lines are most of the body; a lambda is too small to be told from others. */
static bool can_be_renamed(const struct model_function *function) {
    return function->kind == MODEL_FUNCTION_PYTHON && *function->name != '<';
}

static bool add_body(struct bodies *bodies, const struct side *side, uint32_t function) {
    uint32_t id, run = side_first_run(side, function, &id);
    struct line_range range;
    struct source_lines lines = side_body(side, function, run, &range);
    struct body body = {.function = function, .first = (uint32_t)bodies->line_count};
    size_t characters = 0;
    for (uint32_t line = range.first; lines.source && line <= range.last; line++) {
        size_t length;
        const char *text = source_line(&lines, line, &length);
        struct line_text bare = line_text_of(text, length);
        if (!bare.length || *bare.text == '#')
            continue;
        characters += bare.length;
        if (!add_line(bodies, hash_without(&bare, side_function(side, function)->name)))
            return false;
    }
    body.count = (uint32_t)bodies->line_count - body.first;
    if (characters < LEAST_CHARACTERS) {
        bodies->line_count = body.first;
        return true;
    }
    qsort(bodies->sorted + body.first, body.count, sizeof *bodies->sorted, by_value);
    bodies->rows[bodies->count++] = body;
    return true;
}

static bool find_bodies(struct bodies *bodies, const struct side *side, const bool *taken, const atomic_bool *cancelled) {
    bodies->rows = calloc(side->function_count + 1, sizeof *bodies->rows);
    for (uint32_t i = 0; bodies->rows && i < side->function_count; i++) {
        if (cancelled && atomic_load_explicit(cancelled, memory_order_relaxed))
            return false;
        if (!taken[i] && can_be_renamed(side_function(side, i)) && !add_body(bodies, side, i))
            return false;
    }
    return bodies->rows != NULL;
}

/* --- which are alike ------------------------------------------------------------------------------------ */

static unsigned alike(const struct bodies *before, const struct body *a, const struct bodies *after, const struct body *b) {
    const uint64_t *left = before->sorted + a->first, *right = after->sorted + b->first;
    unsigned shared = 0;
    for (uint32_t i = 0, k = 0; i < a->count && k < b->count;) {
        shared += left[i] == right[k];
        bool step_left = left[i] <= right[k], step_right = right[k] <= left[i];
        i += step_left;
        k += step_right;
    }
    return (unsigned)(200u * (uint64_t)shared / (a->count + b->count));
}

static int by_hash(const void *left, const void *right) {
    const struct body_line *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->body < b->body ? -1 : a->body > b->body;
}

/* Each body's lines, no line twice, all together ascending by hash. */
static struct body_line *index_lines(const struct bodies *bodies, size_t *count) {
    struct body_line *index = calloc(bodies->line_count + 1, sizeof *index);
    *count = 0;
    for (uint32_t body = 0; index && body < bodies->count; body++) {
        const uint64_t *lines = bodies->sorted + bodies->rows[body].first;
        for (uint32_t i = 0; i < bodies->rows[body].count; i++)
            if (i == 0 || lines[i] != lines[i - 1])
                index[(*count)++] = (struct body_line){lines[i], body};
    }
    if (index)
        qsort(index, *count, sizeof *index, by_hash);
    return index;
}

static bool add_candidate(struct candidates *candidates, uint32_t before, uint32_t after) {
    if (candidates->count == candidates->capacity) {
        size_t capacity = candidates->capacity * 2 + 256;
        struct candidate *grown = reallocarray(candidates->rows, capacity, sizeof *grown);
        if (!grown)
            return false;
        candidates->rows = grown;
        candidates->capacity = capacity;
    }
    candidates->rows[candidates->count++] = (struct candidate){.before = before, .after = after};
    return true;
}

static size_t same_hash(const struct body_line *lines, size_t count) {
    size_t length = 1;
    while (length < count && lines[length].hash == lines->hash)
        length++;
    return length;
}

/* Pairs of bodies that share a line which few others have. */
static bool find_candidates(struct candidates *candidates, const struct body_line *before, size_t before_count,
                            const struct body_line *after, size_t after_count) {
    for (size_t i = 0, k = 0; i < before_count && k < after_count;) {
        size_t left = same_hash(before + i, before_count - i), right = same_hash(after + k, after_count - k);
        bool equal = before[i].hash == after[k].hash, first = before[i].hash < after[k].hash;
        if (equal && left <= MOST_SAME && right <= MOST_SAME)
            for (size_t a = 0; a < left; a++)
                for (size_t b = 0; b < right; b++)
                    if (!add_candidate(candidates, before[i + a].body, after[k + b].body))
                        return false;
        i += equal || first ? left : 0;
        k += equal || !first ? right : 0;
    }
    return true;
}

static int by_bodies(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->before != b->before)
        return a->before < b->before ? -1 : 1;
    return a->after < b->after ? -1 : a->after > b->after;
}

static int by_likeness(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    return a->alike != b->alike ? (a->alike > b->alike ? -1 : 1) : by_bodies(left, right);
}

/* Each pair once, with how much they are alike; the likest first. */
static void weigh(struct candidates *candidates, const struct bodies *before, const struct bodies *after) {
    size_t kept = 0;
    qsort(candidates->rows, candidates->count, sizeof *candidates->rows, by_bodies);
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate candidate = candidates->rows[i];
        if (i > 0 && by_bodies(&candidate, &candidates->rows[i - 1]) == 0)
            continue;
        candidate.alike = alike(before, &before->rows[candidate.before], after, &after->rows[candidate.after]);
        if (candidate.alike >= LIKE_PER_CENT)
            candidates->rows[kept++] = candidate;
    }
    candidates->count = kept;
    qsort(candidates->rows, candidates->count, sizeof *candidates->rows, by_likeness);
}

static bool match_bodies(const struct bodies *before, const struct bodies *after, uint32_t *after_of, bool *taken_before,
                         bool *taken_after) {
    size_t before_count = 0, after_count = 0;
    struct candidates candidates = {0};
    struct body_line *left = index_lines(before, &before_count), *right = index_lines(after, &after_count);
    bool done = left && right && find_candidates(&candidates, left, before_count, right, after_count);
    if (done && candidates.count)
        weigh(&candidates, before, after);
    for (size_t i = 0; done && i < candidates.count; i++) {
        uint32_t a = before->rows[candidates.rows[i].before].function, b = after->rows[candidates.rows[i].after].function;
        if (taken_before[a] || taken_after[b])
            continue;
        taken_before[a] = taken_after[b] = true;
        after_of[a] = b;
    }
    free(left);
    free(right);
    free(candidates.rows);
    return done;
}

bool renamed_functions(const struct side *before, const struct side *after, uint32_t *after_of, const atomic_bool *cancelled) {
    struct bodies left = {0}, right = {0};
    bool *taken_before = calloc(before->function_count + 1, 1), *taken_after = calloc(after->function_count + 1, 1);
    bool done = taken_before && taken_after;
    for (uint32_t i = 0; done && i < before->function_count; i++)
        if (after_of[i] != FUNCTION_NO_MATCH)
            taken_before[i] = taken_after[after_of[i]] = true;
    done = done && find_bodies(&left, before, taken_before, cancelled) && find_bodies(&right, after, taken_after, cancelled) &&
           match_bodies(&left, &right, after_of, taken_before, taken_after);
    free(left.rows);
    free(left.sorted);
    free(right.rows);
    free(right.sorted);
    free(taken_before);
    free(taken_after);
    return done;
}
