#include "tui/app/opening.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "pyprof/session.h"
#include "tui/app/diff_screen.h"
#include "tui/app/losses.h"
#include "tui/app/panes.h"
#include "tui/app/processes.h"

/* Shared by the thread and the application; whoever leaves last frees it. */
struct opening {
    pthread_mutex_t lock; /* of all below */
    int holders;
    int event; /* -1: nobody waits any more */
    char *path;
    bool done;
    struct model *model; /* NULL: *error */
    struct error error;
};

static void release(struct opening *opening) {
    pthread_mutex_lock(&opening->lock);
    bool last = --opening->holders == 0;
    pthread_mutex_unlock(&opening->lock);
    if (!last)
        return;
    model_free(opening->model);
    if (opening->event >= 0)
        close(opening->event);
    pthread_mutex_destroy(&opening->lock);
    free(opening->path);
    free(opening);
}

static void *read_session(void *data) {
    struct opening *opening = data;
    struct error error = {0};
    struct model *model = session_load(opening->path, &error);
    pthread_mutex_lock(&opening->lock);
    opening->model = model;
    opening->error = error;
    opening->done = true;
    eventfd_write(opening->event, 1);
    pthread_mutex_unlock(&opening->lock);
    release(opening);
    return NULL;
}

/* All signals are the main thread's. */
static int start_thread(struct opening *opening) {
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int problem = pthread_create(&thread, NULL, read_session, opening);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!problem)
        pthread_detach(thread);
    return problem;
}

bool opening_begin(struct application *application, struct error *error) {
    struct opening *opening = calloc(1, sizeof *opening);
    if (!opening)
        return error_set(error, 1, "out of memory");
    pthread_mutex_init(&opening->lock, NULL);
    opening->holders = 2;
    opening->path = strdup(application->start->session_path);
    opening->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int problem = !opening->path ? ENOMEM : opening->event < 0 ? errno : start_thread(opening);
    if (problem) {
        opening->holders = 1;
        release(opening);
        return error_set(error, 1, "cannot open the session: %s", strerror(problem));
    }
    application->run.state = RUN_OPENING;
    application->opening = opening;
    application_message(application, "opening %s ...; q leaves", application->start->session_path);
    return true;
}

int opening_descriptor(const struct application *application) {
    return application->opening ? application->opening->event : -1;
}

void opening_leave(struct application *application) {
    if (application->opening)
        release(application->opening);
    application->opening = NULL;
}

static void show(struct application *application, struct model *model) {
    struct model *empty = application->opened;
    application->opened = model;
    application->run.state = RUN_SESSION;
    application->message[0] = '\0';
    processes_show(application, model);
    model_free(empty);
    if (application->start->process)
        processes_choose_pid(application, application->start->process);
    losses_tell(application);
    panes_follow_selection(application);
    diff_screen_start_asked(application);
}

void opening_end(struct application *application) {
    struct opening *opening = application->opening;
    if (!opening)
        return;
    pthread_mutex_lock(&opening->lock);
    bool done = opening->done;
    struct model *model = opening->model;
    struct error error = opening->error;
    opening->model = NULL;
    pthread_mutex_unlock(&opening->lock);
    if (!done)
        return;
    opening_leave(application);
    if (model) {
        show(application, model);
        return;
    }
    snprintf(application->failure, sizeof application->failure, "%s", error.text);
    application->failure_status = error.exit_status;
    application->quit = true;
}

void opening_wait(struct application *application, int milliseconds) {
    struct pollfd session = {.fd = opening_descriptor(application), .events = POLLIN};
    if (session.fd >= 0 && poll(&session, 1, milliseconds) > 0)
        opening_end(application);
}
