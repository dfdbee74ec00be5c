/* save.c - a model into a session file: written beside the target under a temporary name, renamed when it is whole. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/session/schema.h"

struct save {
    const struct model *model;
    const char *path;         /* as given; named in errors */
    char target[PATH_MAX];    /* path with symbolic links followed: what the rename replaces */
    char temporary[PATH_MAX];
    sqlite3 *database;
    struct session_watch *watch; /* NULL: nobody wants to know */
    size_t rows, written;        /* to write in all; up to now */
    struct error *error;
};

enum { ROWS_AT_A_TIME = 4096 };

static const char *remedy(int cause) {
    switch (cause) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "free some room or save elsewhere with -o";
    case ENOENT:
    case ENOTDIR: return "make the folder or save elsewhere with -o";
    case EISDIR: return "name a file in it with -o";
    case ENAMETOOLONG: return "choose a shorter name with -o";
    default: return "save elsewhere with -o";
    }
}

/* "PATH: no space left on device; free some room or save elsewhere with -o" */
static bool fail(const struct save *save, int cause) {
    char reason[256];
    snprintf(reason, sizeof reason, "%s", strerror(cause));
    reason[0] = (char)tolower((unsigned char)reason[0]);
    return error_set(save->error, 1, "%s: %s; %s", save->path, reason, remedy(cause));
}

/* What SQLite met: the system's own reason where there is one. SQLite does not always hand on the reason of a write
 * that failed, but then errno, which was cleared before, has it. */
static bool fail_database(const struct save *save, int result) {
    if (save->watch && save->watch->stopped)
        return error_set(save->error, 1, "%s: saving was cancelled; nothing was written", save->path);
    int last = errno;
    int cause = save->database ? sqlite3_system_errno(save->database) : 0;
    if (!cause)
        cause = last;
    int primary = result & 0xFF;
    if (primary == SQLITE_FULL)
        return fail(save, ENOSPC);
    if (primary == SQLITE_NOMEM)
        return fail(save, ENOMEM);
    if (cause && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_PERM))
        return fail(save, cause);
    return error_set(save->error, 1, "%s: cannot write the session: %s; save elsewhere with -o", save->path,
                     sqlite3_errstr(result));
}

static bool run(struct save *save, const char *sql) {
    int result = sqlite3_exec(save->database, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || fail_database(save, result);
}

/* Steps an INSERT once and makes it ready for the next row. */
static int insert(sqlite3_stmt *statement) {
    int result = sqlite3_step(statement);
    int reset = sqlite3_reset(statement);
    return result == SQLITE_DONE ? reset : result;
}

static size_t row_count(const struct model *model, const struct table *table) {
    return *(const size_t *)((const char *)model + table->count_offset);
}

/* process 0: the program, whose tables have no such column. */
static int insert_row(sqlite3_stmt *statement, const struct table *table, size_t process, size_t id, const void *row) {
    int result = sqlite3_bind_int64(statement, 1, (sqlite3_int64)id);
    for (size_t i = 0; result == SQLITE_OK && i < table->column_count; i++)
        result = session_bind(statement, (int)i + 2, &table->columns[i], row);
    if (result == SQLITE_OK && process)
        result = sqlite3_bind_int64(statement, (int)table->column_count + 2, (sqlite3_int64)process);
    return result == SQLITE_OK ? insert(statement) : result;
}

/* SQLITE_INTERRUPT: nobody wants the session any more. */
static int ask_watch(struct save *save, unsigned percent) {
    struct session_watch *watch = save->watch;
    if (watch && !watch->stopped)
        watch->stopped = !watch->go_on(watch->data, percent);
    return watch && watch->stopped ? SQLITE_INTERRUPT : SQLITE_OK;
}

static int insert_rows(struct save *save, sqlite3_stmt *statement, const struct table *table, size_t process,
                       const struct model *model) {
    const char *rows = *(const char *const *)((const char *)model + table->rows_offset);
    int result = SQLITE_OK;
    for (size_t i = 0; result == SQLITE_OK && i < row_count(model, table); i++) {
        if (save->written++ % ROWS_AT_A_TIME == 0)
            result = ask_watch(save, (unsigned)(save->written * 99 / (save->rows + 1)));
        if (result == SQLITE_OK)
            result = insert_row(statement, table, process, i, rows + i * table->row_size);
    }
    return result;
}

static size_t count_rows(const struct model *model) {
    size_t rows = 0;
    for (size_t i = 0; i < session_table_count; i++) {
        rows += row_count(model, &session_tables[i]);
        for (size_t child = 0; child < model->child_count && !session_tables[i].program_only; child++)
            rows += row_count(model->children[child], &session_tables[i]);
    }
    return rows;
}

/* The program's rows, or those of all its children. */
static bool save_table(struct save *save, const struct table *table, bool of_children) {
    char sql[SESSION_SQL_SIZE];
    session_create_sql(table, of_children, SESSION_FORMAT, sql);
    if (!run(save, sql))
        return false;
    session_insert_sql(table, of_children, sql);
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(save->database, sql, -1, &statement, NULL);
    if (result == SQLITE_OK && !of_children)
        result = insert_rows(save, statement, table, 0, save->model);
    for (size_t i = 0; result == SQLITE_OK && of_children && i < save->model->child_count; i++)
        result = insert_rows(save, statement, table, i + 1, save->model->children[i]);
    sqlite3_finalize(statement);
    return result == SQLITE_OK || fail_database(save, result);
}

static int insert_count(sqlite3_stmt *statement, const char *key, size_t count) {
    int result = sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    if (result == SQLITE_OK)
        result = sqlite3_bind_int64(statement, 2, (sqlite3_int64)count);
    return result == SQLITE_OK ? insert(statement) : result;
}

/* One value a row, and how many rows each table has, so that missing ones are noticed. */
static int insert_meta(sqlite3_stmt *statement, const struct model *model) {
    int result = SQLITE_OK;
    for (size_t i = 0; result == SQLITE_OK && i < session_meta_count; i++) {
        result = sqlite3_bind_text(statement, 1, session_meta[i].name, -1, SQLITE_STATIC);
        if (result == SQLITE_OK)
            result = session_bind(statement, 2, &session_meta[i], model);
        if (result == SQLITE_OK)
            result = insert(statement);
    }
    for (size_t i = 0; result == SQLITE_OK && i < session_table_count; i++)
        if (!model->program || !session_tables[i].program_only)
            result = insert_count(statement, session_tables[i].name, row_count(model, &session_tables[i]));
    return result;
}

static bool save_meta(struct save *save) {
    if (!run(save, SESSION_META_SQL))
        return false;
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(save->database, "INSERT INTO meta(key, value) VALUES(?, ?)", -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = insert_meta(statement, save->model);
    if (result == SQLITE_OK)
        result = insert_count(statement, SESSION_CHILD_COUNT, save->model->child_count);
    sqlite3_finalize(statement);
    return result == SQLITE_OK || fail_database(save, result);
}

static bool save_children_meta(struct save *save) {
    if (!run(save, SESSION_PROCESS_META_SQL))
        return false;
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(save->database, "INSERT INTO process_meta(key, value, process) VALUES(?, ?, ?)", -1,
                                    &statement, NULL);
    for (size_t i = 0; result == SQLITE_OK && i < save->model->child_count; i++) {
        result = sqlite3_bind_int64(statement, 3, (sqlite3_int64)i + 1); /* a reset keeps what is bound */
        if (result == SQLITE_OK)
            result = insert_meta(statement, save->model->children[i]);
    }
    sqlite3_finalize(statement);
    return result == SQLITE_OK || fail_database(save, result);
}

static bool save_children(struct save *save) {
    if (!save->model->child_count)
        return true;
    if (!save_children_meta(save))
        return false;
    for (size_t i = 0; i < session_table_count; i++)
        if (!session_tables[i].program_only && !save_table(save, &session_tables[i], true))
            return false;
    return true;
}

/* Nothing needs a journal: a file that did not come to its end is thrown away. */
static bool fill_database(struct save *save) {
    char identity[96];
    snprintf(identity, sizeof identity, "PRAGMA application_id=%d; PRAGMA user_version=%d", SESSION_APPLICATION_ID,
             SESSION_FORMAT);
    if (!run(save, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE") ||
        !run(save, identity) || !run(save, "BEGIN") || !save_meta(save))
        return false;
    for (size_t i = 0; i < session_table_count; i++)
        if (!save_table(save, &session_tables[i], false))
            return false;
    return save_children(save) && run(save, "COMMIT");
}

static bool write_database(struct save *save) {
    errno = 0;
    int result = sqlite3_open_v2(save->temporary, &save->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    bool done = result == SQLITE_OK ? fill_database(save) : fail_database(save, result);
    result = sqlite3_close(save->database);
    save->database = NULL;
    return done && (result == SQLITE_OK || fail_database(save, result));
}

/* Follows a symbolic link, and refuses to replace what is not a plain file that may be written. */
static bool find_target(struct save *save) {
    struct stat status;
    if (stat(save->path, &status) != 0) {
        if (errno != ENOENT)
            return fail(save, errno);
        int length = snprintf(save->target, sizeof save->target, "%s", save->path);
        return (length >= 0 && (size_t)length < sizeof save->target) || fail(save, ENAMETOOLONG);
    }
    if (S_ISDIR(status.st_mode))
        return fail(save, EISDIR);
    if (!S_ISREG(status.st_mode))
        return error_set(save->error, 1, "%s: not a plain file; a session needs one, name it with -o", save->path);
    if (access(save->path, W_OK) != 0 || !realpath(save->path, save->target))
        return fail(save, errno);
    return true;
}

/* A new, empty file in the target's folder, with the mode any new file gets. */
static bool make_temporary(struct save *save) {
    char folder[PATH_MAX];
    memcpy(folder, save->target, sizeof folder);
    int length = snprintf(save->temporary, sizeof save->temporary, "%s/.pyprof-XXXXXX", dirname(folder));
    if (length < 0 || (size_t)length >= sizeof save->temporary)
        return fail(save, ENAMETOOLONG);
    int file = mkostemp(save->temporary, O_CLOEXEC);
    if (file < 0)
        return fail(save, errno);
    mode_t mask = umask(0);
    umask(mask);
    bool done = fchmod(file, 0666 & ~mask) == 0 || fail(save, errno);
    close(file);
    if (!done)
        unlink(save->temporary);
    return done;
}

static bool sync_path(const struct save *save, const char *path, int flags) {
    int file = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (file < 0)
        return fail(save, errno);
    bool done = fsync(file) == 0 || fail(save, errno);
    close(file);
    return done;
}

static bool replace_target(struct save *save) {
    if (!sync_path(save, save->temporary, 0))
        return false;
    int result = ask_watch(save, 100);
    if (result != SQLITE_OK)
        return fail_database(save, result);
    if (rename(save->temporary, save->target) != 0)
        return fail(save, errno);
    char folder[PATH_MAX];
    memcpy(folder, save->target, sizeof folder);
    struct save quiet = *save;
    quiet.error = NULL; /* the session is in place; a folder that cannot be synced does not undo that */
    sync_path(&quiet, dirname(folder), O_DIRECTORY);
    return true;
}

bool session_save(const struct model *model, const char *path, struct error *error) {
    return session_save_watched(model, path, NULL, error);
}

bool session_save_watched(const struct model *model, const char *path, struct session_watch *watch, struct error *error) {
    struct save save = {.model = model, .path = path, .watch = watch, .rows = count_rows(model), .error = error};
    if (!find_target(&save) || !make_temporary(&save))
        return false;
    if (write_database(&save) && replace_target(&save))
        return true;
    unlink(save.temporary);
    return false;
}
