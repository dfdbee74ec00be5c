#include "tui/app/live_run.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/app/collector_choice.h"
#include "tui/app/losses.h"
#include "tui/app/opening.h"
#include "tui/app/panes.h"
#include "tui/app/processes.h"
#include "tui/app/remembered.h"
#include "tui/app/rerun.h"
#include "tui/app/sources.h"
#include "tui/term/rescue.h"

enum {
    MESSAGES_AT_A_TIME = 64,
    LEAVE_TIMEOUT_MS = 2000, /* a recorder that does not read by then is left to itself */
};

static const uint64_t stop_again_ns = UINT64_C(2000000000), bytecode_again_ns = UINT64_C(1000000000);

bool live_run_open(struct application *application, struct error *error) {
    struct live_run *run = &application->run;
    const struct application_start *start = application->start;
    run->config = config_copy(start->config);
    application->sources = model_new();
    if (!run->config || !application->sources)
        return error_set(error, 1, "out of memory");
    if (start->recorder_socket < 0 && !start->model) {
        if (!(application->opened = model_new()))
            return error_set(error, 1, "out of memory");
        processes_show(application, application->opened);
        return opening_begin(application, error);
    }
    if (start->recorder_socket < 0) {
        run->state = RUN_SESSION;
        processes_show(application, start->model);
        if (start->process)
            processes_choose_pid(application, start->process);
        losses_tell(application);
        return true;
    }
    run->channel = recorder_channel_new(start->recorder_socket);
    application->live = model_new();
    run->state = RUN_STARTING;
    if (!run->channel || !application->live)
        return error_set(error, 1, "out of memory");
    processes_show(application, application->live);
    run->worker = model_worker_new(error);
    return run->worker != NULL;
}

void live_run_close(struct application *application) {
    struct live_run *run = &application->run;
    opening_leave(application);
    recorder_channel_free(run->channel);
    model_worker_free(run->worker);
    arena_reader_close(run->reader);
    config_free(run->config);
    config_free(run->next_config);
    free(run->arena);
    free(run->default_path);
    free(run->saved_path);
    model_free(application->live);
    model_free(application->opened);
    model_free(application->sources);
    remembered_forget(application);
}

static void replace(char **text, const char *with) {
    free(*text);
    *text = strdup(with);
}

static void lose_recorder(struct application *application) {
    struct live_run *run = &application->run;
    if (run->state == RUN_STARTING) { /* nothing was ever shown: there is nothing to stay for */
        if (!application->failure[0])
            snprintf(application->failure, sizeof application->failure,
                     "the recorder ended before it started the target");
        application->quit = true;
    }
    recorder_channel_free(run->channel);
    rescue_farewell("");
    run->channel = NULL;
    run->state = RUN_LOST;
    run->saving = false;
    application_error(application, "the recorder of this run has ended; what it showed last is still here");
}

/* Files may have been edited since the last run. What -c was given is in no file. */
static void renew_sources(struct application *application) {
    struct model *fresh = model_new();
    if (!fresh)
        return;
    const char *code = application->run.config->target.code;
    if (code)
        model_add_source(fresh, "<string>", code, strlen(code)); /* without memory it is only not shown */
    model_free(application->sources);
    application->sources = fresh;
}

static void begin_run(struct application *application, const char *arena) {
    struct live_run *run = &application->run;
    struct error error;
    remembered_keep(application);
    model_worker_drop(run->worker);
    arena_reader_close(run->reader);
    run->reader = arena_reader_open(arena, &error);
    replace(&run->arena, arena);
    run->state = run->reader ? RUN_RUNNING : RUN_LOST;
    application->message[0] = '\0'; /* "running again" */
    output_view_clear(application->view_states[PANE_OUTPUT]);
    run->saved = run->final_model = run->waits_for_input = false;
    run->stop_asked_ns = run->bytecode_asked_ns = 0;
    application->pace = (struct refresh_pace){0};
    application->place.function = application->place.line = 0;
    application->place.drilled = application->place.callers = application->place.diff = false;
    application->untouched = true;
    application->navigation = (struct navigation){0};
    application->chosen = (struct chosen_process){.kind = PROCESS_ALL};
    application->shown = (struct chosen_process){.kind = PROCESS_PROGRAM}; /* it has no children yet */
    renew_sources(application);
    if (!run->reader)
        application_error(application, "%s", error.text);
    application->next_tick_ns = 0;
}

static void take_config(struct application *application, const char *text, size_t length) {
    struct config *config = config_new();
    struct error error;
    if (!config)
        return;
    if (!config_load_text(config, "the recorder's config", text, length, &error)) {
        application_error(application, "%s", error.text);
        config_free(config);
        return;
    }
    config_free(application->run.config);
    application->run.config = config;
}

char *live_run_signal_name(int number, char name[LIVE_RUN_SIGNAL_NAME]) {
    const char *abbreviation = sigabbrev_np(number);
    if (abbreviation)
        snprintf(name, LIVE_RUN_SIGNAL_NAME, "SIG%s", abbreviation);
    else
        snprintf(name, LIVE_RUN_SIGNAL_NAME, "signal %d", number);
    return name;
}

/* What a target wrote before it failed says why; where that pane is not on the screen, its key is named. */
static void tell_failure(struct application *application) {
    const struct live_run *run = &application->run;
    bool seen = application->layout.panes[PANE_OUTPUT].shown;
    const char *where = seen ? "" : "; 5 shows what it wrote";
    char name[LIVE_RUN_SIGNAL_NAME];
    if (application->prompt != PROMPT_NONE)
        return; /* a message would stand in the question's place */
    if (run->exit_kind == MODEL_EXIT_SIGNAL)
        application_error(application, "the target was ended by %s (%s)%s",
                          live_run_signal_name(run->exit_value, name), strsignal(run->exit_value), where);
    else if (run->exit_value != 0)
        application_error(application, "the target ended with status %d%s", run->exit_value, where);
}

static void end_run(struct application *application, const char *how) {
    struct live_run *run = &application->run;
    run->exit_kind = strncmp(how, "signal ", 7) == 0 ? MODEL_EXIT_SIGNAL : MODEL_EXIT_STATUS;
    run->exit_value = atoi(how + strcspn(how, " "));
    run->state = RUN_ENDED;
    application->typing = false;
    application->next_tick_ns = 0; /* one last refresh, at once */
    tell_failure(application);
}

static void note_saved(struct application *application, const char *path) {
    struct live_run *run = &application->run;
    replace(&run->saved_path, path);
    run->saved = run->save_ended || (run->state == RUN_ENDED && !run->saving);
    run->saving = run->save_ended = false;
    application_message(application, "session saved: %s", path);
    if (run->quit_when_saved) {
        snprintf(application->farewell, sizeof application->farewell, "session saved: %s", path);
        live_run_leave(application, RECORDER_REQUEST_QUIT);
    } else if (run->rerun_when_saved) {
        rerun_confirmed(application);
    }
}

/* A reader is told that it begins and how it ends. A question stands in the message's place. */
static void note_progress(struct application *application, const char *percent) {
    struct live_run *run = &application->run;
    int number = atoi(percent);
    run->saved_percent = number < 0 ? 0 : number > 100 ? 100 : number;
    if (run->saving && !run->save_cancelled && !application->announcement && application->prompt == PROMPT_NONE &&
        !(application->message[0] && application->message_is_error))
        application_message(application, "saving the session: %d %%; Esc cancels", run->saved_percent);
}

static void note_failure(struct application *application, const char *sentence) {
    struct live_run *run = &application->run;
    run->saving = run->save_ended = run->quit_when_saved = run->rerun_when_saved = false;
    if (run->state == RUN_STARTING)
        snprintf(application->failure, sizeof application->failure, "%s", sentence);
    application_error(application, "%s", sentence);
}

/* Also where the last model was made without what is there only now. */
static void look_again(struct application *application) {
    application->run.final_model = application->run.asked_after_end = false;
    application->next_tick_ns = 0;
}

static void show_output(struct application *application, const struct recorder_message *message) {
    output_view_feed(application->view_states[PANE_OUTPUT], message->payload, message->size);
    /* An echo is waited for; all else comes with the next refresh, where there is one. */
    if (application->typing || (!live_run_is_live(application) && !application->frozen))
        application->redraw = true;
}

static void note_waiting(struct application *application, bool waits) {
    application->run.waits_for_input = waits;
    if (waits && !application->typing)
        application_message(application, "The program waits for input: T types into it, ^] leaves.");
}

static void take_message(struct application *application, const struct recorder_message *message) {
    const char *text = (const char *)message->payload;
    switch (message->type) {
    case RECORDER_EVENT_STARTED: begin_run(application, text); break;
    case RECORDER_EVENT_CONFIG: take_config(application, text, message->size); break;
    case RECORDER_EVENT_OUTPUT: show_output(application, message); return;
    case RECORDER_EVENT_ENDED: end_run(application, text); break;
    case RECORDER_EVENT_SAVED: note_saved(application, text); break;
    case RECORDER_EVENT_SAVING: note_progress(application, text); break;
    case RECORDER_EVENT_FAILED: note_failure(application, text); break;
    case RECORDER_EVENT_TAKEN:
        snprintf(application->farewell, sizeof application->farewell, "the run goes on; another pyprof-tui has taken it over");
        application->quit = true;
        return;
    case RECORDER_EVENT_NOTICE: application_message(application, "%s", text); break;
    case RECORDER_EVENT_WAITING: note_waiting(application, *text != '\0'); break;
    case RECORDER_EVENT_DISASSEMBLED: look_again(application); break;
    case RECORDER_EVENT_DEFAULT_PATH: replace(&application->run.default_path, text); return;
    default: return; /* a word of a newer recorder */
    }
    application->redraw = true;
}

void live_run_receive(struct application *application) {
    struct recorder_message message;
    for (int i = 0; i < MESSAGES_AT_A_TIME && application->run.channel; i++) {
        int result = recorder_channel_receive(application->run.channel, &message);
        if (result == 0)
            return;
        if (result < 0)
            lose_recorder(application);
        else
            take_message(application, &message);
        if (application->quit)
            return;
    }
}

void live_run_provide_source(struct application *application) {
    uint32_t id = application->place.function;
    if (application->live && id < application->model->function_count)
        sources_provide(application->sources, application->live, application->model->functions[id].file);
}

void live_run_begin_refresh(struct application *application) {
    struct live_run *run = &application->run;
    if (run->reader && !run->final_model && model_worker_begin(run->worker, run->reader, application->live))
        run->asked_after_end = run->state == RUN_ENDED || run->state == RUN_LOST;
}

bool live_run_end_refresh(struct application *application) {
    struct live_run *run = &application->run;
    struct model *model;
    struct error error;
    if (!run->worker || !model_worker_take(run->worker, &model, &error))
        return false;
    if (!model) {
        application_error(application, "%s", error.text);
        return false;
    }
    if (application->frozen) { /* it was asked for before */
        model_free(model);
        return false;
    }
    struct model *before = application->live;
    if (!model_complete(model, before)) {
        application_error(application, "there is not enough memory to show more of this run; close other programs");
        model_free(model);
        return false;
    }
    application->live = model;
    processes_show(application, model);
    progress_note(&run->progress, application->model);
    collector_choice_tell(application, before, model);
    model_free(before);
    run->final_model = run->asked_after_end;
    if (run->state == RUN_ENDED && !run->final_model)
        application->next_tick_ns = 0; /* the end came while this one was made */
    remembered_find(application);
    panes_follow_selection(application);
    live_run_provide_source(application);
    sources_provide_memory(application->sources, application->live, application->model);
    if (run->final_model)
        losses_tell(application);
    application->redraw = true;
    return true;
}

bool live_run_is_live(const struct application *application) {
    const struct live_run *run = &application->run;
    return run->reader && !run->final_model && !application->frozen;
}

bool live_run_ask(struct application *application, enum recorder_message_type type, const char *payload) {
    struct live_run *run = &application->run;
    if (!run->channel) {
        application_error(application, run->state == RUN_SESSION ? "this is a saved session: nothing runs here"
                                                                 : "the recorder of this run has ended");
        return false;
    }
    if (recorder_channel_send(run->channel, type, payload, (uint32_t)strlen(payload)))
        return true;
    application_error(application, "the recorder does not take what it is asked; try again");
    return false;
}

void live_run_ask_bytecode(struct application *application) {
    struct live_run *run = &application->run;
    uint64_t now = clock_monotonic_ns();
    bool seen = application->layout.panes[PANE_BYTECODE].shown;
    if (!seen || run->state != RUN_RUNNING || !run->channel || now - run->bytecode_asked_ns < bytecode_again_ns)
        return;
    run->bytecode_asked_ns = now;
    recorder_channel_send(run->channel, RECORDER_REQUEST_BYTECODE, "", 0); /* one that is not taken is asked again */
}

void live_run_send_input(struct application *application, const unsigned char *bytes, size_t count) {
    struct live_run *run = &application->run;
    if (run->channel && count > 0 &&
        !recorder_channel_send(run->channel, RECORDER_REQUEST_INPUT, bytes, (uint32_t)count))
        application_error(application, "the target does not read what is typed: some of it was lost");
}

void live_run_save(struct application *application, const char *path) {
    struct live_run *run = &application->run;
    if (!live_run_ask(application, RECORDER_REQUEST_SAVE, path))
        return;
    run->saving = true;
    run->save_cancelled = false;
    run->saved_percent = 0;
    run->save_ended = run->state == RUN_ENDED;
    application_message(application, "saving the session ...; Esc cancels");
}

void live_run_cancel_save(struct application *application) {
    struct live_run *run = &application->run;
    if (!live_run_ask(application, RECORDER_REQUEST_CANCEL_SAVE, ""))
        return;
    run->save_cancelled = true;
    application_message(application, "cancelling ...");
}

void live_run_rerun(struct application *application, const char *config) {
    if (live_run_ask(application, RECORDER_REQUEST_RERUN, config))
        application_message(application, "running again ...");
}

void live_run_stop(struct application *application) {
    struct live_run *run = &application->run;
    if (!live_run_ask(application, RECORDER_REQUEST_STOP, ""))
        return;
    run->stop_asked_ns = clock_monotonic_ns();
    application_message(application, "asked the target to stop (SIGINT); ^c again within 2 s quits");
}

bool live_run_stop_was_asked(const struct application *application) {
    uint64_t asked = application->run.stop_asked_ns;
    return asked && clock_monotonic_ns() - asked < stop_again_ns;
}

void live_run_leave(struct application *application, enum recorder_message_type type) {
    struct recorder_channel *channel = application->run.channel;
    application->quit = true;
    if (!channel)
        return;
    recorder_channel_send(channel, type, "", 0);
    while (recorder_channel_wants_write(channel) && recorder_channel_flush(channel)) {
        struct pollfd socket = {.fd = recorder_channel_socket(channel), .events = POLLOUT};
        if (poll(&socket, 1, LEAVE_TIMEOUT_MS) == 0)
            return;
    }
}

bool live_run_is_unsaved(const struct application *application) {
    return application->run.state == RUN_ENDED && !application->run.saved;
}

void live_run_title(const struct application *application, char *title, size_t size) {
    const struct config *config = application->run.config;
    const char *given = application->program->script, *option = "";
    if (!*given && config->target.script) {
        given = config->target.script;
    } else if (!*given && config->target.module) {
        given = config->target.module;
        option = "-m ";
    } else if (!*given) {
        given = config->target.code ? "-c" : application->start->session_path ? application->start->session_path : "";
    }
    const char *slash = strrchr(given, '/');
    snprintf(title, size, "%s%s", option, slash && slash[1] ? slash + 1 : given);
}
