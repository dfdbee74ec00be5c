/* live_run.h - the viewer's side of the run: what the recorder says, what it is asked, the model as it is now. */
#ifndef PYPROF_TUI_LIVE_RUN_H
#define PYPROF_TUI_LIVE_RUN_H

#include "tui/app/state.h"

/* Takes over the recorder's socket, or the session. false: *error is set. */
bool live_run_open(struct application *application, struct error *error);
void live_run_close(struct application *application);

/* Takes in what the recorder sent, as far as it is there; not more than a bit at a time, so that keys stay quick. */
void live_run_receive(struct application *application);

/* Begins to make the model anew from the arena. */
void live_run_begin_refresh(struct application *application);
/* Shows the model that was made meanwhile; the selection stays on its function. false: none was ready. */
bool live_run_end_refresh(struct application *application);
/* True while there will be something new to show. */
bool live_run_is_live(const struct application *application);
/* Makes sure that the selected function's source is in the model. */
void live_run_provide_source(struct application *application);

/* Asks the recorder; where there is none a message says so. payload is text. */
bool live_run_ask(struct application *application, enum recorder_message_type type, const char *payload);
/* Asks for the bytecode that runs now, to be in a later model: while its pane is seen, once a second. */
void live_run_ask_bytecode(struct application *application);
void live_run_send_input(struct application *application, const unsigned char *bytes, size_t count);
void live_run_save(struct application *application, const char *path);
/* config: YAML of the next run; "": as the present one. */
void live_run_rerun(struct application *application, const char *config);
/* Whether running again would lose what an ended run counted. */
bool live_run_is_unsaved(const struct application *application);
void live_run_stop(struct application *application);
/* Whether stopping was asked for so recently that asking again means to quit. */
bool live_run_stop_was_asked(const struct application *application);
/* Sends QUIT or DETACH, waits until it is on its way, and ends the loop. */
void live_run_leave(struct application *application, enum recorder_message_type type);

/* What ran, for titles: "julia.py", "-m json.tool". */
/* What is being saved is not wanted any more. */
void live_run_cancel_save(struct application *application);
void live_run_title(const struct application *application, char *title, size_t size);

enum { LIVE_RUN_SIGNAL_NAME = 32 };
/* "SIGSEGV"; "signal 60" for one without a name. Returns name. */
char *live_run_signal_name(int number, char name[LIVE_RUN_SIGNAL_NAME]);

#endif
