/* offset_map.h - which instruction of instrumented code is which of the code it was made of.
 *
 * Offsets are in code units (an instruction and its operand; f_lasti and tb_lasti are twice that). */
#ifndef PYPROF_HOST_OFFSET_MAP_H
#define PYPROF_HOST_OFFSET_MAP_H

#include "core/host/bytecode.h"

enum { CODE_UNIT_BYTES = 2 };

struct offset_map;

/* The map of code that was just assembled; freed with free(). NULL: memory is out. */
struct offset_map *offset_map_new(const struct assembly *assembly);

/* The offset in the original of an offset in its twin, and the other way round. A probe stands for the instruction behind it.
 * Negative offsets (nothing has run yet) and, without a map, all stay as they are. */
int offset_map_to_original(struct offset_map *map, PyCodeObject *original, int unit);
int offset_map_to_twin(const struct offset_map *map, PyCodeObject *original, int unit);

/* Calls visit for each instruction of the original, with the unit of its opcode there and in the twin; without a map these are the
 * same. */
void offset_map_visit(const struct offset_map *map, PyCodeObject *original,
                      void (*visit)(void *context, uint32_t unit, uint32_t twin_unit), void *context);

/* What stands at an offset of a twin. */
enum offset_place {
    OFFSET_ORIGINAL, /* an instruction of the original, its prefix or cache */
    OFFSET_PROBE,    /* of a probe in front of one */
    OFFSET_BEHIND,   /* behind the original's last one */
};
enum offset_place offset_map_place(const struct offset_map *map, PyCodeObject *twin, int unit);
/* Among the probes from there to the next instruction of the original is a RERAISE (place_handlers.c; from 3.12 on). */
bool offset_map_raises_again(const struct offset_map *map, PyCodeObject *twin, int unit);

/* Units of prefix (EXTENDED_ARG) from there to the opcode they belong to. */
int offset_map_prefixes(PyCodeObject *code, int unit);

#endif
