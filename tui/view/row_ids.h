/* row_ids.h - numbers for the rows of a tree, the same for the same thing in every model of a run, and which rows the user opened
 * or closed. */
#ifndef PYPROF_TUI_VIEW_ROW_IDS_H
#define PYPROF_TUI_VIEW_ROW_IDS_H

#include <stdbool.h>
#include <stdint.h>

struct known_row;

/* All zero knows no row. */
struct row_ids {
    struct known_row *known; /* owned; a table of `slots`, a power of two, by key */
    int8_t *opened;          /* owned, by id */
    uint32_t count, slots;
};

void row_ids_free(struct row_ids *ids);
/* The id of what a key of row_ids_mix stands for (two things never share one but by a chance of 2^-64), from 1; 0: out of
 * memory. */
uint32_t row_ids_of(struct row_ids *ids, uint64_t key);
/* Whether the user opened (1) or closed (-1) it; 0: neither. */
int row_ids_opened(const struct row_ids *ids, uint32_t id);
void row_ids_open(struct row_ids *ids, uint32_t id, bool opened);
/* The key of a thing that is `value` among those below the thing of another key. */
uint64_t row_ids_mix(uint64_t key, uint64_t value);

#endif
