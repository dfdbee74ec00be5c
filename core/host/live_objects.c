#include "core/host/live_objects.h"

#include <string.h>
#include <sys/mman.h>

#include "core/host/original_graph.h"
#include "core/host/pointer_set.h"
#include "core/host/probe_objects.h"
#include "core/host/twins.h"

enum { FIRST_WAITING = 4096 };

struct walk {
    live_object_visitor visit;
    void *context;
    struct pointer_set seen; /* of those that the collector does not track */
    PyObject **waiting;      /* those of them that hold others, not looked into yet */
    size_t waiting_count, waiting_capacity;
    bool failed; /* memory is out */
};

static void grow_waiting(struct walk *walk) {
    size_t capacity = walk->waiting_capacity ? 2 * walk->waiting_capacity : FIRST_WAITING;
    void *waiting = mmap(NULL, capacity * sizeof *walk->waiting, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (waiting == MAP_FAILED) {
        walk->failed = true;
        return;
    }
    if (walk->waiting) {
        memcpy(waiting, walk->waiting, walk->waiting_count * sizeof *walk->waiting);
        munmap(walk->waiting, walk->waiting_capacity * sizeof *walk->waiting);
    }
    walk->waiting = waiting;
    walk->waiting_capacity = capacity;
}

static void wait(struct walk *walk, PyObject *object) {
    if (walk->waiting_count == walk->waiting_capacity)
        grow_waiting(walk);
    if (!walk->failed)
        walk->waiting[walk->waiting_count++] = object;
}

static void release(struct walk *walk) {
    if (walk->waiting)
        munmap(walk->waiting, walk->waiting_capacity * sizeof *walk->waiting);
    pointer_set_free(&walk->seen);
}

/* An object that something refers to. Those in the collector's lists have their turn there. */
static int meet(PyObject *object, void *context) {
    struct walk *walk = context;
    if (!object || walk->failed || probe_check(object) || PyObject_GC_IsTracked(object))
        return 0;
    if (PyCode_Check(object))
        object = (PyObject *)twins_original((PyCodeObject *)object);
    switch (pointer_set_add(&walk->seen, object)) {
    case POINTER_SET_FULL:
        walk->failed = true;
        break;
    case POINTER_SET_KNOWN:
        break;
    case POINTER_SET_ADDED:
        if (PyObject_IS_GC(object) || PyCode_Check(object))
            wait(walk, object);
        walk->visit(object, walk->context);
        break;
    }
    return 0;
}

static void look_into_code(struct walk *walk, PyCodeObject *code) {
    PyObject *parts[] = {code->co_consts, code->co_names, code->co_exceptiontable, code->co_localsplusnames,
                         code->co_localspluskinds, code->co_filename, code->co_name, code->co_qualname, code->co_linetable};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        meet(parts[i], walk);
}

static void look_into(struct walk *walk, PyObject *object) {
    if (PyCode_Check(object))
        look_into_code(walk, (PyCodeObject *)object);
    else if (Py_TYPE(object)->tp_traverse)
        Py_TYPE(object)->tp_traverse(object, meet, walk);
}

/* Depth first, without recursion. */
static void look_into_waiting(struct walk *walk) {
    while (walk->waiting_count && !walk->failed)
        look_into(walk, walk->waiting[--walk->waiting_count]);
}

static bool visit_tracked(PyObject *object, void *context) {
    struct walk *walk = context;
    if (original_graph_hides(object))
        return true;
    walk->visit(object, walk->context);
    look_into(walk, object);
    look_into_waiting(walk);
    return !walk->failed;
}

static void meet_local(PyObject *object, void *context) {
    meet(object, context);
    look_into_waiting(context);
}

bool live_objects_visit(live_object_visitor visit, void *context) {
    struct walk walk = {.visit = visit, .context = context};
    bool done = python_visit_tracked(visit_tracked, &walk);
    if (done)
        python_visit_locals(meet_local, &walk);
    release(&walk);
    return done && !walk.failed;
}
