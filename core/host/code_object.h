/* code_object.h - a code object as bytes, from which the recorder has it made again and disassembled.
 *
 * What marshal.loads() of the same Python reads: a tuple of what types.CodeType() takes, and behind it a tuple of pairs (index,
 * text): constants that are None here, and what repr() says of them. Those are code objects, so that no function is in the bytes of
 * another one, and whatever marshal does not know. Texts in constants are cut at CODE_OBJECT_MOST_TEXT, for nobody is shown more.
 * marshal itself is not asked for: it tells audit hooks of the program. */
#ifndef PYPROF_HOST_CODE_OBJECT_H
#define PYPROF_HOST_CODE_OBJECT_H

#include "core/host/python_version.h"

enum { CODE_OBJECT_MOST_TEXT = 1000 };

/* The bytes live until the next call. NULL: memory is out, or it is too large; no exception is set. Runs no Python code. */
const void *code_object_bytes(PyCodeObject *code, uint32_t *size);

#endif
