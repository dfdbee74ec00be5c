/* exit_map.h - from where in instrumented code an exception came, to what is to be counted of it.
 *
 * The probe in front of a handler is given the offset that the interpreter has put below the exception. Nothing is to be counted
 * of the last instruction of a block, as nothing of the block was lost, nor of a block's head (basic_blocks.h), which was not
 * counted. A RESUME of a head has run, and what is in front of it, too: the block is to be counted, and the exit. But a generator
 * that is thrown into can look as if it were at the RESUME which it has not come to; which of both it is, the exception table
 * tells. */
#ifndef PYPROF_HOST_EXIT_MAP_H
#define PYPROF_HOST_EXIT_MAP_H

#include "core/host/basic_blocks.h"

struct exit_map;

/* Of code that was just assembled; one reference is the caller's. NULL: memory is out. */
struct exit_map *exit_map_new(const struct assembly *assembly, const struct bytecode *bytecode, const struct basic_blocks *blocks,
                              uint32_t code);
struct exit_map *exit_map_share(struct exit_map *map);
void exit_map_release(struct exit_map *map); /* NULL is none */

/* Counts what an exception left behind that came from a unit of the instrumented code, which `frame` runs. at_resume: from an
 * instruction that the exception table says is a RESUME. */
void exit_map_count(const struct exit_map *map, python_frame *frame, long unit, bool at_resume);

#endif
