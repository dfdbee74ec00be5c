#include "tui/app/popups.h"

#include <stdio.h>
#include <string.h>

#include "tui/app/code_marks.h"
#include "tui/app/collector_choice.h"
#include "tui/app/columns.h"
#include "tui/app/compare_functions.h"
#include "tui/app/grouping.h"
#include "tui/app/key_map.h"
#include "tui/app/losses.h"
#include "tui/app/palette.h"
#include "tui/app/panes.h"
#include "tui/app/processes.h"

static bool add_requests(struct popup *popup, enum request_section section) {
    char text[160];
    for (enum request request = REQUEST_NONE + 1; request < REQUEST_COUNT; request++) {
        const struct request_row *row = request_row(request);
        if (row->section != section)
            continue;
        snprintf(text, sizeof text, "  %-10s %s", row->keys, row->help);
        if (!popup_add(popup, (int)request, text))
            return false;
    }
    return true;
}

/* What the columns count, which their short headings cannot say. */
static const char *const legend[] = {
    "  Self% Self s  in the function itself, not what it calls",
    "  Tot%  Tot s   with all it calls; recursion counts once",
    "  c             a function written in C",
    "  Prim  /call   calls not recursive; time of one of them",
    "  Trend         share of what ran lately; full: all of it",
    "  <             columns are scrolled out; H and 0 go back",
    "  %Fn           share of the self time of its function",
    "  . : + #       the same: from 0.5, 2, 10, 40 %",
    "  self          on the line, with the C calls in it",
    "  total         with the Python calls in it too",
    "  hits          how often the line began",
    "  MiB           allocated by it: at the peak or as v says",
    "  TotMiB        with all it calls; recursion counts once",
    "  peak          alive when all memory was at its highest",
    "  live          alive now, or left when the program ended",
    "  alloc         allocated, freed or not",
    "  temp          blocks freed before the next allocation",
    "  Per call      left by each; else some, once, or import",
    "  RAM graph     a line: RSS; areas: Python's heap, native",
    "  gc            garbage collections: . + # by generation",
    "  Flame graph   a row a call depth; shaded: own time",
    "  +3            three frames narrower than a column",
    "  > * /         selected; the same function; searched for",
};

/* What the prompt of & takes. */
static const char *const filters[] = {
    "  text  ~regex  in the name or the file, either case",
    "  name:text     in one of them; file:~regex too",
    "  kind:c        or kind:python",
    "  self>1%       or total; a number alone is seconds",
    "  total>=10ms   or self, percall; s ms us ns",
    "  calls>1k      or primitive, instr, line, temp; k M G",
    "  mib>10        or totmib; B K M G",
    "  !term         what the term does not hold for",
    "  a b           both must hold",
};

static bool add_texts(struct popup *popup, const char *heading, const char *const *texts, size_t count) {
    if (!popup_add(popup, -1, heading))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!popup_add(popup, 0, texts[i]))
            return false;
    return true;
}

static bool fill_help(const struct application *application, struct popup *popup) {
    popup->title = "Help";
    for (enum request_section section = 0; section < SECTION_COUNT; section++) {
        if (!popup_add(popup, -1, request_section_heading(section)) || !add_requests(popup, section))
            return false;
        if (section == SECTION_FIND && !add_texts(popup, "What a filter is", filters, sizeof filters / sizeof *filters))
            return false;
    }
    return add_texts(popup, "What the columns are", legend, sizeof legend / sizeof *legend) &&
           losses_add_rows(application->model, popup);
}

static bool fill_sort_menu(struct application *application) {
    void *state;
    const struct view *view = panes_view(application, application->place.focus, &state);
    const char *const *names = view->sort_names ? view->sort_names(state) : NULL;
    application->popup.title = "Sort by (again: invert)";
    application->popup.choosable = true;
    for (int i = 0; names && names[i]; i++)
        if (!popup_add(&application->popup, i, names[i]))
            return false;
    if (application->popup.count > 0)
        application->popup.selected = (size_t)view->sorted(state);
    else
        application_message(application, "there is nothing to sort in this pane; 1 goes to the functions");
    return application->popup.count > 0;
}

void popups_open(struct application *application, enum popup_kind kind) {
    struct popup *popup = &application->popup;
    application->found = (struct code_places){0};
    bool filled = kind == POPUP_HELP        ? fill_help(application, popup)
                  : kind == POPUP_PALETTE   ? palette_fill(application)
                  : kind == POPUP_COLUMNS   ? columns_fill(application, popup)
                  : kind == POPUP_GROUP     ? grouping_fill(application, popup)
                  : kind == POPUP_PROCESSES ? processes_fill(application, popup)
                  : kind == POPUP_COLLECTORS ? collector_choice_fill(application, popup)
                  : kind == POPUP_MARKS ? code_marks_fill(application, popup)
                                  : kind == POPUP_COMPARISON ? compare_functions_fill(application, popup)
                            : fill_sort_menu(application);
    application->popup_kind = kind;
    if (!filled)
        popups_close(application);
    application->redraw = true;
}

void popups_close(struct application *application) {
    popup_free(&application->popup);
    application->popup_kind = POPUP_NONE;
    application->redraw = true;
}

static void sort_by(struct application *application, int index) {
    void *state;
    const struct view *view = panes_view(application, application->place.focus, &state);
    if (view->sort)
        view->sort(state, index);
}

enum request popups_key(struct application *application, int key) {
    enum popup_kind kind = application->popup_kind;
    int value = 0;
    if (kind == POPUP_PALETTE)
        return palette_key(application, key);
    if (kind == POPUP_MARKS || kind == POPUP_COLLECTORS) {
        (kind == POPUP_MARKS ? code_marks_key : collector_choice_key)(application, key);
        return REQUEST_NONE;
    }
    enum popup_answer answer = popup_key(&application->popup, key, application->grid.rows, &value);
    application->redraw = true;
    if (answer == POPUP_STAYS)
        return REQUEST_NONE;
    if (answer == POPUP_CHOSEN && kind == POPUP_COLUMNS) {
        columns_toggle(application, value);
        return REQUEST_NONE;
    }
    popups_close(application);
    if (answer == POPUP_CHOSEN && kind == POPUP_SORT)
        sort_by(application, value);
    if (answer == POPUP_CHOSEN && kind == POPUP_GROUP)
        grouping_choose(application, value);
    if (answer == POPUP_CHOSEN && kind == POPUP_PROCESSES)
        processes_choose(application, value);
    return REQUEST_NONE;
}
