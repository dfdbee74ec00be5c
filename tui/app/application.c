#include "tui/app/application.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "tui/app/actions.h"
#include "tui/app/announce.h"
#include "tui/app/code_marks.h"
#include "tui/app/compare_functions.h"
#include "tui/app/compose.h"
#include "tui/app/diff_screen.h"
#include "tui/app/first_run.h"
#include "tui/app/headless.h"
#include "tui/app/live_run.h"
#include "tui/app/opening.h"
#include "tui/app/pane_options.h"
#include "tui/app/panes.h"
#include "tui/term/rescue.h"

enum { WATCH_TERMINAL, WATCH_SIGNALS, WATCH_RECORDER, WATCH_WORKER, WATCH_OPENING,
       WATCH_DIFF, WATCH_COMPARISON, WATCH_COMPARISON_PROGRESS, WATCH_COUNT };

enum { OPENING_BEFORE_DRAWING_MS = 50 };

static void __attribute__((format(printf, 3, 0))) say(struct application *application, bool is_error,
                                                      const char *format, va_list arguments) {
    vsnprintf(application->message, sizeof application->message, format, arguments);
    application->message_is_error = is_error;
    application->redraw = true;
}

void application_message(struct application *application, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(application, false, format, arguments);
    va_end(arguments);
}

void application_error(struct application *application, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(application, true, format, arguments);
    va_end(arguments);
}

/* --- before the terminal is taken over -------------------------------------------------------------- */

bool application_check_terminal(const struct config *config, struct error *error) {
    return screen_check(config->ui.screen_reader, error);
}

/* The table where there is one: it selects what the others show. */
static enum pane first_pane(unsigned panes) {
    if (!(panes >> PANE_FUNCTIONS & 1u) && panes >> PANE_MEMORY & 1u)
        return PANE_MEMORY;
    for (enum pane pane = 0; pane < PANE_COUNT; pane++)
        if (panes >> pane & 1u)
            return pane;
    return PANE_FUNCTIONS;
}

void application_output_size(const struct config *config, int *rows, int *columns) {
    int screen_rows, screen_columns;
    struct layout_options options = pane_options_read(config);
    options.focus = PANE_OUTPUT;
    screen_terminal_size(&screen_rows, &screen_columns);
    struct rectangle content = layout_compute(screen_rows, screen_columns, &options).panes[PANE_OUTPUT].content;
    *rows = content.rows > 0 ? content.rows : 24;
    *columns = content.columns > 0 ? content.columns : 80;
}

/* --- drawing ---------------------------------------------------------------------------------------- */

static void draw(struct application *application) {
    int cursor_row, cursor_column;
    application->redraw = false;
    if (application->announcement) {
        announce(application);
        return;
    }
    compose(application, &cursor_row, &cursor_column);
    screen_draw(application->screen, &application->grid, cursor_row, cursor_column);
}

static void fit_screen(struct application *application) {
    int rows, columns;
    screen_resize(application->screen);
    screen_size(application->screen, &rows, &columns);
    grid_resize(&application->grid, rows, columns); /* out of memory: the old size is drawn */
    application->redraw = true;
}

/* --- the loop --------------------------------------------------------------------------------------- */

static void take_key(struct application *application, const struct key_press *press) {
    if (application->announcement)
        announce_key(application, press->key == key_control('l'));
    actions_key(application, press);
    application->redraw |= application->announcement != NULL;
}

static void take_keys(struct application *application) {
    struct key_press press;
    while (!application->quit && !application->typing && screen_key(application->screen, &press))
        take_key(application, &press);
}

static void take_terminal(struct application *application) {
    unsigned char bytes[1024];
    size_t count;
    if (!application->typing) {
        take_keys(application);
        return;
    }
    if (!screen_read_bytes(application->screen, bytes, sizeof bytes, &count))
        application->quit = true; /* the terminal is gone; the recorder goes on by itself */
    else if (count > 0)
        actions_typed(application, bytes, count);
    if (!application->typing)
        take_keys(application);
}

static void take_signals(struct application *application, int signals) {
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTSTP)
            actions_suspend(application);
        else if (info.ssi_signo == SIGWINCH)
            fit_screen(application);
        else if (info.ssi_signo == SIGCONT) {
            screen_return(application->screen);
            application->redraw = true;
        }
    }
}

static int poll_timeout_ms(const struct application *application) {
    if (functions_view_has_work(application->view_states[PANE_FUNCTIONS]))
        return 0;
    if (!live_run_is_live(application))
        return -1; /* nothing will change by itself */
    uint64_t now = clock_monotonic_ns();
    if (now >= application->next_tick_ns)
        return 0;
    return (int)((application->next_tick_ns - now) / 1000000u) + 1;
}

static void tick(struct application *application) {
    uint64_t now = clock_monotonic_ns();
    if (!live_run_is_live(application) || now < application->next_tick_ns)
        return;
    live_run_ask_bytecode(application);
    live_run_begin_refresh(application);
    bool empty = application->model->function_count <= 1; /* a program's first functions are waited for */
    int64_t chosen = refresh_pace_ms(&application->pace, application->refresh_ms);
    int64_t milliseconds = empty && chosen > 100 ? 100 : chosen;
    application->next_tick_ns = now + (uint64_t)milliseconds * 1000000u;
}

/* At once, so that what it costs is known: making the model, and showing it. */
static void show_refresh(struct application *application) {
    uint64_t started = clock_ticks(ARENA_CLOCK_THREAD_CPU);
    if (!live_run_end_refresh(application))
        return;
    draw(application);
    uint64_t shown = clock_ticks(ARENA_CLOCK_THREAD_CPU) - started;
    refresh_pace_note(&application->pace, model_worker_cost(application->run.worker) + shown);
}

static void wait_and_take(struct application *application, int signals) {
    struct recorder_channel *channel = application->run.channel;
    struct pollfd watched[WATCH_COUNT] = {
        [WATCH_TERMINAL] = {.fd = screen_descriptor(application->screen), .events = POLLIN},
        [WATCH_SIGNALS] = {.fd = signals, .events = POLLIN},
        [WATCH_RECORDER] = {.fd = channel ? recorder_channel_socket(channel) : -1, .events = POLLIN},
        [WATCH_WORKER] = {.fd = application->run.worker ? model_worker_descriptor(application->run.worker) : -1,
                          .events = POLLIN},
        [WATCH_OPENING] = {.fd = opening_descriptor(application), .events = POLLIN},
        [WATCH_DIFF] = {.fd = diff_screen_descriptor(application), .events = POLLIN},
        [WATCH_COMPARISON] = {.fd = compare_functions_descriptor(application, 0), .events = POLLIN},
        [WATCH_COMPARISON_PROGRESS] = {.fd = compare_functions_descriptor(application, 1), .events = POLLIN},
    };
    if (channel && recorder_channel_wants_write(channel))
        watched[WATCH_RECORDER].events |= POLLOUT;
    if (poll(watched, WATCH_COUNT, poll_timeout_ms(application)) <= 0)
        return;
    if (watched[WATCH_SIGNALS].revents)
        take_signals(application, signals);
    if (watched[WATCH_RECORDER].revents & POLLOUT)
        recorder_channel_flush(channel); /* a recorder that is gone is noticed when receiving */
    if (watched[WATCH_RECORDER].revents)
        live_run_receive(application);
    if (watched[WATCH_WORKER].revents)
        show_refresh(application);
    if (watched[WATCH_OPENING].revents)
        opening_end(application);
    if (watched[WATCH_COMPARISON].revents || watched[WATCH_COMPARISON_PROGRESS].revents)
        compare_functions_take(application);
    if (watched[WATCH_DIFF].revents)
        diff_screen_take(application);
    if (watched[WATCH_TERMINAL].revents & POLLIN)
        take_terminal(application);
    else if (watched[WATCH_TERMINAL].revents & (POLLHUP | POLLERR | POLLNVAL))
        application->quit = true;
}

static void loop(struct application *application, int signals) {
    opening_wait(application, OPENING_BEFORE_DRAWING_MS);
    if (!application->quit)
        draw(application); /* before the host has answered */
    while (!application->quit) {
        wait_and_take(application, signals);
        if (application->quit)
            break;
        tick(application);
        if (!application->redraw && functions_view_work(application->view_states[PANE_FUNCTIONS], application->model))
            application->redraw = true;
        if (application->redraw)
            draw(application);
    }
}

/* --- opening and closing ---------------------------------------------------------------------------- */

/* WINCH, TSTP and CONT come through a descriptor; *before receives the mask to put back. */
static int open_signals(sigset_t *before, struct error *error) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGWINCH);
    sigaddset(&mask, SIGTSTP);
    sigaddset(&mask, SIGCONT);
    sigprocmask(SIG_BLOCK, &mask, before);
    int signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        error_set(error, 1, "cannot watch signals: %s", strerror(errno));
    return signals;
}

static bool open_application(struct application *application, struct error *error) {
    int rows, columns;
    if (!live_run_open(application, error))
        return false;
    if (!panes_open(application))
        return error_set(error, 1, "out of memory");
    bool lines = application->start->config->ui.screen_reader;
    application->screen = lines ? screen_open_lines(ANNOUNCE_ROWS, ANNOUNCE_COLUMNS, error)
                                : screen_open(application->theme, error);
    if (!application->screen)
        return false;
    if (lines && !announce_open(application))
        return error_set(error, 1, "out of memory");
    if (application->run.channel)
        rescue_farewell("pyprof-tui: the run is kept; pyprof-tui --reattach comes back to it\n");
    screen_size(application->screen, &rows, &columns);
    application->grid.ascii = screen_ascii(application->screen);
    application->grid.keeps_text = lines && screen_takes_unicode();
    panes_follow_selection(application);
    return grid_resize(&application->grid, rows, columns) || error_set(error, 1, "out of memory");
}

static void prepare(struct application *application, const struct application_start *start) {
    application->start = start;
    application->options = pane_options_read(start->config);
    application->place.focus = first_pane(application->options.panes);
    application->options.memory = application->place.focus == PANE_MEMORY;
    application->percent = application->untouched = true;
    application->refresh_ms = start->config->ui.refresh_ms;
    application->theme = theme_from_name(start->config->ui.theme);
}

int application_run(const struct application_start *start, struct error *error) {
    struct application *application = calloc(1, sizeof *application);
    sigset_t before;
    error->text[0] = '\0';
    if (!application) {
        error_set(error, 1, "out of memory");
        return 1;
    }
    prepare(application, start);
    int signals = open_signals(&before, error);
    bool opened = signals >= 0 && open_application(application, error);
    if (opened) {
        first_run_hint(application);
        loop(application, signals);
    }
    screen_close(application->screen);
    if (application->farewell[0])
        headless_say(application->farewell);
    if (application->failure[0])
        error_set(error, application->failure_status ? application->failure_status : 1, "%s", application->failure);
    bool failed = !opened || application->failure[0];
    announce_close(application);
    compare_functions_free(application);
    code_marks_free(application);
    diff_screen_free(application);
    live_run_close(application);
    panes_close(application);
    grid_free(&application->grid);
    if (signals >= 0)
        close(signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(application);
    return failed ? error->exit_status : 0;
}
