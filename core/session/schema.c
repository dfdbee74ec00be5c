#include "core/session/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COLUMN(row, field, type) {#field, COLUMN_##type, offsetof(struct row, field), 0, 0}
#define COLUMN_SINCE(format, row, field, type) {#field, COLUMN_##type, offsetof(struct row, field), 0, format}

static const struct column argument_columns[] = {COLUMN(model_argument, text, TEXT)};

static const struct column function_columns[] = {
    COLUMN(model_function, file, TEXT),
    COLUMN(model_function, name, TEXT),
    COLUMN(model_function, qualname, TEXT),
    COLUMN(model_function, line, U32),
    COLUMN(model_function, kind, U16),
    COLUMN(model_function, flags, U16),
    COLUMN(model_function, calls, U64),
    COLUMN(model_function, primitive_calls, U64),
    COLUMN(model_function, self_ns, U64),
    COLUMN(model_function, total_ns, U64),
    COLUMN(model_function, first_line_row, U32),
    COLUMN(model_function, line_row_count, U32),
    COLUMN_SINCE(4, model_function, first_instruction_row, U32),
    COLUMN_SINCE(4, model_function, instruction_row_count, U32),
    COLUMN_SINCE(4, model_function, first_handler_row, U32),
    COLUMN_SINCE(4, model_function, handler_row_count, U32),
};

static const struct column edge_columns[] = {
    COLUMN(model_edge, caller, U32),  COLUMN(model_edge, callee, U32),   COLUMN(model_edge, calls, U64),
    COLUMN(model_edge, self_ns, U64), COLUMN(model_edge, total_ns, U64),
};

static const struct column line_columns[] = {
    COLUMN(model_line, function, U32), COLUMN(model_line, line, U32),     COLUMN(model_line, hits, U64),
    COLUMN(model_line, self_ns, U64),  COLUMN(model_line, total_ns, U64),
};

/* Instructions of functions and lines are not kept: they are sums over these (model_instructions.h). */
static const struct column instruction_columns[] = {
    COLUMN(model_instruction, function, U32),
    COLUMN(model_instruction, offset, U32),
    COLUMN(model_instruction, line, U32),
    COLUMN(model_instruction, jump_target, U32),
    COLUMN(model_instruction, opname, TEXT),
    COLUMN(model_instruction, argrepr, TEXT),
    COLUMN(model_instruction, specialized, TEXT),
    COLUMN(model_instruction, argument, U32),
    COLUMN(model_instruction, flags, U32),
    COLUMN(model_instruction, stack_effect, I32),
    COLUMN(model_instruction, jump_stack_effect, I32),
    COLUMN(model_instruction, count, U64),
    COLUMN(model_instruction, raised, U64),
};

static const struct column handler_columns[] = {
    COLUMN(model_handler, function, U32), COLUMN(model_handler, start, U32), COLUMN(model_handler, end, U32),
    COLUMN(model_handler, target, U32),   COLUMN(model_handler, depth, U32), COLUMN(model_handler, keeps_offset, U32),
};

static const struct column node_columns[] = {
    COLUMN(model_node, parent, U32),          COLUMN(model_node, function, U32), COLUMN(model_node, calls, U64),
    COLUMN(model_node, primitive_calls, U64), COLUMN(model_node, self_ns, U64),  COLUMN(model_node, total_ns, U64),
};

/* Memory of functions, lines and nodes is not kept: it is the sites' (model_memory.h). */
#define MEMORY(field) {#field, COLUMN_U64, offsetof(struct model_site, memory.field), 0, 0}
static const struct column site_columns[] = {
    COLUMN(model_site, node, U32), COLUMN(model_site, function, U32), COLUMN(model_site, line, U32),
    MEMORY(allocated_count),       MEMORY(allocated_bytes),           MEMORY(freed_count),
    MEMORY(freed_bytes),           MEMORY(live_count),                MEMORY(live_bytes),
    MEMORY(peak_count),            MEMORY(peak_bytes),                MEMORY(temporary_count),
    MEMORY(lifetime_ns),           MEMORY(highest_bytes),
};

static const struct column type_columns[] = {
    COLUMN(model_type, name, TEXT),
    COLUMN(model_type, count, U64),
    COLUMN(model_type, bytes, U64),
};

static const struct column mark_columns[] = {
    COLUMN(model_mark, t_ns, U64),
    COLUMN(model_mark, name, TEXT),
};

/* One of several of a sample. Growth is above 0. */
#define OF_SEVERAL(name, at, member, type) {#name #at, COLUMN_##type, offsetof(struct model_sample, member), 0, 3}
#define GROWTH(at) OF_SEVERAL(growth_site_, at, growth[at].site, U32), OF_SEVERAL(growth_bytes_, at, growth[at].bytes, U64)
static const struct column sample_columns[] = {
    COLUMN(model_sample, t_ns, U64),
    COLUMN(model_sample, rss, U64),
    COLUMN(model_sample, heap, U64),
    COLUMN(model_sample, function, U32),
    COLUMN(model_sample, threads, U32),
    COLUMN_SINCE(3, model_sample, native, U64),
    COLUMN_SINCE(3, model_sample, own, U64),
    OF_SEVERAL(collections_, 0, collections[0], U32),
    OF_SEVERAL(collections_, 1, collections[1], U32),
    OF_SEVERAL(collections_, 2, collections[2], U32),
    GROWTH(0),
    GROWTH(1),
    GROWTH(2),
    GROWTH(3),
};
_Static_assert(MODEL_GENERATIONS == 3 && MODEL_SAMPLE_GROWTH == 4, "samples are kept whole");

static const struct column source_columns[] = {
    COLUMN(model_source, file, TEXT),
    {"text", COLUMN_SIZED_TEXT, offsetof(struct model_source, text), offsetof(struct model_source, length), 0},
};

static const struct column thread_columns[] = {
    COLUMN(model_thread, name, TEXT),
    COLUMN(model_thread, system_id, U64),
    COLUMN(model_thread, starts, U64),
    COLUMN(model_thread, running, BOOL),
    COLUMN_SINCE(4, model_thread, self_ns, U64),
    COLUMN_SINCE(4, model_thread, calls, U64),
};

static const struct column thread_function_columns[] = {
    COLUMN(model_thread_function, thread, U32),          COLUMN(model_thread_function, function, U32),
    COLUMN(model_thread_function, calls, U64),           COLUMN(model_thread_function, primitive_calls, U64),
    COLUMN(model_thread_function, self_ns, U64),         COLUMN(model_thread_function, total_ns, U64),
};

static const struct column left_alone_columns[] = {
    COLUMN(model_left_alone, reason, TEXT),
    COLUMN(model_left_alone, example, TEXT),
    COLUMN(model_left_alone, count, U64),
};

static const struct column unreadable_columns[] = {
    COLUMN(model_unreadable, name, TEXT),
    COLUMN(model_unreadable, reason, TEXT),
};

#define TABLE(rows, row, columns, count, ...)                                                                   \
    {#rows, sizeof(struct row), offsetof(struct model, rows), offsetof(struct model, count), columns,           \
     sizeof columns / sizeof *columns, __VA_ARGS__}

const struct table session_tables[] = {
    TABLE(arguments, model_argument, argument_columns, argument_count, 0, false),
    TABLE(functions, model_function, function_columns, function_count, 0, false),
    TABLE(edges, model_edge, edge_columns, edge_count, 0, false),
    TABLE(lines, model_line, line_columns, line_count, 0, false),
    TABLE(instruction_rows, model_instruction, instruction_columns, instruction_row_count, 4, false),
    TABLE(handlers, model_handler, handler_columns, handler_count, 4, false),
    TABLE(nodes, model_node, node_columns, node_count, 0, false),
    TABLE(sites, model_site, site_columns, site_count, 3, false),
    TABLE(samples, model_sample, sample_columns, sample_count, 0, false),
    TABLE(threads, model_thread, thread_columns, thread_count, 0, false),
    TABLE(thread_functions, model_thread_function, thread_function_columns, thread_function_count, 5, false),
    TABLE(sources, model_source, source_columns, source_count, 0, true),
    TABLE(marks, model_mark, mark_columns, mark_count, 3, false),
    TABLE(types, model_type, type_columns, type_count, 3, false),
    TABLE(left_alone, model_left_alone, left_alone_columns, left_alone_count, 2, false),
    TABLE(unreadable, model_unreadable, unreadable_columns, unreadable_count, 2, true),
};
const size_t session_table_count = sizeof session_tables / sizeof *session_tables;

_Static_assert(sizeof(enum model_state) == sizeof(uint32_t) && sizeof(enum model_exit_kind) == sizeof(uint32_t) &&
                   sizeof(enum run_clock) == sizeof(uint32_t),
               "enumerations are kept as 32-bit values");

const struct column session_meta[] = {
    COLUMN(model, python_version, TEXT),
    COLUMN(model, script, TEXT),
    COLUMN(model, config_text, TEXT),
    COLUMN(model, collectors, U32),
    COLUMN(model, builtins, BOOL),
    COLUMN(model, marked_only, BOOL),
    COLUMN(model, state, U32),
    COLUMN(model, exit_kind, U32),
    COLUMN(model, exit_value, U32),
    COLUMN(model, pid, U32),
    COLUMN(model, start_unix_ns, U64),
    COLUMN(model, wall_ns, U64),
    COLUMN(model, lost_codes, U64),
    COLUMN(model, lost_nodes, U64),
    COLUMN(model, lost_frames, U64),
    COLUMN(model, lost_threads, U64),
    COLUMN_SINCE(2, model, lost_processes, U64),
    COLUMN_SINCE(2, model, clock, U32),
    COLUMN_SINCE(2, model, overhead_ns, U64),
    COLUMN_SINCE(2, model, parent_pid, U32),
    COLUMN_SINCE(3, model, heap.live_bytes, U64),
    COLUMN_SINCE(3, model, heap.native_bytes, U64),
    COLUMN_SINCE(3, model, heap.peak_bytes, U64),
    COLUMN_SINCE(3, model, heap.peak_t_ns, U64),
    COLUMN_SINCE(3, model, heap.profiler_bytes, U64),
    COLUMN_SINCE(3, model, heap.unknown_frees, U64),
    COLUMN_SINCE(3, model, heap.uncounted_allocations, U64),
    COLUMN_SINCE(3, model, heap.paused_count, U64),
    COLUMN_SINCE(3, model, heap.paused_ns, U64),
    COLUMN_SINCE(3, model, heap.native, U32),
    COLUMN_SINCE(3, model, heap.allocator_replaced, U32),
    COLUMN_SINCE(3, model, census_t_ns, U64),
    COLUMN_SINCE(5, model, collectors_on, U32),
    COLUMN_SINCE(5, model, switched[0].off_count, U64),
    COLUMN_SINCE(5, model, switched[0].off_ns, U64),
    COLUMN_SINCE(5, model, switched[1].off_count, U64),
    COLUMN_SINCE(5, model, switched[1].off_ns, U64),
    COLUMN_SINCE(5, model, switched[2].off_count, U64),
    COLUMN_SINCE(5, model, switched[2].off_ns, U64),
    COLUMN_SINCE(5, model, switched[3].off_count, U64),
    COLUMN_SINCE(5, model, switched[3].off_ns, U64),
};
const size_t session_meta_count = sizeof session_meta / sizeof *session_meta;

/* Appends to sql; the tables above are far from filling it. */
__attribute__((format(printf, 2, 3))) static void append(char *sql, const char *format, ...) {
    size_t length = strlen(sql);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql + length, SESSION_SQL_SIZE - length, format, arguments);
    va_end(arguments);
}

static void append_columns(const struct table *table, unsigned format, char *sql, const char *suffix_text,
                           const char *suffix_number) {
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].since > format)
            continue;
        bool is_text = table->columns[i].type == COLUMN_TEXT || table->columns[i].type == COLUMN_SIZED_TEXT;
        append(sql, ", %s%s", table->columns[i].name, is_text ? suffix_text : suffix_number);
    }
}

static const char *prefix(bool of_children) { return of_children ? "process_" : ""; }

void session_create_sql(const struct table *table, bool of_children, unsigned format, char *sql) {
    *sql = '\0';
    append(sql, "CREATE TABLE %s%s(id INTEGER%s", prefix(of_children), table->name, of_children ? "" : " PRIMARY KEY");
    append_columns(table, format, sql, " TEXT", " INTEGER");
    append(sql, of_children ? ", process INTEGER, PRIMARY KEY(process, id)) WITHOUT ROWID" : ")");
}

void session_insert_sql(const struct table *table, bool of_children, char *sql) {
    *sql = '\0';
    append(sql, "INSERT INTO %s%s(id", prefix(of_children), table->name);
    append_columns(table, SESSION_FORMAT, sql, "", "");
    append(sql, of_children ? ", process) VALUES(?, ?" : ") VALUES(?");
    for (size_t i = 0; i < table->column_count; i++)
        append(sql, ", ?");
    append(sql, ")");
}

void session_select_sql(const struct table *table, bool of_children, unsigned format, char *sql) {
    *sql = '\0';
    append(sql, "SELECT id");
    append_columns(table, format, sql, "", "");
    append(sql, " FROM %s%s%s ORDER BY id", prefix(of_children), table->name, of_children ? " WHERE process = ?" : "");
}

static int bind_u64(sqlite3_stmt *statement, int parameter, uint64_t value) {
    if (value == MODEL_UNKNOWN)
        return sqlite3_bind_null(statement, parameter);
    return sqlite3_bind_int64(statement, parameter, value > INT64_MAX ? INT64_MAX : (sqlite3_int64)value);
}

/* Texts are bound as they are, whatever their bytes; they outlive the statement's step. */
static int bind_text(sqlite3_stmt *statement, int parameter, const char *text, size_t length) {
    return sqlite3_bind_text64(statement, parameter, text, length, SQLITE_STATIC, SQLITE_UTF8);
}

int session_bind(sqlite3_stmt *statement, int parameter, const struct column *column, const void *row) {
    const char *field = (const char *)row + column->offset;
    switch (column->type) {
    case COLUMN_U16: return sqlite3_bind_int64(statement, parameter, *(const uint16_t *)field);
    case COLUMN_U32: return sqlite3_bind_int64(statement, parameter, *(const uint32_t *)field);
    case COLUMN_I32: return sqlite3_bind_int64(statement, parameter, *(const int32_t *)field);
    case COLUMN_U64: return bind_u64(statement, parameter, *(const uint64_t *)field);
    case COLUMN_BOOL: return sqlite3_bind_int64(statement, parameter, *(const bool *)field);
    case COLUMN_TEXT: {
        const char *text = *(const char *const *)field;
        return bind_text(statement, parameter, text, strlen(text));
    }
    case COLUMN_SIZED_TEXT:
        return bind_text(statement, parameter, *(const char *const *)field,
                         *(const size_t *)((const char *)row + column->length_offset));
    }
    return SQLITE_MISUSE;
}
