/* native.h - what the engine and the library that stands in front of libc's allocation functions say to each other.
 *
 * pyprof-native.so is preloaded beside the injector where native code's memory is counted (collectors.memory.native). It passes
 * every call on to the next library and tells the engine, once that has set `pyprof_native_hooks`. The engine leaves out what
 * CPython's own allocators, whose blocks it counts itself, take from libc. */
#ifndef PYPROF_NATIVE_H
#define PYPROF_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NATIVE_LIBRARY "pyprof-native.so"
#define NATIVE_HOOKS "pyprof_native_hooks"

/* Each is called on the thread that allocates or frees, which may be any, with or without the interpreter lock, also from a signal
 * handler. None allocates, fails or changes errno. */
struct native_hooks {
    void (*allocated)(void *block, size_t size); /* after it was: block is not NULL; size as asked for */
    void (*frees)(void *block); /* before it is freed; block is not NULL */
    /* Before it is reallocated; block is not NULL. A value that `kept` takes where that fails. */
    uint64_t (*leaves)(void *block);
    void (*kept)(void *block, uint64_t left);
    void (*mapped)(void *address, size_t size);   /* after mmap of anonymous memory that can be used (not PROT_NONE) */
    void (*unmapped)(void *address, size_t size); /* before munmap, and after a mapping was put over it; may be a part of several,
                                                     or of none */
    /* Around mremap. In between nobody else is told of a mapping, as what is left can be another's at once. remaps: false: not
     * wanted, and remapped is not to be called. to: NULL: it failed, nothing has changed. */
    bool (*remaps)(void);
    void (*remapped)(void *from, size_t size, void *to, size_t new_size);
};

/* In pyprof-native.so; NULL: nobody wants to know. Stored with release order, once and for all. */
extern const struct native_hooks *pyprof_native_hooks;

#endif
