/* schema.h - the tables of a session file, as rows of a table: name, columns, and where they live in the model.
 *
 * CREATE statements, INSERTs, SELECTs, saving, loading and the check that a file is what it claims all come from these
 * tables. A row's id is its index in the model. A file holds the program's rows in the tables below and, where the program
 * had child processes, theirs in tables of the same columns whose names begin with "process_", each row with the number of
 * its process from 1. The program alone has sources.
 *
 * Format 1 knew one process; what came later says so (`since`). Files of any format up to this one are read. */
#ifndef PYPROF_SESSION_SCHEMA_H
#define PYPROF_SESSION_SCHEMA_H

#include <sqlite3.h>

#include "pyprof/session.h"

enum {
    SESSION_APPLICATION_ID = 0x70795066, /* "pyPf" */
    SESSION_FORMAT = 5,                  /* user_version; a reader refuses what is above its own */
    SESSION_HEADER_SIZE = 72,            /* bytes of the file's head that tell a session */
    SESSION_TEXT_LIMIT = 64 << 20,       /* bytes of one text */
    SESSION_SQL_SIZE = 1024,
};

enum column_type {
    COLUMN_U16,
    COLUMN_U32,
    COLUMN_I32,
    COLUMN_U64, /* MODEL_UNKNOWN is NULL; what is above INT64_MAX is kept as INT64_MAX */
    COLUMN_BOOL,
    COLUMN_TEXT,       /* const char *, '\0'-ended */
    COLUMN_SIZED_TEXT, /* const char * and, at length_offset, its size_t length */
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset; /* in the row; for meta in struct model */
    size_t length_offset;
    unsigned since; /* the format that it came with; 0: the first */
};

struct table {
    const char *name;
    size_t row_size;
    size_t rows_offset, count_offset; /* of the row pointer and the count in struct model */
    const struct column *columns;
    size_t column_count;
    unsigned since;    /* as in struct column */
    bool program_only; /* child processes have none */
};

extern const struct table session_tables[];
extern const size_t session_table_count;

/* The single values of a model; kept in table meta, one row a value. */
extern const struct column session_meta[];
extern const size_t session_meta_count;

#define SESSION_META_SQL "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID"
#define SESSION_PROCESS_META_SQL \
    "CREATE TABLE process_meta(process INTEGER, key TEXT, value, PRIMARY KEY(process, key)) WITHOUT ROWID"
/* The key of meta under which the number of child processes is kept; not there before format 2. */
#define SESSION_CHILD_COUNT "processes"

/* SQL of a table in sql[SESSION_SQL_SIZE]: the program's, or (of_children) that of all child processes; with the columns of a
 * format. INSERTs are of this one. */
void session_create_sql(const struct table *table, bool of_children, unsigned format, char *sql);
/* Parameters: id, the columns, and of_children the process. */
void session_insert_sql(const struct table *table, bool of_children, char *sql);
/* Columns of a result: id, the columns. Of children the process is a parameter. */
void session_select_sql(const struct table *table, bool of_children, unsigned format, char *sql);

/* Binds a value of a row to a parameter from 1; an SQLite result code. */
int session_bind(sqlite3_stmt *statement, int parameter, const struct column *column, const void *row);

#endif
