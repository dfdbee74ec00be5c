/* view.h - a view is one const vtable and private state in its own .c file; it draws one pane's content into a grid
 * and answers requests with effects. It never draws by itself, never reads keys, knows no other view. */
#ifndef PYPROF_TUI_VIEW_H
#define PYPROF_TUI_VIEW_H

#include "pyprof/model.h"
#include "tui/app/request.h"
#include "tui/term/grid.h"
#include "tui/view/activity.h"
#include "tui/view/group_keys.h"
#include "tui/view/memory_measure.h"

/* A place that the user has marked. */
struct view_mark {
    uint32_t function; /* id; 0: it is not in this model */
    uint32_t line;     /* 0: the function as a whole */
    char letter;       /* what the mark is called */
};

/* What all views are shown: lives as long as the call. */
struct view_context {
    const struct model *model;   /* never NULL */
    uint32_t function;           /* selected function (id), 0: none */
    uint32_t line;               /* selected line of that function's file, 0: none */
    bool percent;                /* percent rather than absolute numbers where both exist */
    bool hide_standard_library;  /* project functions only (those and C functions they call) */
    bool memory;                 /* memory is what is looked at: of time and memory, memory comes first */
    enum memory_measure measure; /* what of it columns show */
    bool shares;                 /* numbers that are parts of a whole are shown as shares of it, beside the times too */
    const struct activity *activity; /* of the model's functions; NULL: none is shown */
    const uint32_t *marked;      /* functions that are marked to be compared: ids, of which some may be 0 */
    size_t marked_count;
    const struct view_mark *places; /* that are marked to be gone to */
    size_t place_count;
    const char *command;         /* what runs, in words, where the model does not know it yet; NULL: nobody does */
    bool focused;
};

/* What a view asks the loop to do. */
enum view_action {
    VIEW_NOT_HANDLED, /* the loop may handle the request itself */
    VIEW_HANDLED,     /* nothing to repaint */
    VIEW_REDRAW,
    VIEW_SELECT,      /* function/line are the selection now; other panes follow */
    VIEW_DRILL,       /* go into function/line: focus the pane that shows it, remember where we came from */
    VIEW_BYTECODE,    /* likewise, into the bytecode of function/line */
    VIEW_COPY,        /* put `text` on the clipboard; "": there is nothing to put there, which is said */
    VIEW_MESSAGE,     /* show `text` in the message row */
    VIEW_PROCESS,     /* all panes show `process` from now on */
};
struct view_effect {
    enum view_action action;
    uint32_t function, line;
    const char *text; /* owned by the view, until its next call */
    const struct model *process; /* of the run that is shown: one process, or the sum of all */
};

struct view {
    const char *name;                              /* "functions": pane title, config name */
    void *(*create)(void);                         /* NULL: out of memory */
    void (*destroy)(void *state);
    void (*draw)(void *state, const struct view_context *context, struct grid *grid, struct rectangle area);
    /* What stands in the pane's border behind its number: "Functions 14/212  sort:Self%v". */
    void (*title)(void *state, const struct view_context *context, char *text, size_t size);
    /* REQUEST_NONE asks a table to select what stands where the selected function stood, when it is not shown; and the source to
     * say which line it chose itself. */
    struct view_effect (*request)(void *state, const struct view_context *context, enum request request, int page_rows);
    /* Search as typed: moves to the first match from the selection on (direction 0: staying where it matches, 1: next,
     * -1: previous); pattern "" ends the highlight. NULL: this view cannot. */
    struct view_effect (*search)(void *state, const struct view_context *context, const char *pattern, int direction);
    /* Sets the filter; false: *problem says what is wrong with the expression. NULL: this view cannot. */
    bool (*filter)(void *state, const struct view_context *context, const char *expression, const char **problem);
    /* Rows the sort menu offers, NULL-ended, and choosing one (the present one again inverts). NULL: nothing to sort. */
    const char *const *(*sort_names)(void *state);
    int (*sorted)(void *state); /* index of the present one */
    void (*sort)(void *state, int index);
    /* A mouse click at that place of the area. May be NULL. */
    struct view_effect (*click)(void *state, const struct view_context *context, struct rectangle area, int row, int column);
};

extern const struct view functions_view, source_view, ram_view, output_view, callers_view, memory_view, bytecode_view;
extern const struct view flame_view, call_tree_view, threads_view, information_view;

/* Feeds bytes the target wrote into the output view's state (a small terminal: UTF-8, CR, LF, BS, TAB, SGR and cursor
 * sequences understood or skipped); output_view_resize gives the size the target's terminal has. */
void output_view_feed(void *state, const unsigned char *bytes, size_t count);
void output_view_resize(void *state, int rows, int columns);
void output_view_clear(void *state);

/* What the information view tells beside the model: the run's config as YAML, and where its session is. Both are copied; NULL:
 * there is none. */
void information_view_tell(void *state, const char *config, const char *path);

/* The columns of the functions view: a set of enum function_value. */
unsigned functions_view_columns(const void *state);
void functions_view_set_columns(void *state, unsigned wanted);
/* What it is sorted by, as the word and the direction in the config: until the user chooses something else, and as soon as it is
 * counted. false: there is no such word. */
bool functions_view_sort_by(void *state, const char *word, bool inverted);
const char *functions_view_sorted_by(const void *state, bool *inverted);
/* What takes long it does in slices, while no key waits: whether there are any, and doing one of a few milliseconds. true: it is
 * to be drawn again. */
bool functions_view_has_work(const void *state);
bool functions_view_work(void *state, const struct model *model);
/* What its functions are grouped by. */
enum function_grouping functions_view_grouping(const void *state);
void functions_view_group(void *state, enum function_grouping grouping);

/* What of memory the memory view is about: what other panes show beside it. */
enum memory_measure memory_view_measure(const void *state);

#endif
