/* replace_file.h - a text on disk, replaced as a whole or not at all. */
#ifndef PYPROF_CONFIG_REPLACE_FILE_H
#define PYPROF_CONFIG_REPLACE_FILE_H

#include <stdbool.h>

/* Writes the text there. A file that was there keeps its rights, a symbolic link goes on pointing at it; what is no regular file
 * is written to as it is. false: errno says why, and what was there is untouched. */
bool replace_file(const char *path, const char *text);

#endif
