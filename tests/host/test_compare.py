"""Functions compared by --compare: what is said of them, how exact it is, and what is said where they cannot be compared."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import textwrap
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKBENCH = os.environ.get("PYPROF_TEST_WORKBENCH") or str(ROOT / "pyprof-tui")
PYTHON = os.environ.get("PYPROF_TEST_PYTHON", "/usr/bin/python3")
TIME_LIMIT = 60  # seconds for one comparison

SUMS = """
    def fn_expressive(upper=1000000):
        total = 0
        for n in range(upper):
            total += n
        return total


    def fn_terse(upper=1000000):
        return sum(range(upper))
"""

KINDS = """
    import functools
    import os
    import sys

    value = 3
    factor = 1
    state = []

    def one():
        return 1

    def uno():
        return 1

    def two():
        return 2

    def needs(a, b):
        return a + b

    def scaled(n):
        return n * factor

    def raises():
        return len(None)

    def prints():
        print("hello\\x1b[31m")
        os.write(2, b"error\\n")
        return 1

    def reads():
        return input()

    def forever():
        while True:
            pass

    def exits():
        sys.exit(3)

    def quits():
        os._exit(4)

    def leaves_a_child():
        if os.fork() == 0:
            while True:
                pass
        os._exit(9)

    def forks():
        child = os.fork()
        if child:
            os.waitpid(child, 0)
        return 1

    def crashes():
        os.kill(os.getpid(), 11)

    def intrudes():
        for descriptor in range(3, 256):
            try:
                os.write(descriptor, b"nonsense\\n")
            except OSError:
                pass
        return 1

    def generates():
        yield 1

    def rounds():
        return 0.1 + 0.2

    def three_tenths():
        return 0.3

    def allocates():
        return bytearray(100000)[:10]

    def first_call_is_dear(cache={}):
        if not cache:
            cache[1] = [str(number) for number in range(1000)]
        return 1

    class Kind:
        def method(self):
            return 1

        @staticmethod
        def static():
            return 1

        @classmethod
        def of_class(cls):
            return 1

    def outer():
        x = 1
        def inner():
            return 1
        def closure():
            return x
        return inner, closure

    @functools.lru_cache
    def cached():
        return 1

    if __name__ == "__main__":
        raise SystemExit("this is no main program")
"""


COUNTED = """
    import textwrap

    class Context:
        def __enter__(self):
            return self
        def __exit__(self, *exception):
            return True

    def exceptions(count):
        caught = 0
        for number in range(count):
            try:
                if number % 3 == 0:
                    [].pop()
                caught += 10 // (number % 4)
            except IndexError:
                caught += 1
            except ZeroDivisionError:
                continue
            finally:
                caught += 1
        with Context():
            raise ValueError
        return caught

    def generators(count):
        def numbers(end):
            for number in range(end):
                received = yield number
                if received:
                    return
        return sum(number * number for number in numbers(count)) + len([x for x in numbers(7) if x])

    def recursion(depth):
        def inner(n, seen):
            seen.append(n)
            return n if n < 2 else inner(n - 1, seen) + inner(n - 2, seen)
        return inner(depth, [])

    def library(count):
        return [textwrap.wrap("some words " * count, 20) for _ in range(3)]
"""

# Counts of one call, as sys.settrace sees them: {"qualname offset": count}, and of all code together.
ORACLE = """
import collections, dis, json, sys, counted
PREFIX = dis.opmap["EXTENDED_ARG"]
counts, entered = collections.Counter(), collections.Counter()
def local(frame, event, argument):
    if event == "opcode" and frame.f_code.co_code[frame.f_lasti] != PREFIX:
        counts[f"{frame.f_code.co_qualname} {frame.f_lasti}"] += 1
    return local
def enter(frame, event, argument):
    frame.f_trace_opcodes, frame.f_trace_lines = True, False
    entered[frame.f_code.co_qualname] += 1
    return local
function, argument = getattr(counted, sys.argv[1]), int(sys.argv[2])
sys.settrace(enter)
function(argument)  # from the next call on there are events from the first instruction on
counts.clear(), entered.clear()
function(argument)
sys.settrace(None)
print(json.dumps([counts, entered]))
"""

VERDICT = r"\w+ is [\d.]+ times faster than \w+ \(95 % interval [\d.]+ to [\d.]+\)"
NO_VERDICT = r"no difference can be shown between \w+ and \w+ \(ratio [\d.]+, 95 % interval [\d.]+ to [\d.]+\)"


WITHOUT_EVENT = {"RESUME", "EXTENDED_ARG", "CACHE"}  # of settrace


class CompareTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pyprof-compare-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="100")
        self.write("sums.py", SUMS)
        self.write("kinds.py", KINDS)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        return path

    def start(self, *arguments, **options):
        settings = dict(cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True)
        settings.update(options)
        process = subprocess.Popen([WORKBENCH, "--python", PYTHON, "--compare", *arguments], **settings)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def run_comparison(self, *arguments, seconds="0.03", status=0, **options):
        process = self.start("--time", seconds, *arguments, **options)
        process.out, process.err = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual(process.returncode, status, process.err)
        return process

    def compare(self, *arguments, **options):
        process = self.run_comparison("--export", "json", *arguments, **options)
        self.assertEqual(process.err, "")
        return json.loads(process.out)

    def refuse(self, status, *arguments, says, options=()):
        process = self.run_comparison(*options, *arguments, "kinds.py:one", status=status)
        self.assertEqual(process.out, "")
        own = [line for line in process.err.splitlines() if line.startswith("pyprof-tui: ")]
        self.assertEqual(len(own), 1, process.err)
        self.assertRegex(own[0], says)
        return process

    def assert_nothing_left(self):
        """No process of a comparison in this folder goes on."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            left = []
            for process in pathlib.Path("/proc").iterdir():
                try:
                    if process.name.isdigit() and os.readlink(process / "cwd") == str(self.folder):
                        left.append(process.name)
                except OSError:
                    pass
            if not left:
                return
        self.fail(f"still there: {left}")


class WhatIsCompared(CompareTest):
    def test_the_example(self):
        """The sum of a million numbers, as a loop and as a call."""
        found = self.compare("sums.py:fn_expressive", "sums.py:fn_terse", seconds="1")
        expressive, terse = found["candidates"]
        self.assertEqual([candidate["name"] for candidate in found["candidates"]], ["fn_expressive", "fn_terse"])
        self.assertGreater(expressive["best_ns"], 1.2 * terse["best_ns"])
        for candidate in found["candidates"]:
            self.assertEqual(candidate["differs"], candidate["relative_low"] > 1)
        differs = any(candidate["differs"] for candidate in found["candidates"])  # noise may be larger than any difference
        self.assertRegex(found["verdicts"][0], VERDICT if differs else NO_VERDICT)
        self.assertEqual(found["warnings"], [])
        self.assertEqual(terse["source"].splitlines()[0], "def fn_terse(upper=1000000):")
        self.assertEqual((terse["line"], pathlib.Path(terse["file"]).name), (8, "sums.py"))
        for candidate in found["candidates"]:
            self.assertEqual(len(candidate["runs_ns"]), found["blocks"] * found["runs_per_block"])
            self.assertGreaterEqual(found["blocks"], 3)
            self.assertAlmostEqual(candidate["best_ns"], min(candidate["runs_ns"]))
            self.assertAlmostEqual(candidate["mean_ns"], sum(candidate["runs_ns"]) / len(candidate["runs_ns"]), delta=1)
        self.assertTrue(all(run > 1e6 for run in terse["runs_ns"]))  # nanoseconds per call, whatever machine this is

    def test_bytecode_is_what_dis_shows(self):
        found = self.compare("sums.py:fn_expressive", "kinds.py:outer")
        program = ("import dis, json, types, sums, kinds\n"
                   "def argument(i):\n"
                   "    inner = isinstance(i.argval, types.CodeType)\n"
                   "    return f'<code object {i.argval.co_name}>' if inner else i.argrepr\n"
                   "def rows(code):\n"
                   "    own = [[i.offset, i.opname, argument(i)] for i in dis.get_instructions(code)]\n"
                   "    return own + [r for c in code.co_consts if isinstance(c, types.CodeType) for r in rows(c)]\n"
                   "print(json.dumps([rows(sums.fn_expressive.__code__), rows(kinds.outer.__code__)]))")
        plain = json.loads(subprocess.run([PYTHON, "-c", program], cwd=self.folder, capture_output=True, check=True).stdout)
        for candidate, expected in zip(found["candidates"], plain):
            self.assertEqual([[row["offset"], row["opname"], row["argrepr"]] for row in candidate["bytecode"]], expected)
        self.assertEqual({row["code"] for row in found["candidates"][1]["bytecode"]},
                         {"outer", "outer.<locals>.inner", "outer.<locals>.closure"})

    def test_text(self):
        out = self.run_comparison("sums.py:fn_expressive", "sums.py:fn_terse", "--args", "1000").out
        self.assertIn("Comparison of fn_expressive(1000) and fn_terse(1000)\n", out)
        self.assertRegex(out, r"(?m)^function +time per call +best +runs x loops +relative")
        said = re.sub(r"\n  (?=\S)", " ", out)  # sentences go on in the next line where they are long
        self.assertRegex(said, rf"(?m)^({VERDICT}|{NO_VERDICT})\.$")
        self.assertRegex(out, r"(?m)^ +1 def fn_expressive\(upper=1000000\): +\| +8 def fn_terse\(upper=1000000\):$")
        self.assertRegex(out, r"(?m)^[ >\d]+ RESUME.*\|.* RESUME$")
        beside = out[out.index("\nSource\n"):]
        self.assertLessEqual(max(len(line) for line in beside.splitlines()), 100)

    def test_candidates_of_all_kinds(self):
        """More than two; what stands in classes, in functions and behind decorators; modules; C functions."""
        names = ["kinds.py:one", "kinds.py:Kind.static", "kinds.py:Kind.of_class", "kinds.py:Kind.method(Kind())",
                 "kinds.py:outer.inner", "kinds.py:outer.<locals>.inner", "kinds.py:cached", "kinds:one", "math:gcd(3, 5)"]
        found = self.compare(*names)
        self.assertEqual([candidate["given"] for candidate in found["candidates"]], names)
        self.assertEqual(found["warnings"], [])
        self.assertEqual(len(found["verdicts"]), len(names) - 1)
        self.assertAlmostEqual(found["confidence"], 1 - 0.05 / 36)
        self.assertEqual(len({candidate["name"] for candidate in found["candidates"]}), len(names))
        self.assertNotIn("source", found["candidates"][-1])

    def test_the_same_twice(self):
        found = self.compare("kinds.py:one", "kinds.py:one")
        self.assertEqual([candidate["name"] for candidate in found["candidates"]], ["kinds.py:one", "kinds.py:one #2"])

    def test_arguments(self):
        found = self.compare("kinds.py:needs", "kinds.py:needs(1, b=2)", "kinds.py:needs(*[1], **{'b': 2})", "--args", "b=2, a=1")
        self.assertEqual(found["warnings"], [])
        self.assertEqual([candidate["arguments"] for candidate in found["candidates"]],
                         ["b=2, a=1", "1, b=2", "*[1], **{'b': 2}"])

    def test_setup_is_in_the_namespace_of_each_file(self):
        self.write("other.py", "factor = 5\ndef scaled(n): return n * factor\n")
        found = self.compare("kinds.py:scaled(data)", "other.py:scaled(data)", "--setup", "import math\nfactor = 7; data = math.floor(2.5)")
        self.assertEqual(found["warnings"], [])  # both have factor 7
        self.assertEqual(found["setup"], "import math\nfactor = 7; data = math.floor(2.5)")

    def test_packages(self):
        """A file of a package may import from it."""
        self.write("package/__init__.py", "")
        self.write("package/helper.py", "number = 1\n")
        self.write("package/part.py", "from .helper import number\ndef f(): return number\n")
        found = self.compare("package/part.py:f", "kinds.py:one")
        self.assertEqual(found["warnings"], [])

    def test_what_they_return(self):
        self.assertEqual(self.compare("kinds.py:one", "kinds.py:two")["warnings"],
                         ["they do not compute the same: one returns 1, two 2"])
        self.assertEqual(self.compare("kinds.py:rounds", "kinds.py:three_tenths")["warnings"],
                         ["rounds and three_tenths return nearly the same: 0.30000000000000004 and 0.3"])
        self.assertIn("only makes a generator", self.compare("kinds.py:generates", "kinds.py:generates")["warnings"][0])

    def test_what_they_print_is_not_in_the_report(self):
        process = self.run_comparison("kinds.py:prints", "kinds.py:one")
        self.assertEqual(process.err, "")
        self.assertNotIn("\x1b", process.out)
        self.assertRegex(process.out, r'Note: prints prints 17 bytes \("(hello|error)')
        self.assertEqual(self.compare("kinds.py:prints", "kinds.py:one")["candidates"][0]["printed_bytes"], 17)

    def test_memory_of_one_call(self):
        """Not of the first one, which fills a cache."""
        found = self.compare("kinds.py:allocates", "kinds.py:first_call_is_dear", "kinds.py:one")
        allocates, dear, one = found["candidates"]
        self.assertEqual([dear[key] for key in ("alloc_count", "alloc_bytes", "peak_bytes")], [0, 0, 0])
        self.assertEqual([one[key] for key in ("alloc_count", "alloc_bytes", "peak_bytes")], [0, 0, 0])
        self.assertIn(allocates["alloc_count"], range(3, 8))
        self.assertIn(allocates["alloc_bytes"], range(100000, 101000))
        self.assertIn(allocates["peak_bytes"], range(100000, 101000))

    def test_forks(self):
        found = self.compare("kinds.py:forks", "kinds.py:one")
        self.assertEqual(len(found["warnings"]), 1)
        self.assertIn("forks: what its child processes do", found["warnings"][0])
        self.assert_nothing_left()

    def test_into_a_file(self):
        process = self.run_comparison("kinds.py:one", "kinds.py:uno", "--export", "json", "-o", "out.json")
        self.assertEqual(process.out, "")
        self.assertEqual(json.loads((self.folder / "out.json").read_text())["pyprof_compare"], 1)


class WhatIsCounted(CompareTest):
    def test_the_example(self):
        """A million times round the loop, and once more to its end; the sum is C's."""
        expressive, terse = self.compare("sums.py:fn_expressive", "sums.py:fn_terse")["candidates"]
        self.assertEqual({row["count"] for row in terse["bytecode"]}, {1})
        self.assertLessEqual({row["opname"] for row in expressive["bytecode"] if row["count"] == 0},
                             {"END_FOR", "POP_TOP"})  # jumped over
        self.assertEqual(terse["instructions"], len(terse["bytecode"]))
        by_count = {}
        for row in expressive["bytecode"]:
            by_count.setdefault(row["count"], []).append(row["opname"])
        self.assertEqual(by_count.pop(1000001), ["FOR_ITER"])
        self.assertEqual(set(by_count) - {0}, {1, 1000000})
        self.assertEqual(expressive["instructions"], sum(row["count"] for row in expressive["bytecode"]))
        self.assertEqual(expressive["own_instructions"], expressive["instructions"])

    def test_counts_are_those_of_settrace(self):
        self.write("counted.py", COUNTED)
        calls = {"exceptions": 30, "generators": 20, "recursion": 7, "library": 5}
        found = self.compare(*(f"counted.py:{name}({argument})" for name, argument in calls.items()))
        self.assertNotIn("not_counted", found)
        for candidate, (name, argument) in zip(found["candidates"], calls.items()):
            done = subprocess.run([PYTHON, "-c", ORACLE, name, str(argument)], cwd=self.folder, capture_output=True, check=True)
            traced, entered = json.loads(done.stdout)
            rows = {f"{row['code']} {row['offset']}": row for row in candidate["bytecode"]}
            compared, begun, last = 0, set(), None
            generators = {row["code"] for row in rows.values() if row["opname"] == "RETURN_GENERATOR"}
            for place, row in rows.items():
                # Before the first RESUME (of a generator: behind what makes it) there are no events, and some versions have none for
                # what comes right behind it.
                unseen = entered.get(row["code"], 0) if last == "RESUME" else 0
                if row["code"] in begun and row["opname"] not in WITHOUT_EVENT:
                    self.assertIn(row["count"] - traced.get(place, 0), range(unseen + 1), f"{place} {row['opname']}")
                    compared += row["count"]
                last = row["opname"]
                if last == "RETURN_GENERATOR":
                    generators.discard(row["code"])
                if last == "RESUME" and row["code"] not in generators:
                    begun.add(row["code"])
            self.assertGreater(compared, 30)
            own = [row for row in candidate["bytecode"] if row["code"] == name]
            self.assertEqual(candidate["own_instructions"], sum(row["count"] for row in own if row["opname"] != "EXTENDED_ARG"))
            # Elsewhere all that has no event is the beginning of code and what follows a yield.
            events = sum(traced.values())
            self.assertGreaterEqual(candidate["instructions"], events)
            self.assertLessEqual(candidate["instructions"], events + 4 * sum(entered.values()))


class WhatCannotBeCompared(CompareTest):
    def test_not_there(self):
        self.refuse(2, "kinds.py:ones", says=r"there is no ones in kinds\.py; did you mean one\?")
        self.refuse(2, "kinds.py:Kind.methot", says=r"there is no methot in Kind in kinds\.py; did you mean method\?")
        self.refuse(2, "kind.py:one", says=r"kind\.py: there is no such file; did you mean kinds\.py\?")
        self.refuse(2, "nosuchmodule:one", says="there is no module nosuchmodule; for a file write PATH.py:FUNCTION")
        self.refuse(2, "kinds.py", says=r"kinds\.py: names no function; write FILE\.py:FUNCTION or MODULE:FUNCTION")
        self.refuse(2, "./:one", says="is a folder; name a file in it")

    def test_not_to_be_called(self):
        self.refuse(2, "kinds.py:value", says=r"value in kinds\.py is 3, which cannot be called")
        self.refuse(2, "kinds.py:outer.closure", says=r"needs variables of the function around it \(x\)")

    def test_arguments(self):
        self.refuse(2, "kinds.py:needs", says=r"needs\(a, b\) cannot be called without arguments: missing .* 'a'.*--args")
        self.refuse(2, "kinds.py:needs(1)", says=r"needs\(a, b\) cannot be called as \(1\): missing .* 'b'")
        self.refuse(2, "kinds.py:Kind.method", says=r"method\(self\) cannot be called without arguments: missing .* 'self'")
        self.refuse(2, "kinds.py:needs(x, 2)", says="the arguments x, 2 of needs raised NameError: name 'x' is not defined")
        self.refuse(2, "kinds.py:needs(1 2)", says="write what would stand between the parentheses of a call")
        self.refuse(2, "kinds.py:needs(1) + (2)", says="write what would stand between the parentheses of a call")

    def test_raises(self):
        process = self.refuse(1, "kinds.py:raises", says=r"raises raised TypeError: object of type 'NoneType' has no len\(\)$")
        self.assertIn("in raises\n    return len(None)", process.err)
        self.assertNotIn("<pyprof-compare>", process.err)
        self.refuse(1, "kinds.py:exits", says="exits raised SystemExit: 3")
        self.refuse(1, "kinds.py:reads", says="reads raised EOFError")

    def test_ends_its_process(self):
        self.refuse(1, "kinds.py:quits", says="quits: its process ended with status 4 instead of returning")
        self.refuse(1, "kinds.py:crashes", says=r"crashes: its process was ended by signal 11 \(Segmentation fault\)")

    def test_never_returns(self):
        before = time.monotonic()
        self.refuse(1, "kinds.py:forever", options=("--limit", "0.5"),
                    says=r"forever did not return within 0\.5 s and was ended; --limit SECONDS gives it more")
        self.assertLess(time.monotonic() - before, 20)
        self.assert_nothing_left()

    def test_leaves_a_child_that_never_ends(self):
        """Its child holds all pipes open; it is ended with it."""
        self.refuse(1, "kinds.py:leaves_a_child", says="ended with status 9")
        self.assert_nothing_left()

    def test_writes_where_it_should_not(self):
        self.refuse(1, "kinds.py:intrudes", says="intrudes: its process did not answer as it should")

    def test_files(self):
        self.write("broken.py", "def f(:\n")
        self.write("exiting.py", "import sys; sys.exit(7)\n")
        self.write("failing.py", "import nosuchmodule\n")
        process = self.refuse(2, "broken.py:f", says=r"broken\.py:1: invalid syntax; correct it")
        self.assertIn("def f(:", process.err)
        self.refuse(1, "exiting.py:f", says=r"exiting\.py: cannot be imported: SystemExit: 7")
        self.refuse(1, "failing.py:f", says=r"failing\.py: cannot be imported: ModuleNotFoundError: No module named 'nosuchmodule'")

    def test_setup(self):
        self.refuse(2, "kinds.py:one", options=("--setup", "x ="), says="--setup: invalid syntax; give Python statements")
        self.refuse(1, "kinds.py:one", options=("--setup", "1 / 0"), says="--setup raised ZeroDivisionError: division by zero in kinds")

    def test_command_line(self):
        for arguments, says in [
                (["kinds.py:one"], "a comparison needs two functions at least"),
                (["kinds.py:one"] * 21, "at most 20 functions"),
                (["kinds.py:one", "kinds.py:two", "-k", "line"], "-k says nothing there"),
                (["kinds.py:one", "kinds.py:two", "--export", "mprof"], "exported as json alone"),
                (["kinds.py:one", "kinds.py:two", "-o", "x"], "beside -o give --export json"),
                (["kinds.py:one", "kinds.py:two", "--limit", "soon"], "--limit: \"soon\" is no time"),
        ]:
            process = self.run_comparison(*arguments, status=2)
            self.assertIn(says, process.err)
        process = self.run_comparison("kinds.py:one", "kinds.py:two", "--python", "/nowhere/python3", status=2)
        self.assertIn("no such interpreter", process.err)

    def test_interrupted(self):
        """By what a terminal sends, in the middle of a call; nothing is left running."""
        self.write("waits.py", "import os\ndef f():\n    open(os.environ['STARTED'], 'w').close()\n    while True: pass\n")
        for number in (signal.SIGINT, signal.SIGTERM):
            started = self.folder / f"started-{number}"
            os.mkfifo(started)
            process = self.start("waits.py:f", "kinds.py:one", env=dict(self.environment, STARTED=str(started)))
            started.open().close()  # until the function is called
            process.send_signal(number)
            out, err = process.communicate(timeout=TIME_LIMIT)
            self.assertEqual((process.returncode, out, err), (128 + number, "", "pyprof-tui: the comparison was interrupted\n"))
            self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
