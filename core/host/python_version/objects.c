/* objects.c - which objects there are, and what belongs to one beside what its type says. */
#include "core/host/python_version/internals.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>
#pragma GCC diagnostic pop

/* --- those that the collector tracks ------------------------------------------------------------------------ */

#if PY_VERSION_HEX < 0x030C0000
static bool visit_generation(const PyGC_Head *head, bool (*visit)(PyObject *, void *), void *context) {
    for (const PyGC_Head *at = _PyGCHead_NEXT(head); at != head; at = _PyGCHead_NEXT(at))
        if (!visit((PyObject *)(at + 1), context))
            return false;
    return true;
}

static void visit_all(struct _gc_runtime_state *collector, bool (*visit)(PyObject *, void *), void *context) {
    for (int i = 0; i < NUM_GENERATIONS; i++)
        if (!visit_generation(&collector->generations[i].head, visit, context))
            return;
    visit_generation(&collector->permanent_generation.head, visit, context);
}
#else
struct visitor {
    bool (*visit)(PyObject *, void *);
    void *context;
};

static int visit_one(PyObject *value, void *argument) {
    const struct visitor *visitor = argument;
    return visitor->visit(value, visitor->context);
}

static void visit_all(struct _gc_runtime_state *Py_UNUSED(collector), bool (*visit)(PyObject *, void *), void *context) {
    struct visitor visitor = {visit, context};
    PyUnstable_GC_VisitObjects(visit_one, &visitor);
}
#endif

bool python_visit_tracked(bool (*visit)(PyObject *, void *), void *context) {
    struct _gc_runtime_state *collector = &PyInterpreterState_Main()->gc;
    if (!python_collector_count() || collector->collecting)
        return false;
    visit_all(collector, visit, context);
    return true;
}

/* --- local variables ---------------------------------------------------------------------------------------- */

/* Of the interpreter's own, between C code and the functions it calls. */
static bool is_of_no_function(const python_frame *frame) {
#if PY_VERSION_HEX < 0x030C0000
    (void)frame;
    return false;
#elif PY_VERSION_HEX < 0x030E0000
    return frame->owner == FRAME_OWNED_BY_CSTACK;
#else
    return frame->owner >= FRAME_OWNED_BY_INTERPRETER;
#endif
}

static python_frame *top_frame(const PyThreadState *thread) {
#if PY_VERSION_HEX < 0x030D0000
    return thread->cframe ? thread->cframe->current_frame : NULL;
#else
    return thread->current_frame;
#endif
}

void python_visit_locals(void (*visit)(PyObject *, void *), void *context) {
    PyThreadState *thread = PyInterpreterState_ThreadHead(PyInterpreterState_Main());
    for (; thread; thread = PyThreadState_Next(thread)) {
        for (python_frame *frame = top_frame(thread); frame; frame = frame->previous) {
            PyCodeObject *code = is_of_no_function(frame) ? NULL : python_frame_code(frame);
            for (int i = 0; code && i < code->co_nlocalsplus; i++)
                visit(python_frame_slot(frame, (uint32_t)i), context);
        }
    }
}

/* --- sizes -------------------------------------------------------------------------------------------------- */

#if PY_VERSION_HEX < 0x030D0000
static const PyDictValues *attribute_values(PyObject *value) {
#if PY_VERSION_HEX < 0x030C0000
    return *_PyObject_ValuesPointer(value);
#else
    PyDictOrValues *either = _PyObject_DictOrValuesPointer(value);
    return _PyDictOrValues_IsValues(*either) ? _PyDictOrValues_GetValues(*either) : NULL;
#endif
}

/* Before 3.13 the values of attributes are in a block of their own (Objects/dictobject.c, new_values). */
static size_t values_size(PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    const PyDictKeysObject *keys = ((PyHeapTypeObject *)type)->ht_cached_keys;
    const PyDictValues *values = type->tp_flags & Py_TPFLAGS_HEAPTYPE && keys ? attribute_values(value) : NULL;
    if (!values)
        return 0;
    return ((const uint8_t *)values)[-1] + (size_t)(keys->dk_nentries + keys->dk_usable) * sizeof(PyObject *);
}
#else
/* Behind that they are in the object itself, which __sizeof__ does not tell. */
static size_t values_size(PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    bool inside = type->tp_flags & Py_TPFLAGS_INLINE_VALUES && ((PyHeapTypeObject *)type)->ht_cached_keys;
    return inside ? _PyInlineValuesSize(type) : 0;
}
#endif

size_t python_object_extra_size(PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    size_t size = PyObject_IS_GC(value) ? sizeof(PyGC_Head) : 0;
#if PY_VERSION_HEX < 0x030C0000
    bool has_two_more = type->tp_flags & Py_TPFLAGS_MANAGED_DICT;
#else
    bool has_two_more = type->tp_flags & Py_TPFLAGS_PREHEADER;
#endif
    if (has_two_more)
        size += 2 * sizeof(PyObject *);
    if (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        size += values_size(value);
    return size;
}
