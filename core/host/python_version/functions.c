/* functions.c - functions and generators: the code they run, and the versions by which the interpreter specialises calls. */
#include "core/host/python_version/internals.h"

PyCodeObject *python_generator_code(PyObject *generator) {
#if PY_VERSION_HEX < 0x030C0000
    return (PyCodeObject *)Py_NewRef(((PyGenObject *)generator)->gi_code);
#else
    return PyGen_GetCode((PyGenObject *)generator);
#endif
}

#if PY_VERSION_HEX >= 0x030D0000
static bool is_function_version(uint32_t version) {
#if PY_VERSION_HEX < 0x030E0000
    return version != 0;
#else
    return version >= FUNC_VERSION_FIRST_VALID;
#endif
}

uint32_t python_new_code_version(void) {
    struct _py_func_state *state = &PyInterpreterState_Get()->func_state;
    return state->next_version ? state->next_version++ : 0;
}
#endif

void python_function_set_code(PyObject *function, PyCodeObject *code) {
    PyFunctionObject *changed = (PyFunctionObject *)function;
#if PY_VERSION_HEX < 0x030D0000
    changed->func_version = 0; /* it gets one when a call of it is specialised */
#else
    /* The interpreter finds a function by its version; the entry would outlive the function. */
    struct _func_version_cache_item *found =
        &PyInterpreterState_Get()->func_state.func_version_cache[changed->func_version % FUNC_VERSION_CACHE_SIZE];
    if (found->func == changed)
        found->func = NULL;
    /* Calls of a function without a version are never specialised; one that the program took away stays away. */
    if (is_function_version(changed->func_version))
        changed->func_version = code->co_version;
#endif
    Py_SETREF(changed->func_code, Py_NewRef(code));
}

bool python_goes_by_code(PyObject *function) {
#if PY_VERSION_HEX < 0x030E0000
    (void)function;
    return true;
#else
    bool goes = _PyFunction_VerifyStateless(PyThreadState_Get(), function) == 0;
    PyErr_Clear();
    return goes;
#endif
}
