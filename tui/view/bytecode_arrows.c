#include "tui/view/bytecode_arrows.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4000 /* rows of a jump that has a lane: nobody follows a longer one by eye */ };

struct jump {
    uint32_t from, to; /* rows */
};

static uint32_t first_row(const struct jump *jump) { return jump->from < jump->to ? jump->from : jump->to; }
static uint32_t last_row(const struct jump *jump) { return jump->from < jump->to ? jump->to : jump->from; }
static uint32_t length(const struct jump *jump) { return last_row(jump) - first_row(jump); }

static int compare_jumps(const void *left, const void *right) {
    uint32_t a = length(left), b = length(right);
    uint32_t c = first_row(left), d = first_row(right);
    return a != b ? (a > b) - (a < b) : (c > d) - (c < d);
}

void bytecode_arrows_free(struct bytecode_arrows *arrows) {
    free(arrows->rows);
    *arrows = (struct bytecode_arrows){0};
}

/* malloc'ed; NULL: out of memory. */
static struct jump *find_jumps(const struct bytecode_rows *rows, size_t *count) {
    struct jump *jumps = malloc((rows->instruction_count + 1) * sizeof *jumps);
    *count = 0;
    for (size_t i = 0; jumps && i < rows->instruction_count; i++) {
        size_t to = bytecode_rows_at(rows, rows->instructions[i].jump_target);
        if (rows->instructions[i].jump_target != MODEL_NO_OFFSET && to != SIZE_MAX)
            jumps[(*count)++] = (struct jump){rows->row_of[i], (uint32_t)to};
    }
    return jumps;
}

static bool is_free(const struct bytecode_arrows *arrows, const struct jump *jump, int lane) {
    for (uint32_t row = first_row(jump); row <= last_row(jump); row++)
        if (arrows->rows[row].lanes[lane] && arrows->rows[row].lanes[lane] != jump->to + 1)
            return false;
    return true;
}

static void take_lane(struct bytecode_arrows *arrows, const struct jump *jump, int lane) {
    for (uint32_t row = first_row(jump); row <= last_row(jump); row++)
        arrows->rows[row].lanes[lane] = jump->to + 1;
    arrows->rows[jump->from].begins = (int8_t)lane;
    arrows->rows[jump->to].ends |= (uint8_t)(1u << lane);
    if (arrows->lanes <= lane)
        arrows->lanes = lane + 1;
}

static void place(struct bytecode_arrows *arrows, const struct jump *jump) {
    arrows->rows[jump->to].is_target = true;
    arrows->rows[jump->from].direction = jump->to > jump->from ? 1 : -1;
    for (int lane = 0; lane < BYTECODE_LANES && length(jump) <= LONGEST; lane++)
        if (is_free(arrows, jump, lane)) {
            take_lane(arrows, jump, lane);
            return;
        }
}

bool bytecode_arrows_build(struct bytecode_arrows *arrows, const struct bytecode_rows *rows) {
    size_t count;
    struct jump *jumps = find_jumps(rows, &count);
    bytecode_arrows_free(arrows);
    arrows->rows = calloc(rows->count + 1, sizeof *arrows->rows);
    if (!jumps || !arrows->rows) {
        free(jumps);
        bytecode_arrows_free(arrows);
        return false;
    }
    arrows->count = rows->count;
    for (size_t i = 0; i < rows->count; i++)
        arrows->rows[i].begins = -1;
    qsort(jumps, count, sizeof *jumps, compare_jumps);
    for (size_t i = 0; i < count; i++)
        place(arrows, &jumps[i]);
    for (size_t i = 0; i < rows->handler_count; i++) {
        size_t target = bytecode_rows_at(rows, rows->handlers[i].target);
        if (target != SIZE_MAX)
            arrows->rows[target].is_handler = true;
    }
    free(jumps);
    return true;
}

/* --- drawing ---------------------------------------------------------------------------------------- */

enum { UP = 1, DOWN = 2, RIGHT = 4, LEFT = 8 };

static uint32_t line_glyph(int ways, bool ascii) {
    static const uint32_t box[16] = {
        [UP] = 0x2502, [DOWN] = 0x2502, [UP | DOWN] = 0x2502, [RIGHT] = 0x2500, [LEFT] = 0x2500, [LEFT | RIGHT] = 0x2500,
        [UP | RIGHT] = 0x2514, [DOWN | RIGHT] = 0x250c, [UP | DOWN | RIGHT] = 0x251c,
        [UP | LEFT] = 0x2518, [DOWN | LEFT] = 0x2510, [UP | DOWN | LEFT] = 0x2524,
        [UP | LEFT | RIGHT] = 0x2534, [DOWN | LEFT | RIGHT] = 0x252c, [UP | DOWN | LEFT | RIGHT] = 0x253c};
    if (!ascii)
        return ways ? box[ways] : ' ';
    bool upright = ways & (UP | DOWN), level = ways & (LEFT | RIGHT);
    if (upright && level)
        return (ways & (UP | DOWN)) == (UP | DOWN) ? '+' : ways & UP ? '\\' : '/';
    return upright ? '|' : level ? '-' : ' ';
}

static uint32_t lane_target(const struct bytecode_arrows *arrows, size_t row, int lane) {
    return row < arrows->count ? arrows->rows[row].lanes[lane] : 0;
}

/* Whether a jump turns between this row and the lane. */
static bool turns(const struct bytecode_arrow_row *row, int lane) { return row->begins == lane || row->ends >> lane & 1; }

static int ways_of(const struct bytecode_arrows *arrows, size_t row, int lane, int lanes) {
    uint32_t here = lane_target(arrows, row, lane);
    int ways = 0;
    if (here && lane_target(arrows, row - 1, lane) == here) /* row 0: beyond the end */
        ways |= UP;
    if (here && lane_target(arrows, row + 1, lane) == here)
        ways |= DOWN;
    if (turns(&arrows->rows[row], lane))
        ways |= RIGHT;
    for (int outer = lane + 1; outer < lanes; outer++)
        if (turns(&arrows->rows[row], outer))
            ways |= LEFT | RIGHT;
    return ways;
}

/* Where the jump that begins in the selected row goes to, or the selected row itself where jumps end in it; as in lanes. */
static uint32_t target_of_selected(const struct bytecode_arrows *arrows, size_t selected) {
    if (selected >= arrows->count)
        return 0;
    const struct bytecode_arrow_row *row = &arrows->rows[selected];
    return row->begins >= 0 ? row->lanes[row->begins] : row->ends ? (uint32_t)selected + 1 : 0;
}

static uint32_t head_glyph(const struct bytecode_arrow_row *row, int lanes, bool ascii) {
    if (row->is_target)
        return ascii ? '>' : 0x25b8;
    if (row->begins >= 0 && row->begins < lanes)
        return ascii ? '-' : 0x2500;
    if (row->direction)
        return ascii ? (row->direction > 0 ? 'v' : '^') : row->direction > 0 ? 0x2193u : 0x2191u;
    return row->is_handler ? 'x' : ' ';
}

void bytecode_arrows_draw(const struct bytecode_arrows *arrows, size_t row, size_t selected, int lanes, struct grid *grid,
                          struct rectangle area, int at, int column) {
    if (row >= arrows->count)
        return;
    uint32_t target = target_of_selected(arrows, selected);
    for (int lane = 0; lane < lanes && lane < BYTECODE_LANES; lane++) {
        int ways = ways_of(arrows, row, lane, lanes);
        bool stands_out = target && lane_target(arrows, row, lane) == target;
        grid_glyph(grid, area, at, column + lanes - 1 - lane, stands_out ? STYLE_KEY : STYLE_DIM, line_glyph(ways, grid->ascii));
    }
    bool ends_there = target == (uint32_t)row + 1;
    grid_glyph(grid, area, at, column + lanes, ends_there ? STYLE_KEY : STYLE_DIM,
               head_glyph(&arrows->rows[row], lanes, grid->ascii));
}
