#include "tui/layout/layout.h"

enum {
    CHROME_ROWS = 3, /* status, breadcrumb, footer */
    SMALLEST_COLUMNS = 24, /* of what stands beside each other */
    SMALLEST_TOP_ROWS = 4, /* border included, of tables and code */
    SMALLEST_PANE_ROWS = 2, /* border included */
    SMALLEST_FLAME_ROWS = 4,
};

char layout_pane_key(enum pane pane) {
    static const char keys[PANE_COUNT] = {
#define X(NAME, key, name) key,
        PANE_LIST(X)
#undef X
    };
    return keys[pane];
}

const char *layout_pane_name(enum pane pane) {
    static const char *const names[PANE_COUNT] = {
#define X(NAME, key, name) name,
        PANE_LIST(X)
#undef X
    };
    return names[pane];
}

static int between(int least, int value, int most) { return value > most ? most : value < least ? least : value; }

static int extra_of(const struct layout_options *options, enum pane pane) {
    return between(-LAYOUT_EXTRA, options->extra[pane], LAYOUT_EXTRA);
}

/* A pane of these rows: its border, and the content below. */
static struct pane_place place(int row, int column, int rows, int columns) {
    return (struct pane_place){
        .shown = true,
        .border = {row, column, 1, columns},
        .content = {row + 1, column, rows - 1, columns},
    };
}

static bool wanted(const struct layout_options *options, enum pane pane) {
    return (options->panes >> pane & 1u) || options->focus == pane;
}

enum pane layout_table_pane(const struct layout_options *options) {
    bool memory = options->focus == PANE_MEMORY || (options->memory && options->focus != PANE_FUNCTIONS);
    return memory ? PANE_MEMORY : PANE_FUNCTIONS;
}

enum pane layout_side_pane(const struct layout_options *options) {
    bool threads = options->focus == PANE_THREADS || (options->threads && options->focus != PANE_TREE);
    return threads ? PANE_THREADS : PANE_TREE;
}

static bool table_is_wanted(const struct layout_options *options) {
    return wanted(options, PANE_FUNCTIONS) || wanted(options, PANE_MEMORY);
}

static bool side_is_wanted(const struct layout_options *options) {
    return wanted(options, PANE_TREE) || wanted(options, PANE_THREADS);
}

static bool code_is_wanted(const struct layout_options *options) {
    return wanted(options, PANE_SOURCE) || wanted(options, PANE_BYTECODE);
}

/* Of table and side in one place, the side: it has the keys, had them last, or is the only one wanted. */
static bool side_comes_first(const struct layout_options *options) {
    if (options->focus == PANE_TREE || options->focus == PANE_THREADS)
        return true;
    if (options->focus == PANE_FUNCTIONS || options->focus == PANE_MEMORY)
        return false;
    return side_is_wanted(options) && (options->side || !table_is_wanted(options));
}

static void compute_tabs(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    int pane_rows = rows - CHROME_ROWS;
    if (options->focus != PANE_RAM && wanted(options, PANE_RAM)) {
        pane_rows--;
        layout->sparkline = (struct rectangle){rows - 2, 0, 1, columns};
    }
    layout->panes[options->focus] = place(2, 0, pane_rows, columns);
}

/* Source over bytecode, or one alone. */
static void compute_code(struct layout *layout, int column, int rows, int columns, const struct layout_options *options) {
    bool source = wanted(options, PANE_SOURCE), bytecode = wanted(options, PANE_BYTECODE);
    if (!source || !bytecode) {
        layout->panes[source ? PANE_SOURCE : PANE_BYTECODE] = place(2, column, rows, columns);
        return;
    }
    int wished = rows / 2 + extra_of(options, PANE_BYTECODE);
    int below = between(SMALLEST_PANE_ROWS, wished, rows - SMALLEST_PANE_ROWS);
    layout->panes[PANE_SOURCE] = place(2, column, rows - below, columns);
    layout->panes[PANE_BYTECODE] = place(2 + rows - below, column, below, columns);
}

/* A table, or what stands in its place, and code; one alone where the other is not wanted. */
static void compute_two(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    bool tables = table_is_wanted(options) || side_is_wanted(options);
    enum pane table = side_comes_first(options) ? layout_side_pane(options) : layout_table_pane(options);
    if (!tables) {
        compute_code(layout, 0, rows, columns, options);
        return;
    }
    if (!code_is_wanted(options)) {
        layout->panes[table] = place(2, 0, rows, columns);
        return;
    }
    int wished = columns * 59 / 100 + extra_of(options, PANE_FUNCTIONS);
    int left = between(SMALLEST_COLUMNS, wished, columns - 1 - SMALLEST_COLUMNS);
    layout->panes[table] = place(2, 0, rows, left);
    layout->divider = (struct rectangle){2, left, rows, 1};
    compute_code(layout, left + 1, rows, columns - left - 1, options);
}

/* Table, call tree (or threads), and code where it is wanted. */
static void compute_three(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    bool code = code_is_wanted(options);
    int least = SMALLEST_COLUMNS + 1; /* with a divider */
    int wished = columns * (code ? 38 : 58) / 100 + extra_of(options, PANE_FUNCTIONS);
    int left = between(SMALLEST_COLUMNS, wished, columns - (code ? 2 : 1) * least);
    layout->panes[layout_table_pane(options)] = place(2, 0, rows, left);
    layout->divider = (struct rectangle){2, left, rows, 1};
    int column = left + 1, middle = columns - column;
    if (code)
        middle = between(SMALLEST_COLUMNS, columns * 28 / 100 + extra_of(options, PANE_TREE), middle - least);
    layout->panes[layout_side_pane(options)] = place(2, column, rows, middle);
    if (!code)
        return;
    layout->second_divider = (struct rectangle){2, column + middle, rows, 1};
    compute_code(layout, column + middle + 1, rows, columns - column - middle - 1, options);
}

static bool tables_or_code_are_wanted(const struct layout_options *options) {
    return table_is_wanted(options) || side_is_wanted(options) || code_is_wanted(options);
}

/* Tables and code, the flame graph below them, or what has their place. */
static void compute_top(struct layout *layout, int screen_rows, int rows, int columns, const struct layout_options *options) {
    bool high = screen_rows >= LAYOUT_HIGH_ROWS, others = tables_or_code_are_wanted(options);
    bool flame = wanted(options, PANE_FLAME) && (high || !others || options->focus == PANE_FLAME);
    if (options->focus == PANE_INFORMATION) {
        layout->panes[PANE_INFORMATION] = place(2, 0, rows, columns);
        return;
    }
    if (flame && (!high || !others)) {
        layout->panes[PANE_FLAME] = place(2, 0, rows, columns);
        return;
    }
    if (flame && rows >= SMALLEST_FLAME_ROWS + SMALLEST_TOP_ROWS) {
        int wished = rows / 3 + extra_of(options, PANE_FLAME);
        int flame_rows = between(SMALLEST_FLAME_ROWS, wished, rows - SMALLEST_TOP_ROWS);
        rows -= flame_rows;
        layout->panes[PANE_FLAME] = place(2 + rows, 0, flame_rows, columns);
    }
    if (columns >= LAYOUT_WIDE_COLUMNS && table_is_wanted(options) && side_is_wanted(options))
        compute_three(layout, rows, columns, options);
    else
        compute_two(layout, rows, columns, options);
}

static bool top_is_wanted(const struct layout_options *options) {
    return tables_or_code_are_wanted(options) || wanted(options, PANE_FLAME) || options->focus == PANE_INFORMATION;
}

static void compute_panes(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    bool top = top_is_wanted(options), ram = wanted(options, PANE_RAM), output = wanted(options, PANE_OUTPUT);
    int room = rows - CHROME_ROWS;
    int ram_rows = 0, output_rows = 0; /* with their borders */
    int least = options->focus == PANE_FLAME ? SMALLEST_TOP_ROWS + SMALLEST_FLAME_ROWS : SMALLEST_TOP_ROWS;
    int left = room - (top ? least : 0);
    if (output) {
        int most = left - (ram ? 2 : 0);
        output_rows = top || ram ? between(2, rows / 6 + 1 + extra_of(options, PANE_OUTPUT), most) : room;
        left -= output_rows;
    }
    if (ram)
        ram_rows = top ? between(2, rows / 6 + extra_of(options, PANE_RAM), left) : left;
    int top_rows = room - ram_rows - output_rows;
    if (top)
        compute_top(layout, rows, top_rows, columns, options);
    if (ram)
        layout->panes[PANE_RAM] = place(2 + top_rows, 0, ram_rows, columns);
    if (output)
        layout->panes[PANE_OUTPUT] = place(2 + top_rows + ram_rows, 0, output_rows, columns);
}

struct layout layout_compute(int rows, int columns, const struct layout_options *options) {
    struct layout layout = {.mode = LAYOUT_TOO_SMALL};
    if (rows < LAYOUT_MINIMUM_ROWS || columns < LAYOUT_MINIMUM_COLUMNS) {
        layout.status = (struct rectangle){0, 0, rows, columns};
        return layout;
    }
    layout.status = (struct rectangle){0, 0, 1, columns};
    layout.breadcrumb = (struct rectangle){1, 0, 1, columns};
    layout.footer = (struct rectangle){rows - 1, 0, 1, columns};
    if (options->zoomed || rows < LAYOUT_PANES_ROWS || columns < LAYOUT_PANES_COLUMNS) {
        layout.mode = LAYOUT_TABS;
        compute_tabs(&layout, rows, columns, options);
    } else {
        layout.mode = LAYOUT_PANES;
        compute_panes(&layout, rows, columns, options);
    }
    return layout;
}

/* --- sizes -------------------------------------------------------------------------------------------- */

bool layout_has_size(enum pane pane) {
    return pane == PANE_FUNCTIONS || pane == PANE_TREE || pane == PANE_BYTECODE || pane == PANE_RAM || pane == PANE_OUTPUT ||
           pane == PANE_FLAME;
}

static bool is_column(enum pane pane) { return pane == PANE_FUNCTIONS || pane == PANE_TREE; }

static bool contains(struct rectangle area, int row, int column) {
    return row >= area.row && row < area.row + area.rows && column >= area.column && column < area.column + area.columns;
}

/* Whether a border between it and what is above it can be moved. */
static bool has_upper_edge(const struct layout *layout, enum pane pane) {
    const struct pane_place *at = &layout->panes[pane];
    return at->shown && layout_has_size(pane) && !is_column(pane) && at->border.row > 2;
}

bool layout_edge_at(const struct layout *layout, int row, int column, struct layout_edge *edge) {
    if (layout->mode != LAYOUT_PANES)
        return false;
    if (contains(layout->divider, row, column)) {
        *edge = (struct layout_edge){PANE_FUNCTIONS, true, 1};
        return true;
    }
    if (contains(layout->second_divider, row, column)) {
        *edge = (struct layout_edge){PANE_TREE, true, 1};
        return true;
    }
    for (enum pane pane = 0; pane < PANE_COUNT; pane++)
        if (has_upper_edge(layout, pane) && contains(layout->panes[pane].border, row, column)) {
            *edge = (struct layout_edge){pane, false, -1};
            return true;
        }
    return false;
}

void layout_move_edge(struct layout_options *options, const struct layout_edge *edge, int cells) {
    int moved = between(-LAYOUT_EXTRA, cells, LAYOUT_EXTRA) * edge->sign;
    options->extra[edge->pane] = between(-LAYOUT_EXTRA, extra_of(options, edge->pane) + moved, LAYOUT_EXTRA);
}

/* Tables and code share the columns of the divider beside them. */
static enum pane sized_with(const struct layout *layout, enum pane pane, int *step) {
    bool middle = layout->second_divider.rows > 0;
    switch (pane) {
    case PANE_FUNCTIONS: case PANE_MEMORY: return PANE_FUNCTIONS;
    case PANE_TREE: case PANE_THREADS: return middle ? PANE_TREE : PANE_FUNCTIONS;
    case PANE_SOURCE: *step = -*step; return middle ? PANE_TREE : PANE_FUNCTIONS;
    default: return pane;
    }
}

bool layout_grow(struct layout_options *options, const struct layout *layout, enum pane pane, int step) {
    enum pane sized = sized_with(layout, pane, &step);
    if (!layout_has_size(sized) || (is_column(sized) ? !layout->divider.rows : !has_upper_edge(layout, sized)))
        return false;
    struct layout_edge edge = {sized, is_column(sized), 1};
    layout_move_edge(options, &edge, is_column(sized) ? 4 * step : step);
    return true;
}
