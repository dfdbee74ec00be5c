#include "tui/view/ram_draw.h"

#include <string.h>

#include "tui/view/table.h"

enum { DOT_ROWS = 4, EIGHTHS = 8, FULL_BRAILLE = 0xff, DOTTED_BRAILLE = 0x6a, LINE_BRAILLE = 0x09 };

int ram_draw_slots(const struct grid *grid) { return grid->ascii ? 1 : 2; }

uint32_t ram_draw_sign(const struct grid *grid, enum ram_series series) {
    switch (series) {
    case RAM_HEAP: return grid->ascii ? ':' : 0x2800 + FULL_BRAILLE;
    case RAM_COUNTED: return grid->ascii ? '.' : 0x2800 + DOTTED_BRAILLE;
    case RAM_RSS: case RAM_SERIES_COUNT: break;
    }
    return grid->ascii ? '_' : 0x2800 + LINE_BRAILLE;
}

enum cell_style ram_draw_style(enum ram_series series) {
    switch (series) {
    case RAM_HEAP: return STYLE_GRAPH_HEAP;
    case RAM_COUNTED: return STYLE_GRAPH_NATIVE;
    case RAM_RSS: case RAM_SERIES_COUNT: break;
    }
    return STYLE_GRAPH;
}

/* How high a value stands in `full` steps: at least 1 where it is not 0, so that nothing known is invisible. */
static int level_of(uint64_t value, uint64_t top, int full) {
    int level = value >= top ? full : (int)((double)value * full / (double)top + 0.5);
    return level < 1 ? value > 0 : level;
}

static bool heap_is_known(const struct ram_graph *graph) { return graph->known[RAM_HEAP] || graph->known[RAM_COUNTED]; }

/* --- areas and line --------------------------------------------------------------------------------- */

/* What stands in one slot, in steps from below: areas up to before `solid` and `dotted`, the line in between two heights. */
struct heights { int solid, dotted, line_from, line_end; };

static struct heights heights_of(const struct ram_graph *graph, int slot, uint64_t top, int full) {
    struct ram_range rss = graph->values[RAM_RSS][slot];
    struct heights heights = {0, 0, 0, 0};
    if (!heap_is_known(graph)) {
        heights.solid = heights.dotted = level_of(rss.high, top, full);
        return heights;
    }
    heights.solid = level_of(graph->values[RAM_HEAP][slot].high, top, full);
    heights.dotted = level_of(graph->values[RAM_COUNTED][slot].high, top, full);
    heights.line_end = level_of(rss.high, top, full);
    heights.line_from = level_of(rss.low, top, full) - 1;
    if (slot > graph->first) { /* the line has no gaps */
        struct ram_range before = graph->values[RAM_RSS][slot - 1];
        int above = level_of(before.low, top, full), below = level_of(before.high, top, full);
        if (above > heights.line_end)
            heights.line_end = above - 1;
        if (below < heights.line_from)
            heights.line_from = below;
    }
    if (heights.line_from < 0)
        heights.line_from = 0;
    return heights;
}

static bool is_line(const struct heights *heights, int y) { return y >= heights->line_from && y < heights->line_end; }

/* A line that runs through an area has a gap on both sides. */
static bool is_dot(const struct heights *heights, int x, int y) {
    if (is_line(heights, y))
        return true;
    if (heights->line_end && (y == heights->line_end || y == heights->line_from - 1))
        return false;
    return y < heights->solid || (y < heights->dotted && (x + y) % 2 == 0);
}

static void draw_braille_cell(const struct ram_graph *graph, const struct heights halves[2], int column, int y, struct grid *grid,
                              struct rectangle area) {
    static const uint32_t bits[2][DOT_ROWS] = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}; /* from below */
    uint32_t dots = 0;
    bool line = false, solid = false;
    for (int half = 0; half < 2; half++)
        for (int dot = 0; dot < DOT_ROWS; dot++) {
            int at = y * DOT_ROWS + dot;
            if (is_dot(&halves[half], half, at))
                dots |= bits[half][dot];
            line |= is_line(&halves[half], at);
            solid |= at < halves[half].solid;
        }
    enum ram_series series = line || !heap_is_known(graph) ? RAM_RSS : solid ? RAM_HEAP : RAM_COUNTED;
    if (dots)
        grid_glyph(grid, area, area.rows - 1 - y, column, ram_draw_style(series), 0x2800 + dots);
}

static void draw_braille(const struct ram_graph *graph, uint64_t top, struct grid *grid, struct rectangle area) {
    for (int column = graph->first / 2; column * 2 < graph->count && column < area.columns; column++) {
        struct heights halves[2] = {{0, 0, 0, 0}, {0, 0, 0, 0}};
        for (int half = 0; half < 2; half++)
            if (column * 2 + half >= graph->first && column * 2 + half < graph->count)
                halves[half] = heights_of(graph, column * 2 + half, top, area.rows * DOT_ROWS);
        for (int y = 0; y < area.rows; y++)
            draw_braille_cell(graph, halves, column, y, grid, area);
    }
}

/* The line stands at least in the lowest half of a row. */
static int line_level(uint64_t value, uint64_t top, int rows) {
    int level = level_of(value, top, rows * 2);
    return level < 1 ? 1 : level;
}

/* The line's cell in a column: '_' and '~' are the lower and upper half of a row, slopes lead to the next height. */
static char line_glyph(const struct ram_graph *graph, int column, uint64_t top, int rows) {
    const struct ram_range *rss = graph->values[RAM_RSS];
    int level = line_level(rss[column].high, top, rows);
    if (column + 1 < graph->count && line_level(rss[column + 1].high, top, rows) > level)
        return '/';
    if (column > graph->first && line_level(rss[column - 1].high, top, rows) > level)
        return '\\';
    return level % 2 ? '_' : '~';
}

static int line_row(uint64_t value, uint64_t top, int rows) {
    return rows - 1 - (line_level(value, top, rows) - 1) / 2;
}

/* RSS as a line of ASCII: '#' from the highest value down to the lowest within the column, '|' where the line leaps over rows. */
static void draw_line(const struct ram_graph *graph, int column, uint64_t top, struct grid *grid, struct rectangle area) {
    const struct ram_range *rss = graph->values[RAM_RSS];
    int row = line_row(rss[column].high, top, area.rows), lowest = line_row(rss[column].low, top, area.rows);
    grid_glyph(grid, area, row, column, STYLE_GRAPH,
               lowest > row ? '#' : (uint32_t)line_glyph(graph, column, top, area.rows));
    for (int below = row + 1; below <= lowest; below++)
        grid_glyph(grid, area, below, column, STYLE_GRAPH, '#');
    if (column == graph->first)
        return;
    int above = line_row(rss[column - 1].low, top, area.rows);
    for (int between = above + 1; between < row; between++)
        grid_glyph(grid, area, between, column, STYLE_GRAPH, '|');
    above = line_row(rss[column - 1].high, top, area.rows);
    for (int between = lowest + 1; between < above; between++)
        grid_glyph(grid, area, between, column, STYLE_GRAPH, '|');
}

static void draw_ascii(const struct ram_graph *graph, uint64_t top, struct grid *grid, struct rectangle area) {
    for (int column = graph->first; column < graph->count && column < area.columns; column++) {
        struct heights heights = heights_of(graph, column, top, area.rows);
        for (int y = 0; heap_is_known(graph) && y < heights.dotted && y < area.rows; y++) {
            enum ram_series series = y < heights.solid ? RAM_HEAP : RAM_COUNTED;
            grid_glyph(grid, area, area.rows - 1 - y, column, ram_draw_style(series), ram_draw_sign(grid, series));
        }
        draw_line(graph, column, top, grid, area);
    }
}

void ram_draw_series(const struct ram_graph *graph, uint64_t top, struct grid *grid, struct rectangle area) {
    if (grid->ascii)
        draw_ascii(graph, top, grid, area);
    else
        draw_braille(graph, top, grid, area);
}

/* --- what stands on the graph ----------------------------------------------------------------------- */

/* The column of a time; -1: it is not in the window. */
static int column_of(const struct ram_graph *graph, uint64_t t_ns) {
    if (t_ns < graph->from_ns || (t_ns - graph->from_ns) / graph->step_ns >= (uint64_t)graph->columns)
        return -1;
    return (int)((t_ns - graph->from_ns) / graph->step_ns);
}

static bool is_blank(const struct grid *grid, struct rectangle area, int row, int column) {
    int at_row = area.row + row, at_column = area.column + column;
    if (at_row < 0 || at_column < 0 || at_row >= grid->rows || at_column >= grid->columns)
        return false;
    return grid->cells[at_row * grid->columns + at_column].glyph == ' ';
}

/* The first row from above that something of the series stands in; area.rows: none does. */
static int first_row(const struct grid *grid, struct rectangle area, int column) {
    int row = 0;
    while (row < area.rows && is_blank(grid, area, row, column))
        row++;
    return row;
}

void ram_draw_peak(const struct ram_graph *graph, const struct model *model, uint64_t top, struct grid *grid,
                   struct rectangle area) {
    int column = graph->peak == SIZE_MAX ? -1 : column_of(graph, model->samples[graph->peak].t_ns);
    if (column < 0)
        return;
    int height = (level_of(model->samples[graph->peak].rss, top, area.rows * DOT_ROWS) + DOT_ROWS - 1) / DOT_ROWS;
    int row = area.rows - height - 1;
    grid_glyph(grid, area, row > 0 ? row : 0, column, STYLE_GRAPH_PEAK, '^');
}

/* A mark's name beside its line, in the first row where it hides nothing and ends before the next mark's line. */
static void draw_name(const char *name, int column, int end, struct grid *grid, struct rectangle area) {
    int width = grid_text_width(name);
    if (width > end - column - 1)
        width = end - column - 1;
    for (int row = 0; row < area.rows; row++) {
        int free = 0;
        while (free < width && is_blank(grid, area, row, column + 1 + free))
            free++;
        if (free == width) {
            grid_text(grid, (struct rectangle){area.row, area.column, area.rows, end}, row, column + 1, STYLE_KEY, name);
            return;
        }
    }
}

void ram_draw_marks(const struct ram_graph *graph, const struct model *model, struct grid *grid, struct rectangle area) {
    int end = area.columns; /* of the name, which the next mark ends; so the last one comes first */
    for (size_t i = model->mark_count; i-- > 0;) {
        int column = column_of(graph, model->marks[i].t_ns);
        if (column < 0 || column >= area.columns)
            continue;
        for (int row = 0; row < area.rows; row++)
            if (row == 0 || is_blank(grid, area, row, column))
                grid_glyph(grid, area, row, column, STYLE_KEY, grid->ascii ? '!' : 0x250a);
        if (area.rows >= 3)
            draw_name(model->marks[i].name, column, end, grid, area);
        end = column;
    }
}

void ram_draw_cursor(const struct ram_graph *graph, uint64_t cursor_ns, struct grid *grid, struct rectangle area) {
    int column = column_of(graph, cursor_ns);
    if (column < 0 || column >= area.columns)
        return;
    int upper = first_row(grid, area, column);
    for (int row = 0; row < upper; row++)
        grid_glyph(grid, area, row, column, STYLE_SELECTED, grid->ascii ? '|' : 0x2502);
    for (int row = upper; row < area.rows; row++)
        grid_restyle(grid, area, row, column, 1, STYLE_SELECTED);
}

/* --- axes ------------------------------------------------------------------------------------------- */

void ram_draw_scale(const struct ram_scale *scale, struct grid *grid, struct rectangle area, int rows) {
    int labelled = rows; /* the row of the label below */
    for (int row = 0; row < rows; row++)
        grid_glyph(grid, area, row, area.columns - 1, STYLE_BORDER, grid->ascii ? '|' : 0x2502);
    for (int step = 0; step <= scale->steps; step++) {
        char text[NUMBER_SIZE];
        int row = rows - (step * rows + scale->steps / 2) / scale->steps; /* its upper edge is the value */
        row = row >= rows ? rows - 1 : row;
        if (row >= labelled)
            continue;
        labelled = row;
        table_cell(grid, area, row, 0, area.columns - 1, STYLE_DIM, false, ram_scale_label(text, (uint64_t)step * scale->step));
    }
}

void ram_draw_ticks(const struct ram_graph *graph, struct grid *grid, struct rectangle area) {
    uint64_t tick = ram_tick_for(graph->step_ns);
    uint64_t behind = graph->from_ns % tick, columns = tick / graph->step_ns; /* since the tick before, and between ticks */
    uint64_t first = behind ? (tick - behind) / graph->step_ns : 0;
    for (uint64_t at = first; at < (uint64_t)graph->columns; at += columns) {
        char text[NUMBER_SIZE];
        int column = (int)at;
        uint64_t t_ns = graph->from_ns + at * graph->step_ns;
        if (column + 1 + (int)strlen(ram_tick_label(text, t_ns)) > area.columns)
            break;
        grid_glyph(grid, area, 0, column, STYLE_DIM, grid->ascii ? '\'' : 0x2575);
        grid_text(grid, area, 0, column + 1, STYLE_DIM, text);
    }
}

void ram_draw_collections(const struct ram_graph *graph, struct grid *grid, struct rectangle area) {
    for (int column = 0; column < graph->columns && column < area.columns; column++)
        if (graph->collected[column])
            grid_glyph(grid, area, 0, column, STYLE_DIM, (uint32_t)" .+#"[graph->collected[column] & 3]);
}

void ram_draw_sparkline(const struct ram_graph *graph, struct grid *grid, struct rectangle area) {
    static const char heights[] = "_.-=*#";
    for (int column = graph->first; column < graph->count && column < area.columns; column++) {
        uint64_t value = graph->values[RAM_RSS][column].high;
        int level = level_of(value, graph->highest ? graph->highest : 1, grid->ascii ? 6 : EIGHTHS);
        level = level < 1 ? 1 : level;
        grid_glyph(grid, area, 0, column, STYLE_GRAPH, grid->ascii ? (uint32_t)heights[level - 1] : (uint32_t)(0x2580 + level));
    }
}
