/* exec_hook.h - builtins.exec and builtins.eval, through which all imports and dynamic code run. */
#ifndef PYPROF_HOST_EXEC_HOOK_H
#define PYPROF_HOST_EXEC_HOOK_H

#include "core/host/python_version.h"

/* Makes exec and eval run instrumented twins. false with an exception set. */
bool exec_hook_install(void);

#endif
