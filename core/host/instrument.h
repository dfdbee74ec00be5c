/* instrument.h - a code object with probes in it. */
#ifndef PYPROF_HOST_INSTRUMENT_H
#define PYPROF_HOST_INSTRUMENT_H

#include "core/host/python_version.h"

/* Prepares for the collectors of the attached arena. */
bool instrument_prepare(void);

/* The instrumented twin of a code object and of all code objects among its constants; made once and kept with it. A new
 * reference; where nothing is to be placed or the code is not understood (counted as lost), the code itself. Never fails and
 * sets no exception. */
PyCodeObject *instrument_code(PyCodeObject *code);

/* Code without a file that is instrumented next comes from the Python code that is calling now. */
void instrument_set_origin(void);

/* Keeps a twin for programs that exec one code object again and again, until instrument_release_unused() finds that the program
 * has let go of the original. The last few only; not where somebody waits for its end by a weak reference. */
void instrument_keep(PyCodeObject *twin);
void instrument_release_unused(void);

/* The twin with line probes, whatever the selection says, and its function marked in the profile. */
PyCodeObject *instrument_marked(PyCodeObject *code);

/* What a twin was made of; code that is no twin itself. Borrowed: the twin holds it. */
PyCodeObject *instrument_original(PyCodeObject *code);

/* The offset in the original of an offset in a twin, and the other way round; in code units. */
int instrument_original_unit(PyCodeObject *twin, int unit);
int instrument_twin_unit(PyCodeObject *twin, int unit);

#endif
