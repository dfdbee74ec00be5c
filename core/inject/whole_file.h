/* whole_file.h - a library that is cut short would be mapped all the same, and end the program when it is touched. */
#ifndef PYPROF_INJECT_WHOLE_FILE_H
#define PYPROF_INJECT_WHOLE_FILE_H

#include <stdbool.h>

/* Has the ELF file at `path` all that its header says? (A linker writes the section headers last.) */
bool is_whole_file(const char *path);

#endif
