#include "tui/app/model_worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/clock.h"

enum phase { PHASE_IDLE, PHASE_ASKED, PHASE_READY, PHASE_ENDING };

struct model_worker {
    pthread_t thread;
    int event;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    enum phase phase;
    struct arena_reader *reader;
    const struct model *before;
    struct model *model;
    struct error error;
    uint64_t cost_ns; /* of `model` */
    uint64_t taken_cost_ns; /* of the one taken last; the taker's own */
};

static void set_phase(struct model_worker *worker, enum phase phase) {
    worker->phase = phase;
    pthread_cond_broadcast(&worker->changed);
}

static void *work(void *data) {
    struct model_worker *worker = data;
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        while (worker->phase != PHASE_ASKED && worker->phase != PHASE_ENDING)
            pthread_cond_wait(&worker->changed, &worker->lock);
        if (worker->phase == PHASE_ENDING)
            break;
        struct error error = {0};
        struct arena_reader *reader = worker->reader;
        const struct model *before = worker->before;
        pthread_mutex_unlock(&worker->lock);
        uint64_t started = clock_ticks(ARENA_CLOCK_THREAD_CPU);
        struct model *model = arena_reader_next(reader, before, &error);
        uint64_t cost = clock_ticks(ARENA_CLOCK_THREAD_CPU) - started;
        pthread_mutex_lock(&worker->lock);
        worker->model = model;
        worker->cost_ns = cost;
        worker->error = error;
        set_phase(worker, PHASE_READY);
        eventfd_write(worker->event, 1);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* All signals are the main thread's. */
static int start_thread(struct model_worker *worker) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int problem = pthread_create(&worker->thread, NULL, work, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return problem;
}

struct model_worker *model_worker_new(struct error *error) {
    struct model_worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        error_set(error, 1, "out of memory");
        return NULL;
    }
    worker->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->changed, NULL);
    int problem = worker->event < 0 ? errno : start_thread(worker);
    if (!problem)
        return worker;
    error_set(error, 1, "cannot start a thread: %s", strerror(problem));
    if (worker->event >= 0)
        close(worker->event);
    free(worker);
    return NULL;
}

void model_worker_free(struct model_worker *worker) {
    if (!worker)
        return;
    model_worker_drop(worker);
    pthread_mutex_lock(&worker->lock);
    set_phase(worker, PHASE_ENDING);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    close(worker->event);
    free(worker);
}

bool model_worker_begin(struct model_worker *worker, struct arena_reader *reader, const struct model *before) {
    pthread_mutex_lock(&worker->lock);
    bool free_to = worker->phase == PHASE_IDLE;
    if (free_to) {
        worker->reader = reader;
        worker->before = before;
        set_phase(worker, PHASE_ASKED);
    }
    pthread_mutex_unlock(&worker->lock);
    return free_to;
}

int model_worker_descriptor(const struct model_worker *worker) { return worker->event; }

bool model_worker_take(struct model_worker *worker, struct model **model, struct error *error) {
    eventfd_t count;
    pthread_mutex_lock(&worker->lock);
    bool ready = worker->phase == PHASE_READY;
    if (ready) {
        eventfd_read(worker->event, &count);
        *model = worker->model;
        *error = worker->error;
        worker->taken_cost_ns = worker->cost_ns;
        worker->model = NULL;
        set_phase(worker, PHASE_IDLE);
    }
    pthread_mutex_unlock(&worker->lock);
    return ready;
}

uint64_t model_worker_cost(const struct model_worker *worker) { return worker->taken_cost_ns; }

void model_worker_drop(struct model_worker *worker) {
    struct model *model;
    struct error error;
    pthread_mutex_lock(&worker->lock);
    while (worker->phase == PHASE_ASKED)
        pthread_cond_wait(&worker->changed, &worker->lock);
    pthread_mutex_unlock(&worker->lock);
    if (model_worker_take(worker, &model, &error))
        model_free(model);
}
