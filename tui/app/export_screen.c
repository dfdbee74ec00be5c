#include "tui/app/export_screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/replace_file.h"
#include "tui/app/compose.h"
#include "tui/app/panes.h"

enum { ROWS_MOST = 1 << 17 };

/* Takes over the text; NULL: memory is out. */
static void write_text(struct application *application, const char *path, char *text, const char *what) {
    if (!text)
        application_error(application, "memory is out; close other programs and try again");
    else if (replace_file(path, text))
        application_message(application, "%s written to %s", what, path);
    else
        application_error(application, "%s cannot be written: %s; choose another path", path, strerror(errno));
    free(text);
}

void export_screen(struct application *application, const char *path) {
    int cursor_row, cursor_column;
    compose(application, &cursor_row, &cursor_column); /* the list of actions is gone */
    write_text(application, path, grid_to_text(&application->grid, false), "the screen is");
}

/* Whose rows are all drawn where there is room for them. */
static bool is_list(const struct view *view) {
    return view == &functions_view || view == &source_view || view == &memory_view || view == &call_tree_view;
}

static bool last_row_is_blank(const struct grid *grid) {
    const struct cell *cells = grid->cells + (size_t)(grid->rows - 1) * (size_t)grid->columns;
    for (int column = 0; column < grid->columns; column++)
        if (cells[column].glyph != ' ')
            return false;
    return true;
}

static void draw_pane(struct application *application, struct grid *grid) {
    void *state;
    enum pane pane = application->place.focus;
    const struct view *view = panes_view(application, pane, &state);
    struct view_context context = panes_context(application, pane);
    char title[256];
    panes_title(application, pane, title, sizeof title);
    grid_clear(grid);
    grid_text(grid, (struct rectangle){0, 0, grid->rows, grid->columns}, 0, 0, STYLE_TITLE, title);
    view->draw(state, &context, grid, (struct rectangle){1, 0, grid->rows - 1, grid->columns});
}

void export_pane(struct application *application, const char *path) {
    void *state;
    enum pane pane = application->place.focus;
    struct rectangle content = application->layout.panes[pane].content;
    struct grid grid = {.ascii = application->grid.ascii};
    int rows = content.rows > 0 ? content.rows + 1 : 24, columns = content.columns > 0 ? content.columns : 80;
    bool list = is_list(panes_view(application, pane, &state));
    bool good = grid_resize(&grid, rows, columns);
    if (good)
        draw_pane(application, &grid);
    while (good && list && rows < ROWS_MOST && !last_row_is_blank(&grid)) {
        rows = rows * 2 < ROWS_MOST ? rows * 2 : ROWS_MOST;
        good = grid_resize(&grid, rows, columns);
        if (good)
            draw_pane(application, &grid);
    }
    char *text = good ? grid_to_text(&grid, false) : NULL;
    for (size_t length = text ? strlen(text) : 0; length > 1 && text[length - 1] == '\n' && text[length - 2] == '\n'; length--)
        text[length - 1] = '\0';
    write_text(application, path, text, "the pane is");
    grid_free(&grid);
}
