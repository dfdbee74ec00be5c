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

/* The twin with line probes, whatever the selection says, and its function marked in the profile. */
PyCodeObject *instrument_marked(PyCodeObject *code);

/* What a twin was made of; code that is no twin itself. A new reference. */
PyCodeObject *instrument_original(PyCodeObject *code);

#endif
