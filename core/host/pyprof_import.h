/* pyprof_import.h - how `import pyprof` finds the module that is in the engine.
 *
 * It is a builtin module that comes last: only where nothing that the program can import has that name. Until it is imported the
 * program sees nothing of it, in sys.modules, sys.builtin_module_names and sys.meta_path. */
#ifndef PYPROF_HOST_PYPROF_IMPORT_H
#define PYPROF_HOST_PYPROF_IMPORT_H

#include <stdbool.h>

/* false with an exception set. */
bool pyprof_import_install(void);

#endif
