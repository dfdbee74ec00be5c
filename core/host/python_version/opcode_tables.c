/* opcode_tables.c - which bytecode this was compiled for, and own copies of the interpreter's tables of it. */

/* Under other names: those of the interpreter may not be visible. */
#define _PyOpcode_Caches python_opcode_caches
#define _PyOpcode_Deopt python_opcode_deopt
#define _PyOpcode_num_popped python_opcode_num_popped
#define _PyOpcode_num_pushed python_opcode_num_pushed
#define _PyOpcode_opcode_metadata python_opcode_metadata
#define _PyOpcode_macro_expansion python_opcode_macro_expansion
#define _PyOpcode_OpName python_opcode_names
#define _PyOpcode_PseudoTargets python_opcode_pseudo_targets
#define NEED_OPCODE_TABLES 1
#define NEED_OPCODE_METADATA 1
#include "core/host/python_version/internals.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#if PY_VERSION_HEX < 0x030D0000
#include <internal/pycore_opcode.h>
#else
#include <internal/pycore_opcode_metadata.h>
#endif
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_magic_number.h>
#endif
#pragma GCC diagnostic pop

const uint8_t python_extended_arg = EXTENDED_ARG, python_reraise = RERAISE, python_jump_forward = JUMP_FORWARD;
const uint8_t python_jump_backward = JUMP_BACKWARD_NO_INTERRUPT;
const uint8_t python_swap = SWAP, python_pop_top = POP_TOP;
/* From 3.12 on `stack_swap` of frameobject.c hands a stack of three bits for each value on as an int. */
const uint32_t python_swap_depth = PY_VERSION_HEX < 0x030C0000 ? UINT32_MAX : 32 / 3;

bool python_bytecode_matches(void) {
    enum {
#if PY_VERSION_HEX < 0x030C0000
        MAGIC = 3495
#elif PY_VERSION_HEX < 0x030D0000
        MAGIC = 3531
#elif PY_VERSION_HEX < 0x030E0000
        MAGIC = 3571
#else
        MAGIC = PYC_MAGIC_NUMBER
#endif
    };
    return (PyImport_GetMagicNumber() & 0xffff) == MAGIC;
}

unsigned python_cache_units(uint8_t opcode) { return python_opcode_caches[opcode]; }

uint8_t python_plain_opcode(uint8_t opcode) { return python_opcode_deopt[opcode]; }
