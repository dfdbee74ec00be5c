/* specialization.h - what the adaptive interpreter (PEP 659) has made of an instruction. */
#ifndef PYPROF_HOST_PYTHON_VERSION_SPECIALIZATION_H
#define PYPROF_HOST_PYTHON_VERSION_SPECIALIZATION_H

#include "core/host/python_version/base.h"

struct python_specialization {
    uint8_t opcode; /* of the specialised form; 0: none, or not known (a monitor or the JIT has its own instruction there) */
    bool with_next; /* it does the work of the next instruction, too */
    bool adaptive;  /* it could be specialised, and is not */
    bool gave_up;   /* tried to in vain so often, one time after the other, that it waits long for the next try */
};

/* Of the instruction whose opcode stands at `unit`. */
struct python_specialization python_specialization_at(PyCodeObject *code, uint32_t unit);

#endif
