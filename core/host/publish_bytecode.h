/* publish_bytecode.h - code objects, and what the interpreter has specialised in them, into the arena. */
#ifndef PYPROF_HOST_PUBLISH_BYTECODE_H
#define PYPROF_HOST_PUBLISH_BYTECODE_H

#include "core/host/twins.h"

/* Of a function that is listed: what the compiler made of it. Once; of the project's functions, and of those whose instructions are
 * counted. Within own work. */
void publish_code(PyCodeObject *original, uint32_t code);

/* What all twins of such functions are specialised to now. */
void publish_specializations(void);

/* The same at the program's end, for the last time: what still ends behind it says nothing more. */
void publish_last_specializations(void);

/* The same of a twin that comes to its end. */
void publish_ending_twin(PyCodeObject *twin, const struct twin *record);

#endif
