#include "core/compare/line_match.h"

#include <stdlib.h>
#include <string.h>

/* A gap whose sides multiply to more is left to pairing by text; a text that makes gaps in gaps in gaps, too. */
enum { MOST_CELLS = 1 << 22, MOST_DEPTH = 48 };

struct matching {
    const struct line_text *before, *after;
    uint32_t *after_of;
    uint32_t *sorted[2]; /* room for line numbers of both sides */
    uint32_t *anchors;   /* room for pairs, and for the chain through them */
    bool failed;
};

struct gap { size_t before, before_end, after, after_end; };

static bool is_blank(char character) { return character == ' ' || character == '\t' || character == '\f' || character == '\r'; }

struct line_text line_text_of(const char *text, size_t length) {
    while (length && is_blank(text[length - 1]))
        length--;
    while (length && is_blank(*text)) {
        text++;
        length--;
    }
    struct line_text line = {text, (uint32_t)length, UINT64_C(14695981039346656037)}; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        line.hash = (line.hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return line;
}

static bool same(const struct line_text *a, const struct line_text *b) {
    return a->hash == b->hash && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static int by_text(const void *left, const void *right, void *context) {
    const struct line_text *lines = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (lines[a].hash != lines[b].hash)
        return lines[a].hash < lines[b].hash ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void sort_range(uint32_t *numbers, const struct line_text *lines, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
        numbers[i - first] = (uint32_t)i;
    qsort_r(numbers, end - first, sizeof *numbers, by_text, (void *)lines);
}

static size_t run_length(const uint32_t *numbers, size_t count, const struct line_text *lines) {
    size_t length = 1;
    while (length < count && lines[numbers[length]].hash == lines[*numbers].hash)
        length++;
    return length;
}

static int by_number(const void *left, const void *right) {
    const uint32_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* Pairs of lines that occur once on both sides of a gap, ascending by the line before; returns how many. */
static size_t find_unique(struct matching *matching, const struct gap *gap) {
    size_t counts[2] = {gap->before_end - gap->before, gap->after_end - gap->after}, found = 0;
    uint32_t *a = matching->sorted[0], *b = matching->sorted[1];
    sort_range(a, matching->before, gap->before, gap->before_end);
    sort_range(b, matching->after, gap->after, gap->after_end);
    for (size_t i = 0, k = 0; i < counts[0] && k < counts[1];) {
        uint64_t left = matching->before[a[i]].hash, right = matching->after[b[k]].hash;
        size_t left_run = run_length(a + i, counts[0] - i, matching->before);
        size_t right_run = run_length(b + k, counts[1] - k, matching->after);
        if (left == right && left_run == 1 && right_run == 1 && same(&matching->before[a[i]], &matching->after[b[k]])) {
            matching->anchors[2 * found] = a[i];
            matching->anchors[2 * found++ + 1] = b[k];
        }
        i += left <= right ? left_run : 0;
        k += right <= left ? right_run : 0;
    }
    qsort(matching->anchors, found, 2 * sizeof *matching->anchors, by_number);
    return found;
}

/* Keeps the longest chain of pairs that ascends on both sides (patience sorting); returns its length. */
static size_t longest_chain(uint32_t *pairs, size_t count, uint32_t *tops, uint32_t *below) {
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        size_t low = 0, high = length;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (pairs[2 * tops[middle] + 1] < pairs[2 * i + 1])
                low = middle + 1;
            else
                high = middle;
        }
        tops[low] = (uint32_t)i;
        below[i] = low ? tops[low - 1] : LINE_NO_MATCH;
        length += low == length;
    }
    uint32_t at = length ? tops[length - 1] : 0;
    for (size_t i = length; i-- > 0; at = below[at])
        tops[i] = at;
    for (size_t i = 0; i < length; i++)
        memmove(&pairs[2 * i], &pairs[2 * tops[i]], 2 * sizeof *pairs);
    return length;
}

/* The longest common subsequence of a small gap, from a table of what is best behind each pair of lines. */
static void match_small(struct matching *matching, const struct gap *gap) {
    size_t rows = gap->before_end - gap->before, columns = gap->after_end - gap->after, width = columns + 1;
    if (rows * columns > MOST_CELLS)
        return;
    uint16_t *best = calloc((rows + 1) * width, sizeof *best);
    if (!best) {
        matching->failed = true;
        return;
    }
    for (size_t i = rows; i-- > 0;)
        for (size_t k = columns; k-- > 0;) {
            uint16_t down = best[(i + 1) * width + k], right = best[i * width + k + 1];
            bool equal = same(&matching->before[gap->before + i], &matching->after[gap->after + k]);
            uint16_t longest = down > right ? down : right;
            uint16_t with = (uint16_t)(best[(i + 1) * width + k + 1] + 1);
            best[i * width + k] = equal && with > longest ? with : longest;
        }
    for (size_t i = 0, k = 0; i < rows && k < columns;) {
        uint16_t here = best[i * width + k];
        if (same(&matching->before[gap->before + i], &matching->after[gap->after + k]) &&
            here == best[(i + 1) * width + k + 1] + 1)
            matching->after_of[gap->before + i++] = (uint32_t)(gap->after + k++);
        else if (best[(i + 1) * width + k] == here)
            i++;
        else
            k++;
    }
    free(best);
}

static void match_equal_ends(struct matching *matching, struct gap *gap) {
    while (gap->before < gap->before_end && gap->after < gap->after_end &&
           same(&matching->before[gap->before], &matching->after[gap->after]))
        matching->after_of[gap->before++] = (uint32_t)gap->after++;
    while (gap->before < gap->before_end && gap->after < gap->after_end &&
           same(&matching->before[gap->before_end - 1], &matching->after[gap->after_end - 1]))
        matching->after_of[--gap->before_end] = (uint32_t)--gap->after_end;
}

static void match_gap(struct matching *matching, struct gap gap, int depth);

/* Fits the anchors and goes into the gaps between them; false: there are none. */
static bool match_anchors(struct matching *matching, const struct gap *gap, int depth) {
    size_t found = find_unique(matching, gap);
    found = longest_chain(matching->anchors, found, matching->sorted[0], matching->sorted[1]);
    if (!found)
        return false;
    uint32_t *anchors = malloc(2 * found * sizeof *anchors); /* the room is used again in the gaps */
    if (!anchors) {
        matching->failed = true;
        return true;
    }
    memcpy(anchors, matching->anchors, 2 * found * sizeof *anchors);
    struct gap next = {gap->before, 0, gap->after, 0};
    for (size_t i = 0; i <= found && !matching->failed; i++) {
        next.before_end = i < found ? anchors[2 * i] : gap->before_end;
        next.after_end = i < found ? anchors[2 * i + 1] : gap->after_end;
        match_gap(matching, next, depth + 1);
        if (i < found)
            matching->after_of[next.before_end] = (uint32_t)next.after_end;
        next.before = next.before_end + 1;
        next.after = next.after_end + 1;
    }
    free(anchors);
    return true;
}

static void match_gap(struct matching *matching, struct gap gap, int depth) {
    match_equal_ends(matching, &gap);
    if (gap.before == gap.before_end || gap.after == gap.after_end || depth > MOST_DEPTH)
        return;
    if (!match_anchors(matching, &gap, depth))
        match_small(matching, &gap);
}

/* Pairs what is left by its text, in order. */
static void match_moved(struct matching *matching, const size_t counts[2], bool *taken, bool *moved) {
    uint32_t *a = matching->sorted[0], *b = matching->sorted[1];
    sort_range(a, matching->before, 0, counts[0]);
    sort_range(b, matching->after, 0, counts[1]);
    for (size_t i = 0, k = 0; i < counts[0] && k < counts[1];) {
        const struct line_text *left = &matching->before[a[i]], *right = &matching->after[b[k]];
        if (matching->after_of[a[i]] != LINE_NO_MATCH || !left->length) {
            i++;
        } else if (taken[b[k]]) {
            k++;
        } else if (left->hash == right->hash && same(left, right)) {
            moved[a[i]] = true;
            matching->after_of[a[i++]] = b[k++];
        } else {
            bool first = left->hash <= right->hash;
            i += first;
            k += !first;
        }
    }
}

bool line_match(const struct line_text *before, size_t before_count, const struct line_text *after, size_t after_count,
                uint32_t *after_of, bool *moved) {
    size_t counts[2] = {before_count, after_count}, most = before_count > after_count ? before_count : after_count;
    struct matching matching = {.before = before, .after = after, .after_of = after_of};
    for (size_t i = 0; i < before_count; i++) {
        after_of[i] = LINE_NO_MATCH;
        moved[i] = false;
    }
    matching.sorted[0] = calloc(most + 1, sizeof(uint32_t));
    matching.sorted[1] = calloc(most + 1, sizeof(uint32_t));
    matching.anchors = calloc(most + 1, 2 * sizeof(uint32_t));
    bool *taken = calloc(after_count + 1, sizeof *taken);
    matching.failed = !matching.sorted[0] || !matching.sorted[1] || !matching.anchors || !taken;
    if (!matching.failed)
        match_gap(&matching, (struct gap){0, before_count, 0, after_count}, 0);
    for (size_t i = 0; i < before_count && !matching.failed; i++)
        if (after_of[i] != LINE_NO_MATCH)
            taken[after_of[i]] = true;
    if (!matching.failed)
        match_moved(&matching, counts, taken, moved);
    free(matching.sorted[0]);
    free(matching.sorted[1]);
    free(matching.anchors);
    free(taken);
    return !matching.failed;
}
