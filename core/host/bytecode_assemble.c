#include <stdlib.h>
#include <string.h>

#include "core/host/bytecode.h"

void assembly_clear(struct assembly *assembly, int32_t first_line) {
    assembly->count = assembly->range_count = 0;
    assembly->first_line = first_line;
    assembly->failed = false;
}

bool assembly_grow(struct assembly *assembly) {
    uint32_t room = assembly->room ? assembly->room * 2 : 256;
    struct emitted *larger = realloc(assembly->items, room * sizeof *larger);
    if (!larger) {
        assembly->failed = true;
        return false;
    }
    assembly->items = larger;
    assembly->room = room;
    return true;
}

void assembly_add_range(struct assembly *assembly, struct emitted_range range) {
    if (range.start >= range.end)
        return;
    if (assembly->range_count == assembly->range_room) {
        uint32_t room = assembly->range_room ? assembly->range_room * 2 : 32;
        struct emitted_range *larger = realloc(assembly->ranges, room * sizeof *larger);
        if (!larger) {
            assembly->failed = true;
            return;
        }
        assembly->ranges = larger;
        assembly->range_room = room;
    }
    assembly->ranges[assembly->range_count++] = range;
}

/* --- sizes and jumps -------------------------------------------------------------------------------------- */

static uint32_t prefix_units(uint32_t oparg) { return (oparg > 0xff) + (oparg > 0xffff) + (oparg > 0xffffff); }

static uint32_t item_units(const struct emitted *item) { return prefix_units(item->oparg) + 1 + item->cache_units; }

uint32_t assembly_opcode_unit(const struct emitted *item) { return item->offset + prefix_units(item->oparg); }

uint32_t assembly_units(const struct assembly *assembly) {
    const struct emitted *last = assembly->count ? &assembly->items[assembly->count - 1] : NULL;
    return last ? last->offset + item_units(last) : 0;
}

static uint32_t place_items(struct assembly *assembly) {
    uint32_t unit = 0;
    for (uint32_t i = 0; i < assembly->count; i++) {
        assembly->items[i].offset = unit;
        unit += item_units(&assembly->items[i]);
    }
    return unit;
}

/* Sets the jumps' distances until none changes; they only ever grow, so this ends. Returns the code's length in units. */
static uint32_t resolve_distances(struct assembly *assembly) {
    for (;;) {
        uint32_t units = place_items(assembly);
        bool changed = false;
        for (uint32_t i = 0; i < assembly->count; i++) {
            struct emitted *item = &assembly->items[i];
            if (item->target < 0)
                continue;
            uint32_t end = item->offset + item_units(item), to = assembly->items[item->target].offset;
            uint32_t distance = item->backwards ? end - to : to - end;
            changed |= prefix_units(distance) != prefix_units(item->oparg);
            item->oparg = distance;
        }
        if (!changed)
            return units;
    }
}

static PyObject *write_bytecode(const struct assembly *assembly, uint32_t units) {
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)units * 2);
    if (!bytes)
        return NULL;
    unsigned char *out = (unsigned char *)PyBytes_AS_STRING(bytes);
    for (uint32_t i = 0; i < assembly->count; i++) {
        const struct emitted *item = &assembly->items[i];
        for (uint32_t prefix = prefix_units(item->oparg); prefix > 0; prefix--) {
            *out++ = python_extended_arg;
            *out++ = (unsigned char)(item->oparg >> (8 * prefix));
        }
        *out++ = item->opcode;
        *out++ = (unsigned char)item->oparg;
        memset(out, 0, 2u * item->cache_units);
        out += 2 * item->cache_units;
    }
    return bytes;
}

/* --- tables ----------------------------------------------------------------------------------------------- */

struct byte_buffer {
    unsigned char *bytes; /* kept from code object to code object */
    size_t size, room;
    bool failed;
};

/* More than any entry takes: a head and four numbers of at most six bytes. */
enum { MOST_ENTRY = 32 };

static bool room_for_entry(struct byte_buffer *buffer) {
    if (buffer->room - buffer->size >= MOST_ENTRY)
        return true;
    size_t room = 2 * buffer->room + 16 * MOST_ENTRY;
    unsigned char *larger = realloc(buffer->bytes, room);
    if (!larger) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = larger;
    buffer->room = room;
    return true;
}

static void put(struct byte_buffer *buffer, unsigned byte) { buffer->bytes[buffer->size++] = (unsigned char)byte; }

static void put_varint(struct byte_buffer *buffer, unsigned value) {
    for (; value >= 64; value >>= 6)
        put(buffer, 64 | (value & 63));
    put(buffer, value);
}

static void put_signed_varint(struct byte_buffer *buffer, int value) {
    put_varint(buffer, value < 0 ? (unsigned)-value << 1 | 1 : (unsigned)value << 1);
}

static void put_location_head(struct byte_buffer *buffer, unsigned form, unsigned units) {
    put(buffer, 128 | form << 3 | (units - 1));
}

/* One entry for at most 8 units; the shortest form that holds the place, as CPython's own compiler chooses it. */
static void put_location(struct byte_buffer *buffer, struct location where, unsigned units, int32_t *line) {
    if (where.line < 0) {
        put_location_head(buffer, 15, units);
        return;
    }
    int delta = where.line - *line;
    *line = where.line;
    bool one_line = where.end_line == where.line && where.column >= 0 && where.end_column >= 0;
    if (where.column < 0 || where.end_column < 0) {
        put_location_head(buffer, 13, units);
        put_signed_varint(buffer, delta);
    } else if (one_line && delta == 0 && where.column < 80 && where.end_column >= where.column &&
               where.end_column - where.column < 16) {
        put_location_head(buffer, (unsigned)where.column >> 3, units);
        put(buffer, ((unsigned)where.column & 7) << 4 | (unsigned)(where.end_column - where.column));
    } else if (one_line && delta >= 0 && delta < 3 && where.column < 128 && where.end_column < 128) {
        put_location_head(buffer, 10 + (unsigned)delta, units);
        put(buffer, (unsigned)where.column);
        put(buffer, (unsigned)where.end_column);
    } else {
        put_location_head(buffer, 14, units);
        put_signed_varint(buffer, delta);
        put_varint(buffer, (unsigned)(where.end_line - where.line));
        put_varint(buffer, (unsigned)where.column + 1);
        put_varint(buffer, (unsigned)where.end_column + 1);
    }
}

static bool same_place(const struct location *a, const struct location *b) { return memcmp(a, b, sizeof *a) == 0; }

/* What stands next to each other and has the same place, as a probe and what it is for, shares entries. */
static void write_line_table(const struct assembly *assembly, struct byte_buffer *buffer) {
    int32_t line = assembly->first_line;
    for (uint32_t i = 0; i < assembly->count;) {
        const struct emitted *first = &assembly->items[i];
        uint32_t units = 0;
        for (; i < assembly->count && same_place(&assembly->items[i].where, &first->where); i++)
            units += item_units(&assembly->items[i]);
        while (units > 0 && room_for_entry(buffer)) {
            unsigned part = units > 8 ? 8 : units;
            put_location(buffer, first->where, part, &line);
            units -= part;
        }
    }
}

static void put_table_number(struct byte_buffer *buffer, uint32_t value, unsigned first_bit) {
    for (int shift = 24; shift > 0; shift -= 6)
        if (value >> shift) {
            put(buffer, first_bit | 64 | (value >> shift & 63));
            first_bit = 0;
        }
    put(buffer, first_bit | (value & 63));
}

static void write_exception_table(const struct assembly *assembly, uint32_t units, struct byte_buffer *buffer) {
    for (uint32_t i = 0; i < assembly->range_count && room_for_entry(buffer); i++) {
        const struct emitted_range *range = &assembly->ranges[i];
        uint32_t start = assembly->items[range->start].offset;
        uint32_t end = range->end < assembly->count ? assembly->items[range->end].offset : units;
        put_table_number(buffer, start, 128);
        put_table_number(buffer, end - start, 0);
        put_table_number(buffer, assembly->items[range->target].offset, 0);
        put_table_number(buffer, range->depth << 1 | range->keeps_offset, 0);
    }
}

static PyObject *bytes_of(const struct byte_buffer *buffer) {
    return buffer->failed ? NULL : PyBytes_FromStringAndSize((const char *)buffer->bytes, (Py_ssize_t)buffer->size);
}

bool assembly_finish(struct assembly *assembly, PyObject **bytecode, PyObject **line_table, PyObject **exception_table) {
    *bytecode = *line_table = *exception_table = NULL;
    if (assembly->failed)
        return false;
    uint32_t units = resolve_distances(assembly);
    static struct byte_buffer lines, exceptions;
    lines.size = exceptions.size = 0;
    lines.failed = exceptions.failed = false;
    write_line_table(assembly, &lines);
    write_exception_table(assembly, units, &exceptions);
    *bytecode = write_bytecode(assembly, units);
    *line_table = bytes_of(&lines);
    *exception_table = bytes_of(&exceptions);
    if (*bytecode && *line_table && *exception_table)
        return true;
    PyErr_Clear();
    Py_CLEAR(*bytecode);
    Py_CLEAR(*line_table);
    Py_CLEAR(*exception_table);
    return false;
}
