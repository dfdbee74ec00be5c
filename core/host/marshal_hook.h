/* marshal_hook.h - marshal.dumps and marshal.dump of instrumented code write the code as it was compiled. */
#ifndef PYPROF_HOST_MARSHAL_HOOK_H
#define PYPROF_HOST_MARSHAL_HOOK_H

#include <stdbool.h>

/* false with an exception set. */
bool marshal_hook_install(void);

#endif
