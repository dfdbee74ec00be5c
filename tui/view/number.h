/* number.h - counts, times, sizes and shares in few columns.
 *
 * Each writes plain ASCII of at most `columns` columns and returns `text`. A value too long is shortened with a
 * unit ("34.2M"); where even that does not fit the columns are filled with '#', never with a wrong number.
 * MODEL_UNKNOWN is written "-". */
#ifndef PYPROF_TUI_VIEW_NUMBER_H
#define PYPROF_TUI_VIEW_NUMBER_H

#include <stdint.h>

#define NUMBER_SIZE 32

char *number_count(char text[NUMBER_SIZE], uint64_t value, int columns);
/* Nanoseconds with their unit: "6.34s", "120ms", "3.5h". */
char *number_time(char text[NUMBER_SIZE], uint64_t nanoseconds, int columns);
/* Nanoseconds for a column headed "s": "11.46"; what two decimals cannot show is written with a unit: "12.0ms". */
char *number_seconds(char text[NUMBER_SIZE], uint64_t nanoseconds, int columns);
/* "182M", "8.1M", "512B"; 1024 bytes are 1K. */
char *number_bytes(char text[NUMBER_SIZE], uint64_t bytes, int columns);
/* Bytes for a column headed "MiB": "76.3", "0"; what one decimal cannot show is written with a unit: "12K". */
char *number_mebibytes(char text[NUMBER_SIZE], uint64_t bytes, int columns);
/* part of whole in percent without the sign: "92.4", "100". */
char *number_percent(char text[NUMBER_SIZE], uint64_t part, uint64_t whole, int columns);

#endif
