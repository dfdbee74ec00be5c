/* driver.h - the Python program that runs the candidates of a comparison. */
#ifndef PYPROF_COMPARE_DRIVER_H
#define PYPROF_COMPARE_DRIVER_H

/* The text of driver.py, '\0'-ended. */
extern const char compare_driver[];

/* The name that its code has as a file. */
extern const char compare_driver_file[];

/* What `python3 -c` is given: it executes the text that stands as its first argument. */
extern const char compare_driver_bootstrap[];

#endif
