/* program.h - can a library be preloaded into a program? */
#ifndef PYPROF_INJECT_PROGRAM_H
#define PYPROF_INJECT_PROGRAM_H

#include <stdbool.h>

/* Is the file an executable that the loader of this very process loads, without privileges of its own, or a script whose
 * interpreter is one? In anything else LD_PRELOAD is of no use, is in the way or makes the loader complain. Path and flags are
 * openat's. Only asks the kernel: may be called after vfork. */
bool program_can_be_preloaded(int folder, const char *path, int flags);

/* The same of an open file. */
bool program_file_can_be_preloaded(int file);

/* Notes which loader this process has; false: none. To be called once, before the others. */
bool program_find_loader(void);

/* The first file of this name in PATH that may be executed, or the name itself where it has a '/'. Room: PATH_MAX bytes.
 * NULL: there is none. */
const char *program_find(const char *name, char *room);

#endif
