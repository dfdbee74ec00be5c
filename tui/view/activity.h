/* activity.h - what has been active lately: shares of what was counted between one model of a live run and the next, for a trend
 * column. Rows are numbered densely (ids of functions, of row_ids); 17 bytes each, whatever the length of the run. */
#ifndef PYPROF_TUI_VIEW_ACTIVITY_H
#define PYPROF_TUI_VIEW_ACTIVITY_H

#include "tui/term/grid.h"
#include "tui/view/stamp.h"

enum { ACTIVITY_CELLS = 8, ACTIVITY_FEW_CELLS = 5 /* where there is less room */, ACTIVITY_WHOLE = 255 };

struct activity_change {
    uint32_t id;
    uint64_t counted;
};

/* All zero has seen nothing. */
struct activity {
    uint64_t *before;   /* owned, by id: what was counted when it was looked at last */
    uint8_t *shares;    /* owned; ACTIVITY_CELLS blocks of `capacity`, by id: share of an interval, of ACTIVITY_WHOLE */
    struct activity_change *changes; /* owned: of the interval that is being looked at */
    size_t capacity, change_count, change_capacity;
    unsigned newest, intervals; /* the block of the last interval; how many there were, at most ACTIVITY_CELLS */
    bool looked;                /* there is something to compare with */
    int measure;                /* what of functions is counted */
    struct run_stamp run;
    struct model_stamp model;
};

void activity_free(struct activity *activity);

/* One look at rows 1 ... count: begin, note each, end, which is told how many rows of those noted have the same in them (a thread's
 * and its process's: 2). What was noted of a row goes up while a run goes on; a row that was not
 * there has counted nothing before. false: out of memory, nothing is known any more. */
bool activity_begin(struct activity *activity, size_t count);
bool activity_note(struct activity *activity, uint32_t id, uint64_t counted);
void activity_end(struct activity *activity, unsigned rows_of_each);

/* Looks at the functions of a model where that is another one than last time: at their self time; without times at their
 * instructions, or at what they allocated. Sessions that were saved have no activity. */
void activity_follow(struct activity *activity, const struct model *model);

/* Whether there is any to show. NULL has none. */
bool activity_is_known(const struct activity *activity);
/* How active a row was in all the intervals that are kept: to sort by. */
uint32_t activity_recent(const struct activity *activity, uint32_t id);
/* Draws the last `cells` intervals, the newest on the right: eighths of a block, a full one standing for all that was counted
 * meanwhile; in ASCII as many signs that grow darker. What counted nothing stays blank. */
void activity_draw(const struct activity *activity, uint32_t id, struct grid *grid, struct rectangle area, int row, int column,
                   int cells, enum cell_style style);

/* The same of several rows together: the shares of each are added to `shares`, from the last interval back, and drawn. */
void activity_add(const struct activity *activity, uint32_t id, uint32_t shares[ACTIVITY_CELLS]);
void activity_draw_shares(const struct activity *activity, const uint32_t shares[ACTIVITY_CELLS], struct grid *grid,
                          struct rectangle area, int row, int column, int cells, enum cell_style style);

#endif
