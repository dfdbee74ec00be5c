#include "tui/layout/layout.h"

enum {
    CHROME_ROWS = 3, /* status, breadcrumb, footer */
    SMALLEST_COLUMNS = 24, /* of functions and of source beside each other */
    SMALLEST_TOP_ROWS = 4, /* border included, of functions and source */
    SMALLEST_PANE_ROWS = 2, /* border included */
};

int layout_pane_number(enum pane pane) {
    static const int numbers[PANE_COUNT] = {
#define X(NAME, number, name) number,
        PANE_LIST(X)
#undef X
    };
    return numbers[pane];
}

const char *layout_pane_name(enum pane pane) {
    static const char *const names[PANE_COUNT] = {
#define X(NAME, number, name) name,
        PANE_LIST(X)
#undef X
    };
    return names[pane];
}

static int between(int least, int value, int most) { return value > most ? most : value < least ? least : value; }

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

static bool table_is_wanted(const struct layout_options *options) {
    return wanted(options, PANE_FUNCTIONS) || wanted(options, PANE_MEMORY);
}

static void compute_tabs(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    int pane_rows = rows - CHROME_ROWS;
    if (options->focus != PANE_RAM && wanted(options, PANE_RAM)) {
        pane_rows--;
        layout->sparkline = (struct rectangle){rows - 2, 0, 1, columns};
    }
    layout->panes[options->focus] = place(2, 0, pane_rows, columns);
}

static bool code_is_wanted(const struct layout_options *options) {
    return wanted(options, PANE_SOURCE) || wanted(options, PANE_BYTECODE);
}

/* Source over bytecode, or one alone. */
static void compute_code(struct layout *layout, int column, int rows, int columns, const struct layout_options *options) {
    bool source = wanted(options, PANE_SOURCE), bytecode = wanted(options, PANE_BYTECODE);
    if (!source || !bytecode) {
        layout->panes[source ? PANE_SOURCE : PANE_BYTECODE] = place(2, column, rows, columns);
        return;
    }
    int wished = rows / 2 + between(-rows, options->bytecode_extra, rows);
    int below = between(SMALLEST_PANE_ROWS, wished, rows - SMALLEST_PANE_ROWS);
    layout->panes[PANE_SOURCE] = place(2, column, rows - below, columns);
    layout->panes[PANE_BYTECODE] = place(2 + rows - below, column, below, columns);
}

/* Functions (or memory) and code, beside each other or one alone. */
static void compute_top(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    enum pane table = layout_table_pane(options);
    if (!table_is_wanted(options)) {
        compute_code(layout, 0, rows, columns, options);
        return;
    }
    if (!code_is_wanted(options)) {
        layout->panes[table] = place(2, 0, rows, columns);
        return;
    }
    int extra = between(-columns, options->functions_extra, columns);
    int left = between(SMALLEST_COLUMNS, columns * 59 / 100 + extra, columns - 1 - SMALLEST_COLUMNS);
    layout->panes[table] = place(2, 0, rows, left);
    layout->divider = (struct rectangle){2, left, rows, 1};
    compute_code(layout, left + 1, rows, columns - left - 1, options);
}

static void compute_panes(struct layout *layout, int rows, int columns, const struct layout_options *options) {
    bool top = table_is_wanted(options) || code_is_wanted(options);
    bool ram = wanted(options, PANE_RAM), output = wanted(options, PANE_OUTPUT);
    int room = rows - CHROME_ROWS;
    int ram_rows = 0, output_rows = 0; /* with their borders */
    int left = room - (top ? SMALLEST_TOP_ROWS : 0);
    if (output) {
        int most = left - (ram ? 2 : 0);
        output_rows = top || ram ? between(2, rows / 6 + 1 + between(-rows, options->output_extra, rows), most) : room;
        left -= output_rows;
    }
    if (ram)
        ram_rows = top ? between(2, rows / 6 + between(-rows, options->ram_extra, rows), left) : left;
    int top_rows = room - ram_rows - output_rows;
    if (top)
        compute_top(layout, top_rows, columns, options);
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
