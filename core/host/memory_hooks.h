/* memory_hooks.h - stands in Python's allocators and tells the memory collector of every block. */
#ifndef PYPROF_HOST_MEMORY_HOOKS_H
#define PYPROF_HOST_MEMORY_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Hooks the raw, mem and obj domains, and the allocator of arenas. false: there is no room, for what *no_room says and with nothing
 * changed; or, where that is NULL, an exception says why. */
bool memory_hooks_install(const char **no_room);

/* `size` bytes of code at `code` exchange a thread's stack and free blocks (PyMem_Free) while the interpreter still has the frames
 * of the stack before, which may lie where the new one is by now: what this code frees is counted without a place. */
void memory_hooks_expect_switches(const void *code, size_t size);

/* --- native code's memory, for who stands in front of libc --------------------------------------------------
 *
 * On any thread, with or without the interpreter lock, also from a signal handler; none allocates, fails or changes
 * errno. What comes from inside Python's own allocators is left out here. The first four are as struct native_hooks
 * has them. */
void memory_native_allocated(void *block, size_t size);
void memory_native_frees(void *block);
uint64_t memory_native_leaves(void *block);
void memory_native_kept(void *block, uint64_t left);

/* Mappings, of which the caller keeps the ranges. Counts an allocation of `size` bytes and returns the site it was
 * counted at, or MEMORY_NOT_COUNTED: then the range is not to be kept. */
enum { MEMORY_NOT_COUNTED = UINT32_MAX };
uint32_t memory_native_mapped(size_t size);
/* `size` bytes that were counted at `site` are gone; whole: nothing is left of that mapping. */
void memory_native_unmapped(uint32_t site, size_t size, bool whole);

#endif
