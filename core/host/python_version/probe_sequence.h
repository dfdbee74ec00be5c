/* probe_sequence.h - a probe in place: its instructions, and what they call. */
#ifndef PYPROF_HOST_PYTHON_VERSION_PROBE_SEQUENCE_H
#define PYPROF_HOST_PYTHON_VERSION_PROBE_SEQUENCE_H

#include "core/host/python_version/base.h"

/* A probe in place: the instructions that run the probe object of a constant and leave the stack as it was. 3.11:
 *     LOAD_CONST probe; FOR_ITER behind; RERAISE; behind:
 * The probe is an iterator that is always at its end: the interpreter calls its tp_iternext slot directly, takes it off the
 * stack and jumps. The RERAISE never runs; it tells who works out stack depths (setting f_lineno: Objects/frameobject.c,
 * mark_stacks) that control does not go on with an item on the stack. In front of a yield that delegates a NOP follows, whose
 * operand, of no meaning to the interpreter, is the distance that throwing looks for there. From 3.12 on, where FOR_ITER leads
 * to an END_FOR and is an event to sys.monitoring:
 *     LOAD_CONST probe; DELETE_ATTR 0
 * The probe's tp_setattro slot is called; which name it is given does not matter, but there must be one. In 3.14 the LOAD_CONST is
 * the form that it takes for what is never freed, as the reference need not be counted: the code outlives it. */
struct probe_instruction {
    uint8_t opcode;
    uint8_t jump; /* 0: no jump; else which of enum probe_jump */
    uint32_t oparg;
};
enum probe_jump { PROBE_JUMP_BEHIND = 1, PROBE_JUMP_EXIT = 2 };
/* BEHIND: without what stands in front of a yield; as many code units, but for prefixes. */
enum { PYTHON_PROBE_LENGTH = 4, PYTHON_PROBE_BEHIND = PY_VERSION_HEX < 0x030C0000 ? 3 : 2 };
/* Fills at most PYTHON_PROBE_LENGTH instructions; returns how many. */
int python_probe_instructions(uint32_t constant_index, bool delegates, struct probe_instruction sequence[PYTHON_PROBE_LENGTH]);

/* A probe that sleeps: a jump over it stands in place of its first unit, until that is put back. */
struct python_sleeping {
    uint32_t unit;         /* of the code */
    uint8_t opcode, oparg; /* what was there; opcode 0: nothing sleeps */
};
/* Puts the probe in `count` units of bytecode, from `unit` on, to sleep. */
struct python_sleeping python_put_to_sleep(uint8_t *bytecode, uint32_t unit, uint32_t count);
/* In code that may be running. */
void python_wake(PyCodeObject *code, struct python_sleeping sleeping);

/* What those instructions call. It returns python_probe_done: without an exception, the iterator's end or success. */
#if PY_VERSION_HEX < 0x030C0000
typedef PyObject *python_probe_result;
typedef python_probe_result (*python_probe_function)(PyObject *probe);
#define PYTHON_PROBE_PARAMETERS(probe) PyObject *probe
#else
typedef int python_probe_result;
typedef python_probe_result (*python_probe_function)(PyObject *probe, PyObject *name, PyObject *value);
#define PYTHON_PROBE_PARAMETERS(probe) PyObject *probe, PyObject *Py_UNUSED(name), PyObject *Py_UNUSED(value)
#endif
static const python_probe_result python_probe_done = 0;
/* Makes `run` what they call of objects of a type that is not ready yet. */
void python_set_probe_function(PyTypeObject *type, python_probe_function run);

#endif
