/* exec_hook.h - builtins.exec and builtins.eval, through which all imports and dynamic code run. */
#ifndef PYPROF_HOST_EXEC_HOOK_H
#define PYPROF_HOST_EXEC_HOOK_H

#include "core/host/python_version.h"

/* Makes exec and eval run instrumented twins. The function objects stay the same ones, with the same names and signatures:
 * only the method definition they point at is exchanged. false with an exception set. */
bool exec_hook_install(void);

/* The definition that the rest of the program knows a method by: the original of an exchanged one. */
const PyMethodDef *exec_hook_public_method(const PyMethodDef *method);

#endif
