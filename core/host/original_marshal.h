/* original_marshal.h - marshal writes code as if it had no twin.
 *
 * marshal.dumps() marks what has more than one reference (Python/marshal.c, w_ref). A twin refers to its original and to the names
 * and constants of it, which would be marked for that alone. */
#ifndef PYPROF_HOST_ORIGINAL_MARSHAL_H
#define PYPROF_HOST_ORIGINAL_MARSHAL_H

#include "core/host/python_version.h"

/* false: an exception is set. */
bool original_marshal_install(void);

#endif
