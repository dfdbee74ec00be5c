/* probe_sequence.c - a probe in place: its instructions, and how it sleeps. */
#include "core/host/python_version/internals.h"

#if PY_VERSION_HEX >= 0x030E0000 && PY_VERSION_HEX < 0x030F0000
enum { LOAD_UNCOUNTED = LOAD_CONST_IMMORTAL };
#else
enum { LOAD_UNCOUNTED = LOAD_CONST };
#endif

int python_probe_instructions(uint32_t constant_index, bool delegates, struct probe_instruction sequence[PYTHON_PROBE_LENGTH]) {
    sequence[0] = (struct probe_instruction){LOAD_UNCOUNTED, 0, constant_index};
#if PY_VERSION_HEX < 0x030C0000
    sequence[1] = (struct probe_instruction){FOR_ITER, PROBE_JUMP_BEHIND, 0};
    sequence[2] = (struct probe_instruction){RERAISE, 0, 0};
    sequence[3] = (struct probe_instruction){NOP, PROBE_JUMP_EXIT, 0};
    return delegates ? 4 : 3;
#else
    (void)delegates;
    sequence[1] = (struct probe_instruction){DELETE_ATTR, 0, 0};
    return 2;
#endif
}

struct python_sleeping python_put_to_sleep(uint8_t *bytecode, uint32_t unit, uint32_t count) {
    uint8_t *first = bytecode + 2 * unit;
    struct python_sleeping sleeping = {unit, first[0], first[1]};
    first[0] = JUMP_FORWARD;
    first[1] = (uint8_t)(count - 1);
    return sleeping;
}

/* The interpreter has no form of a jump forward but the one for monitors of jumps, which takes no harm from being overwritten; who
 * monitors every instruction has the opcode put away. */
void python_wake(PyCodeObject *code, struct python_sleeping sleeping) {
    uint8_t *at = (uint8_t *)code->co_code_adaptive + 2 * sleeping.unit, *opcode = at;
#if PY_VERSION_HEX >= 0x030C0000
    if (*opcode == INSTRUMENTED_INSTRUCTION && code->_co_monitoring && code->_co_monitoring->per_instruction_opcodes)
        opcode = &code->_co_monitoring->per_instruction_opcodes[sleeping.unit];
#endif
    *opcode = sleeping.opcode;
    at[1] = sleeping.oparg;
}

void python_set_probe_function(PyTypeObject *type, python_probe_function run) {
#if PY_VERSION_HEX < 0x030C0000
    type->tp_iternext = run;
#else
    type->tp_setattro = run;
#endif
}
