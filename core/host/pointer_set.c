#include "core/host/pointer_set.h"

#include <sys/mman.h>
#include <unistd.h>

#include "core/probe/memory.h"

enum { FIRST_CAPACITY = 1 << 16 };

/* Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4); objects lie 16 bytes apart. */
static size_t first_slot(const struct pointer_set *set, uintptr_t pointer) {
    return (size_t)((uint64_t)pointer * UINT64_C(0x9e3779b97f4a7c15) >> 16) & (set->capacity - 1);
}

static size_t find_slot(const struct pointer_set *set, uintptr_t pointer) {
    size_t slot = first_slot(set, pointer);
    while (set->slots[slot] && set->slots[slot] != pointer)
        slot = (slot + 1) & (set->capacity - 1);
    return slot;
}

/* The recorder takes it out of the program's RSS. One row of the arena does, as there is one set at a time; a child has its own. */
static void name_to_recorder(const struct pointer_set *set) {
    static struct arena_own_range *row;
    static pid_t process;
    if (process != getpid()) {
        process = getpid();
        row = memory_publish_own_range(NULL, 0);
    }
    if (!row)
        return;
    __atomic_store_n(&row->size, 0, __ATOMIC_RELEASE);
    row->address = (uintptr_t)set->slots;
    __atomic_store_n(&row->size, set->capacity * sizeof *set->slots, __ATOMIC_RELEASE);
}

static bool grow(struct pointer_set *set) {
    struct pointer_set larger = {.capacity = set->capacity ? 2 * set->capacity : FIRST_CAPACITY, .count = set->count};
    void *slots = mmap(NULL, larger.capacity * sizeof *larger.slots, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slots == MAP_FAILED)
        return false;
    larger.slots = slots;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i])
            larger.slots[find_slot(&larger, set->slots[i])] = set->slots[i];
    pointer_set_free(set);
    *set = larger;
    name_to_recorder(set);
    return true;
}

enum pointer_set_outcome pointer_set_add(struct pointer_set *set, const void *pointer) {
    if (set->count >= set->capacity / 4 * 3 && !grow(set))
        return POINTER_SET_FULL;
    size_t slot = find_slot(set, (uintptr_t)pointer);
    if (set->slots[slot])
        return POINTER_SET_KNOWN;
    set->slots[slot] = (uintptr_t)pointer;
    set->count++;
    return POINTER_SET_ADDED;
}

void pointer_set_free(struct pointer_set *set) {
    if (set->slots)
        munmap(set->slots, set->capacity * sizeof *set->slots);
    *set = (struct pointer_set){0};
    name_to_recorder(set);
}
