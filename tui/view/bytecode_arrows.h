/* bytecode_arrows.h - the jumps of a function as arrows in lanes beside its rows. */
#ifndef PYPROF_TUI_VIEW_BYTECODE_ARROWS_H
#define PYPROF_TUI_VIEW_BYTECODE_ARROWS_H

#include "tui/term/grid.h"
#include "tui/view/bytecode_rows.h"

enum { BYTECODE_LANES = 8 };

/* What stands beside a row. Lane 0 is next to the instructions: shorter jumps are inside of longer ones. */
struct bytecode_arrow_row {
    uint32_t lanes[BYTECODE_LANES]; /* the row that the jump in the lane goes to, and 1; 0: the lane is free here */
    uint8_t ends;       /* bits of lanes that end here */
    int8_t begins;      /* the lane of the jump that begins here; -1: none does, or there was no lane for it */
    int8_t direction;   /* of the jump that begins here: 1 down, -1 up, 0 none does */
    bool is_target;     /* some jump comes here */
    bool is_handler;    /* an exception comes here */
};

/* All zero has no arrows. */
struct bytecode_arrows {
    struct bytecode_arrow_row *rows; /* owned, one for each row */
    size_t count;
    int lanes; /* that are in use */
};

void bytecode_arrows_free(struct bytecode_arrows *arrows);
/* false: out of memory, there are none. Jumps that come together in one place share a lane. */
bool bytecode_arrows_build(struct bytecode_arrows *arrows, const struct bytecode_rows *rows);
/* Draws what stands beside a row into `lanes` columns and one for the heads. Jumps in lanes beyond those have heads only.
 * The jumps that the selected row takes part in stand out. */
void bytecode_arrows_draw(const struct bytecode_arrows *arrows, size_t row, size_t selected, int lanes, struct grid *grid,
                          struct rectangle area, int at, int column);

#endif
