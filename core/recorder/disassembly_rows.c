#include "core/recorder/disassembly_rows.h"

#include <string.h>

enum { RESERVE_STEP = 65536, INSTRUCTION_BYTES = 32, HANDLER_BYTES = 20 };

bool disassembly_rows_open(struct disassembly_rows *rows, struct arena *arena, uint32_t code_count) {
    *rows = (struct disassembly_rows){.arena = arena};
    return code_count <= ARENA_MAX_CODES &&
           arena_reserve(arena, ARENA_DISASSEMBLY_AT, code_count * sizeof(struct arena_disassembly)) &&
           text_table_open(&rows->texts, arena);
}

void disassembly_rows_close(struct disassembly_rows *rows) { text_table_close(&rows->texts); }

static void set_state(struct disassembly_rows *rows, uint32_t code, uint32_t state) {
    __atomic_store_n(&rows->arena->disassembly[code].state, state, __ATOMIC_RELEASE);
}

void disassembly_rows_fail(struct disassembly_rows *rows, uint32_t code) { set_state(rows, code, ARENA_DISASSEMBLY_FAILED); }

/* --- reading an answer ---------------------------------------------------------------------------------------- */

struct reader {
    const unsigned char *at, *end;
    bool failed; /* it ended too early, or says what cannot be */
};

static const unsigned char *take(struct reader *reader, size_t size) {
    const unsigned char *bytes = reader->at;
    if (reader->failed || (size_t)(reader->end - reader->at) < size) {
        reader->failed = true;
        return NULL;
    }
    reader->at += size;
    return bytes;
}

static uint32_t take_number(struct reader *reader) {
    const unsigned char *bytes = take(reader, 4);
    return bytes ? (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24 : 0;
}

static uint64_t take_text(struct reader *reader, struct text_table *texts) {
    const unsigned char *length = take(reader, 2);
    size_t size = length ? (size_t)(length[0] | length[1] << 8) : 0;
    const unsigned char *text = take(reader, size);
    uint64_t offset = 0;
    if (text && !text_table_add(texts, (const char *)text, size, &offset))
        reader->failed = true;
    return offset;
}

/* Effects are the stack's: a code object's stack has room for less than that. */
static int32_t take_effect(struct reader *reader) {
    int32_t effect = (int32_t)take_number(reader);
    return effect > INT32_MIN / 4 && effect < INT32_MAX / 4 ? effect : 0;
}

static struct arena_instruction take_instruction(struct reader *reader, struct text_table *texts) {
    struct arena_instruction row = {.offset = take_number(reader)};
    row.line = take_number(reader);
    row.argument = take_number(reader);
    row.jump_target = take_number(reader);
    row.stack_effect = take_effect(reader);
    row.jump_stack_effect = take_effect(reader);
    row.flags = take_number(reader) & (ARENA_INSTRUCTION_JUMP_TARGET | ARENA_INSTRUCTION_PREFIX);
    row.opname = take_text(reader, texts);
    row.argrepr = take_text(reader, texts);
    return row;
}

static struct arena_handler take_handler(struct reader *reader) {
    struct arena_handler row = {.start = take_number(reader)};
    row.end = take_number(reader);
    row.target = take_number(reader);
    row.depth = take_number(reader);
    row.keeps_offset = take_number(reader) != 0;
    return row;
}

/* --- storing it ------------------------------------------------------------------------------------------------ */

/* Room for rows [0, wanted) of a region; false: there is none. */
static bool reserve(const struct arena *arena, uint64_t region, uint64_t *reserved, uint64_t wanted, uint64_t row_size,
                    uint64_t most) {
    if (wanted > most)
        return false;
    uint64_t bytes = (wanted * row_size + RESERVE_STEP - 1) / RESERVE_STEP * RESERVE_STEP;
    if (bytes <= *reserved)
        return true;
    if (!arena_reserve(arena, region, bytes))
        return false;
    *reserved = bytes;
    return true;
}

static bool store_instructions(struct disassembly_rows *rows, struct reader *reader, struct arena_disassembly *found) {
    struct arena_header *header = rows->arena->header;
    uint32_t first = header->instruction_count;
    if (!reserve(rows->arena, ARENA_INSTRUCTIONS_AT, &rows->instructions_reserved, (uint64_t)first + found->instruction_count,
                 sizeof(struct arena_instruction), ARENA_MAX_INSTRUCTIONS))
        return false;
    struct arena_instruction *to = rows->arena->instructions + first;
    for (uint32_t i = 0; i < found->instruction_count && !reader->failed; i++) {
        struct arena_instruction row = take_instruction(reader, &rows->texts);
        if (i > 0 && row.offset <= to[i - 1].offset)
            return false;
        to[i] = row;
    }
    found->first_instruction = first;
    return !reader->failed;
}

static bool store_handlers(struct disassembly_rows *rows, struct reader *reader, struct arena_disassembly *found) {
    struct arena_header *header = rows->arena->header;
    uint32_t first = header->handler_count;
    if (!reserve(rows->arena, ARENA_HANDLERS_AT, &rows->handlers_reserved, (uint64_t)first + found->handler_count,
                 sizeof(struct arena_handler), ARENA_MAX_HANDLERS))
        return false;
    struct arena_handler *to = rows->arena->handlers + first;
    for (uint32_t i = 0; i < found->handler_count && !reader->failed; i++) {
        struct arena_handler row = take_handler(reader);
        if (row.end < row.start || (i > 0 && row.start < to[i - 1].start))
            return false;
        to[i] = row;
    }
    found->first_handler = first;
    return !reader->failed;
}

static bool store(struct disassembly_rows *rows, uint32_t code, struct reader *reader) {
    struct arena_header *header = rows->arena->header;
    struct arena_disassembly found = {.instruction_count = take_number(reader)};
    found.handler_count = take_number(reader);
    size_t left = (size_t)(reader->end - reader->at);
    if (reader->failed || found.instruction_count > left / INSTRUCTION_BYTES || found.handler_count > left / HANDLER_BYTES ||
        !store_instructions(rows, reader, &found) || !store_handlers(rows, reader, &found) || reader->at != reader->end)
        return false;
    __atomic_store_n(&header->instruction_count, found.first_instruction + found.instruction_count, __ATOMIC_RELEASE);
    __atomic_store_n(&header->handler_count, found.first_handler + found.handler_count, __ATOMIC_RELEASE);
    rows->arena->disassembly[code] = found;
    return true;
}

void disassembly_rows_store(struct disassembly_rows *rows, uint32_t code, const unsigned char *answer, size_t size) {
    struct reader reader = {.at = answer, .end = answer + size};
    set_state(rows, code, store(rows, code, &reader) ? ARENA_DISASSEMBLY_THERE : ARENA_DISASSEMBLY_FAILED);
}

/* --- what instructions are specialised to ----------------------------------------------------------------------- */

static void specialize(struct disassembly_rows *rows, struct arena_instruction *row, struct arena_unit unit,
                       const struct specialized_names *names) {
    const char *name = names->names[unit.specialized];
    uint64_t offset;
    if (row->flags & ARENA_INSTRUCTION_PREFIX || !text_table_add(&rows->texts, name, strlen(name), &offset))
        return;
    __atomic_store_n(&row->specialized, offset, __ATOMIC_RELEASE);
    row->unit_flags = unit.flags & (ARENA_UNIT_ADAPTIVE | ARENA_UNIT_GAVE_UP);
}

void disassembly_rows_specialize(struct disassembly_rows *rows, uint32_t code, const struct specialized_names *names) {
    const struct arena *arena = rows->arena;
    const struct arena_disassembly found = arena->disassembly[code];
    const struct arena_bytecode bytecode = arena->bytecode[code];
    uint32_t unit_count = __atomic_load_n(&arena->header->unit_count, __ATOMIC_ACQUIRE);
    if (found.state != ARENA_DISASSEMBLY_THERE || unit_count > ARENA_MAX_UNITS || bytecode.first_unit > unit_count ||
        bytecode.unit_count > unit_count - bytecode.first_unit || found.first_instruction > ARENA_MAX_INSTRUCTIONS ||
        found.instruction_count > ARENA_MAX_INSTRUCTIONS - found.first_instruction)
        return;
    for (uint32_t i = 0; i < found.instruction_count; i++) {
        struct arena_instruction *row = &arena->instructions[found.first_instruction + i];
        uint32_t unit = row->offset / 2;
        if (unit < bytecode.unit_count)
            specialize(rows, row, arena->units[bytecode.first_unit + unit], names);
    }
}
