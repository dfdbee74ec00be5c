/* Child processes: their arenas beside the program's, in the order of their start; what cannot be read is named. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/process.h"
#include "core/profile/arena_writer.h"
#include "core/recorder/child_ends.h"
#include "pyprof/arena_reader.h"

struct fixture {
    char folder[64], path[128], children[160];
};

/* An arena of one thread that called one function, "name", `calls` times. */
static void make_arena(const char *path, const char *name, uint64_t calls, uint64_t start_unix_ns, pid_t pid,
                       const char *command, size_t command_size, bool ended) {
    struct arena arena;
    struct error error = {0};
    if (!arena_create(&arena, path, &error))
        fail_msg("%s", error.text);
    struct arena_header *header = arena.header;
    header->clock = (struct arena_clock){.kind = ARENA_CLOCK_MONOTONIC, .start_ticks = 1000, .start_ns = 1000,
                                         .start_unix_ns = start_unix_ns};
    if (ended)
        header->clock.end_ticks = header->clock.end_ns = 11000;
    header->collectors = COLLECTOR_FUNCTION;
    header->host_state = ARENA_HOST_RUNNING;
    header->host_pid = (uint32_t)pid;
    header->parent_pid = 77;
    strcpy(header->python_version, "3.11.2");
    memcpy(header->command, command, command_size);
    strcpy(arena.strings + 1, name);
    header->strings_used = 1 + strlen(name) + 1;
    arena.codes[1] = (struct arena_code){.file = 1, .name = 1, .qualname = 1, .first_line = 1, .kind = ARENA_CODE_PYTHON};
    header->code_count = 2;
    struct arena_thread *thread = arena_map_thread(&arena, 0);
    assert_non_null(thread);
    struct arena_node *nodes = (struct arena_node *)((char *)thread + ARENA_THREAD_NODES_AT);
    nodes[1] = (struct arena_node){.calls = calls, .primitive_calls = calls, .self_ticks = 10 * calls,
                                   .total_ticks = 10 * calls, .code = 1};
    thread->node_count = 2;
    thread->state = ended ? ARENA_THREAD_ENDED : ARENA_THREAD_RUNNING;
    header->thread_count = 1;
    munmap(thread, ARENA_THREAD_SIZE);
    arena_detach(&arena);
}

static void make_child(const struct fixture *fixture, const char *name, const char *function, uint64_t calls,
                       uint64_t start, pid_t pid) {
    char path[200];
    snprintf(path, sizeof path, "%s/%s", fixture->children, name);
    make_arena(path, function, calls, start, pid, "python3\0worker.py\0a b", 22, true);
}

static void write_file(const struct fixture *fixture, const char *name, const char *text, off_t size) {
    char path[200];
    snprintf(path, sizeof path, "%s/%s", fixture->children, name);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(ftruncate(file, size), 0);
    close(file);
}

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    strcpy(fixture->folder, "/tmp/pyprof-children-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->path, sizeof fixture->path, "%s/arena", fixture->folder);
    snprintf(fixture->children, sizeof fixture->children, "%s" ARENA_CHILDREN_SUFFIX, fixture->path);
    make_arena(fixture->path, "work", 3, 100, getpid(), "", 1, false);
    *state = fixture;
    return mkdir(fixture->children, 0700);
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", fixture->folder);
    free(fixture);
    return system(command);
}

static struct arena_reader *open_reader(const struct fixture *fixture) {
    struct error error = {0};
    struct arena_reader *reader = arena_reader_open(fixture->path, &error);
    if (!reader)
        fail_msg("%s", error.text);
    return reader;
}

static struct model *read_model(struct arena_reader *reader) {
    struct error error = {0};
    struct model *model = arena_reader_model(reader, &error);
    if (!model)
        fail_msg("%s", error.text);
    return model;
}

/* The program has ended: what is not whole by now never will be. */
static void end_program(const struct fixture *fixture) {
    int file = open(fixture->path, O_RDWR | O_CLOEXEC);
    const uint32_t kind = ARENA_EXIT_STATUS;
    assert_int_equal(pwrite(file, &kind, sizeof kind, offsetof(struct arena_header, exit_kind)), sizeof kind);
    close(file);
}

static void children_are_read_in_the_order_of_their_start(void **state) {
    struct fixture *fixture = *state;
    make_child(fixture, "50-1", "other", 5, 300, 50);
    make_child(fixture, "60-1", "work", 4, 200, 60);
    make_child(fixture, "50-2", "work", 2, 400, 0);
    struct arena_reader *reader = open_reader(fixture);
    struct model *program = read_model(reader);
    assert_int_equal(program->child_count, 3);
    assert_int_equal(program->unreadable_count, 0);
    assert_int_equal(program->children[0]->pid, 60);
    assert_int_equal(program->children[1]->pid, 50);
    assert_int_equal(program->children[2]->pid, 50); /* by its name: its host had not said so yet */
    assert_ptr_equal(program->children[2]->program, program);
    assert_int_equal(program->children[0]->parent_pid, 77);
    assert_int_equal(program->children[0]->state, MODEL_ENDED);
    assert_int_equal(program->children[0]->wall_ns, 10000);
    assert_int_equal(program->children[0]->argument_count, 3);
    assert_string_equal(program->children[0]->arguments[2].text, "a b");
    assert_string_equal(program->children[0]->script, "python3 worker.py a b");
    assert_int_equal(program->all->function_count, 3);
    assert_int_equal(program->all->functions[1].calls, 9);
    assert_int_equal(program->all->functions[1].self_ns, 90);
    assert_string_equal(program->all->functions[2].qualname, "other");
    assert_int_equal(program->functions[1].calls, 3);
    model_free(program);
    arena_reader_close(reader);
}

static void children_come_while_the_program_runs(void **state) {
    struct fixture *fixture = *state;
    struct arena_reader *reader = open_reader(fixture);
    struct model *program = read_model(reader);
    assert_int_equal(program->child_count, 0);
    assert_null(program->all);
    model_free(program);
    make_child(fixture, "50-1", "other", 5, 300, 50);
    program = read_model(reader);
    assert_int_equal(program->child_count, 1);
    assert_string_equal(program->all->functions[2].qualname, "other");
    model_free(program);
    make_child(fixture, "40-1", "earlier", 5, 200, 40);
    program = read_model(reader);
    assert_int_equal(program->child_count, 2);
    assert_string_equal(program->children[0]->functions[1].qualname, "earlier");
    assert_string_equal(program->all->functions[2].qualname, "other"); /* numbers stay */
    assert_string_equal(program->all->functions[3].qualname, "earlier");
    model_free(program);
    arena_reader_close(reader);
}

static void broken_ones_are_named_and_the_rest_is_read(void **state) {
    struct fixture *fixture = *state;
    make_child(fixture, "50-1", "work", 5, 300, 50);
    make_child(fixture, "51-1", "work", 5, 300, 51);
    write_file(fixture, "52-1", "no arena at all", 15);
    write_file(fixture, "notes.txt", "x", 1);
    write_file(fixture, "53", "x", 1);
    write_file(fixture, "054-1", "x", 1);
    write_file(fixture, "54-1 ", "x", 1);
    char path[200];
    snprintf(path, sizeof path, "%s/51-1", fixture->children);
    int file = open(path, O_RDWR | O_CLOEXEC);
    const uint32_t much = ARENA_MAX_CODES + 1;
    assert_int_equal(pwrite(file, &much, sizeof much, offsetof(struct arena_header, code_count)), sizeof much);
    close(file);
    snprintf(path, sizeof path, "%s/55-1", fixture->children);
    assert_int_equal(mkdir(path, 0700), 0);
    struct arena_reader *reader = open_reader(fixture);
    struct model *program = read_model(reader);
    assert_int_equal(program->child_count, 1);
    assert_int_equal(program->unreadable_count, 3);
    bool damaged = false;
    for (size_t i = 0; i < 3; i++) {
        const struct model_unreadable *row = &program->unreadable[i];
        if (strcmp(row->name, "51-1") == 0) {
            assert_string_equal(row->reason, "this profile is damaged (number of functions out of bounds); run the "
                                             "program again");
            damaged = true;
        } else {
            assert_true(strcmp(row->name, "52-1") == 0 || strcmp(row->name, "55-1") == 0);
            assert_string_equal(row->reason, "this is not a running profile of pyprof-tui");
        }
    }
    assert_true(damaged);
    assert_int_equal(program->all->unreadable_count, 3);
    model_free(program);
    arena_reader_close(reader);
}

/* A Python that no engine runs says so in an arena of its own; its texts may be anything. */
static void a_child_without_an_engine_says_why(void **state) {
    struct fixture *fixture = *state;
    make_child(fixture, "50-1", "work", 5, 300, 50);
    make_child(fixture, "51-1", "work", 5, 300, 51);
    struct arena arena;
    struct error error = {0};
    char path[200], program_path[401];
    snprintf(path, sizeof path, "%s/50-1", fixture->children);
    assert_true(arena_attach(&arena, path, &error));
    strcpy(arena.header->refusal_program, "/opt/py\xFFthon3.10");
    strcpy(arena.header->refusal_detail, "3.10");
    arena.header->refusal = ARENA_REFUSED_MISSING;
    arena_detach(&arena);
    snprintf(path, sizeof path, "%s/51-1", fixture->children);
    assert_true(arena_attach(&arena, path, &error));
    memset(arena.header->refusal_program, 'p', sizeof arena.header->refusal_program);
    memset(arena.header->refusal_detail, 'd', sizeof arena.header->refusal_detail);
    arena.header->refusal = 1000;
    arena_detach(&arena);
    struct arena_reader *reader = open_reader(fixture);
    struct model *program = read_model(reader);
    assert_int_equal(program->child_count, 0);
    assert_int_equal(program->unreadable_count, 2);
    size_t first = strcmp(program->unreadable[0].name, "50-1") != 0;
    assert_string_equal(program->unreadable[first].reason, "/opt/py\xEF\xBF\xBDthon3.10 is Python 3.10, for which there is no "
                        "engine; a run with it as --python builds one where that is possible");
    memset(program_path, 'p', sizeof program_path - 1);
    program_path[sizeof program_path - 1] = '\0';
    assert_ptr_equal(strstr(program->unreadable[!first].reason, program_path), program->unreadable[!first].reason);
    assert_non_null(strstr(program->unreadable[!first].reason, "p: the engine cannot be loaded: ddd"));
    model_free(program);
    arena_reader_close(reader);
}

/* An arena in the making has no magic yet: it is waited for, but not beyond the program's end. */
static void those_being_made_are_waited_for(void **state) {
    struct fixture *fixture = *state;
    write_file(fixture, "50-1", "", 0);
    write_file(fixture, "51-1", "", (off_t)ARENA_FILE_SIZE);
    struct arena_reader *reader = open_reader(fixture);
    struct model *program = read_model(reader);
    assert_int_equal(program->child_count, 0);
    assert_int_equal(program->unreadable_count, 0);
    model_free(program);
    char path[200];
    snprintf(path, sizeof path, "%s/50-1", fixture->children);
    unlink(path);
    make_child(fixture, "50-1", "work", 5, 300, 50);
    program = read_model(reader);
    assert_int_equal(program->child_count, 1);
    model_free(program);
    end_program(fixture);
    program = read_model(reader);
    assert_int_equal(program->child_count, 1);
    assert_int_equal(program->unreadable_count, 1);
    assert_string_equal(program->unreadable[0].name, "51-1");
    model_free(program);
    arena_reader_close(reader);
}

/* A process that was killed says no end: its time stands still from when it was seen gone. */
static void time_of_a_killed_child_stands_still(void **state) {
    struct fixture *fixture = *state;
    char path[200];
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0); /* it has ended, and its parent has not asked */
    assert_true(process_is_gone(pid));
    assert_false(process_is_gone(getpid()));
    snprintf(path, sizeof path, "%s/%d-1", fixture->children, (int)pid);
    make_arena(path, "work", 1, 300, pid, "", 1, false);
    snprintf(path, sizeof path, "%s/%d-1", fixture->children, (int)getpid());
    make_arena(path, "work", 1, 400, getpid(), "", 1, false);
    struct arena_reader *reader = open_reader(fixture);
    struct model *first = read_model(reader), *second = read_model(reader);
    assert_int_equal(first->children[0]->pid, pid);
    assert_int_equal(first->children[0]->state, MODEL_ENDED);
    assert_int_equal(first->children[0]->exit_kind, MODEL_EXIT_UNKNOWN);
    assert_false(first->children[0]->threads[0].running); /* though nobody came to say so */
    assert_int_equal(first->children[0]->wall_ns, second->children[0]->wall_ns);
    assert_int_equal(first->children[1]->state, MODEL_RUNNING);
    assert_true(first->children[1]->threads[0].running);
    assert_true(first->children[1]->wall_ns < second->children[1]->wall_ns);
    assert_string_equal(first->children[0]->script, "");
    model_free(first);
    model_free(second);
    arena_reader_close(reader);
    waitpid(pid, NULL, 0);
    assert_true(process_is_gone(pid));
}

/* The recorder writes that end down, once; who lives, or said so himself, stays as he is. */
static void ends_of_killed_children_are_written_down(void **state) {
    struct fixture *fixture = *state;
    char path[200], living[200];
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    snprintf(path, sizeof path, "%s/%d-1", fixture->children, (int)pid);
    make_arena(path, "work", 1, 300, pid, "", 1, false);
    snprintf(living, sizeof living, "%s/%d-1", fixture->children, (int)getpid());
    make_arena(living, "work", 1, 400, getpid(), "", 1, false);
    snprintf(path, sizeof path, "%s/%d-2", fixture->children, (int)pid);
    make_arena(path, "work", 1, 500, pid, "", 1, true);
    write_file(fixture, "77-1", "no arena", 8);
    struct child_ends ends = {0};
    uint64_t before = clock_monotonic_ns();
    child_ends_note(&ends, fixture->path);
    uint64_t after = clock_monotonic_ns();
    assert_int_equal(ends.count, 2);
    child_ends_note(&ends, fixture->path);
    assert_int_equal(ends.count, 2);
    struct arena_reader *reader = open_reader(fixture);
    struct model *program = read_model(reader);
    assert_int_equal(program->child_count, 3);
    assert_in_range(program->children[0]->wall_ns, before - 1000, after - 1000);
    assert_int_equal(program->children[1]->state, MODEL_RUNNING);
    assert_int_equal(program->children[2]->wall_ns, 10000);
    model_free(program);
    arena_reader_close(reader);
    child_ends_note(&ends, "/nowhere");
    child_ends_free(&ends);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(children_are_read_in_the_order_of_their_start),
        TEST(children_come_while_the_program_runs),
        TEST(broken_ones_are_named_and_the_rest_is_read),
        TEST(a_child_without_an_engine_says_why),
        TEST(those_being_made_are_waited_for),
        TEST(time_of_a_killed_child_stands_still),
        TEST(ends_of_killed_children_are_written_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
