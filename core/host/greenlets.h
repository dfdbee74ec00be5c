/* greenlets.h - greenlet and what is built on it (gevent, eventlet): each greenlet has a shadow stack of its own.
 *
 * Control leaves a greenlet by its `switch` or `throw`, called from Python or through the module's C interface, and comes back
 * where that call returns. Both are exchanged by ones that put the activations away before and back behind. */
#ifndef PYPROF_HOST_GREENLETS_H
#define PYPROF_HOST_GREENLETS_H

#include "core/host/python_version.h"

/* A module's code has run: if it was greenlet's, its switches are followed from here on. Sets no exception. */
void greenlets_notice(PyCodeObject *module_code);

#endif
