/* state.h - all that the viewer knows, shared by the files of tui/app. Only the loop (application.c) draws: everybody
 * else changes this and sets `redraw`. */
#ifndef PYPROF_TUI_STATE_H
#define PYPROF_TUI_STATE_H

#include "pyprof/arena_reader.h"
#include "pyprof/recorder.h"
#include "tui/app/application.h"
#include "tui/app/line_edit.h"
#include "tui/app/model_worker.h"
#include "tui/app/navigation.h"
#include "tui/app/popup.h"
#include "tui/app/progress.h"
#include "tui/app/refresh_pace.h"
#include "tui/layout/layout.h"
#include "tui/term/screen.h"
#include "tui/view/stamp.h"
#include "tui/view/view.h"

enum run_state {
    RUN_SESSION,  /* no recorder: a saved session is shown */
    RUN_OPENING,  /* and that is being read */
    RUN_STARTING, /* the host has not answered yet */
    RUN_RUNNING,
    RUN_ENDED,
    RUN_LOST,     /* the recorder is gone */
};

enum prompt_kind {
    PROMPT_NONE, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_SAVE_SESSION, PROMPT_SAVE_CONFIG, PROMPT_ARGUMENTS,
    PROMPT_DIFF, PROMPT_RERUN_ARGUMENTS,
    PROMPT_QUIT, PROMPT_RERUN, PROMPT_OVERWRITE,
    PROMPT_EXPORT_SCREEN, PROMPT_EXPORT_PANE, /* what is written; never asked in the last row */
};

enum popup_kind { POPUP_NONE, POPUP_HELP, POPUP_PALETTE, POPUP_SORT, POPUP_COLUMNS, POPUP_PROCESSES, POPUP_COMPARISON,
                  POPUP_MARKS, POPUP_GROUP, POPUP_COLLECTORS };

/* One process of a run, or all together: a pid may come twice in a run, a pid and its start do not. */
struct chosen_process {
    enum { PROCESS_ALL, PROCESS_PROGRAM, PROCESS_CHILD } kind;
    uint32_t pid;           /* of a child */
    uint64_t start_unix_ns; /* of a child */
};

/* What is to be counted, of the program that runs or in its next run. */
struct collector_choice {
    uint32_t collectors; /* bits of enum collector */
    bool builtins, children;
};

/* A border between panes that the mouse took hold of. */
struct border_drag {
    bool held;
    struct layout_edge edge;
    int row, column; /* where */
};

/* The run that the recorder tells of. */
struct live_run {
    enum run_state state;
    struct recorder_channel *channel; /* NULL: there is none (any more) */
    struct arena_reader *reader;      /* NULL until the run has an arena */
    char *arena;                      /* its path; NULL until then */
    struct config *config;            /* effective, as the recorder runs it; never NULL */
    char *default_path;               /* where a session is saved unless told otherwise; NULL: not known */
    char *saved_path;                 /* the session written last; NULL: none */
    int exit_kind, exit_value;        /* how it ended, as in the model (enum model_exit_kind) */
    bool saved;                       /* all there is has been saved */
    bool saving;                      /* a save was asked for and is not answered */
    int saved_percent;                /* how far that is */
    bool save_cancelled;              /* and it is not wanted any more */
    bool save_ended;                  /* that save was asked for after the end */
    bool quit_when_saved;
    bool rerun_when_saved;
    struct config *next_config;       /* of the run that is asked about (tui/app/rerun.h); NULL: as the present one */
    bool waits_for_input;             /* the target does, for somebody to type */
    struct model_worker *worker;      /* makes the models of `reader`; NULL without a recorder */
    bool asked_after_end;             /* what it makes or made last is of an ended run */
    bool final_model;                 /* the last model of an ended run is shown */
    uint64_t bytecode_asked_ns;       /* when bytecode was asked for last; 0: it was not */
    struct progress progress;
    uint64_t stop_asked_ns;           /* when ^c was pressed; 0: it was not */
};

/* What is looked for in another run, and in another process: ids are those of one model. */
struct remembered_function { char *file, *qualname; uint32_t line; };

enum { COMPARED_MOST = 8 };

enum { CODE_MARKS_MOST = 22 };

/* A place in the code that is marked, and the pane it was marked in. */
struct code_mark {
    struct remembered_function function; /* its file is NULL where the letter is free */
    uint32_t line;                       /* 0: the function as a whole */
    enum pane pane;
};

/* One for each letter (tui/app/code_marks.c). */
struct code_marks {
    struct code_mark marks[CODE_MARKS_MOST];
    struct view_mark found[CODE_MARKS_MOST]; /* the same in the model that is shown */
    struct model_stamp stamp;                /* which that was */
    size_t present;                          /* which was gone to or set last */
};

/* A text as it comes out of a pipe. */
struct taken_text { char *text; size_t length; };

/* Functions that are marked, and their comparison by another process. */
struct comparing {
    struct remembered_function marked[COMPARED_MOST];
    uint32_t ids[COMPARED_MOST]; /* in the model that is shown; 0: not in it */
    size_t marked_count;
    pid_t pid;                   /* 0: no comparison goes on */
    int pipes[2];                /* its output, and what it says meanwhile */
    struct taken_text texts[2];
};

enum { CODE_SEARCH_MOST = 400 };

/* Where the rows of a search for a text lead to (tui/app/code_search.h). */
struct code_place { uint32_t function, line; };
struct code_places {
    struct code_place places[CODE_SEARCH_MOST];
    size_t count;
    bool sources_read; /* those of the project, since the list of actions was opened */
};

/* What is shown, compared with other sessions. */
struct diff_screen {
    struct diff_job *job;   /* what compares; NULL: nothing does */
    struct diff_job *shown; /* what was compared last; NULL: nothing was */
    void *state;            /* of its view */
};

struct application {
    const struct application_start *start;
    struct screen *screen;
    struct grid grid;
    bool redraw;
    struct announcement *announcement; /* in screen reader mode; NULL: the screen is drawn */

    char title[512]; /* what runs, as drawn last */

    /* what is looked at */
    const struct model *program;  /* the run, all its processes; never NULL */
    const struct model *model;    /* of it what is shown: the sum over all, or a process; never NULL */
    struct chosen_process chosen; /* what is to be shown */
    struct chosen_process shown;  /* what is: without children there is no sum */
    struct model *live;           /* `program`, when it is that of a run, and ours */
    struct model *opened;         /* or of a session that was opened here */
    struct opening *opening;      /* what reads it; NULL: nothing does */
    struct model *sources;        /* source texts read for live models */
    struct live_run run;
    struct place place;
    struct navigation navigation;
    struct remembered_function remembered;
    struct activity activity; /* of the functions of `model` */
    struct comparing comparing;
    struct code_marks code_marks;
    struct diff_screen diff;
    bool follows_run; /* the selection goes with the line that runs, until something is selected by hand */
    bool untouched; /* the user has selected nothing: the selection is the first row, whichever function that is */

    /* how */
    void *view_states[PANE_COUNT], *callers_state;
    struct layout layout;
    struct border_drag drag; /* of a border, while the mouse button is held down on one */
    struct layout_options options;
    unsigned hidden; /* bits of panes that were hidden by hand */
    bool bytecode; /* was gone to: it stays below the source until a table is gone to */
    bool percent, shares; /* how numbers are shown: see struct view_context */
    bool hide_standard_library, frozen, mouse;
    enum memory_measure measure;
    enum theme theme;
    int64_t refresh_ms; /* as chosen */
    struct refresh_pace pace;
    uint64_t next_tick_ns;
    int output_rows, output_columns; /* as the target's terminal was told */

    /* what is being asked or said */
    bool typing;
    enum prompt_kind prompt;
    struct line_edit edit;
    enum prompt_kind saves; /* what goes to the path that is asked for */
    char search[256];
    enum popup_kind popup_kind;
    struct popup popup;
    struct collector_choice collector_choice; /* in the list of collectors */
    struct code_places found; /* by `grep` in the list of actions */
    char message[1024]; /* until the next key; "" none */
    bool message_is_error;
    const char *hint;   /* stands there until the first key, where there is no message; NULL: none */

    bool quit;
    char farewell[4200]; /* said on stderr when the terminal is back; "" nothing */
    char failure[1024];  /* why nothing could be shown: what the program ends with; "" something was */
    int failure_status;  /* the exit status then; 0: 1 */
};

/* Shows a sentence in the last row until the next key. */
void __attribute__((format(printf, 2, 3))) application_message(struct application *application, const char *format,
                                                               ...);
/* The same for what went wrong. */
void __attribute__((format(printf, 2, 3))) application_error(struct application *application, const char *format, ...);

#endif
