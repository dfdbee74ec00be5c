#include "core/compare/driver.h"

/* The file as it is; paths are seen from where the compiler was started. */
__asm__(".section .rodata\n"
        ".global compare_driver\n"
        "compare_driver:\n"
        ".incbin \"core/compare/driver.py\"\n"
        ".byte 0\n"
        ".previous\n");

#define DRIVER_FILE "<pyprof-compare>"
const char compare_driver_file[] = DRIVER_FILE;
const char compare_driver_bootstrap[] =
    "import sys; exec(compile(sys.argv.pop(1), '" DRIVER_FILE "', 'exec'), {'__name__': 'pyprof_compare'})";
