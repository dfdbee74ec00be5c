#include "core/host/twins.h"

#include <stdlib.h>

#include "core/host/lazy_code.h"
#include "core/host/publish_bytecode.h"
#include "core/probe/memory.h"
#include "core/probe/memory_sites.h"

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct entry {
    const PyCodeObject *code; /* borrowed: its end removes the entry */
    struct twin twin;
    UT_hash_handle hh;
};

static struct entry *entries;

enum { MOST_KEPT = 64 };
static struct {
    PyCodeObject *twin;     /* owned */
    PyCodeObject *original; /* the twin's */
} kept[MOST_KEPT];
static unsigned next_kept;

/* A bit for each hash of 16 bits that an entry ever had: most code objects have no entry. */
static uint64_t present[1024];

/* Addresses multiplied by 2^64 / golden ratio (Knuth): their upper half is well spread. */
static unsigned hash_of(const PyCodeObject *code) {
    return (unsigned)((uintptr_t)code * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static unsigned present_bit(unsigned hash) { return hash >> 16; }

static struct entry *find(const PyCodeObject *code) {
    struct entry *found;
    unsigned hash = hash_of(code), bit = present_bit(hash);
    if (!(present[bit / 64] >> bit % 64 & 1))
        return NULL;
    HASH_FIND_BYHASHVALUE(hh, entries, &code, sizeof code, hash, found);
    return found;
}

static struct entry *find_or_add(PyCodeObject *code) {
    struct entry *entry = find(code);
    if (entry)
        return entry;
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->code = code;
    unsigned hash = hash_of(code), bit = present_bit(hash);
    present[bit / 64] |= UINT64_C(1) << bit % 64;
    HASH_ADD_BYHASHVALUE(hh, entries, code, sizeof code, hash, entry);
    if (entry->hh.tbl)
        return entry;
    free(entry); /* out of memory, as uthash tells it */
    return NULL;
}

/* --- the end of a code object ----------------------------------------------------------------------------- */

static destructor end_code;

static void forget(struct entry *entry) {
    PyCodeObject *original = entry->twin.original;
    memory_own_work_begins(); /* the frame that runs may be of code that has just ended, and is not to be looked at */
    struct entry *of_original = original ? find(original) : NULL;
    if (of_original && of_original->twin.instrumented == entry->code)
        of_original->twin.instrumented = NULL;
    free(entry->twin.offsets);
    free(entry);
    memory_own_work_ends();
    Py_XDECREF(original);
}

/* The entry goes first: the memory is another object's as soon as the code has ended. */
static void end_watched_code(PyObject *code) {
    struct entry *entry = python_in_main_interpreter() ? find((PyCodeObject *)code) : NULL;
    if (entry)
        HASH_DEL(entries, entry);
    if (entry && entry->twin.original)
        publish_ending_twin((PyCodeObject *)code, &entry->twin);
    uintptr_t bytecode = (uintptr_t)((PyCodeObject *)code)->co_code_adaptive;
    size_t size = 2 * (size_t)python_code_units((PyCodeObject *)code);
    int *objects = python_collector_count(), before = objects ? *objects : 0;
    end_code(code);
    memory_forget_places(bytecode, size);
    if (entry && entry->twin.original && objects)
        *objects = before; /* what only the twin had was never counted */
    if (entry)
        forget(entry);
}

void twins_prepare(void) {
    end_code = PyCode_Type.tp_dealloc;
    PyCode_Type.tp_dealloc = end_watched_code;
}

/* --- twins ------------------------------------------------------------------------------------------------ */

const struct twin *twins_find(const PyCodeObject *code) {
    const struct entry *entry = find(code);
    return entry ? &entry->twin : NULL;
}

PyCodeObject *twins_current(const PyCodeObject *original, uint32_t collectors) {
    const struct twin *known = twins_find(original);
    const struct twin *twin = known && known->instrumented ? twins_find(known->instrumented) : NULL;
    return twin && twin->collectors == collectors ? known->instrumented : NULL;
}

void twins_mark(PyCodeObject *original) {
    struct entry *entry = find_or_add(original);
    if (entry)
        entry->twin.marked = true;
}

void twins_visit(void (*visit)(PyCodeObject *twin, const struct twin *record)) {
    for (const struct entry *entry = entries; entry; entry = entry->hh.next)
        if (entry->twin.original)
            visit((PyCodeObject *)(uintptr_t)entry->code, &entry->twin);
}

bool twins_tie(PyCodeObject *instrumented, struct twin record) {
    struct entry *of_twin = find_or_add(instrumented), *of_original = of_twin ? find_or_add(record.original) : NULL;
    if (!of_original) {
        free(record.offsets);
        return false;
    }
    of_twin->twin = record;
    PyObject_GC_UnTrack(instrumented->co_consts); /* what compilers put into constants makes no cycles */
    Py_INCREF(record.original);
    of_original->twin.instrumented = instrumented;
    return true;
}

PyCodeObject *twins_original(PyCodeObject *code) {
    PyCodeObject *original = lazy_code_original(code, NULL);
    if (original)
        return original;
    const struct twin *known = twins_find(code);
    return known && known->original ? known->original : code;
}

/* --- kept ones -------------------------------------------------------------------------------------------- */

void twins_keep(PyCodeObject *twin) {
    PyCodeObject *original = twins_original(twin);
    if (original == twin || original->co_weakreflist)
        return;
    for (unsigned i = 0; i < MOST_KEPT; i++)
        if (kept[i].twin == twin)
            return;
    Py_XSETREF(kept[next_kept].twin, (PyCodeObject *)Py_NewRef(twin));
    kept[next_kept].original = original;
    next_kept = (next_kept + 1) % MOST_KEPT;
}

void twins_release_unused(void) {
    for (unsigned i = 0; i < MOST_KEPT; i++)
        if (kept[i].twin && Py_REFCNT(kept[i].twin) == 1 && Py_REFCNT(kept[i].original) == 1)
            Py_CLEAR(kept[i].twin);
}
