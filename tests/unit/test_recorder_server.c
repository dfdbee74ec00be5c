/* A recorder process and its viewers, with a real host: what is said, in which order, and what is left when somebody goes.
 * Skipped where no host is built. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/profile/arena_writer.h"
#include "pyprof/arena.h"
#include "pyprof/recorder.h"
#include "pyprof/session.h"

enum { LIMIT_MS = 30000 };

static char folder[64];

struct viewer {
    struct recorder_channel *channel;
    char arena[4096], default_path[4096], text[70000]; /* text: of the last message waited for */
    char *output;
    size_t output_size;
    bool was_waiting; /* the target, for input */
};

static bool host_is_there(void) {
    char *hosts = recorder_describe_hosts(NULL);
    bool there = hosts && strstr(hosts, "engine for Python");
    free(hosts);
    return there;
}

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/pyprof-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    setenv("XDG_RUNTIME_DIR", folder, 1);
    unsetenv("VIRTUAL_ENV");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static struct config *new_config(const char *code) {
    struct error error;
    char setting[256];
    struct config *config = config_new();
    assert_non_null(config);
    config->target.code = strdup(code);
    assert_non_null(config->target.code);
    snprintf(setting, sizeof setting, "output.session=%s/run.pyprof", folder);
    assert_true(config_set(config, setting, &error));
    return config;
}

static struct viewer *new_viewer(int connection) {
    struct viewer *viewer = calloc(1, sizeof *viewer);
    assert_non_null(viewer);
    viewer->channel = recorder_channel_new(connection);
    assert_non_null(viewer->channel);
    return viewer;
}

static void free_viewer(struct viewer *viewer) {
    recorder_channel_free(viewer->channel);
    free(viewer->output);
    free(viewer);
}

static void keep_output(struct viewer *viewer, const struct recorder_message *message) {
    viewer->output = realloc(viewer->output, viewer->output_size + message->size + 1);
    assert_non_null(viewer->output);
    memcpy(viewer->output + viewer->output_size, message->payload, message->size);
    viewer->output_size += message->size;
    viewer->output[viewer->output_size] = '\0';
}

/* The next message; OUTPUT is kept on the side. 0: the recorder closed the connection. */
static uint32_t next_message_of_any_kind(struct viewer *viewer) {
    struct recorder_message message;
    int result;
    while ((result = recorder_channel_receive(viewer->channel, &message)) == 0) {
        struct pollfd descriptor = {.fd = recorder_channel_socket(viewer->channel), .events = POLLIN};
        assert_true(recorder_channel_flush(viewer->channel));
        assert_int_equal(poll(&descriptor, 1, LIMIT_MS), 1);
    }
    if (result < 0)
        return 0;
    if (message.type == RECORDER_EVENT_OUTPUT)
        keep_output(viewer, &message);
    viewer->was_waiting |= message.type == RECORDER_EVENT_WAITING;
    strcpy(viewer->text, (const char *)message.payload);
    return message.type;
}

/* WAITING may come at any time, where the target reads its terminal, and SAVING where a save takes long. */
static uint32_t next_message(struct viewer *viewer) {
    uint32_t got;
    do
        got = next_message_of_any_kind(viewer);
    while (got == RECORDER_EVENT_WAITING || got == RECORDER_EVENT_SAVING);
    return got;
}

/* Skips output, and that the code was disassembled, which comes some time after the end, and nothing else. */
static void expect(struct viewer *viewer, uint32_t type) {
    uint32_t got;
    do
        got = next_message(viewer);
    while (got != type && (got == RECORDER_EVENT_OUTPUT || got == RECORDER_EVENT_DISASSEMBLED));
    assert_int_equal(got, type);
}

static void expect_text(struct viewer *viewer, uint32_t type, const char *text) {
    expect(viewer, type);
    assert_string_equal(viewer->text, text);
}

static void expect_output(struct viewer *viewer, const char *text) {
    while (!viewer->output || !strstr(viewer->output, text))
        expect(viewer, RECORDER_EVENT_OUTPUT);
}

static void expect_start(struct viewer *viewer) {
    expect(viewer, RECORDER_EVENT_CONFIG);
    assert_non_null(strstr(viewer->text, "target"));
    expect(viewer, RECORDER_EVENT_STARTED);
    strcpy(viewer->arena, viewer->text);
    assert_int_equal(access(viewer->arena, R_OK), 0);
    expect(viewer, RECORDER_EVENT_DEFAULT_PATH);
    strcpy(viewer->default_path, viewer->text);
}

static struct viewer *start_with(const char *code, int target_in, int target_err) {
    struct error error = {0};
    struct config *config = new_config(code);
    int connection = recorder_start(config, target_in, -1, target_err, 10, 40, &error);
    config_free(config);
    assert_string_equal(error.text, "");
    assert_true(connection >= 0);
    struct viewer *viewer = new_viewer(connection);
    expect_start(viewer);
    return viewer;
}

static struct viewer *start(const char *code) { return start_with(code, -1, -1); }

static void ask(struct viewer *viewer, uint32_t type, const char *text) {
    assert_true(recorder_channel_send(viewer->channel, type, text, (uint32_t)strlen(text)));
}

/* The recorder's end: it closes the connection when all is removed. */
static void quit(struct viewer *viewer) {
    ask(viewer, RECORDER_REQUEST_QUIT, "");
    for (uint32_t type; (type = next_message(viewer));)
        assert_true(type == RECORDER_EVENT_OUTPUT || type == RECORDER_EVENT_ENDED || type == RECORDER_EVENT_DISASSEMBLED);
    free_viewer(viewer);
}

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void wait_for_file(const char *name) {
    int changes = inotify_init1(IN_CLOEXEC);
    assert_true(inotify_add_watch(changes, folder, IN_MOVED_TO | IN_CREATE) >= 0);
    while (access(in_folder(name), F_OK)) {
        struct pollfd descriptor = {.fd = changes, .events = POLLIN};
        char events[4096];
        assert_int_equal(poll(&descriptor, 1, LIMIT_MS), 1);
        assert_true(read(changes, events, sizeof events) > 0);
    }
    close(changes);
}

#define NEEDS_HOST()                                \
    do {                                            \
        (void)state;                                \
        if (!host_is_there())                       \
            skip();                                 \
    } while (0)

/* --- tests ------------------------------------------------------------------------------------------------ */

static void a_run_from_start_to_end(void **state) {
    NEEDS_HOST();
    struct error error;
    struct viewer *viewer = start("import sys, os\n"
                                  "print('size', *os.get_terminal_size(), sys.stdin.isatty(), flush=True)\n"
                                  "line = input()\n"
                                  "print('got', line, *os.get_terminal_size())\n"
                                  "sys.exit(5)");
    assert_string_equal(viewer->default_path, in_folder("run.pyprof"));
    expect_output(viewer, "size 40 10 True\r\n");
    ask(viewer, RECORDER_REQUEST_RESIZE, "20 70");
    ask(viewer, RECORDER_REQUEST_INPUT, "typed\r");
    expect_output(viewer, "got typed 70 20\r\n");
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 5");
    ask(viewer, RECORDER_REQUEST_SAVE, "");
    expect_text(viewer, RECORDER_EVENT_SAVED, viewer->default_path);
    struct model *model = session_load(viewer->default_path, &error);
    assert_non_null(model);
    assert_int_equal(model->exit_kind, MODEL_EXIT_STATUS);
    assert_int_equal(model->exit_value, 5);
    assert_true(model->sample_count > 0);
    assert_true(model->instruction_row_count > 0); /* saving waits for it */
    assert_string_equal(model->script, "-c");
    model_free(model);
    assert_int_equal(access(viewer->arena, R_OK), 0); /* stays readable until it is told to quit */
    char arena[4096];
    strcpy(arena, viewer->arena);
    quit(viewer);
    assert_int_equal(access(arena, F_OK), -1);
}

static size_t count_entries(void) {
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

/* It may be done before the recorder comes to what cancels it; mostly it is not. Then whoever watches can save again, or leave it:
 * what was not saved is when the viewer goes. */
static void saving_is_cancelled(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start("exec('\\n'.join(f'def f{i}(): pass\\nf{i}()' for i in range(3000)))");
    uint32_t got = RECORDER_EVENT_SAVED;
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    ask(viewer, RECORDER_REQUEST_CANCEL_SAVE, ""); /* there is none */
    size_t entries = count_entries();
    for (int i = 0; i < 50 && got == RECORDER_EVENT_SAVED; i++) {
        ask(viewer, RECORDER_REQUEST_SAVE, in_folder("cancelled.pyprof"));
        ask(viewer, RECORDER_REQUEST_CANCEL_SAVE, "");
        do
            got = next_message(viewer);
        while (got == RECORDER_EVENT_DISASSEMBLED || got == RECORDER_EVENT_OUTPUT);
        if (got == RECORDER_EVENT_SAVED)
            unlink(in_folder("cancelled.pyprof"));
    }
    assert_int_equal(got, RECORDER_EVENT_FAILED);
    assert_non_null(strstr(viewer->text, "cancelled.pyprof: saving was cancelled; nothing was written"));
    assert_int_equal(count_entries(), entries);
    ask(viewer, RECORDER_REQUEST_SAVE, "");
    expect_text(viewer, RECORDER_EVENT_SAVED, viewer->default_path);
    quit(viewer);
}

static void stopping(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start("import time\nprint('ready', flush=True)\ntime.sleep(600)");
    expect_output(viewer, "ready");
    ask(viewer, RECORDER_REQUEST_STOP, "");
    expect_text(viewer, RECORDER_EVENT_ENDED, "signal 2");
    assert_non_null(strstr(viewer->output, "KeyboardInterrupt"));
    quit(viewer);
    viewer = start("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('ready', flush=True)\n"
                   "while True: signal.pause()");
    expect_output(viewer, "ready");
    ask(viewer, RECORDER_REQUEST_STOP, "");
    ask(viewer, RECORDER_REQUEST_STOP, "kill");
    expect_text(viewer, RECORDER_EVENT_ENDED, "signal 9");
    quit(viewer);
}

/* A target that will not go is killed after a while. */
static void quitting_ends_the_target(void **state) {
    NEEDS_HOST();
    int ends[2];
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct viewer *viewer = start_with("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                                       "print('ready', flush=True)\nwhile True: signal.pause()", -1, ends[1]);
    close(ends[1]);
    expect_output(viewer, "ready");
    quit(viewer);
    assert_int_equal(read(ends[0], &byte, 1), 0); /* nobody is left that could write */
    close(ends[0]);
    assert_int_equal(access(in_folder("run.pyprof"), F_OK), -1);
}

static void running_again(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start("print('first', flush=True)\nimport time\ntime.sleep(600)");
    char first_arena[4096];
    strcpy(first_arena, viewer->arena);
    expect_output(viewer, "first");
    ask(viewer, RECORDER_REQUEST_RERUN, "target: {script: /nowhere/missing.py}");
    expect(viewer, RECORDER_EVENT_FAILED); /* and the run goes on */
    assert_non_null(strstr(viewer->text, "/nowhere/missing.py"));
    ask(viewer, RECORDER_REQUEST_RERUN, "target: [");
    expect(viewer, RECORDER_EVENT_FAILED);
    assert_int_equal(access(first_arena, F_OK), 0);
    ask(viewer, RECORDER_REQUEST_RERUN, "target: {code: 'print(\"second\")'}\ncollectors: {line: {enabled: false}}");
    expect_text(viewer, RECORDER_EVENT_ENDED, "signal 15");
    expect_start(viewer);
    assert_string_not_equal(viewer->arena, first_arena);
    assert_int_equal(access(first_arena, F_OK), -1);
    assert_non_null(strstr(viewer->default_path, "pyprof-code-")); /* the new config names no session */
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    expect_output(viewer, "second\r\n");
    ask(viewer, RECORDER_REQUEST_RERUN, "");
    expect_start(viewer);
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    quit(viewer);
}

static void expect_waiting(struct viewer *viewer, const char *text) {
    uint32_t got;
    do
        got = next_message_of_any_kind(viewer);
    while (got == RECORDER_EVENT_OUTPUT);
    assert_int_equal(got, RECORDER_EVENT_WAITING);
    assert_string_equal(viewer->text, text);
}

/* By a read of the terminal; by a line editor; of /dev/tty, in a thread. */
static void waiting_for_input_is_told(void **state) {
    NEEDS_HOST();
    static const char *const codes[] = {
        "print('hello ' + input())",
        "import readline; print('hello ' + input())",
        "import threading\nt = threading.Thread(target=lambda: print('hello ' + open('/dev/tty').readline()))\nt.start(); t.join()",
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct viewer *viewer = start(codes[i]);
        expect_waiting(viewer, "input");
        ask(viewer, RECORDER_REQUEST_INPUT, "world\r");
        expect_waiting(viewer, "");
        expect_output(viewer, "hello world");
        expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
        quit(viewer);
    }
}

/* Reading a pipe, and waiting for anything else, is not. */
static void other_waiting_is_not_told(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start("import os, select, time\nr, w = os.pipe()\n"
                                  "for _ in range(3): select.select([r], [], [], 0.2); time.sleep(0.2)");
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    assert_false(viewer->was_waiting);
    quit(viewer);
}

static void a_viewer_that_does_not_read_delays_nothing(void **state) {
    NEEDS_HOST();
    char code[256];
    snprintf(code, sizeof code, "for i in range(100000): print('%%060d' %% i)\nprint('the end', flush=True)\n"
             "open('%s/written', 'w')", folder);
    struct viewer *viewer = start(code);
    wait_for_file("written"); /* all 6 MB, of which nobody has read a byte */
    expect_output(viewer, "bytes of output were not shown]\r\n");
    expect_output(viewer, "the end\r\n");
    assert_true(viewer->output_size < 3 << 20);
    quit(viewer);
}

static void descriptors_that_are_given_are_the_targets(void **state) {
    NEEDS_HOST();
    int input[2], errors[2];
    char text[64] = "";
    assert_int_equal(pipe2(input, O_CLOEXEC) | pipe2(errors, O_CLOEXEC), 0);
    struct viewer *viewer = start_with("import sys\nprint(sys.stdin.read(), sys.stdout.isatty())\n"
                                       "print('to stderr', file=sys.stderr)", input[0], errors[1]);
    close(input[0]);
    close(errors[1]);
    assert_int_equal(write(input[1], "piped", 5), 5);
    close(input[1]);
    expect_output(viewer, "piped True\r\n");
    for (size_t used = 0; used < 10;) { /* it may come in pieces */
        ssize_t got = read(errors[0], text + used, 10 - used);
        assert_true(got > 0);
        used += (size_t)got;
    }
    assert_string_equal(text, "to stderr\n");
    close(errors[0]);
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    quit(viewer);
}

static void a_run_without_its_viewer_is_saved_and_come_back_to(void **state) {
    NEEDS_HOST();
    struct error error;
    struct viewer *viewer = start("print('ready', flush=True)\ninput()");
    expect_output(viewer, "ready");
    assert_int_equal(recorder_reattach(0, &error), -1); /* it has a viewer */
    assert_non_null(strstr(error.text, "another"));
    free_viewer(viewer); /* dies */
    int connection = recorder_reattach(0, &error);
    assert_true(connection >= 0);
    viewer = new_viewer(connection);
    expect_start(viewer);
    expect_output(viewer, "ready");
    ask(viewer, RECORDER_REQUEST_INPUT, "\r");
    ask(viewer, RECORDER_REQUEST_DETACH, "");
    while (next_message(viewer))
        continue;
    free_viewer(viewer);
    wait_for_file("run.pyprof");
    connection = recorder_reattach(0, &error);
    assert_true(connection >= 0);
    viewer = new_viewer(connection);
    expect_start(viewer);
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    expect_text(viewer, RECORDER_EVENT_SAVED, in_folder("run.pyprof"));
    assert_non_null(strstr(viewer->output, "ready"));
    quit(viewer);
    assert_int_equal(recorder_reattach(0, &error), -1); /* the recorder is gone */
    assert_non_null(strstr(error.text, "no run"));
}

/* Two runs at a time are listed; one is chosen by its target, and taken from the viewer that it has. */
static void runs_are_listed_and_taken_over(void **state) {
    NEEDS_HOST();
    struct recorder_entry entries[RECORDER_LIST_MAX];
    struct error error;
    assert_int_equal(recorder_list(entries, &error), 0);
    struct viewer *first = start("print('first', flush=True)\ninput()");
    expect_output(first, "first");
    assert_int_equal(recorder_list(entries, &error), 1);
    uint32_t pid = entries[0].target;
    assert_true(pid && entries[0].shown && !entries[0].ended && entries[0].started_unix > 1700000000);
    assert_string_equal(entries[0].title, "-c");
    struct viewer *second = start("print('second', flush=True)\ninput()");
    expect_output(second, "second");
    assert_int_equal(recorder_list(entries, &error), 2);
    assert_int_equal(entries[1].target, pid); /* the newest first */
    assert_int_equal(recorder_reattach(0, &error), -1);
    assert_int_equal(recorder_reattach(1, &error), -1);
    assert_non_null(strstr(error.text, "no run with pid 1 "));
    int connection = recorder_reattach(pid, &error);
    assert_true(connection >= 0);
    expect(first, RECORDER_EVENT_TAKEN);
    assert_false(next_message(first));
    free_viewer(first);
    first = new_viewer(connection);
    expect_start(first);
    expect_output(first, "first");
    free_viewer(second);
    connection = recorder_reattach(0, &error);
    assert_true(connection >= 0);
    second = new_viewer(connection);
    expect_start(second);
    ask(second, RECORDER_REQUEST_INPUT, "\r");
    expect_text(second, RECORDER_EVENT_ENDED, "status 0");
    assert_int_equal(recorder_list(entries, &error), 2);
    assert_true(entries[0].ended && !entries[1].ended);
    quit(second);
    quit(first);
    assert_int_equal(recorder_list(entries, &error), 0);
}

static void strangers_are_not_listened_to(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start("print('ready', flush=True)\ninput()\nprint('done')");
    expect_output(viewer, "ready");
    ask(viewer, 999, "what is this");
    while (next_message(viewer))
        continue; /* dropped */
    free_viewer(viewer);
    struct error error;
    int connection = recorder_reattach(0, &error);
    assert_true(connection >= 0); /* the run goes on */
    viewer = new_viewer(connection);
    expect_start(viewer);
    ask(viewer, RECORDER_REQUEST_RESIZE, "nonsense");
    ask(viewer, RECORDER_REQUEST_SAVE, "/nowhere/x.pyprof");
    expect(viewer, RECORDER_EVENT_FAILED);
    assert_non_null(strstr(viewer->text, "/nowhere"));
    ask(viewer, RECORDER_REQUEST_INPUT, "\r");
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    quit(viewer);
}

static void what_cannot_start_is_an_error_at_once(void **state) {
    NEEDS_HOST();
    static const char *const settings[][2] = {
        {"target.cwd=/nowhere", "/nowhere"},
        {"target.python=/nowhere/python3", "/nowhere/python3"},
        {"output.session=/nowhere/x.pyprof", "/nowhere"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct error error = {0};
        struct config *config = new_config("pass");
        assert_true(config_set(config, settings[i][0], &error));
        assert_int_equal(recorder_start(config, -1, -1, -1, 10, 40, &error), -1);
        assert_int_equal(error.exit_status, EXIT_STATUS_USAGE);
        assert_non_null(strstr(error.text, settings[i][1]));
        config_free(config);
    }
}

/* --- what is asked of the program ------------------------------------------------------------------------- */

static struct viewer *start_with_memory(const char *code, bool memory) {
    struct error error = {0};
    struct config *config = new_config(code);
    config->collectors.memory.enabled = memory;
    int connection = recorder_start(config, -1, -1, -1, 10, 40, &error);
    config_free(config);
    assert_string_equal(error.text, "");
    struct viewer *viewer = new_viewer(connection);
    expect_start(viewer);
    return viewer;
}

static struct arena_header *map_header(const struct viewer *viewer) {
    int file = open(viewer->arena, O_RDONLY | O_CLOEXEC);
    struct arena_header *header = mmap(NULL, ARENA_TYPES_AT, PROT_READ, MAP_SHARED, file, 0);
    assert_true(file >= 0 && header != MAP_FAILED);
    close(file);
    return header;
}

/* A program that allocates until it is told to end; it says when it has begun. */
static const char busy[] = "import sys, select\n"
                           "print('begun', flush=True)\n"
                           "while not select.select([sys.stdin], [], [], 0.001)[0]:\n"
                           "    kept = [bytes(100) for i in range(100)]\n"
                           "print('ended')";

/* The program answers while it runs; this waits for it as the viewer would, a look at a time. */
static void wait_for_answer(const uint32_t *asked, const uint32_t *done) {
    for (int i = 0; i < LIMIT_MS && __atomic_load_n(asked, __ATOMIC_ACQUIRE) != __atomic_load_n(done, __ATOMIC_ACQUIRE); i++)
        assert_int_equal(poll(NULL, 0, 1), 0);
    assert_int_equal(*asked, *done);
}

static void ask_and_expect(struct viewer *viewer, uint32_t type, uint32_t event, const char *text) {
    ask(viewer, type, "");
    expect(viewer, event);
    if (!strstr(viewer->text, text))
        fail_msg("\"%s\" is not in: %s", text, viewer->text);
}

/* Of all instructions that are there. */
static uint32_t count_specialised(const struct arena *arena) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < __atomic_load_n(&arena->header->instruction_count, __ATOMIC_ACQUIRE); i++)
        count += __atomic_load_n(&arena->instructions[i].specialized, __ATOMIC_ACQUIRE) != 0;
    return count;
}

/* Without the memory collector it is probes that see what is asked for. */
static void bytecode_is_disassembled_while_the_program_runs(void **state) {
    NEEDS_HOST();
    static const char warm[] = "import sys, select\n"
                               "def work(n):\n"
                               "    total = 0\n"
                               "    for i in range(n):\n"
                               "        total += i\n"
                               "work(10000)\n"
                               "print('begun', flush=True)\n"
                               "while not select.select([sys.stdin], [], [], 0.001)[0]:\n"
                               "    work(100)\n";
    for (int memory = 0; memory < 2; memory++) {
        struct arena arena;
        struct error error;
        struct viewer *viewer = start_with_memory(warm, memory);
        assert_true(arena_attach(&arena, viewer->arena, &error));
        expect_output(viewer, "begun");
        assert_int_equal(arena.header->instruction_count, 0); /* not before somebody wants it */
        ask(viewer, RECORDER_REQUEST_BYTECODE, "");
        for (int i = 0; i < LIMIT_MS && !count_specialised(&arena); i++)
            assert_int_equal(poll(NULL, 0, 1), 0);
        assert_true(count_specialised(&arena) > 0);
        assert_int_equal(arena.header->mailbox.publish_bytecode, 1);
        wait_for_answer(&arena.header->mailbox.publish_bytecode, &arena.header->mailbox.publish_bytecode_done);
        ask(viewer, RECORDER_REQUEST_INPUT, "\r");
        expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
        expect_text(viewer, RECORDER_EVENT_DISASSEMBLED, "");
        ask(viewer, RECORDER_REQUEST_BYTECODE, ""); /* there is nobody to ask any more */
        assert_int_equal(arena.header->mailbox.publish_bytecode, 1);
        arena_detach(&arena);
        quit(viewer);
    }
}

static void memory_is_switched_and_objects_are_counted(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start_with_memory(busy, true);
    struct arena_header *header = map_header(viewer);
    expect_output(viewer, "begun");
    ask_and_expect(viewer, RECORDER_REQUEST_PAUSE_MEMORY, RECORDER_EVENT_NOTICE, "no longer counted as soon as");
    wait_for_answer(&header->mailbox.pause_memory, &header->mailbox.pause_memory_done);
    assert_int_equal(header->memory.state, ARENA_MEMORY_PAUSED);
    ask_and_expect(viewer, RECORDER_REQUEST_PAUSE_MEMORY, RECORDER_EVENT_NOTICE, "no longer counted"); /* it stays so */
    wait_for_answer(&header->mailbox.pause_memory, &header->mailbox.pause_memory_done);
    assert_int_equal(header->memory.state, ARENA_MEMORY_PAUSED);
    assert_int_equal(header->memory.paused_count, 1);
    ask_and_expect(viewer, RECORDER_REQUEST_RESUME_MEMORY, RECORDER_EVENT_NOTICE, "counted again as soon as");
    wait_for_answer(&header->mailbox.pause_memory, &header->mailbox.pause_memory_done);
    assert_int_equal(header->memory.state, ARENA_MEMORY_ON);
    assert_true(header->memory.paused_ticks > 0);
    assert_int_equal(header->census_t_ns, 0);
    ask_and_expect(viewer, RECORDER_REQUEST_CENSUS, RECORDER_EVENT_NOTICE, "counted as soon as the program runs");
    wait_for_answer(&header->mailbox.take_census, &header->mailbox.take_census_done);
    assert_true(header->census_t_ns > 0 && header->type_count > 20);
    ask(viewer, RECORDER_REQUEST_INPUT, "\r");
    expect(viewer, RECORDER_EVENT_OUTPUT);
    while (!strstr(viewer->output, "ended"))
        expect(viewer, RECORDER_EVENT_OUTPUT);
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    ask_and_expect(viewer, RECORDER_REQUEST_CENSUS, RECORDER_EVENT_FAILED, "the program has ended");
    ask_and_expect(viewer, RECORDER_REQUEST_MARK, RECORDER_EVENT_FAILED, "the program has ended");
    munmap(header, ARENA_TYPES_AT);
    quit(viewer);
}

static void ask_collectors(struct viewer *viewer, const char *collectors, uint32_t event, const char *text) {
    ask(viewer, RECORDER_REQUEST_COLLECTORS, collectors);
    expect(viewer, event);
    if (!strstr(viewer->text, text))
        fail_msg("\"%s\" is not in: %s", text, viewer->text);
}

static void wait_for_collectors(const struct arena_header *header, uint32_t on) {
    wait_for_answer(&header->mailbox.collectors, &header->mailbox.collectors_done);
    assert_int_equal(header->collectors_on, on);
    assert_string_equal(header->switch_failed, "");
}

/* Nothing of it is done while the program waits; once all is off, a signal reaches it, in a system call, too. */
static void collectors_are_switched(void **state) {
    NEEDS_HOST();
    static const char text[] = "import sys, select\n"
                               "def other(): pass\n"
                               "def work(n):\n"
                               "    for i in range(n): other()\n"
                               "print('begun', flush=True)\n"
                               "sys.stdin.readline()\n"
                               "while not select.select([sys.stdin], [], [], 0)[0]:\n"
                               "    work(100); other()\n"
                               "sys.stdin.readline()\n"
                               "print('waits', flush=True)\n"
                               "sys.stdin.readline()\n";
    struct viewer *viewer = start_with_memory(text, false);
    struct arena_header *header = map_header(viewer);
    expect_output(viewer, "begun");
    uint32_t begun = header->collectors;
    assert_true(begun & COLLECTOR_FUNCTION && header->collectors_on == begun);
    ask_collectors(viewer, "", RECORDER_EVENT_NOTICE, "as soon as the program runs Python code");
    assert_true(header->mailbox.collectors != header->mailbox.collectors_done);
    assert_int_equal(header->collectors_on, begun);
    ask(viewer, RECORDER_REQUEST_INPUT, "\r");
    wait_for_collectors(header, 0);
    assert_true(header->wake_signal && header->clock_still);
    ask_collectors(viewer, "function,line", RECORDER_EVENT_NOTICE, "are switched as soon as");
    wait_for_collectors(header, COLLECTOR_FUNCTION | COLLECTOR_LINE);
    assert_int_equal(header->collectors, begun | COLLECTOR_FUNCTION | COLLECTOR_LINE);
    ask_collectors(viewer, "lines", RECORDER_EVENT_FAILED, "lines: not a collector that can be switched");
    ask_collectors(viewer, "function,sample", RECORDER_EVENT_FAILED, "sample: not a collector");
    ask(viewer, RECORDER_REQUEST_INPUT, "\r");
    expect_output(viewer, "waits");
    ask_collectors(viewer, "", RECORDER_EVENT_NOTICE, "nothing is counted any more");
    wait_for_collectors(header, 0);
    ask(viewer, RECORDER_REQUEST_INPUT, "\r");
    expect_text(viewer, RECORDER_EVENT_ENDED, "status 0");
    ask_collectors(viewer, "", RECORDER_EVENT_FAILED, "the program has ended");
    munmap(header, ARENA_TYPES_AT);
    quit(viewer);
}

static void moments_are_marked_with_any_collector(void **state) {
    NEEDS_HOST();
    struct viewer *viewer = start_with_memory("print('begun', flush=True)\ninput()", false);
    struct arena_header *header = map_header(viewer);
    const struct arena_mark *marks = (const struct arena_mark *)((const char *)header + ARENA_MARKS_AT);
    expect_output(viewer, "begun");
    ask(viewer, RECORDER_REQUEST_MARK, "by hand");
    ask_and_expect(viewer, RECORDER_REQUEST_CENSUS, RECORDER_EVENT_FAILED, "-k memory"); /* behind the mark */
    ask_and_expect(viewer, RECORDER_REQUEST_PAUSE_MEMORY, RECORDER_EVENT_FAILED, "-k memory");
    assert_int_equal(header->mark_count, 1);
    assert_string_equal(marks[0].name, "by hand");
    assert_true(marks[0].t_ns > 0);
    munmap(header, ARENA_TYPES_AT);
    quit(viewer);
}

static void a_folder_that_others_can_enter_is_not_used(void **state) {
    (void)state;
    struct error error;
    char path[128];
    snprintf(path, sizeof path, "%s/pyprof-tui", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chmod(path, 0777), 0);
    assert_int_equal(recorder_reattach(0, &error), -1);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, "chmod"));
}

int main(void) {
    recorder_remember_signals();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_from_start_to_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(saving_is_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quitting_ends_the_target, set_up, tear_down),
        cmocka_unit_test_setup_teardown(running_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waiting_for_input_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_waiting_is_not_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_viewer_that_does_not_read_delays_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(descriptors_that_are_given_are_the_targets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_without_its_viewer_is_saved_and_come_back_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_are_listed_and_taken_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strangers_are_not_listened_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_start_is_an_error_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_others_can_enter_is_not_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytecode_is_disassembled_while_the_program_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_is_switched_and_objects_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(collectors_are_switched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moments_are_marked_with_any_collector, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
