#include "core/compare/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/compare/driver.h"
#include "core/config/values.h"
#include "core/recorder/launch.h"
#include "core/recorder/signals.h"

extern char **environ;

/* How long a worker that is to end may take for it: what it does at exit. */
static const uint64_t STOP_LIMIT_NS = UINT64_C(2000000000);

enum { MOST_UNREAD = 16 << 20, HEADER_SIZE = 160 };

static void take_signals(struct worker_context *context) {
    struct signalfd_siginfo signal;
    while (signals_next(context->signals, &signal)) {
        int number = (int)signal.ssi_signo;
        if (number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT)
            context->interrupted = number;
    }
}

/* --- how it ended -------------------------------------------------------------------------------------------- */

static bool has_ended(struct worker *worker) {
    if (worker->ended || !worker->pid)
        return true;
    if (worker->recording) {
        recording_reap(worker->recording, NULL);
        worker->ended = worker->recording->ended;
        worker->wait_status = worker->recording->wait_status;
        return worker->ended;
    }
    pid_t pid = waitpid(worker->pid, &worker->wait_status, WNOHANG);
    worker->ended = pid == worker->pid || (pid < 0 && errno != EINTR);
    return worker->ended;
}

/* The session it leads has its number; with the engine it is in ours. */
static void kill_worker(struct worker *worker) {
    if (worker->pid && !worker->ended)
        kill(worker->pid, SIGKILL);
    if (worker->pid && !worker->recording)
        kill(-worker->pid, SIGKILL);
    while (!has_ended(worker)) {
        struct pollfd signals = {.fd = worker->context->signals, .events = POLLIN};
        (void)poll(&signals, 1, 100);
        take_signals(worker->context);
    }
}

static bool explain_end(const struct worker *worker, struct error *error) {
    int status = worker->wait_status, line = (int)strcspn(worker->printed_start, "\n");
    if (WIFSIGNALED(status))
        return error_set(error, 1, "%s: its process was ended by signal %d (%s)", worker->name, WTERMSIG(status),
                         strsignal(WTERMSIG(status)));
    if (!worker->ready)
        return error_set(error, 1, "%s: Python ended with status %d before it was loaded%s%.*s", worker->name, WEXITSTATUS(status),
                         line ? ": " : "", line, worker->printed_start);
    return error_set(error, 1, "%s: its process ended with status %d instead of returning; leave out os._exit and the like",
                     worker->name, WEXITSTATUS(status));
}

/* --- what it says -------------------------------------------------------------------------------------------- */

static void drop_controls(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            *text = ' ';
}

/* What candidates print is counted; its beginning is kept for the user. */
static void take_output(struct worker *worker) {
    char bytes[4096];
    ssize_t got;
    while ((got = read(worker->output, bytes, sizeof bytes)) > 0) {
        size_t kept = strlen(worker->printed_start), room = sizeof worker->printed_start - 1 - kept;
        size_t more = (size_t)got < room ? (size_t)got : room;
        for (size_t i = 0; i < more; i++)
            worker->printed_start[kept + i] = bytes[i] ? bytes[i] : ' ';
        worker->printed_start[kept + more] = '\0';
        worker->printed += (uint64_t)got;
    }
    if (got == 0) {
        close(worker->output);
        worker->output = -1;
    }
}

/* false: the pipe has ended, or memory is out. */
static bool take_replies(struct worker *worker) {
    for (;;) {
        if (worker->unread_capacity - worker->unread_length < 4096) {
            size_t capacity = worker->unread_capacity ? worker->unread_capacity * 2 : 1 << 14;
            char *unread = capacity <= MOST_UNREAD ? realloc(worker->unread, capacity) : NULL;
            if (!unread)
                return false;
            worker->unread = unread;
            worker->unread_capacity = capacity;
        }
        ssize_t got = read(worker->replies, worker->unread + worker->unread_length,
                           worker->unread_capacity - worker->unread_length - 1);
        if (got <= 0)
            return got < 0 && (errno == EAGAIN || errno == EINTR);
        worker->unread_length += (size_t)got;
    }
}

/* "WORD NUMBER... LENGTH" into *reply. The numbers are decimal, and fit. */
static bool parse_header(char *header, struct worker_reply *reply) {
    char *rest = NULL, *word = strtok_r(header, " ", &rest);
    uint64_t numbers[WORKER_NUMBERS + 1];
    size_t count = 0;
    for (char *digits = word ? strtok_r(NULL, " ", &rest) : NULL; digits; digits = strtok_r(NULL, " ", &rest)) {
        size_t length = strspn(digits, "0123456789");
        if (count > WORKER_NUMBERS || !length || length > 19 || digits[length])
            return false;
        numbers[count++] = strtoull(digits, NULL, 10);
    }
    if (!count || numbers[count - 1] > MOST_UNREAD / 2)
        return false;
    *reply = (struct worker_reply){.word = word, .number_count = count - 1, .length = numbers[count - 1]};
    memcpy(reply->numbers, numbers, reply->number_count * sizeof *numbers);
    return true;
}

/* 1: *reply is the next one, *size bytes of `unread`; 0: it is not all there; -1: it is none. */
static int next_reply(struct worker *worker, char header[HEADER_SIZE], struct worker_reply *reply, size_t *size) {
    char *end = worker->unread ? memchr(worker->unread, '\n', worker->unread_length) : NULL;
    size_t length = end ? (size_t)(end - worker->unread) : worker->unread_length;
    if (length >= HEADER_SIZE)
        return -1;
    if (!end)
        return 0;
    memcpy(header, worker->unread, length);
    header[length] = '\0';
    if (!parse_header(header, reply))
        return -1;
    *size = length + 1 + reply->length;
    reply->text = end + 1;
    return *size <= worker->unread_length;
}

/* --- waiting for an answer ----------------------------------------------------------------------------------- */

enum answer { ANSWER_NONE, ANSWER_DONE, ANSWER_FAILED };

static enum answer fail(const struct worker_reply *reply, struct error *error) {
    char sentence[sizeof error->text];
    snprintf(sentence, sizeof sentence, "%.*s", (int)reply->length, reply->text);
    drop_controls(sentence);
    error_set(error, reply->number_count && reply->numbers[0] == EXIT_STATUS_USAGE ? EXIT_STATUS_USAGE : 1, "%s", sentence);
    return ANSWER_FAILED;
}

static bool keep_traceback(const struct worker_context *context, const struct worker_reply *reply) {
    free(*context->traceback);
    *context->traceback = strndup(reply->text, reply->length);
    return *context->traceback != NULL;
}

static enum answer take_reply(struct worker *worker, const struct worker_reply *reply, worker_handler handler, void *receiver,
                              struct error *error) {
    if (strcmp(reply->word, "done") == 0 || strcmp(reply->word, "ready") == 0) {
        if (!worker->ready)
            snprintf(worker->context->version, WORKER_VERSION_SIZE, "%.*s", (int)reply->length, reply->text);
        worker->ready = true;
        return ANSWER_DONE;
    }
    if (strcmp(reply->word, "fail") == 0)
        return fail(reply, error);
    bool is_traceback = strcmp(reply->word, "traceback") == 0;
    bool taken = is_traceback ? keep_traceback(worker->context, reply) : handler && handler(receiver, reply);
    if (taken)
        return ANSWER_NONE;
    error_set(error, 1, "%s: its process did not answer as it should; something in it writes into files that are not its own",
              worker->name);
    return ANSWER_FAILED;
}

/* All replies that are there. */
static enum answer take_answers(struct worker *worker, worker_handler handler, void *receiver, struct error *error) {
    char header[HEADER_SIZE];
    struct worker_reply reply;
    size_t size;
    int there;
    while ((there = next_reply(worker, header, &reply, &size)) > 0) {
        char *behind = worker->unread + size, kept = *behind; /* there is room for it */
        *behind = '\0';
        enum answer answer = take_reply(worker, &reply, handler, receiver, error);
        *behind = kept;
        worker->unread_length -= size;
        memmove(worker->unread, behind, worker->unread_length);
        if (answer != ANSWER_NONE)
            return answer;
    }
    if (there == 0)
        return ANSWER_NONE;
    error_set(error, 1, "%s: its process did not answer as it should; something in it writes into files that are not its own",
              worker->name);
    return ANSWER_FAILED;
}

static bool explain_limit(const struct worker *worker, struct error *error) {
    return error_set(error, 1, "%s did not return within %.3g s and was ended; --limit SECONDS gives it more", worker->name,
                     (double)worker->context->limit_ns / 1e9);
}

static bool await(struct worker *worker, worker_handler handler, void *receiver, struct error *error) {
    uint64_t end_ns = clock_monotonic_ns() + worker->context->limit_ns + worker->expected_ns;
    for (;;) {
        if (worker->context->interrupted)
            return error_set(error, 128 + worker->context->interrupted, "the comparison was interrupted");
        bool ended = has_ended(worker), open = take_replies(worker);
        if (worker->output >= 0)
            take_output(worker);
        enum answer answer = take_answers(worker, handler, receiver, error);
        if (answer != ANSWER_NONE)
            return answer == ANSWER_DONE;
        if (ended)
            return explain_end(worker, error);
        uint64_t now = clock_monotonic_ns();
        if (now >= end_ns)
            return explain_limit(worker, error);
        struct pollfd watched[] = {{.fd = open ? worker->replies : -1, .events = POLLIN},
                                   {.fd = worker->output, .events = POLLIN},
                                   {.fd = worker->context->signals, .events = POLLIN}};
        uint64_t left_ms = (end_ns - now) / 1000000u + 1;
        (void)poll(watched, 3, left_ms < 1000000 ? (int)left_ms : 1000000);
        take_signals(worker->context);
    }
}

bool worker_ask(struct worker *worker, worker_handler handler, void *receiver, struct error *error, const char *format, ...) {
    char command[128];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= (int)sizeof command - 1)
        return error_set(error, 1, "a command of %d bytes is too long", length);
    command[length++] = '\n';
    /* A pipe takes it at once. Where the worker has gone, that is noticed next. */
    while (write(worker->commands, command, (size_t)length) < 0 && errno == EINTR)
        ;
    return await(worker, handler, receiver, error);
}

/* --- beginning and end --------------------------------------------------------------------------------------- */

static void close_all(int *descriptors, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
}

/* What the process has of the pipes. */
struct far_ends {
    int nothing, output, commands, replies;
};

/* Commands and replies stay open in what is executed. */
static bool open_pipes(struct worker *worker, struct far_ends *far, struct error *error) {
    int pipes[6] = {-1, -1, -1, -1, -1, -1};
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0 && pipe2(pipes, O_CLOEXEC) == 0 && pipe2(pipes + 2, O_CLOEXEC) == 0 && pipe2(pipes + 4, O_CLOEXEC) == 0 &&
        fcntl(pipes[0], F_SETFD, 0) == 0 && fcntl(pipes[3], F_SETFD, 0) == 0 && fcntl(pipes[2], F_SETFL, O_NONBLOCK) == 0 &&
        fcntl(pipes[4], F_SETFL, O_NONBLOCK) == 0) {
        *far = (struct far_ends){nothing, pipes[5], pipes[0], pipes[3]};
        worker->commands = pipes[1];
        worker->replies = pipes[2];
        worker->output = pipes[4];
        return true;
    }
    error_set(error, 1, "cannot make pipes: %s; raise `ulimit -n`", strerror(errno));
    close_all(pipes, 6);
    close_all(&nothing, 1);
    return false;
}

static bool append_number(struct text_list *list, int number) {
    char digits[16];
    snprintf(digits, sizeof digits, "%d", number);
    return text_list_append(list, digits);
}

/* Behind `-c CODE`: what driver.py says. */
static bool driver_arguments(struct text_list *list, const struct worker_context *context, const struct far_ends *far,
                             const char *const *candidates, size_t count) {
    text_list_clear(list);
    bool done = text_list_append(list, compare_driver) && append_number(list, far->commands) && append_number(list, far->replies) &&
                text_list_append(list, context->setup) && text_list_append(list, context->arguments);
    for (size_t i = 0; i < count && done; i++)
        done = text_list_append(list, candidates[i]);
    return done;
}

static bool out_of_memory(struct error *error) { return error_set(error, 1, "out of memory while starting Python"); }

/* What was made by text_list_append, ended by NULL; the list is empty then. */
static char **take_strings(struct text_list *list) {
    char **strings = realloc(list->items, (list->count + 1) * sizeof *strings);
    if (!strings)
        return NULL;
    strings[list->count] = NULL;
    *list = (struct text_list){0};
    return strings;
}

static char **copy_environment(void) {
    struct text_list list = {0};
    bool done = true;
    for (size_t i = 0; environ[i] && done; i++)
        done = text_list_append(&list, environ[i]);
    char **strings = done ? take_strings(&list) : NULL;
    text_list_clear(&list);
    return strings;
}

static char **plain_arguments(const struct worker_context *context, const struct far_ends *far, const char *const *candidates,
                              size_t count) {
    struct text_list rest = {0}, list = {0};
    bool done = driver_arguments(&rest, context, far, candidates, count) &&
                text_list_append(&list, context->interpreter->argument0) && text_list_append(&list, "-c") &&
                text_list_append(&list, compare_driver_bootstrap);
    for (size_t i = 0; i < rest.count && done; i++)
        done = text_list_append(&list, rest.items[i]);
    char **strings = done ? take_strings(&list) : NULL;
    text_list_clear(&rest);
    text_list_clear(&list);
    return strings;
}

static bool start_plain(struct worker *worker, const struct far_ends *far, const char *const *candidates, size_t count,
                        struct error *error) {
    struct launch launch = {.descriptors = {far->nothing, far->output, far->output}, .alone = true,
                            .program = strdup(worker->context->interpreter->program),
                            .arguments = plain_arguments(worker->context, far, candidates, count),
                            .environment = copy_environment()};
    if (launch.program && launch.arguments && launch.environment) {
        pid_t pid = launch_start(&launch, error);
        worker->pid = pid > 0 ? pid : 0;
    } else {
        out_of_memory(error);
    }
    launch_free(&launch);
    return worker->pid > 0;
}

static bool start_counted(struct worker *worker, const struct far_ends *far, const char *candidate, struct config *config,
                          struct error *error) {
    struct connection connection = {.descriptors = {far->nothing, far->output, far->output}};
    if (!text_replace(&config->target.code, compare_driver_bootstrap) ||
        !driver_arguments(&config->target.args, worker->context, far, &candidate, 1))
        return out_of_memory(error);
    if (!recording_start(worker->recording, config, &connection, error))
        return false;
    worker->pid = worker->recording->pid;
    return true;
}

static bool begin(struct worker *worker, bool started, const struct far_ends *far, struct error *error) {
    close_all((int[]){far->nothing, far->output, far->commands, far->replies}, 4);
    if (started && await(worker, NULL, NULL, error))
        return true;
    worker_stop(worker);
    return false;
}

bool worker_start(struct worker *worker, struct worker_context *context, const char *const *candidates, size_t count,
                  struct error *error) {
    struct far_ends far;
    *worker = WORKER_NONE;
    worker->context = context;
    worker->name = count == 1 ? candidates[0] : "the candidates";
    return open_pipes(worker, &far, error) && begin(worker, start_plain(worker, &far, candidates, count, error), &far, error);
}

bool worker_start_counted(struct worker *worker, struct worker_context *context, const char *candidate,
                          struct config *config, struct recording *recording, struct error *error) {
    struct far_ends far;
    *worker = WORKER_NONE;
    *recording = RECORDING_NONE;
    worker->context = context;
    worker->name = candidate;
    worker->recording = recording;
    return open_pipes(worker, &far, error) && begin(worker, start_counted(worker, &far, candidate, config, error), &far, error);
}

/* What it prints at its end must not keep it from ending. */
static void await_end(struct worker *worker) {
    uint64_t end_ns = clock_monotonic_ns() + STOP_LIMIT_NS;
    while (!has_ended(worker) && clock_monotonic_ns() < end_ns) {
        struct pollfd watched[] = {{.fd = worker->context->signals, .events = POLLIN}, {.fd = worker->output, .events = POLLIN}};
        (void)poll(watched, 2, 100);
        take_signals(worker->context);
        if (worker->context->interrupted)
            break;
        if (worker->output >= 0)
            take_output(worker);
    }
}

void worker_stop(struct worker *worker) {
    if (worker->commands >= 0)
        close(worker->commands); /* the driver ends by itself */
    worker->commands = -1;
    if (worker->pid) {
        await_end(worker);
        kill_worker(worker);
    }
    close_all((int[]){worker->replies, worker->output}, 2);
    free(worker->unread);
    worker->unread = NULL;
    worker->unread_length = worker->unread_capacity = 0;
    worker->replies = worker->output = -1;
    worker->pid = 0;
}
