"""Memory that native code allocates and maps itself, to the byte, on the line that called it.

The programs use native_blocks.c, a module that allocates exactly what it is told. In them the comment `#: +1000/2` says that the
line allocated 1000 bytes in two blocks, `#: -300/1` that it freed as much; without such a comment a line is not looked at.
"""
import contextlib
import os
import pathlib
import re
import subprocess
import sysconfig
import tempfile
import unittest

from comparison import PYTHON, Case, cases, main
from test_counts import Counting

HERE = pathlib.Path(__file__).parent
EXPECTED = re.compile(r"#:((?: [+-]\d+/\d+)+)$")
EVENT = re.compile(r"([+-])(\d+)/(\d+)")

# How `take` allocates; all but the last are blocks of the size that is asked for.
KINDS = range(8)
BEGIN = "import native_blocks as native\ntake, drop = native.take, native.drop\n"


def compile_library(folder, name, source, *options):
    """A shared library NAME.so in the folder, of C text or of a file."""
    if isinstance(source, str):
        path = pathlib.Path(folder) / f"{name}.c"
        path.write_text(source)
        source = path
    library = pathlib.Path(folder) / f"{name}.so"
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-O1", "-fno-builtin", "-fPIC", "-shared", *options, "-o", library,
                    source, "-ldl", "-lpthread"], check=True)
    return library


def include_folder():
    return subprocess.run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('include'))"], text=True,
                          capture_output=True, check=True).stdout.strip()


def expected_events(script):
    """{line: (bytes allocated, blocks, bytes freed, blocks)}"""
    expected = {}
    for number, text in enumerate(script.splitlines(), 1):
        found = EXPECTED.search(text)
        if not found:
            continue
        sums = {"+": (0, 0), "-": (0, 0)}
        for sign, size, count in EVENT.findall(found[1]):
            sums[sign] = int(size), int(count)
        expected[number] = sums["+"] + sums["-"]
    return expected


class NativeTest(Counting):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        holder = tempfile.TemporaryDirectory(prefix="pyprof-native-")
        cls.addClassCleanup(holder.cleanup)
        cls.modules = holder.name
        compile_library(holder.name, "native_blocks", HERE / "native_blocks.c", f"-I{include_folder()}")

    def run_program(self, script, *, collectors="memory", options=(), env=None, **settings):
        case = Case("native", BEGIN + script, env={"PYTHONPATH": self.modules, **(env or {})}, **settings)
        session = self.export(case, collectors, options)
        self.assert_sums(session)
        self.script = case.script
        return session

    def assert_sums(self, session):
        """What holds for every session: all is the sum of its parts, and nothing went below zero."""
        sites, heap = session["sites"], session["heap"]
        self.assertEqual(heap["live_bytes"], sum(site["live_bytes"] for site in sites))
        self.assertEqual(heap["peak_bytes"], sum(site["peak_bytes"] for site in sites))
        for numbers in (heap, *sites):
            for name, value in numbers.items():
                if isinstance(value, int):
                    self.assertTrue(0 <= value < 1 << 62, f"{name} is {value} in {numbers}")
        self.assertLessEqual(heap.get("native_bytes", 0), heap["live_bytes"])
        for side in ("bytes", "count"):
            allocated, freed = (sum(site[f"{way}_{side}"] for site in sites) for way in ("alloc", "free"))
            self.assertEqual(allocated - freed, sum(site[f"live_{side}"] for site in sites))

    def lines(self, session, name="prog.py"):
        return {row["line"]: row for row in session["lines"] if pathlib.Path(row["file"]).name == name}

    def assert_lines(self, session):
        lines, expected = self.lines(session), expected_events(self.script)
        self.assertTrue(expected, "the program says nothing of what is expected")
        for number, events in expected.items():
            row = lines.get(number, {})
            found = tuple(row.get(name, 0) for name in ("alloc_bytes", "alloc_count", "free_bytes", "free_count"))
            self.assertEqual(found, events, f"line {number}: {self.script.splitlines()[number - 1]}")


class Blocks(NativeTest):
    def test_every_function_that_allocates(self):
        for place in range(2):
            with self.subTest(place=place):
                script = f"native.set_place({place})\n" + "".join(
                    f"take({kind}, {kind}, {1000 + 8 * kind}) #: +{1000 + 8 * kind}/1\n"
                    f"drop({kind}) #: -{1000 + 8 * kind}/1\n" for kind in KINDS)
                session = self.run_program(script)
                self.assert_lines(session)

    def test_what_is_left_over_is_on_its_line(self):
        session = self.run_program("for i in range(10):\n"
                                   "    take(i, 0, 1024) #: +10240/10\n"
                                   "for i in range(7):\n"
                                   "    drop(i) #: -7168/7\n"
                                   "take(20, 1, 8000000) #: +8000000/1\n")
        self.assert_lines(session)
        lines = self.lines(session)
        self.assertEqual([lines[number]["live_bytes"] for number in (4, 7)], [3072, 8000000])
        self.assertGreaterEqual(session["heap"]["native_bytes"], 8003072)

    def test_sizes_of_nothing_and_of_too_much(self):
        self.assert_lines(self.run_program("take(0, 0, 0) #: +0/1\n"
                                           "drop(0) #: -0/1\n"
                                           "drop(0) #: -0/0\n"
                                           "for i in range(9):\n"
                                           "    take(1, i, -1) #: +0/0\n"
                                           "take(1, 8, 16) #: +0/0\n"))

    def test_reallocating(self):
        session = self.run_program("take(0, 0, 100)\n"
                                   "native.resize(0, 50) #: +50/1 -100/1\n"
                                   "native.resize(0, 500000) #: +500000/1 -50/1\n"
                                   "native.resize(0, -1) #: +0/0 -0/0\n"
                                   "native.resize(0, 600000) #: +600000/1 -500000/1\n"
                                   "native.resize(0, 0) #: -600000/1\n"
                                   "native.resize(0, 7) #: +7/1\n")
        self.assert_lines(session)
        self.assertEqual(self.lines(session)[9]["live_bytes"], 7)

    def test_without_the_lock_and_with_it(self):
        self.assert_lines(self.run_program("native.set_place(1)\n"
                                           "for i in range(100):\n"
                                           "    take(i, 0, 40 + i) #: +8950/100\n"
                                           "native.set_place(0)\n"
                                           "for i in range(50):\n"
                                           "    drop(i) #: -3225/50\n"
                                           "native.set_place(1)\n"
                                           "for i in range(50, 100):\n"
                                           "    drop(i) #: -5725/50\n"))

    def test_threads_free_each_others(self):
        session = self.run_program("""
import threading
native.set_place(1)
def make(first):
    for i in range(first, first + 200):
        take(i, 0, 64)  #: +51200/800
def unmake(first):
    for i in range(first, first + 200):
        drop(i)  #: -51200/800
for work in make, unmake:
    threads = [threading.Thread(target=work, args=(200 * number,)) for number in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
""")
        self.assert_lines(session)
        self.assertEqual(self.lines(session)[8]["live_count"], 0)

    def unknown_sums(self, script):
        session = self.run_program(script)
        if EXPECTED.search(script.rstrip()):
            self.assert_lines(session)
        unknown = [site for site in session["sites"] if "function" not in site]
        return [sum(site[name] for site in unknown) for name in
                ("alloc_bytes", "alloc_count", "free_bytes", "free_count", "live_bytes")]

    def test_a_thread_that_python_does_not_know(self):
        before = self.unknown_sums("native.set_place(2)\n")
        after = self.unknown_sums("native.set_place(2)\n"
                                  "for i in range(100):\n"
                                  "    take(i, 0, 3333) #: +0/0\n"
                                  "native.set_place(0)\n"
                                  "for i in range(40):\n"
                                  "    drop(i) #: -133320/40\n"
                                  "native.set_place(2)\n"
                                  "for i in range(40, 100):\n"
                                  "    drop(i) #: -0/0\n")
        self.assertEqual([number - base for number, base in zip(after, before)], [333300, 100, 199980, 60, 0])

    def test_lines_of_functions_that_call_each_other(self):
        self.assert_lines(self.run_program("""
def deeper():
    take(3, 0, 5)  #: +100/20
def inner(slot):
    take(slot, 0, 10)  #: +200/20
    deeper()
def outer(slot):
    inner(slot)  #: +0/0
    take(slot, 0, 1)  #: +10/10
for slot in range(10):
    outer(slot)
    inner(slot)
"""))

    def test_beside_the_other_collectors(self):
        session = self.run_program("for i in range(10):\n"
                                   "    take(i, 0, 1000) #: +10000/10\n", collectors="function,line,memory")
        self.assert_lines(session)
        take = next(row for row in session["functions"] if row["name"] == "take")
        self.assertEqual((take["calls"], take["alloc_bytes"]), (10, 10000))


class Mappings(NativeTest):
    def test_mapping_and_parts_of_it(self):
        for place in range(2):
            with self.subTest(place=place):
                session = self.run_program(f"native.set_place({place})\n"
                                           "native.map(0, 40960, 0) #: +40960/1\n"
                                           "native.unmap(0, 8192, 4096) #: -4096/0\n"
                                           "native.unmap(0, 0, 8192) #: -8192/0\n"
                                           "native.unmap(0, 0, 12288) #: -0/0\n"
                                           "native.unmap(0, 0, 40960) #: -28672/1\n"
                                           "native.map(1, 100, 0) #: +100/1\n"
                                           "native.unmap(1, 0, 50) #: -100/1\n")
                self.assert_lines(session)
                self.assertEqual([self.lines(session)[number]["live_bytes"] for number in (4, 9)], [0, 0])

    def test_what_is_no_memory(self):
        self.assert_lines(self.run_program("native.map(0, 40960, 1) #: +0/0\n"
                                           "native.unmap(0, 0, 40960) #: -0/0\n"
                                           "native.map(1, 4096, 2)\n"
                                           "native.unmap(1, 0, 4096) #: -0/0\n"
                                           "native.unmap(1, 1, 4096) #: -0/0\n"))

    def test_over_others(self):
        self.assert_lines(self.run_program("native.map(0, 40960, 0) #: +40960/1\n"
                                           "native.map_over(0, 4096, 8192, 0) #: +8192/1 -8192/0\n"
                                           "native.map_over(0, 4096, 4096, 1) #: -4096/0\n"
                                           "native.map(1, 40960, 1) #: +0/0\n"
                                           "native.map_over(1, 0, 4096, 0) #: +4096/1\n"
                                           "native.unmap(0, 0, 40960) #: -36864/2\n"))

    def test_moving(self):
        session = self.run_program("native.map(0, 8192, 0) #: +8192/1\n"
                                   "native.remap(0, 8192, 67108864) #: +67108864/1 -8192/1\n"
                                   "native.remap(0, 67108864, -1) #: +0/0\n"
                                   "native.remap(0, 67108864, 4096) #: +4096/1 -67108864/1\n"
                                   "native.unmap(0, 0, 4096) #: -4096/1\n"
                                   "native.map(1, 8192, 1)\n"
                                   "native.remap(1, 8192, 16384) #: +0/0\n")
        self.assert_lines(session)

    def test_by_pythons_own_module(self):
        session = self.run_program("import mmap\n"
                                   "memory = mmap.mmap(-1, 1048576)\n"
                                   "memory.close()\n")
        self.assertGreaterEqual(self.lines(session)[4]["alloc_bytes"], 1048576)
        self.assertLess(self.lines(session)[4]["alloc_bytes"], 1050000)
        self.assertGreaterEqual(self.lines(session)[5]["free_bytes"], 1048576)


PYTHON_BLOCKS = """
def make():
    big = [bytes(100000) for i in range(100)]
    many = [bytes(64) for i in range(20000)]
    table = {i: i for i in range(50000)}
make()
"""


class NotTwice(NativeTest):
    def blocks_of_python(self, env):
        session = self.run_program(PYTHON_BLOCKS + "take(0, 0, 12345) #: +12345/1\n", env=env)
        self.assert_lines(session)
        with_native = {number: (row["alloc_bytes"], row["alloc_count"]) for number, row in self.lines(session).items()}
        session = self.run_program(PYTHON_BLOCKS + "take(0, 0, 12345)\n", env=env,
                                   options=["--set", "collectors.memory.native=false"])
        self.assertNotIn("native_bytes", session["heap"])
        without = {number: (row["alloc_bytes"], row["alloc_count"]) for number, row in self.lines(session).items()}
        for number in (4, 5, 6, 7):
            self.assertEqual(with_native[number], without[number], f"line {number}")
        self.assertNotIn(9, without)
        return with_native

    def test_pythons_own_blocks_are_no_native_ones(self):
        size, count = self.blocks_of_python({})[5]
        self.assertTrue(100 * 100033 <= size < 100 * 100033 + 10000 and 100 <= count < 120, (size, count))

    def test_with_malloc_as_pythons_allocator(self):
        self.assertEqual(self.blocks_of_python({"PYTHONMALLOC": "malloc"}), self.blocks_of_python({}))

    def test_with_an_allocator_for_debugging(self):
        self.blocks_of_python({"PYTHONMALLOC": "debug"})


# An allocator that maps all its memory itself, as others that are preloaded do: 1 MiB at a time, never given back.
OTHER_ALLOCATOR = r"""
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
static __thread char *room, *end;
static int blocks;
int other_blocks(void) { return blocks; }
void *aligned(size_t alignment, size_t size) {
    if (size > (size_t)1 << 40) return NULL;
    uintptr_t at = ((uintptr_t)room + 16 + alignment - 1) & -alignment;
    if (!room || at + size > (uintptr_t)end) {
        size_t whole = size + alignment + 1048576;
        room = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        end = room + whole;
        at = ((uintptr_t)room + 16 + alignment - 1) & -alignment;
    }
    ((size_t *)at)[-1] = size;
    room = (char *)at + size;
    __atomic_fetch_add(&blocks, 1, __ATOMIC_RELAXED);
    return (void *)at;
}
void *malloc(size_t size) { return aligned(16, size); }
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void free(void *block) { (void)block; }
void *realloc(void *block, size_t size) {
    void *moved = malloc(size);
    if (moved && block) memcpy(moved, block, ((size_t *)block)[-1] < size ? ((size_t *)block)[-1] : size);
    return moved;
}
void *memalign(size_t alignment, size_t size) { return aligned(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return aligned(alignment, size); }
void *valloc(size_t size) { return aligned(4096, size); }
int posix_memalign(void **block, size_t alignment, size_t size) { *block = aligned(alignment, size); return *block ? 0 : 12; }
size_t malloc_usable_size(void *block) { return block ? ((size_t *)block)[-1] : 0; }
"""


def installed_allocators():
    """Allocators of this machine that can be preloaded."""
    folders = ["/usr/lib", "/usr/local/lib", sysconfig.get_config_var("LIBDIR") or "/usr/lib"]
    with contextlib.suppress(OSError):
        folders += [str(path) for path in pathlib.Path("/usr/lib").glob("*-linux-gnu")]
    return [str(path) for folder in dict.fromkeys(folders) for pattern in ("libjemalloc.so.?", "libtcmalloc_minimal.so.?",
                                   "libmimalloc.so.?")
            for path in pathlib.Path(folder).glob(pattern)]


class Preloaded(NativeTest):
    def test_an_allocator_behind_goes_on_working_and_its_mappings_are_not_counted(self):
        other = compile_library(self.modules, "other", OTHER_ALLOCATOR)
        session = self.run_program("import ctypes, os\n"
                                   "assert os.environ['LD_PRELOAD'] == os.environ['WANTED'], os.environ['LD_PRELOAD']\n"
                                   "assert ctypes.CDLL(None).other_blocks() > 100\n"
                                   "for i in range(3000):\n"
                                   "    take(i, 0, 1000) #: +3000000/3000\n"
                                   "native.resize(0, 2000) #: +2000/1 -1000/1\n"
                                   "for i in range(3000):\n"
                                   "    drop(i) #: -3001000/3000\n",
                                   env={"LD_PRELOAD": str(other), "WANTED": str(other), "PYTHONMALLOC": "malloc"})
        self.assert_lines(session)

    def test_the_allocators_of_this_machine(self):
        libraries = installed_allocators()
        if not libraries:
            self.skipTest("no other allocator is installed")
        for library in libraries:
            with self.subTest(library=library):
                session = self.run_program("native.set_place(1)\n"
                                           "take(0, 0, 1000000) #: +1000000/1\n"
                                           "take(1, 4, 6400) #: +6400/1\n"
                                           "native.resize(0, 3000000) #: +3000000/1 -1000000/1\n"
                                           "drop(0) #: -3000000/1\n", env={"LD_PRELOAD": library})
                self.assert_lines(session)


class Signals(NativeTest):
    def test_malloc_in_a_handler(self):
        session = self.run_program("native.take_in_handler(0, 5000) #: +5000/1\n"
                                   "drop(0) #: -5000/1\n"
                                   "native.set_place(1)\n"
                                   "native.take_in_handler(0, 6000) #: +6000/1\n")
        self.assert_lines(session)

    def test_handlers_that_map_in_the_middle_of_anything(self):
        """What comes in the middle of counting is left out and said; all sums hold (assert_sums), and nothing waits for ever."""
        session = self.run_program("""
import threading, time
native.set_place(1)
def work(first):
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        for i in range(first, first + 100):
            native.map(i, 4096, 0)
            take(i + 1000, 0, 100)
        for i in range(first, first + 100):
            native.unmap(i, 0, 4096)
            drop(i + 1000)
native.storm(150)
threads = [threading.Thread(target=work, args=(100 * number,)) for number in range(2)]
for thread in threads: thread.start()
blocks = []
end = time.monotonic() + 0.3
while time.monotonic() < end:
    blocks = [[i] for i in range(1000)]
for thread in threads: thread.join()
native.storm(0)
assert native.storms() > 100, native.storms()
print("done")
""", collectors="function,line,memory")
        take = next(row for row in session["functions"] if row["name"] == "take")
        in_handlers = take["alloc_bytes"] - take["calls"] * 100
        self.assertTrue(in_handlers >= 0 and in_handlers % 8192 == 0, take)


CHILD = "import native_blocks as native\nfor i in range(10):\n    native.take(i, 0, 700)\n"


class Children(NativeTest):
    def child_row(self, script, line, **settings):
        """What a line of the child's file has, in the sum over all processes."""
        session = self.run_program(script, files={"child.py": CHILD}, **settings)
        row = self.lines(session, "child.py")[line]
        return row["alloc_bytes"], row["alloc_count"]

    def test_every_way_to_a_python(self):
        ways = ("subprocess.run([sys.executable, 'child.py'], check=True)",
                "subprocess.run(sys.executable + ' child.py', shell=True, check=True)",
                "subprocess.run([sys.executable, 'child.py'], check=True, env={'PYTHONPATH': os.environ['PYTHONPATH']})",
                "os.waitpid(os.posix_spawn(sys.executable, [sys.executable, 'child.py'], os.environ), 0)",
                "os.system(sys.executable + ' child.py')",
                "sys.stdout.flush(); os.execv(sys.executable, [sys.executable, 'child.py'])")
        for way in ways:
            with self.subTest(way=way):
                self.assertEqual(self.child_row(f"import os, subprocess, sys\n{way}\n", 3), (7000, 10))

    def test_a_forked_child_counts_its_own(self):
        session = self.run_program("""
import os
for i in range(10):
    take(i, 0, 1000)
native.map(100, 8192, 0)
child = os.fork()
if child == 0:
    for i in range(10):
        drop(i)
    native.unmap(100, 0, 8192)
    for i in range(5):
        take(i, 0, 300)
    native.map(101, 4096, 0)
else:
    os.waitpid(child, 0)
""")
        parent, forked = (self.lines(process) for process in session["processes"])
        self.assertEqual([parent[line]["live_bytes"] for line in (6, 7)], [10000, 8192])
        self.assertEqual([(forked[line]["alloc_bytes"], forked[line]["live_bytes"]) for line in (14, 15)],
                         [(1500, 1500), (4096, 4096)])
        self.assertGreaterEqual(session["processes"][1]["heap"]["unknown_frees"], 10)

    def test_forks_while_other_threads_allocate(self):
        """Whatever those are in the middle of, the child waits for none of them, and its numbers are its own."""
        session = self.run_program("""
import os, threading
native.set_place(1)
ended = False
def work(first):
    while not ended:
        for i in range(first, first + 50):
            take(i, 0, 100)
            native.map(i + 1000, 4096, 0)
        for i in range(first, first + 50):
            drop(i)
            native.unmap(i + 1000, 0, 4096)
threads = [threading.Thread(target=work, args=(100 * number,)) for number in range(3)]
for thread in threads: thread.start()
def child():
    for i in range(500, 520):
        take(i, 0, 77)
    for i in range(1500, 1520):
        native.map(i, 4096, 0)
    for i in range(500, 510):
        drop(i)
        native.unmap(i + 1000, 0, 4096)
for n in range(20):
    pid = os.fork()
    if pid == 0:
        child()
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
ended = True
for thread in threads: thread.join()
""")
        children = session["processes"][1:]
        self.assertEqual(len(children), 20)
        for process in children:
            self.assert_sums(process)
            rows = self.lines(process)
            self.assertEqual([(rows[line]["alloc_bytes"], rows[line]["live_bytes"]) for line in (19, 21)],
                             [(20 * 77, 10 * 77), (20 * 4096, 10 * 4096)])

    def test_what_a_run_without_native_memory_loads(self):
        script = "print(open('/proc/self/maps').read().count('pyprof-native'))\n"
        for collectors, options, loaded in (("none", [], False), ("function,line", [], False), ("memory", [], True),
                                            ("memory", ["--set", "collectors.memory.native=false"], False)):
            with self.subTest(collectors=collectors, options=options):
                outcome = self.workplace.run(Case("maps", script), collectors, options)
                self.assertEqual((outcome.status, outcome.output != b"0\n"), (0, loaded), outcome.errors)


SHELLS = """
import os, subprocess, sys
def show(*what, **how):
    print(what, subprocess.run(*what, capture_output=True, text=True, **how), flush=True)
python = [sys.executable, "-c", "import os; print(sorted(os.environ), os.environ.get('LD_PRELOAD'))"]
library = '/lib/x86_64-linux-gnu/libm.so.6'
print(os.environ.get("LD_PRELOAD"))
"""

Environments = cases([
    Case(name, SHELLS + script, env=env, collectors=("memory",)) for name, script, env in [
        ("environment of children", "show(['env'])\nshow(python)\nshow('env; echo $LD_PRELOAD', shell=True)\n", {}),
        ("environment given", "show(['/usr/bin/env'], env={'A': '1', 'LD_PRELOAD': ''})\nshow(python, env={'LD_PRELOAD': library})\n"
         "show(['sh', '-c', 'LD_PRELOAD=%s env; env' % library])\n", {}),
        ("preloaded by the user", "show(['env'])\nshow(python)\nos.execvp('env', ['env'])\n",
         {"LD_PRELOAD": "/lib/x86_64-linux-gnu/libm.so.6"}),
        ("preloaded by the user, several", "show(['env'])\nshow(python)\nprint(os.system('env | sort'))\n",
         {"LD_PRELOAD": "/lib/x86_64-linux-gnu/libm.so.6:/lib/x86_64-linux-gnu/libdl.so.2"}),
    ]])


class Numpy(NativeTest):
    def test_arrays(self):
        packages = os.environ.get("PYPROF_TEST_PACKAGES", "")
        found = subprocess.run([PYTHON, "-c", "import numpy"], env=dict(os.environ, PYTHONPATH=packages), capture_output=True)
        if found.returncode != 0:
            self.skipTest("numpy is not installed")
        session = self.run_program("import numpy\n"
                                   "a = numpy.zeros(10**6)\n"
                                   "b = a + 1\n"
                                   "del a\n", env={"PYTHONPATH": f"{self.modules}:{packages}"})
        lines = self.lines(session)
        for number in (4, 5):
            self.assertTrue(8000000 <= lines[number]["alloc_bytes"] < 8001000, lines[number])
        self.assertGreaterEqual(lines[6]["free_bytes"], 8000000)


if __name__ == "__main__":
    main()
