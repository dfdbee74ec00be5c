/* side_by_side.h - texts beside each other, line by line. */
#ifndef PYPROF_REPORT_SIDE_BY_SIDE_H
#define PYPROF_REPORT_SIDE_BY_SIDE_H

#include <stdio.h>

/* Writes two texts of many lines in so many columns, parted by a bar. A line that is too long is cut and ends in '~'. Tabs reach to
 * every eighth column; control characters and bytes that are not UTF-8 become U+FFFD. */
void side_by_side_write(const char *left, const char *right, int columns, FILE *out);

/* One text in the same way. */
void side_by_side_alone(const char *text, int columns, FILE *out);

#endif
