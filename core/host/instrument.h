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

/* The twin with line probes, whatever the selection says, and its function marked in the profile. */
PyCodeObject *instrument_marked(PyCodeObject *code);

/* The offset in the original of an offset in a twin, and the other way round; in code units. */
int instrument_original_unit(PyCodeObject *twin, int unit);
int instrument_twin_unit(PyCodeObject *twin, int unit);

#endif
