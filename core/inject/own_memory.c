/* own_memory.c - what the engine and the injector call by the names of libc's allocation functions, in themselves only (hidden):
 * their own memory goes past whoever stands in front of libc, pyprof-native.so above all, and is in no count of the program's.
 *
 * So a block that libc allocates for its caller (strdup, asprintf, getline) is not to be freed here, nor one from here by libc. */
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for whom its usual ones are replaced. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

void *malloc(size_t size) { return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return __libc_realloc(block, size); }
void free(void *block) { __libc_free(block); }

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

int munmap(void *address, size_t size) { return (int)syscall(SYS_munmap, address, size); }

void *mremap(void *address, size_t size, size_t new_size, int flags, ...) {
    va_list list;
    va_start(list, flags);
    void *new_address = flags & MREMAP_FIXED ? va_arg(list, void *) : NULL;
    va_end(list);
    return (void *)syscall(SYS_mremap, address, size, new_size, flags, new_address);
}
