#define PYPROF_INTERPRETER_FRAMES 1
#include "core/host/probe_objects.h"

#include "core/host/c_functions.h"
#include "core/probe/shadow_stack.h"

struct probe {
    PyObject_HEAD
    struct probe_place place;
    struct shadow_cache cache; /* ENTER*, RESUME: where this function was entered from last; CALL: what was called */
    const PyMethodDef *callee; /* CALL: what `cache` and `callee_code` are about */
    uint32_t callee_code;
};

#define PROBE(self) ((struct probe *)(self))

static inline uint64_t frame_identity(void) { return (uint64_t)(uintptr_t)python_current_frame(); }

/* --- slots; each returns the probe's truth, which is false ------------------------------------------------- */

static int enter(PyObject *self) {
    shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 1, 0, 0, false);
    return 0;
}

static int enter_lines(PyObject *self) {
    shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 1, 0, 0, true);
    return 0;
}

static int enter_generator(PyObject *self) {
    shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 1, frame_identity(), 0, false);
    return 0;
}

static int enter_generator_lines(PyObject *self) {
    shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 1, frame_identity(), 0, true);
    return 0;
}

static int resume(PyObject *self) {
    shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 0, frame_identity(), 0, false);
    return 0;
}

static int resume_lines(PyObject *self) {
    shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 0, frame_identity(), PROBE(self)->place.line_cell, true);
    return 0;
}

static int leave(PyObject *self) {
    shadow_leave(PROBE(self)->place.code, false);
    return 0;
}

static int leave_lines(PyObject *self) {
    shadow_leave(PROBE(self)->place.code, true);
    return 0;
}

static int handler(PyObject *self) {
    struct arena_thread *thread = profile_current_thread;
    if (thread->top->code != PROBE(self)->place.code)
        shadow_expose(thread, PROBE(self)->place.code);
    return 0;
}

/* A generator may have been resumed by throwing into it, which passes no probe. */
static int handler_generator(PyObject *self) {
    uint64_t frame = frame_identity();
    if (!shadow_expose_frame(profile_current_thread, frame))
        shadow_enter(&PROBE(self)->cache, PROBE(self)->place.code, 0, frame, 0, true);
    return 0;
}

static int unwind_generator(PyObject *self) {
    if (shadow_expose_frame(profile_current_thread, frame_identity()))
        shadow_leave(PROBE(self)->place.code, true);
    return 0;
}

static int line_hit(PyObject *self) {
    shadow_line(PROBE(self)->place.code, PROBE(self)->place.line_cell, 1);
    return 0;
}

static int line_switch(PyObject *self) {
    shadow_line(PROBE(self)->place.code, PROBE(self)->place.line_cell, 0);
    return 0;
}

static __attribute__((noinline)) bool find_callee(struct probe *probe, const PyMethodDef *method, PyObject *callable) {
    if (probe->callee != method) {
        uint32_t code = c_function_code(method, callable);
        if (!code)
            return false;
        probe->callee = method;
        probe->callee_code = code;
        probe->cache.thread = NULL;
    }
    return shadow_locate(&probe->cache, probe->callee_code) != NULL;
}

static int call(PyObject *self) {
    struct probe *probe = PROBE(self);
    const _PyInterpreterFrame *frame = python_current_frame();
    PyObject *callable = python_frame_slot(frame, probe->place.stack_slot);
    if (!callable)
        callable = python_frame_slot(frame, probe->place.stack_slot + 1);
    const PyMethodDef *method = c_function_method(&callable);
    if (!method)
        return 0;
    struct arena_thread *thread = profile_current_thread;
    if (SHADOW_UNLIKELY(probe->callee != method || probe->cache.thread != thread ||
                        probe->cache.position != thread->top->position)) {
        if (!find_callee(probe, method, callable))
            return 0;
        thread = profile_current_thread;
    }
    shadow_call_c(thread, &probe->cache, probe->callee_code);
    return 0;
}

static int call_end(PyObject *self) {
    (void)self;
    shadow_return_c();
    return 0;
}

/* --- types ------------------------------------------------------------------------------------------------ */

/* For pickle and copy: a probe is as good as the int 0. */
static PyObject *reduce(PyObject *self, PyObject *arguments) {
    (void)self;
    (void)arguments;
    return Py_BuildValue("(O(i))", (PyObject *)&PyLong_Type, 0);
}

static PyMethodDef methods[] = {
    {"__reduce_ex__", (PyCFunction)reduce, METH_VARARGS, NULL},
    {"__reduce__", (PyCFunction)reduce, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *represent(PyObject *self) {
    (void)self;
    return PyUnicode_FromString("0");
}

static PyNumberMethods numbers[PROBE_KIND_COUNT];
static PyTypeObject types[PROBE_KIND_COUNT];

static const inquiry slots[2][PROBE_KIND_COUNT] = {
#define X(NAME, plain, lines) plain,
    {PROBE_KIND_LIST(X)},
#undef X
#define X(NAME, plain, lines) lines,
    {PROBE_KIND_LIST(X)},
#undef X
};

static void probe_free(PyObject *self) { PyObject_Free(self); }

bool probe_types_prepare(bool lines) {
    for (int kind = 0; kind < PROBE_KIND_COUNT; kind++) {
        numbers[kind].nb_bool = slots[lines][kind];
        types[kind] = (PyTypeObject){
            PyVarObject_HEAD_INIT(NULL, 0).tp_name = "probe",
            .tp_basicsize = sizeof(struct probe),
            .tp_dealloc = probe_free,
            .tp_repr = represent,
            .tp_as_number = &numbers[kind],
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
            .tp_methods = methods,
        };
        if (PyType_Ready(&types[kind]) < 0)
            return false;
    }
    return true;
}

PyObject *probe_new(enum probe_kind kind, struct probe_place place) {
    struct probe *probe = PyObject_New(struct probe, &types[kind]);
    if (!probe)
        return NULL;
    probe->place = place;
    probe->cache = (struct shadow_cache){0};
    probe->callee = NULL;
    probe->callee_code = 0;
    return (PyObject *)probe;
}
