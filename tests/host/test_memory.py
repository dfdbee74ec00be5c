"""Exact memory: bytes and counts of lines that make known allocations, to the byte, and what the sums must be.

In a program the comment `#: EXPRESSION` says which objects a line makes; it is evaluated by plain python3 of the same
version, where `size(object)` is a pair of the object's bytes and 1, or with a second argument that many blocks, and
pairs add up and can be multiplied. `#: freed EXPRESSION` says what is freed while the program is on the line. Lines
without a comment may allocate what they like.
"""
import json
import re
import subprocess
import sys
import textwrap

from comparison import InWorkplace, PYTHON, TIME_LIMIT, WORKBENCH, Case, main

COLLECTORS = ("memory", "function,memory", "function,line,memory")

EVALUATE = """
import array, json, sys
class size:
    def __init__(self, value, blocks=1, bytes=None):
        self.bytes, self.blocks = sys.getsizeof(value) if bytes is None else bytes, blocks
    def __add__(self, other):
        return size(None, self.blocks + other.blocks, self.bytes + other.bytes)
    def __mul__(self, times):
        return size(None, self.blocks * times, self.bytes * times)
    __rmul__ = __mul__
def growth(array, more, times):
    # what the parts of a bytearray take while it grows
    grown = nothing
    for i in range(times):
        array.extend(more)
        grown += size(None, 1, sys.getsizeof(array) - sys.getsizeof(bytearray()))
    return grown
nothing = size(None, 0, 0)
result = {}
for key, expression in json.load(sys.stdin).items():
    value = eval(expression)
    result[key] = value.bytes, value.blocks
json.dump(result, sys.stdout)
"""

# Objects of lists, tuples (of arguments, too), dicts and frames come from free lists: where they matter, these are used
# up, or there is something in them.
PROGRAMS = {
    "plain": ("""
        import array
        def run():
            held = [[] for i in range(300)]
            one = [None]
            a = bytes(1000)                       #: size(bytes(1000))
            b = bytearray(5000)                   #: size(bytearray(5000), 2)
            c = one * 4000                        #: size([None] * 4000, 2)
            d = array.array("d", a)               #: size(array.array("d", bytes(1000)), 2)
            e = a + a                             #: size(bytes(2000))
            f = (a +                              #: size(bytes(3000)) + size(bytes(4000))
                 e +                              #: nothing
                 a)
            del d                                 #: freed size(array.array("d", bytes(1000)), 2)
            b = None                              #: freed size(bytearray(5000), 2)
            return held
        held = run()
     """),
    "small and empty": ("""
        def run():
            kept = bytes(2)                       #: size(bytes(2))
            for i in range(200):
                kept = bytes(i + 2)               #: size(bytes(2)) * 200 + size(None, 0, sum(range(200)))
            for i in range(100):
                kept = bytes(40) + bytes(41)      #: (size(bytes(40)) + size(bytes(41)) + size(bytes(81))) * 100
        run()
     """),
    "functions": ("""
        def make(n):
            return bytes(n)                       #: 4 * size(bytes(100)) + 3 * size(bytes(200))
        def twice(n):
            one = make(n)
            two = make(n)
            return one + two                      #: 2 * size(bytes(200))
        def run():
            a = twice(100)
            b = twice(100)
            for i in range(3): make(200)
        run()
     """),
    "recursion": ("""
        def down(n):
            block = bytes(1000)                   #: 51 * size(bytes(1000))
            if n:
                down(n - 1)
            return bytes(500)                     #: 51 * size(bytes(500))
        def even(n):
            block = bytes(700)                    #: 6 * size(bytes(700))
            return odd(n - 1) if n else None
        def odd(n):
            block = bytes(900)                    #: 5 * size(bytes(900))
            return even(n - 1)
        down(50)
        even(10)
     """),
    "generators": ("""
        import itertools
        def numbers(n):
            for i in range(n):
                block = bytes(600)                #: 30 * size(bytes(600))
                yield block
                more = bytes(300)                 #: 29 * size(bytes(300))
            yield from inner()
        def inner():
            yield bytes(250)                      #: 2 * size(bytes(250))
            yield bytes(251)                      #: 2 * size(bytes(251))
        def run():
            for value in numbers(10):
                extra = bytes(800)                #: 12 * size(bytes(800))
            for value in numbers(10): pass
            walking = numbers(20)
            for value in itertools.islice(walking, 10): pass
            walking.close()
        run()
     """),
    "throwing into generators": ("""
        def waiting():
            while True:
                try:
                    given = bytes(600)            #: 11 * size(bytes(600))
                    yield given
                except ValueError:
                    block = bytes(700)            #: 10 * size(bytes(700))
        def run():
            generator = waiting()
            next(generator)
            for i in range(10):
                generator.throw(ValueError)
            after = bytes(444)                    #: size(bytes(444))
        run()
     """),
    "closures and decorators": ("""
        def counted(function):
            def inner(*arguments):
                before = bytes(400)               #: 20 * size(bytes(400))
                return function(*arguments)
            return inner
        @counted
        def work(n):
            return bytes(n)                       #: 20 * size(bytes(1234))
        def outer():
            seen = None
            def note():
                nonlocal seen
                seen = bytes(900)                 #: 7 * size(bytes(900))
            for i in range(7): note()
        for i in range(20): work(1234)
        outer()
     """),
    "comprehensions and lambdas": ("""
        def run():
            kept = {
                bytes(700)                        #: 50 * size(bytes(700))
                for i in range(50)
            }
            some = any(
                bytes(800) is None                #: 60 * size(bytes(800))
                for i in range(60))
            make = lambda n: (
                bytes(n))                         #: 9 * size(bytes(345))
            for i in range(9): make(345)
        run()
     """),
    "classes": ("""
        class Thing:
            __slots__ = ("block",)
            def __init__(self, n):
                self.block = bytes(n)             #: 30 * size(bytes(650))
            def __add__(self, other):
                return bytes(750)                 #: 30 * size(bytes(750))
            @property
            def shown(self):
                return bytes(850)                 #: 30 * size(bytes(850))
            def __del__(self):
                bytes(950)                        #: 30 * size(bytes(950))
        def run():
            for i in range(30):
                thing = Thing(650)
                thing + thing
                thing.shown
                del thing
        run()
     """),
    "exceptions": ("""
        def fails(n):
            block = bytes(1500)                   #: 21 * size(bytes(1500))
            if n == 0:
                raise KeyError
            fails(n - 1)
        def run():
            for i in range(7):
                try:
                    fails(2)
                except KeyError:
                    caught = bytes(1600)          #: 7 * size(bytes(1600))
                finally:
                    last = bytes(1700)            #: 7 * size(bytes(1700))
            after = bytes(1800)                   #: size(bytes(1800))
        run()
     """),
    "realloc": ("""
        def run():
            grown = bytearray(100)                #: size(bytearray(100), 2)
            for i in range(5):
                grown.extend(bytes(10000))        #: 5 * size(bytes(10000)) + growth(bytearray(100), bytes(10000), 5)
            text = bytes(30000)                   #: size(bytes(30000))
            return grown
        run()
     """),
    "threads": ("""
        import threading
        def work(n, place):
            for i in range(100):
                block = bytes(n)                  #: 300 * size(bytes(2222))
            shared[place] = bytes(n)              #: 3 * size(bytes(2222))
        def clear():
            for i in range(3):
                shared[i] = None                  #: freed 3 * size(bytes(2222))
        shared = [None] * 3
        threads = [threading.Thread(target=work, args=(2222, i)) for i in range(3)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        clearing = threading.Thread(target=clear)
        clearing.start()
        clearing.join()
     """),
    "coroutines": ("""
        import asyncio
        async def work(part):
            block = part * 3                      #: 20 * size(bytes(3000))
            await asyncio.sleep(0)
            last = part * 4                       #: 20 * size(bytes(4000))
            return last
        async def run(part):
            for i in range(10):
                await work(part)
            await asyncio.gather(*(work(part) for i in range(10)))
            after = part * 5                      #: size(bytes(5000))
        asyncio.run(run(bytes(1000)))
     """),
    "exec": ("""
        text = "def made(n):\\n    block = bytes(n)\\n    return block\\nmade(567)"
        code = compile(text, "made.py", "exec")
        def run():
            for i in range(40):
                exec(code, {})
            for i in range(20):
                exec("bytes(999)")
        def last():
            return bytes(111)                     #: size(bytes(111))
        run()
        last()
     """),
    "texts and numbers": ("""
        def run(times):
            text = "\\u1234" * times              #: size("\\u1234" * 3000)
            number = times << 80000               #: size(3000 << 80000)
        run(3000)
     """),
}

COMMENT = re.compile(r"#: (freed )?(.+)")


class MemoryCase(InWorkplace):
    def export(self, case, collectors, options=()):
        """Runs a case headless and exports its session."""
        place = self.workplace
        outcome = place.run(case, collectors, options)
        self.assertIn(outcome.status, case.statuses, outcome.errors.decode(errors="replace"))
        self.printed = outcome.output.decode()
        done = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                              cwd=place.base, capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return json.loads(done.stdout)

    def evaluate(self, expressions):
        done = subprocess.run([PYTHON, "-c", EVALUATE], input=json.dumps(expressions).encode(), capture_output=True,
                              timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return {key: tuple(value) for key, value in json.loads(done.stdout).items()}

    def check_sums(self, export):
        """What the parts add up to, and what can never be."""
        heap = export["heap"]
        sites = export["sites"]
        self.assertEqual(sum(site["live_bytes"] for site in sites), heap["live_bytes"])
        self.assertEqual(sum(site["peak_bytes"] for site in sites), heap["peak_bytes"])
        self.assertGreaterEqual(heap["peak_bytes"], heap["live_bytes"])
        allocated, freed = (sum(site[name] for site in sites) for name in ("alloc_bytes", "free_bytes"))
        self.assertEqual(allocated - freed, heap["live_bytes"])
        names = ("alloc_count", "free_count", "live_count")
        allocated, freed, live = (sum(site[name] for site in sites) for name in names)
        self.assertEqual(allocated - freed, live)
        for site in sites:
            self.assertLessEqual(site["peak_bytes"], heap["peak_bytes"])
            self.assertLessEqual(site["live_bytes"], site["alloc_bytes"])
            self.assertTrue(all(value >= 0 for value in site.values() if isinstance(value, int)), site)

    def lines_of(self, export, file="prog.py"):
        """{line: what its functions have done there}"""
        lines = {}
        for line in export["lines"]:
            if line["file"].endswith(file):
                for name, value in line.items():
                    if isinstance(value, int) and name not in ("line", "function"):
                        numbers = lines.setdefault(line["line"], {})
                        numbers[name] = numbers.get(name, 0) + value
        return lines

    def check_lines(self, export, script):
        expressions = {}
        for number, text in enumerate(textwrap.dedent(script).lstrip("\n").splitlines(), 1):
            comment = COMMENT.search(text)
            if comment:
                expressions[("freed " if comment[1] else "made ") + str(number)] = comment[2]
        self.assertTrue(expressions)
        lines = self.lines_of(export)
        for key, expected in self.evaluate(expressions).items():
            kind, number = key.split()
            names = ("free_bytes", "free_count") if kind == "freed" else ("alloc_bytes", "alloc_count")
            found = lines.get(int(number), {})
            with self.subTest(line=int(number), text=expressions[key]):
                self.assertEqual(tuple(found.get(name, 0) for name in names), expected)


class Memory(MemoryCase):
    pass


def line_test(name, collectors, environment=None):
    def test(self):
        script = PROGRAMS[name]
        export = self.export(Case(name, script, env=environment), collectors)
        self.check_lines(export, script)
        self.check_sums(export)
    return test


for program in PROGRAMS:
    for chosen in COLLECTORS:
        setattr(Memory, f"test_{program.replace(' ', '_')}__{chosen.replace(',', '_')}", line_test(program, chosen))

for allocator in ("malloc", "debug", "pymalloc_debug"):
    for program in ("plain", "functions", "realloc", "threads"):
        setattr(Memory, f"test_allocator_{allocator}__{program}",
                line_test(program, "memory", {"PYTHONMALLOC": allocator}))


class Events(MemoryCase):
    """What is no matter of single lines."""

    def export_of(self, script, collectors="memory", **options):
        export = self.export(Case("events", script, **options), collectors)
        self.check_sums(export)
        return export

    def test_what_is_left_over(self):
        """Alive at the end is what the program holds before the interpreter clears up; functions at exit count."""
        export = self.export_of("""
            import atexit
            def keep(n):
                return bytes(n)
            def last():
                held.append(keep(7000))
            def let_go():
                global gone
                gone = None
            atexit.register(last)
            atexit.register(let_go)
            held = [keep(5000) for i in range(10)]
            gone = keep(6000)
            """)
        lines = self.lines_of(export)
        held = self.evaluate({"5": "10 * size(bytes(5000)) + size(bytes(7000))"})["5"]
        self.assertEqual((lines[3]["live_bytes"], lines[3]["alloc_count"] - lines[3]["free_count"]), (held[0], 12))
        self.assertEqual(lines[8]["free_bytes"], self.evaluate({"6": "size(bytes(6000))"})["6"][0])

    def test_daemon_threads_and_exit(self):
        """A program that leaves by os._exit has what lived then."""
        export = self.export_of("""
            import os, threading
            def keep(n):
                return bytes(n)
            held = keep(50000)
            waiting = threading.Event()
            threading.Thread(target=lambda: (keep(100), waiting.wait()), daemon=True).start()
            os._exit(0)
            """)
        held = self.evaluate({"1": "size(bytes(50000)) + size(bytes(100))"})["1"][0]
        self.assertEqual(self.lines_of(export)[3]["live_bytes"], held)

    def test_high_water_mark(self):
        """Lines at the instant when most was alive."""
        export = self.export_of("""
            def make(n):
                return bytes(n)
            def first():
                return [make(1000000) for i in range(3)]
            def second(held):
                return [make(1000) for i in range(1000)]
            held = first()
            more = second(held)
            held = None
            rest = make(500000)
            """)
        sites = {}
        names = {function["id"]: function["name"] for function in export["functions"]}
        for site in export["sites"]:
            if site.get("line") == 2 and names[site["function"]] == "make":
                callers = [names[function] for function in site["path"]]
                sites["first" if "first" in callers else "second" if "second" in callers else "rest"] = site
        sizes = self.evaluate({"a": "3 * size(bytes(1000000))", "b": "1000 * size(bytes(1000))"})
        big, small = sizes["a"][0], sizes["b"][0]
        self.assertEqual((sites["first"]["peak_bytes"], sites["first"]["live_bytes"]), (big, 0))
        self.assertEqual((sites["second"]["peak_bytes"], sites["second"]["live_bytes"]), (small, small))
        self.assertEqual(sites["rest"]["peak_bytes"], 0)

    def test_temporary(self):
        """Freed before its thread allocated anything else."""
        export = self.export_of("""
            def run():
                for i in range(100):
                    bytes(2000)
                for i in range(100):
                    kept = bytes(3000)
            run()
            """)
        sites = {site["line"]: site for site in export["sites"]
                 if site.get("line") in (3, 5) and site["alloc_count"] == 100}
        self.assertEqual((sites[3]["temporary_count"], sites[5]["temporary_count"]), (100, 1))  # the last by the return

    def test_forked_children_have_their_own(self):
        """A child counts what it allocates itself; what it frees of its parent's is not known to it."""
        export = self.export_of("""
            import os
            def make(n):
                return bytes(n)
            def work(n):
                global held
                held = make(n)
                return held
            held = make(4000)
            for i in range(2):
                child = os.fork()
                if child == 0:
                    work(5000 + i)
                    os._exit(0)
                os.waitpid(child, 0)
            work(6000)
            """)
        sizes = self.evaluate({str(n): f"size(bytes({n}))" for n in (4000, 5000, 5001, 6000)})
        made = self.lines_of(export)[3]  # by all processes together
        self.assertEqual((made["alloc_bytes"], made["alloc_count"]), (sum(size for size, _ in sizes.values()), 4))
        self.assertEqual(made["free_count"], 0)

    def test_memory_errors_are_as_without(self):
        """Allocations that fail leave no trace, and the program sees what it would see."""
        export = self.export_of("""
            def run():
                grown = bytearray(1000)
                for i in range(10):
                    try:
                        grown.extend(bytes(1 << 62))
                    except (MemoryError, OverflowError):
                        failed.append(i)
                try:
                    [None] * (1 << 58)
                except MemoryError:
                    print("full", len(grown), len(failed))
            failed = []
            run()
            """)
        self.assertEqual(self.printed, "full 1000 10\n")
        self.assertEqual(self.lines_of(export)[9].get("alloc_bytes", 0) < 4096, True)

    def test_nothing_left_for_small_ones(self):
        """The interpreter's own way of testing it: the allocator that fails stands in front of what counts."""
        export = self.export_of("""
            try:
                import _testcapi
            except ImportError:
                _testcapi = None
            def run():
                for start in range(1, 60):
                    try:
                        fill(start)
                    except MemoryError:
                        pass
                    _testcapi.remove_mem_hooks()
                    value = bytes(2222)
            def fill(start):
                _testcapi.set_nomemory(start, start + 20)
                value = [str(i) * 100 for i in range(1000)]
            if _testcapi:
                run()
            after = bytes(3333)
            print("done")
            """)
        self.assertEqual(self.printed, "done\n")
        self.assertGreaterEqual(export["heap"]["live_bytes"], self.evaluate({"a": "size(bytes(3333))"})["a"][0])

    def test_another_tool_in_the_allocators(self):
        """tracemalloc stands in front of the counting, or behind it; both go on."""
        script = """
            import tracemalloc
            def make(n):
                return bytes(n)
            def run():
                for i in range(10):
                    tracemalloc.start()
                    held = [make(4321) for k in range(10)]
                    size = tracemalloc.get_traced_memory()[0]
                    tracemalloc.stop()
                    assert size >= 43210, size
                print("done")
            run()
            """
        for environment in (None, {"PYTHONTRACEMALLOC": "1"}):
            export = self.export_of(script, env=environment)
            self.assertEqual(self.printed, "done\n")
            made = self.lines_of(export)[3]
            blocks = self.evaluate({"a": "100 * size(bytes(4321))"})["a"]
            # What tracemalloc keeps is the line's, too.
            self.assertGreaterEqual((made["alloc_bytes"], made["alloc_count"]), blocks)

    def test_code_without_probes(self):
        """What code allocates that is left alone is its caller's, on the line of the call."""
        script = """
            import sys
            sys.path.insert(0, "site-packages")
            import helper
            def run():
                for i in range(50):
                    a = helper.make(1000)         #: 50 * size(bytes(1000))
                    b = helper.make(1200)         #: 50 * size(bytes(1200))
                c = helper.twice(inner, 500)      #: size(bytes(1000))
                d = helper.deep(20)               #: 21 * size(bytes(900))
                e = bytes(1300)                   #: size(bytes(1300))
            def inner(n):
                return bytes(n)                   #: 2 * size(bytes(500))
            run()
            """
        helper = """
            def make(n):
                return bytes(n)
            def twice(function, n):
                return function(n) + function(n)
            def deep(n):
                held = bytes(900)
                return deep(n - 1) if n else held
            """
        for collectors in COLLECTORS:
            case = Case("left alone", script, files={"site-packages/helper.py": helper})
            export = self.export(case, collectors, ["--set", "collectors.function.include=[project]"])
            self.check_lines(export, script)
            self.check_sums(export)

    def test_many_sites(self):
        """More places than are remembered, each found again."""
        functions = 400
        body = "".join(f"    a = bytes({1000 + k})\n" for k in range(30))
        script = "".join(f"def f{i}():\n{body}" for i in range(functions))
        script += "".join(f"for i in range(3): f{i}()\n" for i in range(functions))
        export = self.export_of(script)
        made = [line for line in export["lines"] if line["file"].endswith("prog.py") and line["alloc_count"] == 3]
        self.assertEqual(len(made), functions * 30)
        self.assertEqual(sum(line["alloc_bytes"] for line in made), functions * 3 * sum(1033 + k for k in range(30)))


if __name__ == "__main__":
    main()
