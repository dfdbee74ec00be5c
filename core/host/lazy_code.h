/* lazy_code.h - code that gets its probes when it is first called.
 *
 * Most functions that a program imports it never calls: rewriting them all made importing large packages take twice as long.
 * So a code object inside another one is first replaced by a *shell*: a code object with the same name, arguments and locals
 * whose body is only a trap, and which has room for the body with probes. The first activation that comes to the trap has the
 * original rewritten, the result put into the shell, and goes on with it. It has not passed its RESUME yet then: for tracers,
 * debuggers and sys._getframe() it does not exist so far. */
#ifndef PYPROF_HOST_LAZY_CODE_H
#define PYPROF_HOST_LAZY_CODE_H

#include "core/host/python_version.h"
#include "core/host/selection.h"

/* Makes the trap's type; false: an exception is set. */
bool lazy_code_prepare(void);

/* A shell for this code; a new reference. NULL: this code cannot have one (or memory is out); no exception is set. */
PyCodeObject *lazy_code_new(PyCodeObject *original, struct selection selection);

/* The original of a shell that has not been called yet (borrowed), and what is selected in it; NULL: it is none. */
PyCodeObject *lazy_code_original(PyCodeObject *code, struct selection *selection);

/* Puts the body into a shell that has none yet; does nothing for other code. */
void lazy_code_fill(PyCodeObject *code);

#endif
