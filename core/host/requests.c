#include "core/host/requests.h"

#include <signal.h>

#include "core/host/census.h"
#include "core/host/own_work.h"
#include "core/host/publish_bytecode.h"
#include "core/host/switching.h"
#include "core/host/thread_names.h"
#include "core/probe/asked.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"

static bool is_asked(const uint32_t *asked, const uint32_t *done) {
    return __atomic_load_n(asked, __ATOMIC_ACQUIRE) != __atomic_load_n(done, __ATOMIC_RELAXED);
}

/* --- being woken ---------------------------------------------------------------------------------------------- */

/* Without probes nobody looks into the mailbox. From the first switch on the recorder may send the main thread a signal that
 * nothing else uses; the interpreter's own handler has it call this between two instructions, and in many
 * system calls that wait. */
static PyObject *woken(PyObject *self, PyObject *arguments);

static int free_signal(void) {
    struct sigaction action;
    for (int number = SIGRTMAX - 1; number > SIGRTMIN; number--)
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
            return number;
    return 0;
}

static bool handle_signal(int number, PyObject *handler) {
    PyObject *module = PyImport_ImportModule("_signal");
    PyObject *before = module ? PyObject_CallMethod(module, "signal", "iO", number, handler) : NULL;
    bool done = before != NULL;
    Py_XDECREF(before);
    Py_XDECREF(module);
    PyErr_Clear(); /* on another thread than the main one: the next switch tries again */
    return done;
}

void requests_stay_reachable(void) {
    static PyMethodDef definition = {"woken", woken, METH_VARARGS, NULL};
    struct arena_header *header = profile_header();
    struct own_work work;
    int number = header->wake_signal ? 0 : free_signal();
    if (!number)
        return;
    own_work_begin(&work);
    PyObject *handler = PyCFunction_New(&definition, NULL);
    if (handler && handle_signal(number, handler))
        __atomic_store_n(&header->wake_signal, (uint32_t)number, __ATOMIC_RELEASE);
    PyErr_Clear();
    Py_XDECREF(handler);
    own_work_end(&work);
}

/* The interpreter gives up its handlers when it ends; one that is late must do no harm. */
void requests_end(void) {
    struct arena_header *header = profile_header();
    uint32_t number = header ? header->wake_signal : 0;
    if (!number)
        return;
    __atomic_store_n(&header->wake_signal, 0, __ATOMIC_RELEASE);
    PyObject *ignore = PyLong_FromVoidPtr((void *)SIG_IGN);
    if (ignore)
        handle_signal((int)number, ignore);
    Py_XDECREF(ignore);
}

/* --- doing what is asked for ---------------------------------------------------------------------------------- */

/* Where it cannot be done now it is left for the next look. */
static void switch_collectors(struct arena_header *header) {
    uint32_t number = header->mailbox.collectors;
    bool done = switching_do(number & ((1u << ARENA_SWITCH_BITS) - 1));
    requests_stay_reachable();
    if (done)
        __atomic_store_n(&header->mailbox.collectors_done, number, __ATOMIC_RELEASE);
}

/* A census that cannot be taken now is not taken. */
static int do_requests(void *unused) {
    struct arena_header *header = profile_header();
    (void)unused;
    if (!header)
        return 0;
    struct arena_mailbox *mailbox = &header->mailbox;
    thread_names_refresh();
    if (is_asked(&mailbox->pause_memory, &mailbox->pause_memory_done)) {
        uint32_t number = mailbox->pause_memory;
        memory_set_paused(number & 1);
        __atomic_store_n(&mailbox->pause_memory_done, number, __ATOMIC_RELEASE);
    }
    if (is_asked(&mailbox->collectors, &mailbox->collectors_done))
        switch_collectors(header);
    if (is_asked(&mailbox->take_census, &mailbox->take_census_done)) {
        uint32_t number = mailbox->take_census;
        census_take();
        __atomic_store_n(&mailbox->take_census_done, number, __ATOMIC_RELEASE);
    }
    if (is_asked(&mailbox->publish_bytecode, &mailbox->publish_bytecode_done)) {
        uint32_t number = mailbox->publish_bytecode;
        publish_specializations();
        __atomic_store_n(&mailbox->publish_bytecode_done, number, __ATOMIC_RELEASE);
    }
    return 0;
}

static PyObject *woken(PyObject *self, PyObject *arguments) {
    (void)self, (void)arguments;
    do_requests(NULL);
    Py_RETURN_NONE;
}

/* The interpreter has room for few calls that are pending. */
static bool tell(void) { return Py_AddPendingCall(do_requests, NULL) == 0; }

void requests_watch(void) { asked_watch(tell); }

void requests_watch_memory(void) { memory_watch_requests(tell); }
