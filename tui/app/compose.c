#include "tui/app/compose.h"

#include "tui/app/chrome.h"
#include "tui/app/panes.h"
#include "tui/app/prompt.h"

void compose(struct application *application, int *cursor_row, int *cursor_column) {
    struct grid *grid = &application->grid;
    struct rectangle all = {0, 0, grid->rows, grid->columns};
    *cursor_row = -1;
    *cursor_column = 0;
    grid_clear(grid);
    panes_layout(application);
    if (application->layout.mode == LAYOUT_TOO_SMALL) {
        chrome_draw_too_small(application);
        if (application->prompt != PROMPT_NONE && !application->message[0])
            prompt_draw(application, cursor_row, cursor_column);
        return;
    }
    panes_draw(application);
    chrome_draw(application);
    if (application->popup_kind != POPUP_NONE)
        popup_draw(&application->popup, grid, all, cursor_row, cursor_column);
    /* A problem with what was typed stands in the prompt's place until the next key. */
    if (application->prompt == PROMPT_SEARCH || (application->prompt != PROMPT_NONE && !application->message[0]))
        prompt_draw(application, cursor_row, cursor_column);
}
