#include "core/host/offset_map.h"

#include <stdlib.h>

/* The n-th bit that is set is the unit of the opcode of the original's n-th instruction: prefixes and caches have none, so this
 * holds wherever jumps became longer. The original's own offsets are read off it when they are asked for. */
struct offset_map {
    struct {
        int at, last;            /* unit of the twin, and the last original opcode up to there */
        int index, unit, caches; /* as in struct original_walk */
    } reached;                   /* by the last search, as the next one is mostly a little behind */
    uint32_t units;
    uint32_t words[];
};

enum { WORD_BITS = 32 };

static bool is_set(const struct offset_map *map, uint32_t unit) {
    return map->words[unit / WORD_BITS] >> unit % WORD_BITS & 1;
}

struct offset_map *offset_map_new(const struct assembly *assembly) {
    uint32_t units = assembly_units(assembly);
    struct offset_map *map = calloc(1, sizeof *map + (units / WORD_BITS + 1) * sizeof *map->words);
    if (!map)
        return NULL;
    map->units = units;
    map->reached.at = -1;
    for (uint32_t i = 0; i < assembly->count; i++)
        if (assembly->items[i].original) {
            uint32_t unit = assembly_opcode_unit(&assembly->items[i]);
            map->words[unit / WORD_BITS] |= UINT32_C(1) << unit % WORD_BITS;
        }
    return map;
}

/* Walks over the original's instructions. */
struct original_walk {
    PyObject *bytes; /* owned */
    int index;       /* of the instruction at `unit`; -1: before the first */
    int unit;        /* of its opcode */
    int caches;
};

static bool walk_begin(struct original_walk *walk, PyCodeObject *original) {
    *walk = (struct original_walk){.bytes = python_code_bytecode(original), .index = -1, .unit = -1};
    if (!walk->bytes)
        PyErr_Clear();
    return walk->bytes != NULL;
}

static bool walk_next(struct original_walk *walk) {
    const unsigned char *bytes = (const unsigned char *)PyBytes_AS_STRING(walk->bytes);
    int units = (int)(PyBytes_GET_SIZE(walk->bytes) / 2), unit = walk->unit + walk->caches + 1;
    while (unit < units && bytes[2 * unit] == python_extended_arg)
        unit++;
    if (unit >= units)
        return false;
    walk->unit = unit;
    walk->caches = (int)python_cache_units(bytes[2 * unit]);
    walk->index++;
    return true;
}

int offset_map_to_original(struct offset_map *map, PyCodeObject *original, int unit) {
    struct original_walk walk;
    if (!map || unit < 0 || (uint32_t)unit >= map->units || !walk_begin(&walk, original))
        return unit;
    int at = -1, last = -1; /* last: opcode of an original instruction at or before `unit` */
    if (map->reached.at >= 0 && map->reached.at <= unit) {
        at = map->reached.at;
        last = map->reached.last;
        walk.index = map->reached.index;
        walk.unit = map->reached.unit;
        walk.caches = map->reached.caches;
    }
    while (++at <= unit)
        if (is_set(map, (uint32_t)at)) {
            last = at;
            (void)walk_next(&walk);
        }
    map->reached.at = unit;
    map->reached.last = last;
    map->reached.index = walk.index;
    map->reached.unit = walk.unit;
    map->reached.caches = walk.caches;
    int beyond = unit - last;
    if (last < 0 || beyond > walk.caches) { /* in a probe: the next one; behind the last instruction there is none */
        (void)walk_next(&walk);
        beyond = 0;
    }
    Py_DECREF(walk.bytes);
    return walk.unit + beyond;
}

int offset_map_to_twin(const struct offset_map *map, PyCodeObject *original, int unit) {
    struct original_walk walk;
    if (!map || unit < 0 || !walk_begin(&walk, original))
        return unit;
    while (walk.unit + walk.caches < unit && walk_next(&walk))
        ;
    Py_DECREF(walk.bytes);
    int beyond = unit > walk.unit ? unit - walk.unit : 0, left = walk.index;
    for (uint32_t at = 0; at < map->units; at++)
        if (is_set(map, at) && left-- == 0)
            return (int)at + beyond;
    return unit;
}

void offset_map_visit(const struct offset_map *map, PyCodeObject *original,
                      void (*visit)(void *context, uint32_t unit, uint32_t twin_unit), void *context) {
    struct original_walk walk;
    if (!walk_begin(&walk, original))
        return;
    for (uint32_t at = 0; walk_next(&walk); at++) {
        if (!map) {
            visit(context, (uint32_t)walk.unit, (uint32_t)walk.unit);
            continue;
        }
        while (at < map->units && !is_set(map, at))
            at++;
        if (at >= map->units)
            break;
        visit(context, (uint32_t)walk.unit, at);
    }
    Py_DECREF(walk.bytes);
}

/* The unit of the opcode that `unit`, which may be a prefix, belongs to. */
static int opcode_unit(PyObject *bytecode, int unit) {
    const unsigned char *bytes = (const unsigned char *)PyBytes_AS_STRING(bytecode);
    int units = (int)(PyBytes_GET_SIZE(bytecode) / 2);
    while (unit >= 0 && unit + 1 < units && bytes[2 * unit] == python_extended_arg)
        unit++;
    return unit;
}

int offset_map_prefixes(PyCodeObject *code, int unit) {
    PyObject *bytecode = python_code_bytecode(code);
    int prefixes = bytecode ? opcode_unit(bytecode, unit) - unit : 0;
    if (!bytecode)
        PyErr_Clear();
    Py_XDECREF(bytecode);
    return prefixes;
}

static enum offset_place place_in(const struct offset_map *map, PyObject *bytecode, int unit) {
    uint32_t at = (uint32_t)opcode_unit(bytecode, unit), before = (uint32_t)unit;
    while (before > 0 && !is_set(map, before))
        before--;
    unsigned caches = python_cache_units((uint8_t)PyBytes_AS_STRING(bytecode)[2 * before]);
    if (is_set(map, at) || (is_set(map, before) && before + caches >= (uint32_t)unit))
        return OFFSET_ORIGINAL;
    while (at < map->units && !is_set(map, at))
        at++;
    return at < map->units ? OFFSET_PROBE : OFFSET_BEHIND;
}

enum offset_place offset_map_place(const struct offset_map *map, PyCodeObject *twin, int unit) {
    bool known = map && unit >= 0 && (uint32_t)unit < map->units;
    PyObject *bytecode = known ? python_code_bytecode(twin) : NULL;
    if (known && !bytecode)
        PyErr_Clear();
    enum offset_place place = bytecode ? place_in(map, bytecode, unit) : OFFSET_ORIGINAL;
    Py_XDECREF(bytecode);
    return place;
}

bool offset_map_raises_again(const struct offset_map *map, PyCodeObject *twin, int unit) {
    if (offset_map_place(map, twin, unit) != OFFSET_PROBE)
        return false;
    struct python_bytes code = python_read_bytecode(twin);
    const uint8_t *bytes = code.bytes;
    bool again = false;
    for (uint32_t at = (uint32_t)unit; bytes && !again && at < map->units && !is_set(map, at); at++)
        again = bytes[CODE_UNIT_BYTES * at] == python_reraise;
    return again;
}
