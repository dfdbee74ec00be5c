/* instrument.h - a code object with probes in it. */
#ifndef PYPROF_HOST_INSTRUMENT_H
#define PYPROF_HOST_INSTRUMENT_H

#include "core/host/offset_map.h"
#include "core/host/selection.h"

/* Prepares for the collectors of the attached arena. */
bool instrument_prepare(void);

/* The instrumented twin of a code object and of all code objects among its constants; made once and kept with it. A new
 * reference; where nothing is to be placed or the code is not understood (counted as lost), the code itself. Never fails and
 * sets no exception. */
PyCodeObject *instrument_code(PyCodeObject *code);

/* The same of code that may never run: its probes come with its first call. While the engine starts. */
PyCodeObject *instrument_lazily(PyCodeObject *code);

/* The code that is to run now for this one, an original, twin or shell, when collectors have been switched: as instrument_lazily,
 * made of the original. A function of code with probes has none where nothing is to be placed: the original itself. A new
 * reference. */
PyCodeObject *instrument_again(PyCodeObject *code);
/* Exchanges the code objects among a twin's constants, from which code that runs already makes functions, for those that are to run
 * now. again: as instrument_again. */
void instrument_constants_again(PyCodeObject *twin, PyCodeObject *original, PyCodeObject *(*again)(PyCodeObject *));

/* For lazy_code.c: a code object with probes, whatever becomes of it. */
struct instrumented {
    PyCodeObject *code;         /* owned; NULL: nothing to place, not understood, or no memory */
    struct offset_map *offsets; /* owned */
    uint32_t row;
    bool lines;
    uint32_t collectors;
};
struct instrumented instrument_body(PyCodeObject *code, struct selection selection);
/* Ties a twin to its original; takes body.offsets. false: memory is out. */
bool instrument_keep(PyCodeObject *original, PyCodeObject *twin, struct instrumented body);
/* The same code, as if it had never run; NULL: memory is out. */
PyCodeObject *instrument_copy(PyCodeObject *code);
/* Counts code that is left as it is. */
void instrument_leave(PyCodeObject *code, const char *reason);
/* Lists code of the project that was compiled and came to its end without having run. */
void instrument_never_ran(PyCodeObject *code, struct selection selection);

/* Code without a file that is instrumented next comes from the Python code that is calling now. */
void instrument_set_origin(void);

/* The twin with line probes, whatever the selection says, and its function marked in the profile. */
PyCodeObject *instrument_marked(PyCodeObject *code);

/* The offset in the original of an offset in a twin, and the other way round; in code units. */
int instrument_original_unit(PyCodeObject *twin, int unit);
int instrument_twin_unit(PyCodeObject *twin, int unit);
/* What stands there in a twin; all other code is its own original. */
enum offset_place instrument_place(PyCodeObject *code, int unit);
/* It is in a twin's landing that raises again: see offset_map_raises_again. */
bool instrument_raises_again(PyCodeObject *code, int unit);

#endif
