#include "core/host/monitoring.h"

#include <stddef.h>

#include "core/host/exchange.h"
#include "core/host/instrument.h"
#include "core/host/twins.h"

/* --- events of a code object are those of what runs ---------------------------------------------------------- */

static struct exchanged set_events, get_events;

static PyObject *with_twin(const struct exchanged *builtin, PyObject *module, PyObject *const *arguments, Py_ssize_t count,
                           PyObject *names) {
    enum { CODE = 1, MOST_ARGUMENTS = 3 };
    bool fits = count > CODE && count <= MOST_ARGUMENTS && PyCode_Check(arguments[CODE]);
    const struct twin *known = fits ? twins_find((PyCodeObject *)arguments[CODE]) : NULL;
    if (!known || !known->instrumented || names)
        return exchange_call_original(builtin, module, arguments, count, names);
    PyObject *changed[MOST_ARGUMENTS];
    for (Py_ssize_t i = 0; i < count; i++)
        changed[i] = i == CODE ? (PyObject *)known->instrumented : arguments[i];
    return exchange_call_original(builtin, module, changed, count, names);
}

static PyObject *set_local_events(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return with_twin(&set_events, module, arguments, count, NULL);
}

static PyObject *get_local_events(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    return with_twin(&get_events, module, arguments, count, NULL);
}

static PyObject *set_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return with_twin(&set_events, module, arguments, count, names);
}

static PyObject *get_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return with_twin(&get_events, module, arguments, count, names);
}

/* --- callbacks --------------------------------------------------------------------------------------------- */

/* What the arguments of an event's callback are, behind the code object. */
enum event_kind {
    EVENT_LINE,        /* a line */
    EVENT_PLACE,       /* an offset, and perhaps a value */
    EVENT_INSTRUCTION, /* the offset of an instruction of the program's */
    EVENT_JUMP,        /* the same, and the offset where it leads */
    EVENT_HANDLER,     /* the offset where a handler begins, and an exception */
    EVENT_TRACED,      /* the same as of an instruction, for the interpreter's own callback */
};

static struct {
    const char *name;
    enum event_kind kind;
    long bit; /* 0: this version has no such event */
} kinds[] = {
    {"LINE", EVENT_LINE, 0},         {"INSTRUCTION", EVENT_INSTRUCTION, 0}, {"RERAISE", EVENT_INSTRUCTION, 0},
    {"JUMP", EVENT_JUMP, 0},         {"BRANCH", EVENT_JUMP, 0},             {"BRANCH_LEFT", EVENT_JUMP, 0},
    {"BRANCH_RIGHT", EVENT_JUMP, 0}, {"EXCEPTION_HANDLED", EVENT_HANDLER, 0},
};

static void find_events(PyObject *monitoring) {
    PyObject *events = PyObject_GetAttrString(monitoring, "events");
    for (size_t i = 0; events && i < sizeof kinds / sizeof *kinds; i++) {
        PyObject *bit = PyObject_GetAttrString(events, kinds[i].name);
        kinds[i].bit = bit ? PyLong_AsLong(bit) : 0;
        Py_XDECREF(bit);
        PyErr_Clear();
    }
    Py_XDECREF(events);
    PyErr_Clear();
}

static enum event_kind kind_of(PyObject *event) {
    long bit = PyLong_Check(event) ? PyLong_AsLong(event) : 0;
    PyErr_Clear();
    for (size_t i = 0; bit && i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].bit == bit)
            return kinds[i].kind;
    return EVENT_PLACE;
}

enum { CODE, OFFSET, TARGET, MOST_ARGUMENTS = 6 };

/* Registered in place of the program's callback. */
struct translator {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *callback; /* owned */
    enum event_kind kind;
};

/* The original's unit of an instruction or of a prefix of it; prefixes are counted back from the opcode. */
static int original_instruction(PyCodeObject *code, int unit) {
    int prefixes = offset_map_prefixes(code, unit);
    return instrument_original_unit(code, unit + prefixes) - prefixes;
}

/* A prefix that only the twin has. */
static bool is_own_prefix(PyCodeObject *code, int unit) {
    int prefixes = offset_map_prefixes(code, unit);
    return prefixes > 0 && offset_map_prefixes(twins_original(code), original_instruction(code, unit)) != prefixes;
}

/* Probes are no instructions of the program's, nor are prefixes that only a twin has; nor is the handler behind them all, to which
 * exceptions come last. A landing that raises again comes to a handler, which is told of itself. */
static bool is_of_program(const struct translator *translator, PyCodeObject *code, int unit) {
    switch (translator->kind) {
    case EVENT_INSTRUCTION:
    case EVENT_JUMP:
    case EVENT_TRACED:
        return instrument_place(code, unit) == OFFSET_ORIGINAL && !is_own_prefix(code, unit);
    case EVENT_HANDLER:
        return instrument_place(code, unit) != OFFSET_BEHIND && !instrument_raises_again(code, unit);
    default:
        return true;
    }
}

/* The instruction that an exception left the running activation by. */
static int leaving_unit(PyCodeObject *code, int otherwise) {
    PyFrameObject *frame = PyEval_GetFrame(); /* borrowed */
    int last = frame ? PyFrame_GetLasti(frame) : -1;
    return last >= 0 ? instrument_original_unit(code, last / CODE_UNIT_BYTES) : otherwise;
}

static PyObject *original_offset(const struct translator *translator, PyCodeObject *code, PyObject *offset) {
    int unit = (int)(PyLong_AsLong(offset) / CODE_UNIT_BYTES), original = original_instruction(code, unit);
    if (translator->kind == EVENT_PLACE) {
        /* Exceptions from a callee are told with the unit in front of the call. */
        enum offset_place place = instrument_place(code, unit);
        original = place == OFFSET_PROBE ? original - 1 : place == OFFSET_BEHIND ? leaving_unit(code, original) : original;
    }
    return PyLong_FromLong(original * (long)CODE_UNIT_BYTES);
}

/* The same call with the original's code and offsets. */
static PyObject *call_translated(const struct translator *translator, PyObject *const *arguments, Py_ssize_t count) {
    PyCodeObject *code = (PyCodeObject *)arguments[CODE];
    bool place = translator->kind != EVENT_LINE && PyLong_Check(arguments[OFFSET]);
    bool target = translator->kind == EVENT_JUMP && count > TARGET && PyLong_Check(arguments[TARGET]);
    PyObject *changed[1 + MOST_ARGUMENTS]; /* the callee may use the one in front */
    for (Py_ssize_t i = 0; i < count; i++)
        changed[1 + i] = arguments[i];
    changed[1 + CODE] = (PyObject *)twins_original(code);
    PyObject *offset = place ? original_offset(translator, code, arguments[OFFSET]) : NULL;
    PyObject *leads_to = target ? original_offset(translator, code, arguments[TARGET]) : NULL;
    if (offset)
        changed[1 + OFFSET] = offset;
    if (leads_to)
        changed[1 + TARGET] = leads_to;
    PyObject *result = NULL;
    if ((offset || !place) && (leads_to || !target))
        result = PyObject_Vectorcall(translator->callback, changed + 1, (size_t)count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_XDECREF(offset);
    Py_XDECREF(leads_to);
    return result;
}

static PyObject *translate(PyObject *self, PyObject *const *arguments, size_t flags, PyObject *names) {
    const struct translator *translator = (struct translator *)self;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    bool known = count > OFFSET && count <= MOST_ARGUMENTS && !names && PyCode_Check(arguments[CODE]);
    if (known && PyLong_Check(arguments[OFFSET]) &&
        !is_of_program(translator, (PyCodeObject *)arguments[CODE],
                       (int)(PyLong_AsLong(arguments[OFFSET]) / CODE_UNIT_BYTES)))
        Py_RETURN_NONE;
    if (!known || translator->kind == EVENT_TRACED)
        return PyObject_Vectorcall(translator->callback, arguments, (size_t)count, names);
    return call_translated(translator, arguments, count);
}

static void end_translator(PyObject *self) {
    Py_DECREF(((struct translator *)self)->callback);
    PyObject_Free(self);
}

static PyTypeObject translator_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "callback",
    .tp_basicsize = sizeof(struct translator),
    .tp_dealloc = end_translator,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(struct translator, call),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

static PyObject *translator_new(PyObject *callback, enum event_kind kind) {
    struct translator *translator = PyObject_New(struct translator, &translator_type);
    if (translator) {
        translator->call = translate;
        translator->callback = Py_NewRef(callback);
        translator->kind = kind;
    }
    return (PyObject *)translator;
}

static struct exchanged register_callback;

static PyObject *register_translated(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    enum { TOOL, EVENT, CALLBACK, ARGUMENTS };
    if (count != ARGUMENTS || arguments[CALLBACK] == Py_None)
        return exchange_call_original(&register_callback, module, arguments, count, NULL);
    PyObject *changed[ARGUMENTS] = {arguments[TOOL], arguments[EVENT],
                                    translator_new(arguments[CALLBACK], kind_of(arguments[EVENT]))};
    if (!changed[CALLBACK])
        return NULL;
    PyObject *before = exchange_call_original(&register_callback, module, changed, count, NULL);
    Py_DECREF(changed[CALLBACK]);
    return before;
}

/* Gives back what the program had registered before. */
static PyObject *register_without_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
    PyObject *before = register_translated(module, arguments, count);
    if (before && Py_IS_TYPE(before, &translator_type))
        Py_SETREF(before, Py_NewRef(((struct translator *)before)->callback));
    return before;
}

static PyObject *register_with_names(PyObject *module, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return names ? exchange_call_original(&register_callback, module, arguments, count, names)
                 : register_without_names(module, arguments, count);
}

/* --- sys.settrace with f_trace_opcodes, which the interpreter does by the same events --------------------------- */

static PyCFunction set_trace, set_trace_everywhere;

/* The interpreter registers its callbacks when something is traced for the first time. */
static PyObject *followed(PyObject *result) {
    PyObject **tracer = result && python_in_main_interpreter() ? python_opcode_tracer() : NULL;
    if (tracer && *tracer && !Py_IS_TYPE(*tracer, &translator_type)) {
        PyObject *translator = translator_new(*tracer, EVENT_TRACED);
        if (translator)
            Py_SETREF(*tracer, translator);
        PyErr_Clear();
    }
    return result;
}

static PyObject *set_trace_followed(PyObject *module, PyObject *function) { return followed(set_trace(module, function)); }

static PyObject *set_everywhere_followed(PyObject *module, PyObject *function) {
    return followed(set_trace_everywhere(module, function));
}

static bool follow_tracing(void) {
    PyObject *module = PyImport_ImportModule("sys");
    bool done = module && exchange_definition(module, "settrace", METH_O, &set_trace, set_trace_followed) &&
                exchange_definition(module, "_settraceallthreads", METH_O, &set_trace_everywhere, set_everywhere_followed);
    Py_XDECREF(module);
    return done;
}

bool monitoring_install(void) {
    PyObject *monitoring = PySys_GetObject("monitoring"); /* borrowed */
    if (!monitoring)
        return true;
    find_events(monitoring);
    return PyType_Ready(&translator_type) == 0 &&
           exchange_function(&set_events, monitoring, "set_local_events", set_with_names, set_local_events) &&
           exchange_function(&get_events, monitoring, "get_local_events", get_with_names, get_local_events) &&
           exchange_function(&register_callback, monitoring, "register_callback", register_with_names, register_without_names) &&
           follow_tracing();
}
