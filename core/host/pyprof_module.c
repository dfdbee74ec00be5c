#include "core/host/pyprof_module.h"

#include "core/host/allocation_check.h"
#include "core/host/census.h"
#include "core/host/own_work.h"
#include "core/host/requests.h"
#include "core/host/switching.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"
#include "pyprof/collectors.h"

static enum arena_memory_state memory_state(void) {
    const struct arena_header *header = profile_header(); /* NULL in a forked child that got none */
    return header ? (enum arena_memory_state)__atomic_load_n(&header->memory.state, __ATOMIC_ACQUIRE) : ARENA_MEMORY_OFF;
}

bool pyprof_has_memory(const char *function) {
    if (memory_state() != ARENA_MEMORY_OFF)
        return true;
    PyErr_Format(PyExc_RuntimeError, "pyprof.%s() needs the memory collector, which is off in this run; turn it on with "
                 "pyprof-tui -k memory, or collectors.memory.enabled: true in the session config", function);
    return false;
}

/* --- marks -------------------------------------------------------------------------------------------------- */

static PyObject *mark(PyObject *self, PyObject *arguments, PyObject *options) {
    static char *names[] = {"name", NULL};
    PyObject *name = NULL;
    struct own_work work;
    (void)self;
    if (!PyArg_ParseTupleAndKeywords(arguments, options, "|U:mark", names, &name))
        return NULL;
    own_work_begin(&work);
    PyObject *text = name ? PyUnicode_AsEncodedString(name, "utf-8", "replace") : NULL;
    PyErr_Clear();
    bool done = profile_mark(text ? PyBytes_AS_STRING(text) : "");
    Py_XDECREF(text);
    own_work_end(&work);
    return PyBool_FromLong(done);
}

/* --- the memory collector off and on ------------------------------------------------------------------------ */

/* What memory_off() returns: at the end of a `with` the collector is as it was before. */
struct pause {
    PyObject_HEAD
    bool was_off;
};

static PyTypeObject *pause_type;

static PyObject *pause_enter(PyObject *self, PyObject *unused) {
    (void)unused;
    return Py_NewRef(self);
}

static PyObject *pause_exit(PyObject *self, PyObject *unused) {
    (void)unused;
    memory_set_paused(((struct pause *)self)->was_off);
    Py_RETURN_FALSE;
}

static void pause_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef pause_methods[] = {
    {"__enter__", pause_enter, METH_NOARGS, NULL},
    {"__exit__", pause_exit, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot pause_slots[] = {
    {Py_tp_methods, pause_methods},
    {Py_tp_dealloc, (void *)pause_free},
    {Py_tp_doc, "What pyprof.memory_off() returns; at the end of a with statement memory is counted again."},
    {0, NULL},
};

static PyType_Spec pause_specification = {
    .name = PYPROF_MODULE_NAME ".memory_is_off",
    .basicsize = sizeof(struct pause),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = pause_slots,
};

static PyObject *memory_off(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    if (!pyprof_has_memory("memory_off"))
        return NULL;
    bool was_off = memory_state() == ARENA_MEMORY_PAUSED;
    memory_set_paused(true);
    struct pause *pause = PyObject_New(struct pause, pause_type);
    if (pause)
        pause->was_off = was_off;
    else
        memory_set_paused(was_off);
    return (PyObject *)pause;
}

static PyObject *memory_on(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    if (!pyprof_has_memory("memory_on"))
        return NULL;
    memory_set_paused(false);
    Py_RETURN_NONE;
}

/* --- all collectors ----------------------------------------------------------------------------------------- */

static const struct { const char *name; uint32_t bit; } collector_names[] = {
#define X(bit, NAME, name, built) {name, COLLECTOR_##NAME},
    COLLECTOR_LIST(X)
#undef X
};
enum { COLLECTOR_NAMES = sizeof collector_names / sizeof *collector_names };

static PyObject *names_of(uint32_t bits) {
    PyObject *names = PyList_New(0);
    for (int i = 0; names && i < COLLECTOR_NAMES; i++) {
        PyObject *name = bits & collector_names[i].bit ? PyUnicode_FromString(collector_names[i].name) : NULL;
        if (name && PyList_Append(names, name) < 0)
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    PyObject *tuple = names && !PyErr_Occurred() ? PyList_AsTuple(names) : NULL;
    Py_XDECREF(names);
    return tuple;
}

/* The bit of a name; 0 with an exception set. */
static uint32_t bit_of(PyObject *name) {
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    for (int i = 0; text && i < COLLECTOR_NAMES; i++)
        if (strcmp(text, collector_names[i].name) == 0 && collector_names[i].bit & COLLECTORS_SWITCHED)
            return collector_names[i].bit;
    if (!PyErr_Occurred())
        PyErr_Format(PyExc_ValueError, "pyprof.collectors(): %R is none of 'function', 'line', 'memory' and 'bytecode'", name);
    return 0;
}

static PyObject *collectors(PyObject *self, PyObject *arguments) {
    (void)self;
    struct arena_header *header = profile_header();
    uint32_t wanted = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(arguments); i++) {
        uint32_t bit = bit_of(PyTuple_GET_ITEM(arguments, i));
        if (!bit)
            return NULL;
        wanted |= bit;
    }
    if (!header || !(header->collectors & COLLECTORS_SWITCHED)) {
        PyErr_SetString(PyExc_RuntimeError, "pyprof.collectors() needs a run that began with a collector; this one has none");
        return NULL;
    }
    uint32_t before = header->collectors_on & COLLECTORS_SWITCHED;
    const char *why = "there is no memory for it, or a garbage collection is going on";
    bool done = switching_do(wanted);
    requests_stay_reachable();
    if (!done || *header->switch_failed) {
        PyErr_Format(PyExc_RuntimeError, "pyprof.collectors(): %s", done ? header->switch_failed : why);
        return NULL;
    }
    return names_of(before);
}

/* --- numbers ------------------------------------------------------------------------------------------------ */

static PyObject *allocated(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    if (!pyprof_has_memory("allocated"))
        return NULL;
    struct allocation_sum sum = allocation_sum_now();
    return Py_BuildValue("(KK)", (unsigned long long)sum.count, (unsigned long long)sum.bytes);
}

static PyObject *census(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    if (!pyprof_has_memory("census"))
        return NULL;
    if (census_take())
        return census_rows();
    PyErr_SetString(PyExc_RuntimeError, "pyprof.census(): there is no memory for it, or a garbage collection is going on");
    return NULL;
}

/* --- the module --------------------------------------------------------------------------------------------- */

PyDoc_STRVAR(mark_doc,
             "mark(name='')\n--\n\n"
             "Mark this moment on the timeline of the run, with a name of at most 55 bytes.\n\n"
             "True if it is there; False if the run has as many marks as it can have.");
PyDoc_STRVAR(memory_off_doc,
             "memory_off()\n--\n\n"
             "Count no allocations from here on, until memory_on() or the end of the with statement it is used in.\n\n"
             "    with pyprof.memory_off():\n"
             "        build_the_index()\n\n"
             "What is freed meanwhile is still taken off what lives.");
PyDoc_STRVAR(memory_on_doc, "memory_on()\n--\n\nCount allocations again.");
PyDoc_STRVAR(collectors_doc,
             "collectors(*names)\n--\n\n"
             "From here on exactly these are on, of 'function', 'line', 'memory' and 'bytecode'; those that were are returned.\n\n"
             "    before = pyprof.collectors()\n"
             "    build_the_index()\n"
             "    pyprof.collectors(*before)\n\n"
             "A function that runs already has the probes that it began with until it returns, one without has some from its next\n"
             "call on. A run that began without any collector has none to switch on.");
PyDoc_STRVAR(allocated_doc,
             "allocated()\n--\n\n"
             "How often the process has allocated memory since it started, and how many bytes: (count, bytes).");
PyDoc_STRVAR(assert_allocated_doc,
             "assert_allocated(at_most=None, peak=None)\n--\n\n"
             "Fail if what runs inside allocates too much. For a with statement, or as a decorator of a function.\n\n"
             "    with pyprof.assert_allocated(at_most='1M', peak='200K'):\n"
             "        parse(line)\n\n"
             "at_most  bytes that the process may allocate meanwhile, freed ones included\n"
             "peak     bytes that may live at any moment more than at the beginning\n\n"
             "Both are numbers of bytes, or texts such as '500K', '1.5M', '2G' (1K is 1024, 1KB 1000). AssertionError says how\n"
             "many they were, and where most of them were allocated. Behind a with statement, `as memory`, they are known as\n"
             "memory.allocated_count, memory.allocated_bytes and memory.peak.");
PyDoc_STRVAR(census_doc,
             "census()\n--\n\n"
             "Count the objects that live now by type: a list of (name, count, bytes), most bytes first.\n\n"
             "Sizes are those of sys.getsizeof; a __sizeof__ that is written in Python is not asked.");
PyDoc_STRVAR(module_doc,
             "What a program can say to the profiler that runs it, pyprof-tui.\n\n"
             "The module is there only while the program is profiled. To run without, too:\n\n"
             "    try: from pyprof import mark\n"
             "    except ImportError: mark = lambda name='': None");

static PyMethodDef functions[] = {
    {"mark", (PyCFunction)(void (*)(void))mark, METH_VARARGS | METH_KEYWORDS, mark_doc},
    {"memory_off", memory_off, METH_NOARGS, memory_off_doc},
    {"memory_on", memory_on, METH_NOARGS, memory_on_doc},
    {"collectors", collectors, METH_VARARGS, collectors_doc},
    {"allocated", allocated, METH_NOARGS, allocated_doc},
    {"assert_allocated", (PyCFunction)(void (*)(void))allocation_check_new, METH_VARARGS | METH_KEYWORDS, assert_allocated_doc},
    {"census", census, METH_NOARGS, census_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = PYPROF_MODULE_NAME,
    .m_doc = module_doc,
    .m_size = -1,
    .m_methods = functions,
};

static PyObject *make_module(void) {
    pause_type = (PyTypeObject *)PyType_FromSpec(&pause_specification);
    return pause_type && allocation_check_prepare() ? PyModule_Create(&definition) : NULL;
}

PyObject *pyprof_module(void) {
    static PyObject *module;
    struct own_work work;
    own_work_begin(&work);
    PyObject *made = module ? NULL : make_module();
    if (made)
        module = made;
    struct python_exception failure = module ? (struct python_exception){0} : python_take_exception();
    own_work_end(&work);
    if (!module)
        python_put_exception(failure);
    return Py_XNewRef(module);
}
