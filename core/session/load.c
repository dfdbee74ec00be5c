/* load.c - a session file into a model. The file may come from anybody: it is a session only where its tables are
 * word for word those of this format (no views, triggers or generated columns that would run), and its rows are
 * checked before they are handed out. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/profile/model_build.h"
#include "core/profile/model_instructions.h"
#include "core/profile/model_memory.h"
#include "core/profile/model_sum.h"
#include "core/session/schema.h"
#include "core/session/validate.h"

struct load {
    const char *path;
    sqlite3 *database;
    uint32_t format;
    struct model *program;
    struct model *model; /* whose rows are read: the program's, or a child's */
    size_t process;      /* 0: the program; a child's number */
    struct error *error;
};

enum { SQLITE_APPLICATION_ID_AT = 68, SQLITE_USER_VERSION_AT = 60 }; /* in the head of every SQLite file */

static bool damaged(const struct load *load, const char *what) {
    return error_set(load->error, 1, "%s: this session is damaged (%s); open a copy or run the program again",
                     load->path, what);
}

static bool out_of_memory(const struct load *load) {
    return error_set(load->error, 1, "%s: not enough memory for this session; close other programs", load->path);
}

static bool fail_database(const struct load *load, int result) {
    int cause = load->database ? sqlite3_system_errno(load->database) : 0;
    if ((result & 0xFF) == SQLITE_NOMEM)
        return out_of_memory(load);
    if (((result & 0xFF) == SQLITE_IOERR || (result & 0xFF) == SQLITE_CANTOPEN) && cause)
        return error_set(load->error, 1, "%s: cannot read the session: %s", load->path, strerror(cause));
    return damaged(load, sqlite3_errstr(result));
}

static uint32_t big_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_session_head(const unsigned char *head) {
    return memcmp(head, "SQLite format 3", 16) == 0 &&
           big_endian(head + SQLITE_APPLICATION_ID_AT) == SESSION_APPLICATION_ID;
}

/* The first bytes of a regular file. 1: read; 0: it has fewer or is no regular file; -1: errno says why not. */
static int read_head(const char *path, unsigned char *head) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return -1;
    struct stat status;
    ssize_t got = -1;
    if (fstat(file, &status) == 0)
        got = S_ISREG(status.st_mode) ? pread(file, head, SESSION_HEADER_SIZE, 0) : 0;
    int cause = errno;
    close(file);
    errno = cause;
    return got < 0 ? -1 : got == SESSION_HEADER_SIZE;
}

bool session_is_session(const char *path) {
    unsigned char head[SESSION_HEADER_SIZE];
    return read_head(path, head) == 1 && is_session_head(head);
}

static bool check_head(struct load *load) {
    unsigned char head[SESSION_HEADER_SIZE];
    int result = read_head(load->path, head);
    if (result < 0)
        return error_set(load->error, EXIT_STATUS_USAGE, "%s: cannot open the session: %s", load->path,
                         strerror(errno));
    if (result == 0 || !is_session_head(head))
        return error_set(load->error, EXIT_STATUS_USAGE, "%s: not a session of pyprof-tui; give a .pyprof file",
                         load->path);
    uint32_t format = big_endian(head + SQLITE_USER_VERSION_AT);
    if (format > SESSION_FORMAT)
        return error_set(load->error, EXIT_STATUS_USAGE,
                         "%s: made by a newer version of pyprof-tui (session format %u, this one reads up to %d); "
                         "install that version", load->path, format, SESSION_FORMAT);
    load->format = format;
    return format != 0 || damaged(load, "no format number");
}

/* file:PATH?immutable=1 with all but plain characters escaped: immutable, so that a folder without write permission
 * is no obstacle and no journal beside the file is believed. */
static bool make_uri(const char *path, char *uri, size_t size) {
    size_t length = (size_t)snprintf(uri, size, "file:");
    for (const char *at = path; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                     strchr("._-", *at) || (*at == '/' && at > path && at[-1] != '/') ||
                     (*at == '/' && at == path && at[1] != '/');
        if (length + 4 >= size)
            return false;
        length += (size_t)snprintf(uri + length, size - length, plain ? "%c" : "%%%02X", (unsigned char)*at);
    }
    return (size_t)snprintf(uri + length, size - length, "?immutable=1") < size - length;
}

static bool open_database(struct load *load) {
    char uri[3 * PATH_MAX + 32];
    if (!make_uri(load->path, uri, sizeof uri))
        return error_set(load->error, EXIT_STATUS_USAGE, "%.80s...: this path is too long", load->path);
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(uri, &load->database, flags, NULL);
    if (result != SQLITE_OK)
        return fail_database(load, result);
    sqlite3_limit(load->database, SQLITE_LIMIT_LENGTH, SESSION_TEXT_LIMIT);
    sqlite3_db_config(load->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(load->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return true;
}

static bool is_in_format(const struct load *load, const struct table *table, bool of_children) {
    return table->since <= load->format && !(of_children && table->program_only);
}

/* How a table of this name is made; false where the format has no such table. */
static bool expected_sql(const struct load *load, const char *name, char *sql) {
    static const char prefix[] = "process_";
    bool of_children = load->format > 1 && strncmp(name, prefix, strlen(prefix)) == 0;
    const char *plain = of_children ? name + strlen(prefix) : name;
    if (strcmp(plain, "meta") == 0) {
        snprintf(sql, SESSION_SQL_SIZE, "%s", of_children ? SESSION_PROCESS_META_SQL : SESSION_META_SQL);
        return true;
    }
    for (size_t i = 0; i < session_table_count; i++)
        if (strcmp(plain, session_tables[i].name) == 0 && is_in_format(load, &session_tables[i], of_children)) {
            session_create_sql(&session_tables[i], of_children, load->format, sql);
            return true;
        }
    return false;
}

/* How many tables a file has: the program's, and where there were children as many of theirs as they may have. */
static bool is_whole(const struct load *load, size_t known) {
    size_t of_program = 1, of_children = 1;
    for (size_t i = 0; i < session_table_count; i++) {
        of_program += is_in_format(load, &session_tables[i], false);
        of_children += is_in_format(load, &session_tables[i], true);
    }
    return known == of_program || (load->format > 1 && known == of_program + of_children);
}

static bool check_schema(struct load *load) {
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(load->database, "SELECT name, sql FROM sqlite_schema", -1, &statement, NULL);
    size_t known = 0;
    bool same = true;
    while (result == SQLITE_OK && same && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        const char *sql = (const char *)sqlite3_column_text(statement, 1);
        char expected[SESSION_SQL_SIZE];
        same = name && sql && expected_sql(load, name, expected) && strcmp(sql, expected) == 0;
        known++;
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    if (!same || (result == SQLITE_DONE && !is_whole(load, known)))
        return damaged(load, "its tables are not those of a session");
    return result == SQLITE_DONE || fail_database(load, result);
}

static bool fetch_integer(sqlite3_stmt *statement, int at, uint64_t limit, uint64_t *value) {
    if (sqlite3_column_type(statement, at) != SQLITE_INTEGER)
        return false;
    sqlite3_int64 number = sqlite3_column_int64(statement, at);
    *value = (uint64_t)number;
    return number >= 0 && *value <= limit;
}

static bool fetch_signed(sqlite3_stmt *statement, int at, int32_t *value) {
    sqlite3_int64 number = sqlite3_column_int64(statement, at);
    *value = (int32_t)number;
    return sqlite3_column_type(statement, at) == SQLITE_INTEGER && number >= INT32_MIN && number <= INT32_MAX;
}

static bool fetch_text(struct load *load, sqlite3_stmt *statement, int at, const char **text, size_t *length) {
    if (sqlite3_column_type(statement, at) != SQLITE_TEXT)
        return damaged(load, "a text is missing");
    const void *bytes = sqlite3_column_text(statement, at);
    *length = (size_t)sqlite3_column_bytes(statement, at);
    *text = bytes ? model_text(load->model, bytes, *length) : NULL;
    return *text || out_of_memory(load);
}

/* One value of a row into its field. */
static bool fetch(struct load *load, sqlite3_stmt *statement, int at, const struct column *column, void *row) {
    static const uint64_t limits[] = {
        [COLUMN_U16] = UINT16_MAX, [COLUMN_U32] = UINT32_MAX, [COLUMN_U64] = INT64_MAX, [COLUMN_BOOL] = 1};
    char *field = (char *)row + column->offset;
    if (column->type == COLUMN_TEXT || column->type == COLUMN_SIZED_TEXT) {
        size_t length = 0;
        if (!fetch_text(load, statement, at, (const char **)field, &length))
            return false;
        if (column->type == COLUMN_SIZED_TEXT)
            *(size_t *)((char *)row + column->length_offset) = length;
        return true;
    }
    if (column->type == COLUMN_I32)
        return fetch_signed(statement, at, (int32_t *)field) || damaged(load, "a number is missing or out of range");
    uint64_t value = MODEL_UNKNOWN;
    bool unknown = column->type == COLUMN_U64 && sqlite3_column_type(statement, at) == SQLITE_NULL;
    if (!unknown && !fetch_integer(statement, at, limits[column->type], &value))
        return damaged(load, "a number is missing or out of range");
    switch (column->type) {
    case COLUMN_U16: *(uint16_t *)field = (uint16_t)value; break;
    case COLUMN_U32: *(uint32_t *)field = (uint32_t)value; break;
    case COLUMN_BOOL: *(bool *)field = value != 0; break;
    default: *(uint64_t *)field = value;
    }
    return true;
}

/* Binds a key of meta and steps to its value. NULL: it is not there (the error is set). */
static sqlite3_stmt *find_meta(struct load *load, const char *key) {
    sqlite3_stmt *statement = NULL;
    const char *sql = load->process ? "SELECT value FROM process_meta WHERE key = ? AND process = ?"
                                    : "SELECT value FROM meta WHERE key = ?";
    int result = sqlite3_prepare_v2(load->database, sql, -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    if (result == SQLITE_OK && load->process)
        result = sqlite3_bind_int64(statement, 2, (sqlite3_int64)load->process);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        return statement;
    if (result == SQLITE_DONE)
        damaged(load, "a value is missing");
    else
        fail_database(load, result);
    sqlite3_finalize(statement);
    return NULL;
}

static bool load_meta(struct load *load) {
    for (size_t i = 0; i < session_meta_count; i++) {
        if (session_meta[i].since > load->format)
            continue; /* as in a new model */
        sqlite3_stmt *statement = find_meta(load, session_meta[i].name);
        bool done = statement && fetch(load, statement, 0, &session_meta[i], load->model);
        sqlite3_finalize(statement);
        if (!done)
            return false;
    }
    if (load->format < 5) /* what there was could not be switched but for memory, which is on again at the end of a run */
        load->model->collectors_on = load->model->collectors;
    load->model->collectors_asked = load->model->collectors_on;
    return true;
}

/* How many rows a table was saved with. A file cannot hold more rows than bytes: no memory is taken for less. */
static bool saved_count(struct load *load, const char *key, size_t *count) {
    struct stat status;
    if (stat(load->path, &status) != 0)
        return error_set(load->error, 1, "%s: cannot read the session: %s", load->path, strerror(errno));
    sqlite3_stmt *statement = find_meta(load, key);
    if (!statement)
        return false;
    uint64_t limit = (uint64_t)status.st_size < UINT32_MAX ? (uint64_t)status.st_size : UINT32_MAX;
    uint64_t value = 0;
    bool done = fetch_integer(statement, 0, limit, &value) || damaged(load, "more rows than the file can hold");
    sqlite3_finalize(statement);
    *count = value;
    return done;
}

static bool load_row(struct load *load, const struct table *table, sqlite3_stmt *statement, char *row) {
    int at = 1;
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].since <= load->format && !fetch(load, statement, at++, &table->columns[i], row))
            return false;
    return true;
}

static bool load_rows(struct load *load, const struct table *table, sqlite3_stmt *statement, char *rows, size_t count) {
    size_t *loaded = (size_t *)((char *)load->model + table->count_offset);
    for (*loaded = 0;; (*loaded)++) {
        int result = sqlite3_step(statement);
        if (result != SQLITE_ROW && result != SQLITE_DONE)
            return fail_database(load, result);
        if ((result == SQLITE_DONE) != (*loaded == count) ||
            (result == SQLITE_ROW && sqlite3_column_int64(statement, 0) != (sqlite3_int64)*loaded))
            return damaged(load, "rows are missing");
        if (result == SQLITE_DONE)
            return true;
        if (!load_row(load, table, statement, rows + *loaded * table->row_size))
            return false;
    }
}

static bool load_table(struct load *load, const struct table *table) {
    size_t count = 0;
    if (!saved_count(load, table->name, &count))
        return false;
    char **rows = (char **)((char *)load->model + table->rows_offset);
    free(*rows);
    *rows = calloc(count ? count : 1, table->row_size);
    *(size_t *)((char *)load->model + table->count_offset) = 0;
    if (!*rows)
        return out_of_memory(load);
    char sql[SESSION_SQL_SIZE];
    session_select_sql(table, load->process != 0, load->format, sql);
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(load->database, sql, -1, &statement, NULL);
    if (result == SQLITE_OK && load->process)
        result = sqlite3_bind_int64(statement, 1, (sqlite3_int64)load->process);
    bool done = result == SQLITE_OK ? load_rows(load, table, statement, *rows, count) : fail_database(load, result);
    sqlite3_finalize(statement);
    return done;
}

/* Sources were loaded as plain rows; adding them anew makes them findable by file. */
static bool index_sources(struct load *load) {
    struct model_source *rows = load->model->sources;
    size_t count = load->model->source_count;
    load->model->sources = NULL;
    load->model->source_count = 0;
    bool done = true;
    for (size_t i = 0; done && i < count; i++)
        done = model_add_source_owned(load->model, rows[i].file, rows[i].text, rows[i].length);
    free(rows);
    return done || out_of_memory(load);
}

/* What samples of formats 1 and 2 did not know. */
static void complete_samples(struct model *model) {
    for (size_t i = 0; i < model->sample_count; i++) {
        struct model_sample *sample = &model->samples[i];
        sample->native = sample->own = MODEL_UNKNOWN;
        for (int k = 0; k < MODEL_SAMPLE_GROWTH; k++)
            sample->growth[k].site = MODEL_NO_SITE;
    }
}

/* Totals are made of the rows, of which older formats have none. */
static void forget_totals(struct model *model) {
    for (size_t i = 0; i < model->function_count; i++)
        model->functions[i].instructions = MODEL_UNKNOWN;
    for (size_t i = 0; i < model->line_count; i++)
        model->lines[i].instructions = MODEL_UNKNOWN;
}

/* All rows of load->model. */
static bool load_process(struct load *load) {
    if (!load_meta(load))
        return false;
    for (size_t i = 0; i < session_table_count; i++)
        if (is_in_format(load, &session_tables[i], load->process != 0) && !load_table(load, &session_tables[i]))
            return false;
    if (load->format < 3)
        complete_samples(load->model);
    forget_totals(load->model);
    const char *wrong = session_validate(load->model);
    if (wrong)
        return damaged(load, wrong);
    return (model_spread_memory(load->model) && model_spread_instructions(load->model)) || out_of_memory(load);
}

static bool load_child(struct load *load) {
    struct model *child = load->model = model_new();
    if (!child)
        return out_of_memory(load);
    child->program = load->program;
    load->program->children[load->program->child_count++] = child;
    return load_process(load);
}

static bool load_children(struct load *load) {
    size_t count = 0;
    if (load->format == 1)
        return true;
    if (!saved_count(load, SESSION_CHILD_COUNT, &count))
        return false;
    load->program->children = calloc(count ? count : 1, sizeof *load->program->children);
    if (!load->program->children)
        return out_of_memory(load);
    for (load->process = 1; load->process <= count; load->process++)
        if (!load_child(load))
            return false;
    return model_sum_processes(load->program, NULL, load->error);
}

static bool load_all(struct load *load) {
    return check_head(load) && open_database(load) && check_schema(load) && load_process(load) &&
           index_sources(load) && load_children(load);
}

struct model *session_load(const char *path, struct error *error) {
    struct model *program = model_new();
    struct load load = {.path = path, .program = program, .model = program, .error = error};
    bool done = program ? load_all(&load) : out_of_memory(&load);
    sqlite3_close(load.database);
    if (done)
        return program;
    model_free(program);
    return NULL;
}
