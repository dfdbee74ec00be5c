/* viewer_fixture.h - the viewer without a terminal: keys go in, the screen is read from the grid. */
#ifndef PYPROF_TESTS_VIEWER_FIXTURE_H
#define PYPROF_TESTS_VIEWER_FIXTURE_H

#include "tests/unit/model_fixture.h"

#include <unistd.h>

#include "tui/app/actions.h"
#include "tui/app/code_marks.h"
#include "tui/app/compose.h"
#include "tui/app/compare_functions.h"
#include "tui/app/diff_screen.h"
#include "tui/app/live_run.h"
#include "tui/app/losses.h"
#include "tui/app/panes.h"
#include "tui/app/processes.h"

static struct application application;
static struct application_start start;
static struct config *config;
static struct model *model;
static char *screen; /* as drawn last */

static inline void draw(int rows, int columns) {
    int cursor_row, cursor_column;
    assert_true(grid_resize(&application.grid, rows, columns));
    compose(&application, &cursor_row, &cursor_column);
    free(screen);
    screen = grid_to_text(&application.grid, false);
    assert_non_null(screen);
}

/* Row `number` of the screen (from 0; negative: from the end), in a buffer that the next call uses again. */
static inline const char *row(int number) {
    static char line[2048];
    const char *at = screen;
    int target = number < 0 ? application.grid.rows + number : number;
    while (target-- > 0)
        at = strchr(at, '\n') + 1;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

static inline void press(int key) {
    struct key_press key_press = {.key = key};
    actions_key(&application, &key_press);
}

static inline void type(const char *text) {
    for (; *text; text++)
        press((unsigned char)*text);
}

/* A session of that model is shown, on 100x30. */
static inline int open_viewer(struct model *shown) {
    struct error error;
    application = (struct application){.percent = true, .untouched = true, .refresh_ms = 500,
                                       .options.panes = ((1u << PANE_COUNT) - 1) & ~(1u << PANE_BYTECODE)};
    model = shown;
    config = config_new();
    start = (struct application_start){.config = config, .recorder_socket = -1, .model = model,
                                       .session_path = "x.pyprof"};
    application.start = &start;
    if (!config || !live_run_open(&application, &error) || !panes_open(&application))
        return -1;
    panes_follow_selection(&application);
    draw(30, 100);
    return 0;
}

static inline int teardown(void **state) {
    (void)state;
    popup_free(&application.popup);
    diff_screen_free(&application);
    compare_functions_free(&application);
    code_marks_free(&application);
    live_run_close(&application);
    panes_close(&application);
    grid_free(&application.grid);
    config_free(config);
    model_free(model);
    free(screen);
    screen = NULL;
    return 0;
}

#endif
