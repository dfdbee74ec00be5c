#include "core/host/basic_blocks.h"

#include <stdlib.h>

uint32_t instruction_first_unit(const struct bytecode *bytecode, uint32_t index) {
    return index ? bytecode->items[index - 1].unit + 1 + bytecode->items[index - 1].cache_units : 0;
}

static bool is_run(const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    return item->reached && !(index > 0 && python_is_passed_over(item->opcode, item[-1].opcode));
}

static bool ends_block(const struct instruction *item) {
    return item->target >= 0 || python_ends_block(item->opcode) || python_yields(item->opcode) ||
           python_makes_generator(item->opcode);
}

static bool begins_block(const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    return index == 0 || item->is_jump_target || item->is_handler || ends_block(item - 1) || !is_run(bytecode, index - 1);
}

/* No probe can stand in front of it. */
static bool belongs_to_head(const struct bytecode *bytecode, uint32_t index) {
    const struct instruction *item = &bytecode->items[index];
    return index < bytecode->body || python_is_resume(item->opcode, item->oparg) ||
           (index > 0 && python_sticks_to(item->opcode, item[-1].opcode));
}

static void place_probe(const struct bytecode *bytecode, struct basic_block *block) {
    uint32_t at = block->first;
    bool makes_generator = python_makes_generator(bytecode->items[block->end - 1].opcode);
    while (at < block->end && !makes_generator && belongs_to_head(bytecode, at))
        at++;
    block->behind = at > block->first;
    block->probe = block->behind ? at - 1 : at;
}

static bool add_block(struct basic_blocks *blocks, uint32_t first) {
    if (blocks->count == blocks->room) {
        uint32_t room = blocks->room ? blocks->room * 2 : 64;
        struct basic_block *larger = realloc(blocks->items, room * sizeof *larger);
        if (!larger)
            return false;
        blocks->items = larger;
        blocks->room = room;
    }
    blocks->items[blocks->count++] = (struct basic_block){.first = first, .end = first};
    return true;
}

bool basic_blocks_find(struct basic_blocks *blocks, const struct bytecode *bytecode) {
    blocks->count = 0;
    for (uint32_t i = 0; i < bytecode->count; i++) {
        if (!is_run(bytecode, i))
            continue;
        if (begins_block(bytecode, i) && !add_block(blocks, i))
            return false;
        blocks->items[blocks->count - 1].end = i + 1;
    }
    for (uint32_t i = 0; i < blocks->count; i++)
        place_probe(bytecode, &blocks->items[i]);
    return true;
}
