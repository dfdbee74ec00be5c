#include <stdlib.h>
#include <string.h>

#include "core/host/bytecode.h"

/* The byte strings of a code object, and where reading them has got to. */
struct byte_reader {
    const unsigned char *bytes;
    Py_ssize_t at, size;
    bool bad;
};

static unsigned next_byte(struct byte_reader *reader) {
    if (reader->at >= reader->size) {
        reader->bad = true;
        return 0;
    }
    return reader->bytes[reader->at++];
}

/* --- instructions ----------------------------------------------------------------------------------------- */

static bool make_room(struct bytecode *bytecode, uint32_t items) {
    if (bytecode->unit_room < items) {
        int32_t *larger = realloc(bytecode->index_at, items * sizeof *larger);
        if (!larger)
            return false;
        bytecode->index_at = larger;
        bytecode->unit_room = items;
    }
    if (bytecode->item_room >= items)
        return true;
    struct instruction *larger = realloc(bytecode->items, items * sizeof *larger);
    if (!larger)
        return false;
    bytecode->items = larger;
    bytecode->item_room = items;
    return true;
}

/* Fills items and index_at. */
static bool decode_instructions(struct bytecode *bytecode, const unsigned char *bytes, uint32_t units, int32_t *index_at) {
    uint32_t oparg = 0, start = 0;
    bool prefixed = false;
    bytecode->count = 0;
    for (uint32_t unit = 0; unit < units;) {
        uint8_t opcode = bytes[2 * unit];
        oparg = oparg << 8 | bytes[2 * unit + 1];
        if (!prefixed)
            start = unit;
        index_at[unit] = -1;
        unit++;
        prefixed = opcode == python_extended_arg;
        if (prefixed)
            continue;
        unsigned caches = python_cache_units(opcode);
        if (unit + caches > units)
            return false;
        index_at[start] = (int32_t)bytecode->count;
        bytecode->items[bytecode->count++] = (struct instruction){
            .opcode = opcode, .cache_units = (uint8_t)caches, .oparg = oparg, .target = (int32_t)unit, .mark = -1,
            .unit = unit - 1, .range = -1};
        for (unsigned i = 0; i < caches; i++)
            index_at[unit + i] = -1;
        unit += caches;
        oparg = 0;
    }
    return !prefixed;
}

/* Turns distances into indices. Until here `target` holds the unit behind the opcode. */
static bool resolve_jumps(struct bytecode *bytecode, uint32_t units, const int32_t *index_at) {
    for (uint32_t i = 0; i < bytecode->count; i++) {
        struct instruction *item = &bytecode->items[i];
        enum jump_kind kind = python_jump_kind(item->opcode);
        int64_t end = (int64_t)item->target + item->cache_units;
        item->target = -1;
        if (kind == JUMP_NONE)
            continue;
        int64_t unit = kind == JUMP_FORWARDS ? end + item->oparg : end - (int64_t)item->oparg;
        if (unit < 0 || unit >= units || index_at[unit] < 0)
            return false;
        if (kind == JUMP_MARK_BACKWARDS) {
            item->mark = index_at[unit];
            continue;
        }
        item->target = index_at[unit];
        bytecode->items[item->target].is_jump_target = true;
    }
    return true;
}

/* --- line table ------------------------------------------------------------------------------------------- */

static unsigned read_varint(struct byte_reader *reader) {
    unsigned byte = next_byte(reader), value = byte & 63, shift = 0;
    while (byte & 64 && shift < 24) {
        byte = next_byte(reader);
        shift += 6;
        value |= (byte & 63) << shift;
    }
    return value;
}

static int read_signed_varint(struct byte_reader *reader) {
    unsigned value = read_varint(reader);
    return value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
}

/* Reads one entry; *line is the running line number. */
static struct location read_location(struct byte_reader *reader, unsigned form, int32_t *line) {
    struct location where = {-1, -1, -1, -1};
    if (form == 15)
        return where;
    if (form == 14) {
        where.line = *line += read_signed_varint(reader);
        where.end_line = where.line + (int32_t)read_varint(reader);
        where.column = (int32_t)read_varint(reader) - 1;
        where.end_column = (int32_t)read_varint(reader) - 1;
    } else if (form == 13) {
        where.line = where.end_line = *line += read_signed_varint(reader);
    } else if (form >= 10) {
        where.line = where.end_line = *line += (int32_t)form - 10;
        where.column = (int32_t)next_byte(reader);
        where.end_column = (int32_t)next_byte(reader);
    } else {
        unsigned byte = next_byte(reader);
        where.line = where.end_line = *line;
        where.column = (int32_t)(form << 3 | (byte >> 4 & 7));
        where.end_column = where.column + (int32_t)(byte & 15);
    }
    return where;
}

static bool decode_locations(struct bytecode *bytecode, PyObject *table, int32_t first_line, uint32_t units,
                             const int32_t *index_at) {
    struct byte_reader reader = {(const unsigned char *)PyBytes_AS_STRING(table), 0, PyBytes_GET_SIZE(table), false};
    int32_t line = first_line;
    uint32_t unit = 0;
    while (reader.at < reader.size && unit < units) {
        unsigned head = next_byte(&reader);
        struct location where = read_location(&reader, head >> 3 & 15, &line);
        for (unsigned length = (head & 7) + 1; length > 0 && unit < units; length--, unit++)
            if (index_at[unit] >= 0)
                bytecode->items[index_at[unit]].where = where;
    }
    return !reader.bad && unit == units;
}

/* --- exception table -------------------------------------------------------------------------------------- */

static uint32_t read_table_number(struct byte_reader *reader) {
    unsigned byte = next_byte(reader);
    uint32_t value = byte & 63;
    while (byte & 64 && !reader->bad) {
        byte = next_byte(reader);
        value = value << 6 | (byte & 63);
    }
    return value;
}

static int32_t index_of_unit(const struct bytecode *bytecode, const int32_t *index_at, uint32_t units, uint32_t unit) {
    if (unit == units)
        return (int32_t)bytecode->count;
    return unit < units ? index_at[unit] : -1;
}

static bool add_range(struct bytecode *bytecode, struct exception_range range) {
    if (bytecode->range_count == bytecode->range_room) {
        uint32_t room = bytecode->range_room ? bytecode->range_room * 2 : 16;
        struct exception_range *larger = realloc(bytecode->ranges, room * sizeof *larger);
        if (!larger)
            return false;
        bytecode->ranges = larger;
        bytecode->range_room = room;
    }
    for (uint32_t i = range.start; i < range.end; i++)
        bytecode->items[i].range = (int32_t)bytecode->range_count;
    bytecode->items[range.target].is_handler = true;
    bytecode->ranges[bytecode->range_count++] = range;
    return true;
}

static bool decode_exception_table(struct bytecode *bytecode, PyObject *table, uint32_t units, const int32_t *index_at) {
    struct byte_reader reader = {(const unsigned char *)PyBytes_AS_STRING(table), 0, PyBytes_GET_SIZE(table), false};
    uint32_t last_end = 0;
    bytecode->range_count = 0;
    while (reader.at < reader.size) {
        uint32_t start = read_table_number(&reader), size = read_table_number(&reader);
        uint32_t target = read_table_number(&reader), depth = read_table_number(&reader);
        int32_t from = index_of_unit(bytecode, index_at, units, start);
        int32_t to = index_of_unit(bytecode, index_at, units, start + size);
        int32_t handler = index_of_unit(bytecode, index_at, units, target);
        if (reader.bad || from < 0 || to <= from || handler < 0 || (uint32_t)handler >= bytecode->count ||
            (uint32_t)from < last_end)
            return false;
        last_end = (uint32_t)to;
        struct exception_range range = {(uint32_t)from, (uint32_t)to, (uint32_t)handler, depth >> 1, depth & 1, false};
        if (!add_range(bytecode, range))
            return false;
    }
    return true;
}

/* --- all of it -------------------------------------------------------------------------------------------- */

/* Finds where the function's body begins. Code that no compiler of this version made has no such place. */
static bool find_body(struct bytecode *bytecode) {
    bytecode->is_generator = false;
    for (uint32_t i = 0; i < bytecode->count; i++) {
        if (python_makes_generator(bytecode->items[i].opcode))
            bytecode->is_generator = true;
        if (python_is_function_start(bytecode->items[i].opcode, bytecode->items[i].oparg)) {
            bytecode->body = i + 1;
            return i + 1 < bytecode->count && (bytecode->is_generator || bytecode->items[i].range < 0);
        }
    }
    return false;
}

static bool decode_parts(struct bytecode *bytecode, PyCodeObject *code, struct python_bytes bytes, PyObject *lines,
                         PyObject *exceptions) {
    uint32_t units = (uint32_t)(bytes.size / 2);
    if (!make_room(bytecode, units + 1))
        return false;
    int32_t *index_at = bytecode->index_at;
    return decode_instructions(bytecode, bytes.bytes, units, index_at) && resolve_jumps(bytecode, units, index_at) &&
           decode_locations(bytecode, lines, code->co_firstlineno, units, index_at) &&
           decode_exception_table(bytecode, exceptions, units, index_at) && find_body(bytecode);
}

bool bytecode_decode(struct bytecode *bytecode, PyCodeObject *code) {
    struct python_bytes bytes = python_read_bytecode(code);
    PyObject *lines = python_code_line_table(code);
    PyObject *exceptions = python_code_exception_table(code);
    bool done = bytes.bytes && PyBytes_CheckExact(lines) && PyBytes_CheckExact(exceptions) &&
                decode_parts(bytecode, code, bytes, lines, exceptions);
    Py_DECREF(lines);
    Py_DECREF(exceptions);
    return done;
}
