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
    sequence[1] = (struct probe_instruction){GET_AITER, 0, 0};
    sequence[2] = (struct probe_instruction){POP_TOP, 0, 0};
    return 3;
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

#if PY_VERSION_HEX < 0x030C0000

void python_set_probe_function(PyTypeObject *type, python_probe_function run) { type->tp_iternext = run; }

#else

/* Nothing of the program comes to it: it is on a stack between two instructions. */
static PyAsyncMethods over_methods = {.am_anext = PyObject_SelfIter};
static PyTypeObject over_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "probe", .tp_as_async = &over_methods};
struct python_probe_over python_probe_over = {PyObject_HEAD_INIT(&over_type)};

void python_set_probe_function(PyTypeObject *type, python_probe_function run) {
    static PyAsyncMethods methods[32]; /* there are fewer kinds of probes */
    static unsigned used;
    if (!type->tp_as_async)
        type->tp_as_async = &methods[used++];
    type->tp_as_async->am_aiter = run;
}

#endif
