/* specialization.c - what stands in the place of a compiled instruction; Python/specialize.c has the whole of it. */
#include "core/host/python_version/internals.h"

/* In 3.11 what is to be specialised becomes first another instruction, that tries; later versions try in the place of the compiled
 * one. */
static bool tries(uint8_t opcode) {
#if PY_VERSION_HEX < 0x030C0000
    switch (opcode) {
    case BINARY_OP_ADAPTIVE:
    case BINARY_SUBSCR_ADAPTIVE:
    case CALL_ADAPTIVE:
    case COMPARE_OP_ADAPTIVE:
    case LOAD_ATTR_ADAPTIVE:
    case LOAD_GLOBAL_ADAPTIVE:
    case LOAD_METHOD_ADAPTIVE:
    case PRECALL_ADAPTIVE:
    case STORE_ATTR_ADAPTIVE:
    case STORE_SUBSCR_ADAPTIVE:
    case UNPACK_SEQUENCE_ADAPTIVE:
        return true;
    }
#else
    (void)opcode;
#endif
    return false;
}

/* Instructions of sys.monitoring and of the JIT say nothing of what is below them. */
static bool hides(uint8_t opcode) {
#if PY_VERSION_HEX >= 0x030C0000
    if (opcode >= MIN_INSTRUMENTED_OPCODE)
        return true;
#endif
#ifdef ENTER_EXECUTOR
    if (opcode == ENTER_EXECUTOR)
        return true;
#endif
    (void)opcode;
    return false;
}

static bool does_two(uint8_t opcode) {
#if PY_VERSION_HEX < 0x030D0000
    return opcode == LOAD_FAST__LOAD_FAST || opcode == LOAD_FAST__LOAD_CONST || opcode == LOAD_CONST__LOAD_FAST ||
           opcode == STORE_FAST__LOAD_FAST || opcode == STORE_FAST__STORE_FAST;
#else
    (void)opcode;
    return false;
#endif
}

/* By compiled opcode: it has specialised forms, and a counter in its cache that says when to try next. */
static bool can_be_specialized(uint8_t plain) {
    static bool known, can[256];
    for (unsigned i = 0; i < 256 && !known; i++) {
        uint8_t of = python_opcode_deopt[i];
        if (i && of != i && !hides((uint8_t)i) && python_opcode_caches[of])
            can[of] = true;
    }
    known = true;
    return can[plain];
}

/* Each try in vain makes the counter's lower part one larger and the wait for the next one twice as long, from 3.15 on four times
 * (adaptive_counter_backoff; pycore_code.h, pycore_backoff.h). Here: more than a hundred executions. 3.11 begins with 5 what was
 * specialised before. The largest value means that there is no counter. */
static bool waits_long(uint16_t counter) {
    enum {
#if PY_VERSION_HEX < 0x030F0000
        BITS = 4,
        LONG = 7,
        MOST = 12,
#else
        BITS = 3,
        LONG = 4,
        MOST = 6,
#endif
    };
    unsigned tries_in_vain = counter & ((1u << BITS) - 1);
    return tries_in_vain >= LONG && tries_in_vain <= MOST;
}

struct python_specialization python_specialization_at(PyCodeObject *code, uint32_t unit) {
    uint8_t opcode = python_code_opcode(code, unit), plain = python_opcode_deopt[opcode];
    if (hides(opcode))
        return (struct python_specialization){0};
    if (opcode != plain && !tries(opcode))
        return (struct python_specialization){.opcode = opcode, .with_next = does_two(opcode)};
    if (!can_be_specialized(plain) || unit + 1 >= python_code_units(code))
        return (struct python_specialization){0};
    uint16_t counter;
    memcpy(&counter, (const uint8_t *)code->co_code_adaptive + 2 * (unit + 1), sizeof counter);
    return (struct python_specialization){.adaptive = true, .gave_up = waits_long(counter)};
}
