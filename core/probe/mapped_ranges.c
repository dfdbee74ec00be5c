#include "core/probe/mapped_ranges.h"

#include <sys/mman.h>

bool mapped_ranges_prepare(struct mapped_ranges *ranges) {
    void *rows = mmap(NULL, MAPPED_RANGES_MOST * sizeof *ranges->rows, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (rows == MAP_FAILED)
        return false;
    *ranges = (struct mapped_ranges){.rows = rows, .used = 1, .random = 1};
    return true;
}

void mapped_ranges_clear(struct mapped_ranges *ranges) {
    ranges->root = ranges->first_free = 0;
    ranges->used = 1;
}

/* --- rows ------------------------------------------------------------------------------------------------- */

bool mapped_ranges_have_room(const struct mapped_ranges *ranges) {
    return ranges->first_free || ranges->used < MAPPED_RANGES_MOST;
}

/* Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8, 2003. */
static uint32_t next_random(struct mapped_ranges *ranges) {
    uint32_t random = ranges->random;
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return ranges->random = random;
}

/* A row of its own in the tree and in the ring of its pieces. */
static uint32_t new_row(struct mapped_ranges *ranges, uintptr_t start, uintptr_t end, uint32_t site) {
    uint32_t row = ranges->first_free;
    if (row)
        ranges->first_free = ranges->rows[row].left;
    else
        row = ranges->used++;
    ranges->rows[row] = (struct mapped_range){start, end, site, .priority = next_random(ranges),
                                              .previous_piece = row, .next_piece = row};
    return row;
}

static void join_pieces(struct mapped_range *rows, uint32_t first, uint32_t second) {
    rows[second].previous_piece = first;
    rows[second].next_piece = rows[first].next_piece;
    rows[rows[first].next_piece].previous_piece = second;
    rows[first].next_piece = second;
}

/* Gives a row back that is in the tree no more. Was it the last piece of its mapping? */
static bool free_row(struct mapped_ranges *ranges, uint32_t row) {
    struct mapped_range *rows = ranges->rows, *piece = &rows[row];
    bool last = piece->next_piece == row;
    rows[piece->previous_piece].next_piece = piece->next_piece;
    rows[piece->next_piece].previous_piece = piece->previous_piece;
    piece->left = ranges->first_free;
    ranges->first_free = row;
    return last;
}

/* --- the tree --------------------------------------------------------------------------------------------- */

/* below: what begins before the address; above: the rest. */
static void split(struct mapped_range *rows, uint32_t tree, uintptr_t address, uint32_t *below, uint32_t *above) {
    while (tree)
        if (rows[tree].start < address) {
            *below = tree;
            below = &rows[tree].right;
            tree = *below;
        } else {
            *above = tree;
            above = &rows[tree].left;
            tree = *above;
        }
    *below = *above = 0;
}

/* All of `below` begins before all of `above`. */
static uint32_t merge(struct mapped_range *rows, uint32_t below, uint32_t above) {
    uint32_t tree, *at = &tree;
    while (below && above)
        if (rows[below].priority > rows[above].priority) {
            *at = below;
            at = &rows[below].right;
            below = *at;
        } else {
            *at = above;
            at = &rows[above].left;
            above = *at;
        }
    *at = below ? below : above;
    return tree;
}

void mapped_ranges_add(struct mapped_ranges *ranges, uintptr_t start, size_t size, uint32_t site) {
    uint32_t below, above, row = new_row(ranges, start, start + size, site);
    split(ranges->rows, ranges->root, start, &below, &above);
    ranges->root = merge(ranges->rows, merge(ranges->rows, below, row), above);
}

/* --- removing --------------------------------------------------------------------------------------------- */

struct removal {
    uintptr_t start, end;
    uint32_t above; /* what is behind the end */
    size_t removed;
    mapped_range_gone gone;
};

static void take(struct removal *removal, uint32_t site, size_t size, bool whole) {
    removal->removed += size;
    removal->gone(site, size, whole);
}

/* The last range that begins before the removal may reach into it, or beyond. */
static void cut_last(struct mapped_ranges *ranges, uint32_t below, struct removal *removal) {
    struct mapped_range *rows = ranges->rows;
    uint32_t last = below;
    while (last && rows[last].right)
        last = rows[last].right;
    if (!last || rows[last].end <= removal->start)
        return;
    uintptr_t end = rows[last].end;
    rows[last].end = removal->start;
    if (end > removal->end && mapped_ranges_have_room(ranges)) {
        uint32_t second = new_row(ranges, removal->end, end, rows[last].site);
        join_pieces(rows, last, second);
        removal->above = merge(rows, second, removal->above);
        end = removal->end;
    }
    take(removal, rows[last].site, end - removal->start, false);
}

/* A range that begins inside of the removal and is in no tree. */
static void remove_row(struct mapped_ranges *ranges, uint32_t row, struct removal *removal) {
    struct mapped_range *rows = ranges->rows, *range = &rows[row];
    uintptr_t start = range->start;
    if (range->end <= removal->end) {
        uint32_t site = range->site;
        take(removal, site, range->end - start, free_row(ranges, row));
        return;
    }
    range->start = removal->end;
    range->left = range->right = 0;
    removal->above = merge(rows, row, removal->above);
    take(removal, range->site, removal->end - start, false);
}

size_t mapped_ranges_remove(struct mapped_ranges *ranges, uintptr_t start, size_t size, mapped_range_gone gone) {
    struct mapped_range *rows = ranges->rows;
    struct removal removal = {.start = start, .end = start + size, .gone = gone};
    uint32_t below, inside;
    if (removal.end <= start) /* empty, or beyond the end of all addresses */
        return 0;
    split(rows, ranges->root, start, &below, &inside);
    split(rows, inside, removal.end, &inside, &removal.above);
    cut_last(ranges, below, &removal);
    while (inside) {
        uint32_t row = inside;
        inside = merge(rows, rows[row].left, rows[row].right);
        remove_row(ranges, row, &removal);
    }
    ranges->root = merge(rows, below, removal.above);
    return removal.removed;
}
