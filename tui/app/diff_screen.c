#include "tui/app/diff_screen.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pyprof/session_diff.h"
#include "tui/app/diff_input.h"
#include "tui/app/panes.h"
#include "tui/app/prompt.h"
#include "tui/view/diff_view.h"

/* Shared by the thread and the application; whoever leaves last frees it. */
struct diff_job {
    pthread_mutex_t lock; /* of holders, done and what comes of it */
    int holders;
    bool done;
    int event;
    atomic_bool cancelled;
    char *typed, *after, *arena;  /* before as typed; after: sessions as typed, or else an arena */
    struct diff_input inputs[2];  /* the thread's until it is done */
    struct session_diff *diff;    /* NULL: *error */
    struct error error;
};

/* --- the thread --------------------------------------------------------------------------------------------- */

static void release(struct diff_job *job) {
    if (!job)
        return;
    pthread_mutex_lock(&job->lock);
    bool last = --job->holders == 0;
    pthread_mutex_unlock(&job->lock);
    if (!last)
        return;
    session_diff_free(job->diff);
    diff_input_free(&job->inputs[0]);
    diff_input_free(&job->inputs[1]);
    if (job->event >= 0)
        close(job->event);
    pthread_mutex_destroy(&job->lock);
    free(job->typed);
    free(job->after);
    free(job->arena);
    free(job);
}

/* What a run has counted until now. */
static bool read_arena(struct diff_input *input, const char *arena, struct error *error) {
    struct arena_reader *reader = arena_reader_open(arena, error);
    struct model *model = reader ? arena_reader_model(reader, error) : NULL;
    arena_reader_close(reader);
    if (model && !model_load_sources(model, error)) {
        model_free(model);
        model = NULL;
    }
    return model && (diff_input_add(input, model, "this run") ||
                     error_set(error, 1, "memory is out; close other programs and try again"));
}

static bool load(struct diff_job *job, struct error *error) {
    if (!diff_input_find(&job->inputs[0], job->typed, error) || !diff_input_load(&job->inputs[0], &job->cancelled, error))
        return false;
    if (job->arena)
        return read_arena(&job->inputs[1], job->arena, error);
    return diff_input_find(&job->inputs[1], job->after, error) && diff_input_load(&job->inputs[1], &job->cancelled, error);
}

static void *compare(void *data) {
    struct diff_job *job = data;
    struct error error = {0};
    struct session_diff *diff = NULL;
    if (load(job, &error)) {
        struct diff_side before = diff_input_side(&job->inputs[0]), after = diff_input_side(&job->inputs[1]);
        diff = session_diff_new(&before, &after, &job->cancelled, &error);
    }
    pthread_mutex_lock(&job->lock);
    job->diff = diff;
    job->error = error;
    job->done = true;
    eventfd_write(job->event, 1);
    pthread_mutex_unlock(&job->lock);
    release(job);
    return NULL;
}

/* All signals are the main thread's. */
static int start_thread(struct diff_job *job) {
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int problem = pthread_create(&thread, NULL, compare, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!problem)
        pthread_detach(thread);
    return problem;
}

/* --- asking ------------------------------------------------------------------------------------------------- */

static bool is_session_name(const char *name) {
    size_t length = strlen(name);
    return length > 7 && strcmp(name + length - 7, ".pyprof") == 0;
}

void diff_screen_offer(const struct application *application, char *path, size_t size) {
    const char *own = application->start->session_path ? application->start->session_path : application->run.saved_path;
    const char *own_name = own ? strrchr(own, '/') ? strrchr(own, '/') + 1 : own : "";
    struct timespec newest = {0};
    DIR *folder = opendir(".");
    path[0] = '\0';
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        struct stat status;
        if (!is_session_name(entry->d_name) || strcmp(entry->d_name, own_name) == 0 || stat(entry->d_name, &status) != 0)
            continue;
        bool newer = status.st_mtim.tv_sec > newest.tv_sec ||
                     (status.st_mtim.tv_sec == newest.tv_sec && status.st_mtim.tv_nsec > newest.tv_nsec);
        if (!newer)
            continue;
        newest = status.st_mtim;
        snprintf(path, size, "%s", entry->d_name);
    }
    if (folder)
        closedir(folder);
}

void diff_screen_ask(struct application *application) {
    if (application->run.state == RUN_OPENING || application->run.state == RUN_STARTING)
        application_message(application, "there is nothing to compare yet");
    else if (application->diff.job)
        application_message(application, "comparing goes on; Esc ends it");
    else
        prompt_open(application, PROMPT_DIFF);
}

/* What all names that go on from there have in common is put behind the text; a folder gets its '/'. */
void diff_screen_complete(struct line_edit *edit) {
    char text[sizeof edit->text], common[256] = "";
    const char *comma = strrchr(edit->text, ','), *part = comma ? comma + 1 : edit->text;
    const char *slash = strrchr(part, '/'), *name = slash ? slash + 1 : part;
    size_t matches = 0, length = strlen(name);
    bool is_folder = false;
    char *path = slash ? strndup(part, (size_t)(slash - part) + 1) : strdup("./");
    DIR *folder = path ? opendir(path) : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        bool inner = entry->d_type == DT_DIR;
        if (strncmp(entry->d_name, name, length) != 0 || (entry->d_name[0] == '.' && !length) ||
            (!inner && !is_session_name(entry->d_name)))
            continue;
        size_t same = 0;
        while (matches && common[same] && common[same] == entry->d_name[same])
            same++;
        if (matches++ == 0)
            snprintf(common, sizeof common, "%s", entry->d_name);
        else
            common[same] = '\0';
        is_folder = inner;
    }
    if (folder)
        closedir(folder);
    free(path);
    if (matches && (size_t)snprintf(text, sizeof text, "%.*s%s%s", (int)(name - edit->text), edit->text, common,
                                    matches == 1 && is_folder ? "/" : "") < sizeof text)
        line_edit_set(edit, text);
}

/* --- comparing ---------------------------------------------------------------------------------------------- */

static char *copy_of(const char *text, bool *failed) {
    char *copy = text ? strdup(text) : NULL;
    *failed |= text && !copy;
    return copy;
}

static struct diff_job *new_job(const char *typed, const char *after, const char *arena, struct error *error) {
    struct diff_job *job = calloc(1, sizeof *job);
    bool failed = false;
    if (!job) {
        error_set(error, 1, "memory is out; close other programs and try again");
        return NULL;
    }
    pthread_mutex_init(&job->lock, NULL);
    job->holders = 2;
    job->typed = copy_of(typed, &failed);
    job->after = copy_of(after, &failed);
    job->arena = copy_of(arena, &failed);
    job->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int problem = failed ? ENOMEM : job->event < 0 ? errno : start_thread(job);
    if (!problem)
        return job;
    error_set(error, 1, "cannot compare: %s", strerror(problem));
    job->holders = 1;
    release(job);
    return NULL;
}

static void begin(struct application *application, const char *typed, const char *after) {
    struct error error;
    bool session = application->run.state == RUN_SESSION;
    application->diff.job = new_job(typed, session ? after : NULL, session ? NULL : application->run.arena, &error);
    if (application->diff.job)
        application_message(application, "comparing with %s ...; Esc ends it", typed);
    else
        application_error(application, "%s", error.text);
}

void diff_screen_start(struct application *application, const char *typed) {
    const char *home = getenv("HOME");
    char path[4096];
    if (typed[0] == '~' && typed[1] == '/' && home)
        snprintf(path, sizeof path, "%s%s", home, typed + 1);
    else
        snprintf(path, sizeof path, "%s", typed);
    begin(application, path, application->start->session_path);
}

void diff_screen_start_asked(struct application *application) {
    const struct application_start *start = application->start;
    if (start->diff_before)
        begin(application, start->diff_before, start->diff_after);
}

int diff_screen_descriptor(const struct application *application) {
    return application->diff.job ? application->diff.job->event : -1;
}

static void show(struct application *application, struct diff_job *job) {
    struct place place = application->place;
    diff_view_show(application->diff.state, job->diff);
    release(application->diff.shown);
    application->diff.shown = job;
    application->message[0] = '\0';
    place.focus = PANE_FUNCTIONS;
    place.drilled = place.callers = false;
    place.line = 0;
    place.diff = true;
    panes_go(application, place);
}

void diff_screen_take(struct application *application) {
    struct diff_job *job = application->diff.job;
    if (!job)
        return;
    pthread_mutex_lock(&job->lock);
    bool done = job->done;
    pthread_mutex_unlock(&job->lock);
    if (!done)
        return;
    application->diff.job = NULL;
    if (job->diff) {
        show(application, job);
        return;
    }
    application_error(application, "%s", job->error.text);
    release(job);
}

bool diff_screen_cancel(struct application *application) {
    struct diff_job *job = application->diff.job;
    if (!job)
        return false;
    atomic_store(&job->cancelled, true);
    application->diff.job = NULL;
    release(job);
    application_message(application, "comparing was ended; D asks again");
    return true;
}

void diff_screen_free(struct application *application) {
    diff_screen_cancel(application);
    if (application->diff.state)
        diff_view_show(application->diff.state, NULL);
    release(application->diff.shown);
    application->diff.shown = NULL;
}
