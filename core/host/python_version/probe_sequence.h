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
 *     LOAD_CONST probe; GET_AITER; POP_TOP
 * The interpreter calls the probe's am_aiter slot directly, and looks whether what that returns has an am_anext. In 3.14 the
 * LOAD_CONST is the form that it takes for what is never freed, as the reference need not be counted: the code outlives it. */
struct probe_instruction {
    uint8_t opcode;
    uint8_t jump; /* 0: no jump; else which of enum probe_jump */
    uint32_t oparg;
};
enum probe_jump { PROBE_JUMP_BEHIND = 1, PROBE_JUMP_EXIT = 2 };
/* BEHIND: without what stands in front of a yield; as many code units, but for prefixes. */
enum { PYTHON_PROBE_LENGTH = 4, PYTHON_PROBE_BEHIND = 3 };
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

/* What those instructions call. It returns python_probe_done: the end of an iterator, or from 3.12 on an object whose references
 * are not counted and that looks like an asynchronous iterator. */
typedef PyObject *python_probe_result;
typedef python_probe_result (*python_probe_function)(PyObject *probe);
#define PYTHON_PROBE_PARAMETERS(probe) PyObject *probe
#if PY_VERSION_HEX < 0x030C0000
#define python_probe_done NULL
#else
extern struct python_probe_over {
    PyObject_HEAD
} python_probe_over;
#define python_probe_done (&python_probe_over.ob_base)
#endif
/* Makes `run` what they call of objects of a type that is not ready yet. */
void python_set_probe_function(PyTypeObject *type, python_probe_function run);

#endif
