/* version.h - which pyprof-tui this is. */
#ifndef PYPROF_VERSION_H
#define PYPROF_VERSION_H

#define PYPROF_VERSION "0.1"

#endif
