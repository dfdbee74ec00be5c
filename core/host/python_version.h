/* python_version.h - everything that differs between versions of CPython. Nothing else in the project tests a version.
 *
 * To add a version: let python_version/base.h know it, give it its rows in the table of python_version/opcode_roles.c and its
 * bytecode in opcode_tables.c, its frame in frames.h, then run the host tests with it.
 * Sources of the facts: CPython's Python/bytecodes.c (3.11: Python/ceval.c), Python/codegen.c (before: Python/compile.c),
 * Objects/codeobject.c, Include/internal/pycore_frame.h, pycore_interpframe_structs.h, pycore_opcode_metadata.h. What is
 * used of the interpreter is what its executable exports. */
#ifndef PYPROF_HOST_PYTHON_VERSION_H
#define PYPROF_HOST_PYTHON_VERSION_H

#include "core/host/python_version/base.h"
#include "core/host/python_version/code.h"
#include "core/host/python_version/frames.h"
#include "core/host/python_version/interpreter.h"
#include "core/host/python_version/objects.h"
#include "core/host/python_version/opcodes.h"
#include "core/host/python_version/probe_sequence.h"
#include "core/host/python_version/shells.h"
#include "core/host/python_version/specialization.h"

#endif
