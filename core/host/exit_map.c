#include "core/host/exit_map.h"

#include <stdlib.h>

#include "core/probe/profile_bytecode.h"

/* One cell for each unit of the instrumented code. */
enum {
    CELL_NOTHING = 0, /* else the original's unit + 1, shifted, and flags */
    CELL_RESUME = 1,
    CELL_MAY_BE_TWO = 2, /* the interpreter may do the work of two instructions here: python_raising_unit */
    CELL_UNIT_SHIFT = 2,
};

struct exit_map {
    uint32_t references;
    uint32_t code; /* the function's row in the profile */
    uint32_t units;
    uint32_t cells[];
};

static uint32_t cell_of(const struct bytecode *bytecode, const struct basic_block *block, uint32_t index) {
    /* A call that takes several instructions raises at the last of them, wherever the interpreter has got it done. */
    unsigned slots;
    if (python_is_call(bytecode->items[index].opcode, bytecode->items[index].oparg, &slots))
        index += python_call_length(bytecode->items[index].opcode) - 1;
    const struct instruction *item = &bytecode->items[index];
    bool is_head = basic_block_head(block, index);
    bool resumes = python_is_resume(item->opcode, item->oparg) || python_is_function_start(item->opcode, item->oparg);
    if (index + 1 == block->end && !(is_head && resumes))
        return CELL_NOTHING;
    uint32_t cell = (item->unit + 1) << CELL_UNIT_SHIFT;
    return !is_head ? cell : resumes ? cell | CELL_RESUME : CELL_NOTHING;
}

/* While a Python function is called the caller's offset may be that of the call's last cache. */
static void fill_instruction(struct exit_map *map, const struct emitted *item, uint32_t cell) {
    uint32_t unit = assembly_opcode_unit(item);
    bool has_prefix = unit != item->offset; /* behind one it does one at a time */
    for (uint32_t i = 0; i <= item->cache_units && cell; i++)
        map->cells[unit + i] = cell | (i || has_prefix ? 0 : CELL_MAY_BE_TWO);
}

/* The original instructions stand in the new code in their order. */
static void fill(struct exit_map *map, const struct assembly *assembly, const struct bytecode *bytecode,
                 const struct basic_blocks *blocks) {
    uint32_t index = 0, block = 0;
    for (uint32_t i = 0; i < assembly->count; i++) {
        if (!assembly->items[i].original)
            continue;
        while (block < blocks->count && blocks->items[block].end <= index)
            block++;
        if (block < blocks->count && blocks->items[block].first <= index)
            fill_instruction(map, &assembly->items[i], cell_of(bytecode, &blocks->items[block], index));
        index++;
    }
}

struct exit_map *exit_map_new(const struct assembly *assembly, const struct bytecode *bytecode, const struct basic_blocks *blocks,
                              uint32_t code) {
    uint32_t units = assembly_units(assembly);
    struct exit_map *map = calloc(1, sizeof *map + units * sizeof *map->cells);
    if (!map)
        return NULL;
    map->references = 1;
    map->code = code;
    map->units = units;
    fill(map, assembly, bytecode, blocks);
    return map;
}

struct exit_map *exit_map_share(struct exit_map *map) {
    map->references++;
    return map;
}

void exit_map_release(struct exit_map *map) {
    if (map && --map->references == 0)
        free(map);
}

static uint32_t cell_at(const struct exit_map *map, long unit) {
    return unit >= 0 && (unsigned long)unit < map->units ? map->cells[unit] : CELL_NOTHING;
}

void exit_map_count(const struct exit_map *map, python_frame *frame, long unit, bool at_resume) {
    uint32_t cell = cell_at(map, unit);
    if (cell & CELL_MAY_BE_TWO)
        cell = cell_at(map, python_raising_unit(frame, unit));
    bool resumes = cell & CELL_RESUME;
    if (cell != CELL_NOTHING && (!resumes || at_resume))
        profile_count_exit(map->code, (cell >> CELL_UNIT_SHIFT) - 1, resumes);
}
