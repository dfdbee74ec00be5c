#include "core/host/c_functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/host/exchange.h"
#include "core/probe/index_table.h"
#include "core/probe/profile_writer.h"

static struct index_table codes;    /* address of the method definition -> code */
static struct index_table constant; /* the same -> 1, for those of constant time */

/* Functions that take a short time whatever they are given of the builtin types; sorted. What calls back into Python, waits or
 * walks over its argument is not among them. */
static const char *const constant_time_functions[] = {
    "_asyncio.Future.cancelled",
    "_asyncio.Future.done",
    "_asyncio.Future.exception",
    "_asyncio.Future.get_loop",
    "_asyncio.Future.result",
    "_asyncio.Task.cancelled",
    "_asyncio.Task.done",
    "_asyncio.Task.exception",
    "_asyncio.Task.get_loop",
    "_asyncio.Task.result",
    "_contextvars.ContextVar.get",
    "_io.BytesIO.tell",
    "_io.StringIO.tell",
    "_operator.index",
    "_random.Random.random",
    "_thread.RLock.__exit__",
    "_thread.RLock.release",
    "_thread.get_ident",
    "_thread.lock.__exit__",
    "_thread.lock.release",
    "builtins.abs",
    "builtins.callable",
    "builtins.chr",
    "builtins.getattr",
    "builtins.hasattr",
    "builtins.id",
    "builtins.isinstance",
    "builtins.issubclass",
    "builtins.len",
    "builtins.ord",
    "builtins.setattr",
    "collections.deque.append",
    "collections.deque.appendleft",
    "collections.deque.pop",
    "collections.deque.popleft",
    "complex.conjugate",
    "dict.get",
    "dict.items",
    "dict.keys",
    "dict.pop",
    "dict.setdefault",
    "dict.values",
    "float.is_integer",
    "int.bit_length",
    "list.append",
    "list.pop",
    "math.acos",
    "math.asin",
    "math.atan",
    "math.atan2",
    "math.ceil",
    "math.copysign",
    "math.cos",
    "math.degrees",
    "math.exp",
    "math.fabs",
    "math.floor",
    "math.fmod",
    "math.hypot",
    "math.isclose",
    "math.isfinite",
    "math.isinf",
    "math.isnan",
    "math.ldexp",
    "math.log",
    "math.log10",
    "math.log2",
    "math.modf",
    "math.pow",
    "math.radians",
    "math.sin",
    "math.sqrt",
    "math.tan",
    "math.tanh",
    "math.trunc",
    "posix.fspath",
    "re.Match.end",
    "re.Match.span",
    "re.Match.start",
    "set.add",
    "set.discard",
    "set.remove",
    "str.endswith",
    "str.startswith",
    "sys._getframe",
    "sys.exc_info",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.time",
    "time.time_ns",
};

static int compare_names(const void *key, const void *row) { return strcmp(key, *(const char *const *)row); }

static bool is_constant_time(const char *qualname) {
    return bsearch(qualname, constant_time_functions, sizeof constant_time_functions / sizeof *constant_time_functions,
                   sizeof *constant_time_functions, compare_names) != NULL;
}

/* Name of the module that a builtin function says it belongs to, or "". */
static const char *module_name(PyObject *callable) {
    PyObject *module = ((PyCFunctionObject *)callable)->m_module;
    PyObject *self = ((PyCFunctionObject *)callable)->m_self;
    const char *name = NULL;
    if (module && PyUnicode_Check(module))
        name = PyUnicode_AsUTF8(module);
    else if (self && PyModule_Check(self))
        name = PyModule_GetName(self);
    if (!name)
        PyErr_Clear();
    return name ? name : "";
}

/* "builtins." for a function of a module, "list." for a method of a type, "" where neither is known. */
static const char *owner_name(PyObject *callable) {
    if (Py_TYPE(callable) == &PyMethodDescr_Type)
        return PyDescr_TYPE(callable)->tp_name;
    PyObject *self = ((PyCFunctionObject *)callable)->m_self;
    if (!self || PyModule_Check(self))
        return module_name(callable);
    return PyType_Check(self) ? ((PyTypeObject *)self)->tp_name : Py_TYPE(self)->tp_name;
}

static uint32_t register_function(const PyMethodDef *method, PyObject *callable) {
    char qualname[512];
    const char *owner = owner_name(callable);
    snprintf(qualname, sizeof qualname, "%s%s%s", owner, *owner ? "." : "", method->ml_name);
    uint64_t key = (uint64_t)(uintptr_t)method;
    uint32_t code = profile_register_function(&(struct profile_function){
        .file = "", .name = method->ml_name, .qualname = qualname, .kind = ARENA_CODE_C, .fingerprint = key});
    if (code)
        (void)index_table_add(&codes, key, code); /* else it is only looked up again */
    if (code && is_constant_time(qualname))
        (void)index_table_add(&constant, key, 1); /* else every call is timed */
    return code;
}

static struct c_function pretended;

void c_function_pretend(const struct c_function *function) {
    pretended = function ? *function : (struct c_function){0};
}

struct c_function c_function_find(const PyMethodDef *method, PyObject *callable) {
    if (pretended.code)
        return pretended;
    method = exchange_public_method(method);
    uint64_t key = (uint64_t)(uintptr_t)method;
    uint32_t code = index_table_find(&codes, key);
    if (!code)
        code = register_function(method, callable);
    return (struct c_function){code, index_table_find(&constant, key) != 0};
}
