/* original_code.h - the program sees the code objects that were compiled, never their instrumented twins.
 *
 * Wherever Python code gets hold of a code object (a function's __code__, a frame's f_code, a generator's gi_code, ...) or of a
 * place in one (f_lasti, tb_lasti), it is given the original's, so that dis, inspect, marshal, cloudpickle, comparing, hashing and
 * code.replace() find what they would find without probes. The other way round, code that the program gives to a function
 * (f.__code__ = ..., types.FunctionType) is instrumented. */
#ifndef PYPROF_HOST_ORIGINAL_CODE_H
#define PYPROF_HOST_ORIGINAL_CODE_H

#include <stdbool.h>

/* false with an exception set. */
bool original_code_install(void);

#endif
