"""Memory collector: targets that run out of memory, that have allocators of their own, allocate before the start or behind the end, or
are killed. The program goes on as under plain python3, and what was counted keeps its sums."""
import collections
import pathlib
import resource
import shutil
import signal
import subprocess
import unittest

from workbench import PYTHON, TIME_LIMIT, WORKBENCH, FaultTest, can_mount, in_mount_namespace

CAN_MOUNT = can_mount()
HAS_TEST_MODULE = subprocess.run([PYTHON, "-c", "import _testcapi"], capture_output=True).returncode == 0


class MemoryTest(FaultTest):
    def library(self, name, source, *options):
        """A shared library of that C text."""
        path, library = self.write(f"{name}.c", source), self.folder / f"{name}.so"
        subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-w", "-O1", "-fno-builtin", "-fPIC", "-shared", *options, "-o", library,
                        path, "-lpthread"], check=True)
        return library

    def plain(self, **options):
        process = self.start("target.py", command=[PYTHON], **options)
        process.out, process.err = process.communicate(timeout=TIME_LIMIT)
        return process

    def memory_run(self, *arguments, workbench=WORKBENCH, collectors="function,line,memory", status=0, **options):
        process = self.run_workbench("--headless", "-k", collectors, "--python", PYTHON, "-o", "run.pyprof", *arguments, "target.py",
                                     command=[workbench], **options)
        self.assertEqual(process.returncode, status, process.err)
        return process

    def count(self, script, status=0, **options):
        """The session of a program that must do as under plain python3."""
        self.write("target.py", script)
        expected = self.plain()
        self.assertEqual(expected.returncode, status, f"the program itself is wrong under python3:\n{expected.err}")
        process = self.memory_run(status=status, **options)
        self.assertEqual((process.out, process.err), (expected.out, expected.err))
        session = self.session()
        self.assert_sums(session)
        return session

    def assert_sums(self, session):
        """All is the sum of its parts, and nothing is below zero."""
        sites, heap = session["sites"], session["heap"]
        for which in ("live_bytes", "peak_bytes"):
            self.assertEqual(heap[which], sum(site[which] for site in sites), which)
        for numbers in (heap, *sites):
            for name, value in numbers.items():
                self.assertTrue(not isinstance(value, int) or 0 <= value < 1 << 62, f"{name} is {value} in {numbers}")

    def assert_about(self, size, expected):
        """What is expected, and maybe a little that the interpreter needs itself: a larger dictionary of names, for example."""
        self.assertTrue(expected <= size < expected + 2000, (size, expected))

    def line(self, session, number):
        """The sums of all functions on a line of the program."""
        sums = collections.Counter()
        for row in session["lines"]:
            if row["line"] == number and row["file"].endswith("/target.py"):
                sums.update({name: value for name, value in row.items() if isinstance(value, int)})
        return sums


class OutOfMemory(MemoryTest):
    def test_at_a_limit_of_address_space(self):
        session = self.count("""
            import resource
            used = int(open("/proc/self/statm").read().split()[0]) * 4096
            resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20),) * 2)
            blocks = []
            try:
                while True:
                    blocks.append(bytes(1000000))
            except MemoryError:
                print("full", 20 < len(blocks) < 70)
            try:
                bytes(1 << 40)
            except MemoryError:
                print("too large")
            del blocks
            kept = bytes(1000000)
            print("goes on")
            """)
        self.assertGreater(self.line(session, 7)["alloc_bytes"], 20000000)
        self.assertLess(self.line(session, 11)["alloc_bytes"], 10000)
        self.assert_about(self.line(session, 15)["live_bytes"], 1000033)

    @unittest.skipUnless(HAS_TEST_MODULE, "this Python comes without _testcapi")
    def test_at_any_allocation(self):
        """Its allocators stand in front of the collector's for as long."""
        session = self.count("""
            import _testcapi
            def work():
                return [{"a": [i], "b": (i, str(i))} for i in range(3)]
            work()
            failures = 0
            for start in range(1, 60):
                _testcapi.set_nomemory(start, start + 1)
                try:
                    work()
                except MemoryError:
                    failures += 1
                finally:
                    _testcapi.remove_mem_hooks()
            print("some failed", failures > 5)
            kept = bytes(1000000)
            """)
        self.assert_about(self.line(session, 15)["live_bytes"], 1000033)


OTHER_HOOKS = r"""
    #define PY_SSIZE_T_CLEAN
    #include <Python.h>
    static PyMemAllocatorEx before[3];
    static long calls;
    /* A block of another address and size than what its caller sees. */
    static void *other_malloc(void *c, size_t n) {
        char *p = ((PyMemAllocatorEx *)c)->malloc(((PyMemAllocatorEx *)c)->ctx, n + 32);
        calls++;
        return p ? p + 32 : NULL;
    }
    static void *other_calloc(void *c, size_t k, size_t n) {
        void *p = other_malloc(c, k * n);
        return p ? memset(p, 0, k * n) : NULL;
    }
    static void other_free(void *c, void *p) {
        if (p) ((PyMemAllocatorEx *)c)->free(((PyMemAllocatorEx *)c)->ctx, (char *)p - 32);
    }
    static void *other_realloc(void *c, void *p, size_t n) {
        if (!p) return other_malloc(c, n);
        char *q = ((PyMemAllocatorEx *)c)->realloc(((PyMemAllocatorEx *)c)->ctx, (char *)p - 32, n + 32);
        return q ? q + 32 : NULL;
    }
    /* The object domain of all that is allocated between; `inside` is called there. */
    static PyObject *within(PyObject *m, PyObject *inside) {
        PyMemAllocatorEx other = {&before[2], other_malloc, other_calloc, other_realloc, other_free};
        PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &before[2]);
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &other);
        void *p = PyObject_Malloc(1000), *q = PyObject_Calloc(10, 100);
        p = PyObject_Realloc(p, 500000);
        PyObject_Free(q);
        PyObject_Free(p);
        PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &before[2]);
        return PyLong_FromLong(calls);
    }
    static PyMethodDef methods[] = {{"within", within, METH_NOARGS, NULL}, {0}};
    static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "other_hooks", .m_size = -1, .m_methods = methods};
    PyMODINIT_FUNC PyInit_other_hooks(void) { return PyModule_Create(&definition); }
    """


class OtherAllocators(MemoryTest):
    def test_hooks_of_another_library(self):
        include = subprocess.run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('include'))"], text=True,
                                 capture_output=True, check=True).stdout.strip()
        self.library("other_hooks", OTHER_HOOKS, f"-I{include}")
        session = self.count("""
            import sys
            sys.path.insert(0, ".")
            import other_hooks
            calls = other_hooks.within()
            print(calls)
            """)
        row = self.line(session, 4)
        self.assert_about(row["alloc_bytes"], 502096)
        self.assert_about(row["free_bytes"], 502096)
        self.assert_about(row["live_bytes"], 0)

    def test_tracemalloc_begun_and_ended(self):
        session = self.count("""
            import tracemalloc
            before = [bytes(1000) for i in range(100)]
            tracemalloc.start()
            during = [bytes(1000) for i in range(100)]
            del before
            print(tracemalloc.get_traced_memory()[0] > 100000)
            tracemalloc.stop()
            del during
            kept = bytes(500000)
            """)
        self.assert_about(self.line(session, 9)["live_bytes"], 500033)
        self.assertEqual([self.line(session, number)["live_bytes"] < 1000 for number in (2, 4)], [True, True])

    def test_every_allocator_that_python_has(self):
        script = "kept = [bytes(600) for i in range(1000)]\nprint(len(kept))\n"
        for name in ("pymalloc", "pymalloc_debug", "malloc", "malloc_debug", "debug"):
            with self.subTest(name=name):
                self.environment["PYTHONMALLOC"] = name
                session = self.count(script)
                self.assertTrue(633000 <= self.line(session, 1)["live_bytes"] < 650000, self.line(session, 1))
                self.assertEqual("allocator_replaced" in session["heap"], name != "pymalloc")
                report = self.run_workbench("--report", "memory", "run.pyprof").out
                self.assertEqual("allocator was not its usual one" in report, name != "pymalloc", report)


EARLY_BLOCKS = r"""
    #include <stdlib.h>
    static void *blocks[1000];
    __attribute__((constructor)) static void begin(void) { for (int i = 0; i < 1000; i++) blocks[i] = malloc(100 + i); }
    void release(void) { for (int i = 0; i < 1000; i++) { blocks[i] = realloc(blocks[i], i % 2 ? 5000 : 1); free(blocks[i]); } }
    """

THREAD_ENDS = r"""
    #include <pthread.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    static pthread_key_t key;
    static int ended;
    static void end(void *block) {
        void *more = malloc(300), *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        free(block);
        free(realloc(more, 10));
        munmap(map, 4096);
        static __thread int again;
        if (again++ < 2) pthread_setspecific(key, malloc(7));
        else __atomic_fetch_add(&ended, 1, __ATOMIC_RELAXED);
    }
    __attribute__((constructor)) static void begin(void) { pthread_key_create(&key, end); }
    void arm(void) { pthread_setspecific(key, malloc(200)); }
    int ends(void) { return ended; }
    static void *nothing(void *unused) { arm(); return unused; }
    /* Threads of the smallest stack, that Python does not know. */
    void run_small(int count) {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 16384);
        for (int i = 0; i < count; i++) {
            pthread_t thread;
            pthread_create(&thread, &attributes, nothing, NULL);
            pthread_join(thread, NULL);
        }
    }
    """

LATE_BLOCKS = r"""
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <unistd.h>
    static void *kept;
    static void late(void) {
        char *text = strdup("late\n");
        kept = realloc(kept, 50000);
        write(1, text, 5);
        free(text);
    }
    void arm(void) { kept = malloc(100); atexit(late); }
    __attribute__((destructor)) static void end(void) { late(); free(kept); munmap(mmap(NULL, 4096, 3, 34, -1, 0), 4096); }
    """


class BeforeAndBehind(MemoryTest):
    def test_blocks_of_before_the_start(self):
        library = self.library("early", EARLY_BLOCKS)
        self.environment["LD_PRELOAD"] = str(library)
        session = self.count("import ctypes\nrelease = ctypes.CDLL(None).release\nrelease()\nprint('released')\n")
        row = self.line(session, 3)
        self.assertEqual((row["alloc_count"], row["alloc_bytes"], row["free_bytes"], row["live_bytes"]),
                         (1000, 500 * 5000 + 500, 500 * 5000 + 500, 0))
        self.assertGreaterEqual(session["heap"]["unknown_frees"], 1000)

    def test_blocks_behind_the_end_of_threads(self):
        library = self.library("ends", THREAD_ENDS)
        self.count(f"""
            import ctypes, threading
            library = ctypes.CDLL("{library}")
            for i in range(20):
                thread = threading.Thread(target=library.arm)
                thread.start()
                thread.join()
            library.run_small(20)
            while library.ends() < 40:
                pass
            print(library.ends())
            """)

    def test_blocks_behind_the_end_of_python(self):
        library = self.library("late", LATE_BLOCKS)
        session = self.count(f"import ctypes\nlibrary = ctypes.CDLL('{library}')\nlibrary.arm()\nprint('armed', flush=True)\n")
        self.assert_about(self.line(session, 3)["live_bytes"], 100)

    def test_a_library_that_is_unloaded(self):
        library = self.library("late", LATE_BLOCKS)
        self.count(f"""
            import _ctypes, ctypes
            for i in range(20):
                handle = _ctypes.dlopen("{library}", 0)
                _ctypes.dlclose(handle)
            print("closed", flush=True)
            """)

    def test_killed_in_the_middle(self):
        session = self.count("""
            import os, signal, threading
            kept = [bytes(1000) for i in range(1000)]
            def work():
                while True:
                    blocks = [[i] for i in range(1000)]
            for i in range(2):
                threading.Thread(target=work, daemon=True).start()
            blocks = [bytearray(i) for i in range(1000)]
            os.kill(os.getpid(), signal.SIGKILL)
            """, status=-signal.SIGKILL)
        self.assertGreaterEqual(self.line(session, 2)["live_bytes"], 1033000)


class Places(MemoryTest):
    """What the collector needs is not there."""

    def installed(self, folder, *without):
        """A folder with the workbench and its libraries, but for some."""
        place = self.folder / folder
        place.mkdir()
        for path in pathlib.Path(WORKBENCH).resolve().parent.glob("pyprof-*"):
            if path.name not in without:
                shutil.copy(path.resolve(), place / path.name)
        return place / "pyprof-tui"

    SCRIPT = "import mmap\nmemory = mmap.mmap(-1, 1048576)\nkept = bytes(70000)\nprint('ran')\n"

    def test_without_the_library_for_native_code(self):
        session = self.count(self.SCRIPT, workbench=self.installed("place", "pyprof-native.so"))
        self.assertNotIn("native_bytes", session["heap"])
        self.assertLess(self.line(session, 2)["alloc_bytes"], 100000)
        self.assert_about(self.line(session, 3)["live_bytes"], 70033)

    def test_in_a_folder_with_blanks(self):
        self.environment["XDG_RUNTIME_DIR"] = str(self.folder / "runtime")
        (self.folder / "runtime").mkdir(mode=0o700)
        session = self.count(self.SCRIPT, workbench=self.installed("a place: of its own"))
        self.assertGreaterEqual(session["heap"]["native_bytes"], 1048576)

    @unittest.skipUnless(CAN_MOUNT, "small file systems cannot be mounted here")
    def test_sites_without_room(self):
        """What has no room for a site of its own is in that of all others: the sums hold."""
        lines = "".join(f"kept.append(bytes({1000 + i}))\n" for i in range(3000))
        self.write("target.py", "kept = []\n"
                                "try:\n"
                                "    with open('/dev/shm/full', 'wb', buffering=0) as file:\n"
                                "        while True: file.write(bytes(4096))\n"
                                "except OSError as error:\n"
                                "    print(error.strerror)\n"
                                f"{lines}print(len(kept))\n")
        process = self.run_workbench("--headless", "-k", "memory", "--python", PYTHON, "-o", "run.pyprof", "target.py",
                                     command=[*in_mount_namespace({"/dev/shm": "40m"}), WORKBENCH])
        self.assertEqual((process.returncode, process.out), (0, "No space left on device\n3000\n"), process.err)
        session = self.session()
        self.assert_sums(session)
        others = sum(site["alloc_bytes"] for site in session["sites"] if "function" not in site)
        self.assertGreater(others, 1000000)
        self.assertGreaterEqual(session["heap"]["live_bytes"], sum(range(1033, 4033)))

    def test_a_limit_of_address_space_from_the_start(self):
        """Either there is room, and all is right, or it is said in one sentence that memory is not counted."""
        self.write("target.py", "print(sum(range(1000)))\n")
        for megabytes in (200, 600, 2000, 8000, 40000):
            with self.subTest(megabytes=megabytes):
                process = self.run_workbench(
                    "--headless", "-k", "memory", "--python", PYTHON, "-o", "run.pyprof", "target.py",
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20)))
                if megabytes >= 600:
                    self.assertEqual((process.returncode, process.out), (0, "499500\n"), process.err)
                if process.returncode:
                    self.assertNotIn("499500", process.out)
                    self.assertIn("pyprof-tui: ", process.err)
                elif "heap" in (session := self.session()):
                    self.assertEqual(process.err, "")
                    self.assert_sums(session)
                else:
                    self.assertLess(megabytes, 2000)
                    self.assertNotIn("memory", session["collectors"])
                    self.assertRegex(process.err, r"\Apyprof-tui: memory is not counted: .*ulimit -v.*\n\Z")


class Children(MemoryTest):
    def test_a_program_that_must_come_first_is_left_alone(self):
        program = self.folder / "sanitized"
        source = self.write("sanitized.c", '#include <stdlib.h>\n#include <stdio.h>\nint main(void) {\n'
                                           '    free(malloc(10));\n    puts(getenv("LD_PRELOAD") ? "preloaded" : "clean");\n}\n')
        if subprocess.run(["cc", "-w", "-fsanitize=address", "-o", program, source], capture_output=True).returncode != 0:
            self.skipTest("no sanitizer is installed")
        self.count("import subprocess\nprint(subprocess.run(['./sanitized'], capture_output=True))\n")


if __name__ == "__main__":
    unittest.main()
