#include "core/host/publish_bytecode.h"

#include "core/host/code_object.h"
#include "core/host/own_work.h"
#include "core/probe/profile_bytecode.h"
#include "core/probe/profile_writer.h"

static bool ended;

static bool is_wanted(uint32_t code) {
    const struct arena_header *header = profile_header();
    return header && header->disassembly && code && profile_code(code)->flags & (ARENA_CODE_PROJECT | ARENA_CODE_BYTECODE);
}

void publish_code(PyCodeObject *original, uint32_t code) {
    const struct arena_bytecode *row = is_wanted(code) ? profile_bytecode(code) : NULL;
    uint32_t size;
    const void *bytes = row && !row->object_size ? code_object_bytes(original, &size) : NULL;
    if (bytes)
        (void)profile_publish_object(code, bytes, size); /* without room it is not shown */
}

/* --- specialised forms ---------------------------------------------------------------------------------------- */

struct target {
    PyCodeObject *twin;
    struct arena_unit *units;
    uint32_t count, twin_units;
    struct arena_unit *with_next; /* what stands in the twin at with_next_at works for two instructions; NULL: it does not */
    uint32_t with_next_at;
};

/* In 3.11 and 3.12 the interpreter also makes one instruction of one of the program's and one of a probe: nothing to show. */
static void check_next(struct target *target, uint32_t twin_unit) {
    if (target->with_next && twin_unit != target->with_next_at + 1)
        target->with_next->specialized = 0;
    target->with_next = NULL;
}

static void publish_unit(void *context, uint32_t unit, uint32_t twin_unit) {
    struct target *target = context;
    if (unit >= target->count || twin_unit >= target->twin_units)
        return;
    struct python_specialization found = python_specialization_at(target->twin, twin_unit);
    check_next(target, twin_unit);
    if (found.with_next) {
        target->with_next = &target->units[unit];
        target->with_next_at = twin_unit;
    }
    target->units[unit] =
        (struct arena_unit){.specialized = found.opcode,
                            .flags = (uint8_t)((found.adaptive ? ARENA_UNIT_ADAPTIVE : 0) |
                                               (found.gave_up ? ARENA_UNIT_GAVE_UP : 0))};
}

/* Where several twins are one function, the last one counts. */
static void publish_twin(PyCodeObject *twin, const struct twin *record) {
    struct target target = {.twin = twin, .twin_units = python_code_units(twin)};
    if (!is_wanted(record->code))
        return;
    target.count = python_code_units(record->original);
    target.units = profile_register_units(record->code, target.count);
    if (target.units)
        offset_map_visit(record->offsets, record->original, publish_unit, &target);
    check_next(&target, 0);
}

void publish_specializations(void) {
    struct own_work work;
    own_work_begin(&work);
    twins_visit(publish_twin);
    own_work_end(&work);
}

void publish_last_specializations(void) {
    publish_specializations();
    ended = true;
}

void publish_ending_twin(PyCodeObject *twin, const struct twin *record) {
    if (ended || !is_wanted(record->code))
        return;
    struct own_work work;
    own_work_begin(&work);
    publish_twin(twin, record);
    own_work_end(&work);
}
