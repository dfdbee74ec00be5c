/* native_blocks.c - a module for the tests of native code's memory: allocates, frees and maps what it is told, and nothing else.
 *
 * Blocks are in slots. Where it happens is set beforehand: on the calling thread with the interpreter lock or without it, or on a
 * thread of the module's own, which Python does not know. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>

enum { SLOTS = 4096, HUGE_SIZE = -1 };
enum place { WITH_LOCK, WITHOUT_LOCK, WORKER };

struct work {
    void (*function)(const long *numbers);
    long numbers[4];
};

static void *slots[SLOTS];
static enum place place;
static struct {
    pthread_t thread;
    sem_t asked, done;
    struct work work;
} worker;

/* HUGE_SIZE: more than there is. */
static size_t size_of(long number) { return number == HUGE_SIZE ? PTRDIFF_MAX - 65536 : (size_t)number; }

/* --- what can be done ------------------------------------------------------------------------------------- */

/* slot, how, size */
static void take(const long *numbers) {
    size_t size = size_of(numbers[2]);
    void **slot = &slots[numbers[0]];
    switch (numbers[1]) {
    case 0: *slot = malloc(size); break;
    case 1: *slot = calloc(size / 8, 8); break;
    case 2: *slot = realloc(NULL, size); break;
    case 3: *slot = reallocarray(NULL, size / 4, 4); break;
    case 4: *slot = aligned_alloc(64, size); break;
    case 5: *slot = memalign(4096, size); break;
    case 6: *slot = valloc(size); break;
    case 7: *slot = posix_memalign(slot, 128, size) ? NULL : *slot; break;
    case 8: *slot = calloc(SIZE_MAX / 2, size); break; /* overflows */
    }
    if (*slot && size)
        *(volatile char *)*slot = 1;
}

/* slot, size */
static void resize(const long *numbers) {
    void *moved = realloc(slots[numbers[0]], size_of(numbers[1]));
    if (moved || numbers[1] == 0)
        slots[numbers[0]] = moved;
}

/* slot */
static void drop(const long *numbers) {
    free(slots[numbers[0]]);
    slots[numbers[0]] = NULL;
}

/* slot, size, kind: 0: memory, 1: without rights, 2: a file's */
static void map(const long *numbers) {
    int protection = numbers[2] == 1 ? PROT_NONE : PROT_READ | PROT_WRITE;
    FILE *file = numbers[2] == 2 ? fopen("/proc/self/exe", "r") : NULL;
    slots[numbers[0]] = mmap(NULL, (size_t)numbers[1], protection, MAP_PRIVATE | (file ? 0 : MAP_ANONYMOUS),
                             file ? fileno(file) : -1, 0);
    if (file)
        fclose(file);
}

/* slot, offset, size, kind as of map: over what is there */
static void map_over(const long *numbers) {
    mmap((char *)slots[numbers[0]] + numbers[1], (size_t)numbers[2], numbers[3] == 1 ? PROT_NONE : PROT_READ | PROT_WRITE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* slot, offset, size */
static void unmap(const long *numbers) { munmap((char *)slots[numbers[0]] + numbers[1], (size_t)numbers[2]); }

/* slot, size, new size; HUGE_SIZE: fails */
static void remap(const long *numbers) {
    void *moved = mremap(slots[numbers[0]], (size_t)numbers[1], size_of(numbers[2]), MREMAP_MAYMOVE);
    if (moved != MAP_FAILED)
        slots[numbers[0]] = moved;
}

/* --- signals ---------------------------------------------------------------------------------------------- */

static long signal_numbers[2];

static void handle_by_taking(int number) {
    (void)number;
    slots[signal_numbers[0]] = malloc((size_t)signal_numbers[1]);
}

/* slot, size: malloc in a signal handler */
static void take_in_handler(const long *numbers) {
    struct sigaction before, taking = {.sa_handler = handle_by_taking};
    signal_numbers[0] = numbers[0];
    signal_numbers[1] = numbers[1];
    sigaction(SIGUSR1, &taking, &before);
    raise(SIGUSR1);
    sigaction(SIGUSR1, &before, NULL);
}

static volatile long storms;

/* What may come at any instruction: between the two it is no allocator that is interrupted. */
static void handle_by_mapping(int number) {
    (void)number;
    int saved_errno = errno;
    void *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED)
        munmap(memory, 8192);
    storms++;
    errno = saved_errno;
}

/* microseconds between two signals; 0: no more */
static void storm(const long *numbers) {
    struct sigaction mapping = {.sa_handler = handle_by_mapping, .sa_flags = SA_RESTART};
    struct itimerval timer = {{0, numbers[0]}, {0, numbers[0]}};
    sigaction(SIGALRM, &mapping, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* --- where it is done ------------------------------------------------------------------------------------- */

static void *work(void *unused) {
    for (;;) {
        while (sem_wait(&worker.asked) != 0)
            continue;
        worker.work.function(worker.work.numbers);
        sem_post(&worker.done);
    }
    return unused;
}

static void ask_worker(const struct work *wanted) {
    worker.work = *wanted;
    sem_post(&worker.asked);
    while (sem_wait(&worker.done) != 0)
        continue;
}

static PyObject *perform(void (*function)(const long *), PyObject *const *arguments, Py_ssize_t count) {
    struct work wanted = {.function = function};
    for (Py_ssize_t i = 0; i < count && i < 4; i++)
        wanted.numbers[i] = PyLong_AsLong(arguments[i]);
    if (PyErr_Occurred())
        return NULL;
    if (place == WITH_LOCK)
        function(wanted.numbers);
    else {
        Py_BEGIN_ALLOW_THREADS
        if (place == WORKER)
            ask_worker(&wanted);
        else
            function(wanted.numbers);
        Py_END_ALLOW_THREADS
    }
    Py_RETURN_NONE;
}

#define METHOD(name)                                                                                      \
    static PyObject *do_##name(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {          \
        (void)module;                                                                                     \
        return perform(name, arguments, count);                                                           \
    }
METHOD(take)
METHOD(resize)
METHOD(drop)
METHOD(map)
METHOD(map_over)
METHOD(unmap)
METHOD(remap)
METHOD(take_in_handler)
METHOD(storm)

static PyObject *set_place(PyObject *module, PyObject *argument) {
    (void)module;
    place = (enum place)PyLong_AsLong(argument);
    if (place == WORKER && !worker.thread && pthread_create(&worker.thread, NULL, work, NULL) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

static PyObject *get_storms(PyObject *module, PyObject *unused) {
    (void)module;
    (void)unused;
    return PyLong_FromLong(storms);
}

#define FAST(name) {#name, (PyCFunction)(void (*)(void))do_##name, METH_FASTCALL, NULL}
static PyMethodDef methods[] = {
    FAST(take), FAST(resize), FAST(drop), FAST(map), FAST(map_over), FAST(unmap), FAST(remap), FAST(take_in_handler), FAST(storm),
    {"set_place", set_place, METH_O, NULL}, {"storms", get_storms, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "native_blocks", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_native_blocks(void);
PyMODINIT_FUNC PyInit_native_blocks(void) {
    sem_init(&worker.asked, 0, 0);
    sem_init(&worker.done, 0, 0);
    return PyModule_Create(&definition);
}
