#include "core/recorder/disassembler.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/profile/arena_children.h"
#include "core/recorder/disassembler_process.h"

static const uint64_t PAUSE_NS = UINT64_C(500000000), LIMIT_NS = UINT64_C(5000000000), TOTAL_LIMIT_NS = UINT64_C(30000000000);
enum { MOST_STARTS = 3 /* of a Python for one arena: code that it dies of is not to cost seconds again and again */ };

/* --- answers, kept for the arenas of forked children, which have their parent's code ------------------------------ */

struct answer {
    uint64_t hash;
    unsigned char *bytes; /* owned: the object's, then the answer's */
    uint32_t object_size, answer_size;
};

enum { ANSWER_SLOTS = 4096 };

/* One arena after the other. */
struct work {
    struct disassembler_process python;
    char executable[ARENA_PATH_SIZE]; /* that the process was started with */
    int starts;
    uint64_t end_ns;
    struct answer *answers; /* by hash; a later one takes an earlier one's place. NULL: there are no children */
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash_object(const unsigned char *bytes, uint32_t size) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static const struct answer *find_answer(const struct work *work, uint64_t hash, const unsigned char *object, uint32_t size) {
    const struct answer *answer = work->answers ? &work->answers[hash % ANSWER_SLOTS] : NULL;
    bool same = answer && answer->bytes && answer->hash == hash && answer->object_size == size &&
                memcmp(answer->bytes, object, size) == 0;
    return same ? answer : NULL;
}

static void keep_answer(struct work *work, uint64_t hash, const unsigned char *object, uint32_t size, const unsigned char *text,
                        size_t text_size) {
    unsigned char *bytes = work->answers ? malloc(size + text_size) : NULL;
    if (!bytes)
        return;
    struct answer *answer = &work->answers[hash % ANSWER_SLOTS];
    free(answer->bytes);
    memcpy(bytes, object, size);
    memcpy(bytes + size, text, text_size);
    *answer = (struct answer){.hash = hash, .bytes = bytes, .object_size = size, .answer_size = (uint32_t)text_size};
}

static void forget_answers(struct work *work) {
    for (int i = 0; work->answers && i < ANSWER_SLOTS; i++)
        free(work->answers[i].bytes);
    free(work->answers);
    work->answers = NULL;
}

/* --- one arena ------------------------------------------------------------------------------------------------------ */

/* The Python of the process whose arena it is. */
static bool have_python(struct work *work, const struct arena_header *header) {
    char executable[ARENA_PATH_SIZE], version[sizeof header->python_version];
    snprintf(executable, sizeof executable, "%.*s", (int)sizeof header->executable, header->executable);
    snprintf(version, sizeof version, "%.*s", (int)sizeof header->python_version, header->python_version);
    if (!work->python.pid || strcmp(executable, work->executable) != 0) {
        disassembler_process_end(&work->python);
        if (work->starts >= MOST_STARTS || clock_monotonic_ns() > work->end_ns)
            return false;
        work->starts++;
        strcpy(work->executable, executable);
        if (!disassembler_process_start(&work->python, executable, LIMIT_NS)) {
            work->starts = MOST_STARTS; /* it will not be another one the next time */
            return false;
        }
    }
    return strcmp(work->python.version, version) == 0;
}

/* The object of a code, within bounds; NULL: none. */
static const unsigned char *object_of(const struct arena *arena, uint32_t code, uint32_t *size) {
    const struct arena_bytecode *row = &arena->bytecode[code];
    *size = __atomic_load_n(&row->object_size, __ATOMIC_ACQUIRE);
    uint64_t at = row->object, used = __atomic_load_n(&arena->header->objects_used, __ATOMIC_ACQUIRE);
    return *size && used <= ARENA_OBJECTS_SIZE && at <= used && *size <= used - at ? arena->objects + at : NULL;
}

/* The arena is the program's, too: what is hashed and compared is a copy. */
static void disassemble(struct work *work, struct disassembly_rows *rows, uint32_t code) {
    uint32_t size;
    const unsigned char *shared = object_of(rows->arena, code, &size);
    unsigned char *object = shared ? malloc(size) : NULL;
    size_t answer_size = 0;
    if (!object)
        return;
    memcpy(object, shared, size);
    uint64_t hash = work->answers ? hash_object(object, size) : 0;
    const struct answer *known = find_answer(work, hash, object, size);
    const unsigned char *answer = NULL;
    if (known)
        disassembly_rows_store(rows, code, known->bytes + known->object_size, known->answer_size);
    else if (have_python(work, rows->arena->header))
        answer = disassembler_process_ask(&work->python, object, size, &answer_size);
    if (answer) {
        disassembly_rows_store(rows, code, answer, answer_size);
        keep_answer(work, hash, object, size, answer, answer_size);
    } else if (!known) {
        disassembly_rows_fail(rows, code);
    }
    free(object);
}

static bool is_new(const struct arena *arena, uint32_t code) {
    uint32_t size;
    return arena->disassembly[code].state == ARENA_DISASSEMBLY_NONE && object_of(arena, code, &size);
}

/* Names of specialised forms come from the Python that knows them. */
static void specialize_all(struct work *work, struct disassembly_rows *rows, uint32_t code_count) {
    const struct arena_header *header = rows->arena->header;
    if (__atomic_load_n(&header->unit_count, __ATOMIC_ACQUIRE) <= 1 || !have_python(work, header))
        return;
    for (uint32_t code = 1; code < code_count; code++)
        disassembly_rows_specialize(rows, code, &work->python.names);
}

static void disassemble_arena(struct work *work, struct arena *arena) {
    struct disassembly_rows rows;
    uint32_t code_count = __atomic_load_n(&arena->header->code_count, __ATOMIC_ACQUIRE);
    if (code_count > ARENA_MAX_CODES || !__atomic_load_n(&arena->header->objects_used, __ATOMIC_ACQUIRE))
        return;
    if (!disassembly_rows_open(&rows, arena, code_count))
        return;
    for (uint32_t code = 1; code < code_count && clock_monotonic_ns() < work->end_ns; code++)
        if (is_new(arena, code))
            disassemble(work, &rows, code);
    specialize_all(work, &rows, code_count);
    disassembly_rows_close(&rows);
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static void disassemble_at(struct work *work, const char *path) {
    struct arena arena;
    if (!arena_attach(&arena, path, NULL))
        return;
    work->starts = 0;
    disassemble_arena(work, &arena);
    arena_detach(&arena);
}

static void disassemble_children(struct work *work, const char *arena_path) {
    char folder[ARENA_PATH_SIZE + sizeof ARENA_CHILDREN_SUFFIX], path[ARENA_PATH_SIZE];
    snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, arena_path);
    DIR *entries = opendir(folder);
    if (!entries)
        return; /* there are none */
    for (struct dirent *entry; (entry = readdir(entries)) && clock_monotonic_ns() < work->end_ns;) {
        struct arena_child child;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (arena_child_parse_name(entry->d_name, &child) && length < (int)sizeof path)
            disassemble_at(work, path);
    }
    closedir(entries);
}

static bool has_children(const char *arena_path) {
    char folder[ARENA_PATH_SIZE + sizeof ARENA_CHILDREN_SUFFIX];
    snprintf(folder, sizeof folder, "%s" ARENA_CHILDREN_SUFFIX, arena_path);
    return access(folder, R_OK) == 0;
}

void disassemble_profile(const char *arena_path) {
    struct work work = {.python = {.socket = -1}, .end_ns = clock_monotonic_ns() + TOTAL_LIMIT_NS};
    if (has_children(arena_path))
        work.answers = calloc(ANSWER_SLOTS, sizeof *work.answers);
    disassemble_at(&work, arena_path);
    disassemble_children(&work, arena_path);
    disassembler_process_end(&work.python);
    forget_answers(&work);
}

/* --- in a process of its own -------------------------------------------------------------------------------------------- */

/* Whatever else the recorder has open must not stay open when that is gone. */
static _Noreturn void work_and_exit(const char *arena_path, int result) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(result, 3) == 3 && close_range(4, ~0u, 0) == 0)
        disassemble_profile(arena_path);
    _exit(0);
}

static bool start(struct disassembler *disassembler, const struct arena *arena) {
    int result[2];
    if (pipe2(result, O_CLOEXEC))
        return false;
    pid_t pid = fork();
    if (pid == 0)
        work_and_exit(arena->path, result[1]);
    close(result[1]);
    if (pid < 0) {
        close(result[0]);
        return false;
    }
    disassembler->pid = pid;
    disassembler->result = result[0];
    return true;
}

bool disassembler_tick(struct disassembler *disassembler, const struct arena *arena, uint64_t now_ns, bool ended) {
    const struct arena_header *header = arena->header;
    struct disassembler_seen there = {
        .objects_used = __atomic_load_n(&header->objects_used, __ATOMIC_ACQUIRE),
        .published = __atomic_load_n(&header->mailbox.publish_bytecode_done, __ATOMIC_ACQUIRE),
        .ended = ended,
    };
    const struct disassembler_seen *seen = &disassembler->seen;
    bool same = there.objects_used == seen->objects_used && there.published == seen->published && there.ended == seen->ended;
    if (disassembler->pid || same || (now_ns < disassembler->next_ns && ended == seen->ended))
        return disassembler->pid > 0;
    disassembler->next_ns = now_ns + PAUSE_NS;
    disassembler->seen = there;
    return start(disassembler, arena);
}

void disassembler_finish(struct disassembler *disassembler) {
    close(disassembler->result);
    while (waitpid(disassembler->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    disassembler->pid = 0;
    disassembler->result = -1;
}

void disassembler_stop(struct disassembler *disassembler) {
    if (disassembler->pid) {
        kill(disassembler->pid, SIGKILL);
        disassembler_finish(disassembler);
    }
    *disassembler = DISASSEMBLER_NONE;
}
