"""Exact counts of many programs: line hits and calls against a program that counts itself, and events against python3.

Programs are made by program_generator.py from seeds and counted by counting_oracle.py. PYPROF_ORACLE_PROGRAMS says how many
(150), PYPROF_ORACLE_FIRST the first seed (0). Each is a module; one process imports them all.
"""
import json
import os
import pathlib
import subprocess
import sys
import textwrap
import unittest

from comparison import PYTHON, ROOT, WORKBENCH, Workplace, main
import program_generator

FIRST = int(os.environ.get("PYPROF_ORACLE_FIRST", "0"))
PROGRAMS = int(os.environ.get("PYPROF_ORACLE_PROGRAMS", "150"))
LIMIT = 600  # seconds

DRIVER = """
import sys
sys.path.insert(0, ".")
for name in NAMES:
    try:
        __import__(name)
    except BaseException as error:
        print(name, type(error).__name__)
"""
COUNT = """
import json, sys
sys.path.insert(0, HERE)
import counting_oracle
result = {}
for name in NAMES:
    path = name + ".py"
    lines, calls, ended = counting_oracle.count(open(path).read(), path, {"__name__": name})
    if ended is not None:
        print(name, type(ended).__name__)
    result[name] = {"lines": [[*key, hits] for key, hits in lines.items()], "calls": calls}
json.dump(result, open("oracle.json", "w"))
"""
# Every event of sys.settrace in the programs; a line event where the compiler left none cannot be counted by anybody.
EVENTS = """
import collections, hashlib, json, os, sys
sys.path.insert(0, ".")
names, digests, lines = set(NAMES), {}, collections.Counter()
def trace(frame, event, argument):
    code = frame.f_code
    name = os.path.splitext(os.path.basename(code.co_filename))[0]
    if name not in names:
        return None
    kind = type(argument).__name__ if event == "return" else argument[0].__name__ if event == "exception" else ""
    digests[name].update(f"{event} {code.co_name} {frame.f_lineno} {kind}\\n".encode())
    if event == "line":
        lines[name, code.co_name, frame.f_lineno] += 1
    return trace
for name in NAMES:
    digests[name] = hashlib.md5()
    sys.settrace(trace)
    try:
        __import__(name)
    except BaseException as error:
        pass
    sys.settrace(None)
json.dump({"events": {name: digest.hexdigest() for name, digest in digests.items()},
           "lines": [[*key, hits] for key, hits in lines.items()]}, open(sys.argv[1], "w"))
"""
# Calls as sys.setprofile tells them: a generator's first start only; of C functions those that the programs call.
PROFILE = """
import collections, json, os, sys
sys.path.insert(0, ".")
names, python, c = set(NAMES), collections.Counter(), collections.Counter()
import opcode
RESUME, PLACE = opcode.opmap["RESUME"], 7 if sys.version_info >= (3, 15) else 3
def profile(frame, event, argument):
    code = frame.f_code
    name = os.path.splitext(os.path.basename(code.co_filename))[0]
    if name not in names:
        return
    if event == "call":
        at = frame.f_lasti
        if not code.co_flags & 0x2a0 or code.co_code[at] == RESUME and code.co_code[at + 1] & PLACE == 0:
            python[name, code.co_name, code.co_firstlineno] += 1
    elif event == "c_call":
        c[name, code.co_name, code.co_firstlineno, argument.__name__] += 1
for name in NAMES:
    sys.setprofile(profile)
    try:
        __import__(name)
    except BaseException as error:
        pass
    sys.setprofile(None)
json.dump({"python": [[*key, calls] for key, calls in python.items()],
           "c": [[*key, calls] for key, calls in c.items()]}, open("profile.json", "w"))
"""

# One statement and less a line: (line, function) -> hits that nothing but the bytecode's shape decides.
REGRESSIONS = {
    "conditional expression above its condition": """
        def f(a, b):
            x = (a
                 if b
                 else 0)
            y = [not (a == 1)
                 or b]
            return (
                x
                if a else y)
        for n in range(5):
            f(n, n % 2)
        """,
    "continue and return in finally": """
        def f(n):
            for i in range(4):
                try:
                    if n == i:
                        raise ValueError
                finally:
                    continue
            return i
        def g(n):
            try:
                if n:
                    raise KeyError
            finally:
                return (
                    n)
        for n in range(5):
            f(n)
            g(n)
        """,
    "raising out of finally": """
        def f(n):
            try:
                try:
                    if n == 1:
                        raise ValueError
                finally:
                    k = 2
                    while k:
                        k -= 1
                        if n > 3:
                            raise KeyError
            except (ValueError, KeyError):
                pass
        for n in range(6):
            f(n)
        """,
    "assert over several lines": """
        def f(a):
            assert (a < 3
                    or a == 4), (
                        a)
        for n in range(6):
            try:
                f(n)
            except AssertionError:
                pass
        """,
    "return out of with": """
        class M:
            def __enter__(self):
                return 1
            def __exit__(self, *a):
                return False
        def f(n):
            with M() as x:
                while True:
                    n += 1
                    if n == 12:
                        return x + 1
                    if n == 17:
                        return 8
                    if n > 30:
                        break
            return 2
        def g(n):
            with (M() as x,
                  M() as y):
                if n > 2:
                    return x
                y = 3
            return y
        for n in range(20):
            f(n)
            g(n)
        """,
    "return of a conditional out of with": """
        class M:
            def __enter__(self):
                return 1
            def __exit__(self, *a):
                return False
        def f(a, b):
            with M() as x:
                return (
                    1
                        if b < (a if 5 != 0 else 4)
                        else x)
        for n in range(4):
            f(n, 2)
        """,
    "return out of two with in finally": """
        class M:
            def __enter__(self):
                return 1
            def __exit__(self, *a):
                return False
        def f(a, b):
            try:
                return a // b
            finally:
                with M(), M() as y:
                    b += 1
                    return (sum([i
                            for i in range(3)
                            if i != 1]) if b == a else 3)
        def g(a, b):
            with M() as y:
                for k in range(2):
                    return (
                        1
                        if a
                        else b)
        for n in range(4):
            f(n, n % 2)
            g(n, 1)
        """,
    "and behind a chained comparison": """
        def f(a, b, x):
            if ((
                3 != x
                    or 3
                    and 2) < (a
                    if b <= 4
                    else x) < 5
                    and True
                    or (b < 3 or a > 4 and b < a)
            ):
                return 1
        for n in range(8):
            f(n, 9 - n, 4)
        """,
    "return of a conditional in try": """
        def f(a, b):
            try:
                return ((a if 5 > b else 1) if a > 2 else (abs(b)
                        if 0 != b
                        else int(a)))
                a = 1
            finally:
                b = 3
        for n in range(8):
            f(n, n % 3)
        """,
    "pass at the end of finally at the end of a module": """
        n = 3
        n += 1
        try:
            n += 2
        finally:
            if n:
                match n:
                    case 5:
                        n = 1
                    case _:
                        pass
            elif n < 3:
                n = 3
        """,
    "endless loop ends": """
        def f(n):
            while True:
                n += 1
                match n:
                    case 4:
                        while True:
                            n += 1
                            if n > 8:
                                break
                    case int():
                        if n > 10:
                            break
                        else:
                            pass
            return n
        for n in range(9):
            f(n)
        """,
    "while in finally with a chained comparison": """
        def f(n):
            try:
                n += 1
            finally:
                k = 3
                while k:
                    k -= 1
                    if (n <= 1 or 2 < abs(n) < (
                            n
                            - 1) and n):
                        raise ValueError
        for n in range(5):
            try:
                f(n)
            except ValueError:
                pass
        """,
    "two targets, one conditional value": """
        def f(a, b):
            x, y = (min(a,
                        1), (2 if a else b)
                    if a > b
                    else 1)
            return x
        for n in range(6):
            f(n, 3)
        """,
    "constant condition": """
        def f(a):
            x = (a + (1
                      + a) if True else 2)
            return x
        f(1)
        f(2)
        """,
    "pass in finally": """
        def f(n):
            try:
                try:
                    if n == 1:
                        raise ValueError
                finally:
                    pass
            except ValueError:
                n = 3
            return n
        for n in range(4):
            f(n)
        """,
    "constant part of a condition": """
        def f(n):
            k = 3
            while (k > 0
                   and True
                   ):
                k -= 1
                n += 1
            return n
        f(1)
        """,
    "constant assert at the end of try": """
        def f(n):
            try:
                n += 1
            finally:
                assert (True or (n
                        * 2) == 1), (1, 1)
            for y in range(2):
                try:
                    n += 1
                    if y:
                        return n
                    del y
                finally:
                    assert (True or (n
                            * 2) == 1), (1, 1)
            return 1
        for n in range(4):
            f(n)
        """,
    "constant condition below its value": """
        def f(a, b):
            if a:
                x, y = (((a != b) ^ (1 < 4 or (5
                    - a) and (b == 3
                    or 2))), (b
                    if True
                    else a))
                y = b
        for i in range(3):
            f(i, 3)
        """,
    "pass behind assert in finally": """
        def f(n):
            try:
                try:
                    n = 3 // (n - 3)
                    return n
                finally:
                    assert n < 5
                    pass
            except (ZeroDivisionError, AssertionError):
                n = 1
            finally:
                n += 1
            return n
        for n in range(8):
            f(n)
        """,
    "unbinding the name of an exception": """
        def f(n):
            try:
                if n:
                    raise ValueError
            except ValueError as error:
                if n > 2:
                    n = 3
                else:
                    pass
            finally:
                pass
            return n
        for n in range(5):
            f(n)
        """,
}


class Comparing(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.place = Workplace()

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def write(self, programs):
        self.place.fresh()
        for name, text in programs.items():
            (self.place.folder / f"{name}.py").write_text(text)

    def run_script(self, name, text, programs, *, collectors=None, arguments=()):
        head = f"NAMES = {sorted(programs)!r}\nHERE = {str(ROOT / 'tests' / 'host')!r}\n"
        (self.place.folder / name).write_text(head + text)
        command = [PYTHON] if collectors is None else [WORKBENCH, "--headless", "-k", collectors,
                                                       "-o", str(self.place.session)]
        done = subprocess.run([*command, name, *arguments], cwd=self.place.folder, capture_output=True, text=True,
                              timeout=LIMIT, env={"PATH": f"{os.path.dirname(PYTHON)}:/usr/bin:/bin", "HOME": str(self.place.base), "LC_ALL": "C.UTF-8",
                                                  "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"})
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return done.stdout

    def exported(self):
        done = subprocess.run([WORKBENCH, "--export", "json", str(self.place.session)], capture_output=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def load(self, name):
        return json.loads((self.place.folder / name).read_text())

    def compare(self, programs, allowed_left_out):
        self.write(programs)
        counted = self.run_script("count.py", COUNT, programs)
        hosted = self.run_script("driver.py", DRIVER, programs, collectors="function,line")
        self.assertEqual(counted, hosted)
        self.run_script("events.py", EVENTS, programs, arguments=["plain.json"])
        traced = {tuple(key): hits for *key, hits in self.load("plain.json")["lines"]}
        export = self.exported()
        functions = {f["id"]: f for f in export["functions"]}
        lines, calls = {}, {}
        for f in export["functions"]:
            key = pathlib.Path(f.get("file", "")).stem, f["name"]
            calls[key] = calls.get(key, 0) + f["calls"]
        for row in export["lines"]:
            f = functions[row["function"]]
            key = pathlib.Path(f["file"]).stem, f["name"], row["line"]
            lines[key] = lines.get(key, 0) + row["hits"]
        wrong, left_out, compared = [], 0, 0
        for name, result in self.load("oracle.json").items():
            text = programs[name].splitlines()
            for function, line, hits in result["lines"]:
                compared += 1
                got = lines.get((name, function, line), 0)
                if got == hits:
                    continue
                # What only jumps or does nothing the compiler leaves out where the program does not need it, or leads other
                # paths over it that end at the same place: no bytecode tells these apart, and sys.settrace sees the same.
                if text[line - 1].split()[0] in ("pass", "break", "continue", "return") and \
                        got == traced.get((name, function, line), 0):
                    left_out += 1
                    continue
                wrong.append(f"{name}.py:{line} in {function}: {hits} hits, not {got}: {text[line - 1].strip()}")
            for function, number in result["calls"].items():
                if calls.get((name, function), 0) != number:
                    wrong.append(f"{name}.py {function}: {number} calls, not {calls.get((name, function), 0)}")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))
        self.assertLessEqual(left_out, allowed_left_out)
        return compared


class Reduced(Comparing):
    """What was once counted wrongly, each as small as it gets."""

    def check_regression(self, text):
        self.assertGreater(self.compare({"p": textwrap.dedent(text).lstrip("\n")}, 0), 3)


for title, program in REGRESSIONS.items():
    setattr(Reduced, f"test_{title.replace(' ', '_').replace(',', '')}",
            lambda self, t=program: self.check_regression(t))


HARD = """
import gc, marshal, os, sys, threading, types
def f(n): return n + 1
def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * 4096
source = "def g(x):\\n    y = x\\n    return y\\nfor i in range(3):\\n    g(i)\\n"
for _ in range(1000): exec(source, {})
before = resident()
for _ in range(4000): exec(source, {})
code = compile(source, "x", "exec")
for _ in range(15000): exec(code, {})
print("memory stays", resident() - before < 4000000)
same = types.FunctionType(f.__code__, globals())
renamed = types.FunctionType(f.__code__.replace(co_name="renamed"), globals())
lineless = types.FunctionType(f.__code__.replace(co_linetable=b""), {})
print(same(1), renamed(2), renamed.__code__.co_name, lineless(3))
print(types.FunctionType(marshal.loads(marshal.dumps(f.__code__)), globals())(4))
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
sys.setrecursionlimit(100000)
print(deep(50000))
def down(n):
    try: return down(n + 1)
    except RecursionError: return n
sys.setrecursionlimit(300)
print(down(0))
sys.setrecursionlimit(1000)
def work():
    for _ in range(1000): f(1)
threads = [threading.Thread(target=work) for _ in range(20)]
for t in threads: t.start()
for t in threads: t.join()
def define(head, body, count, tail):
    exec(head + "".join(body.replace("#", str(i)) for i in range(count)) + tail, globals())
define("def constants(x):\\n", "    x = x + #.5\\n", 66000, "    return x\\n")
define("def loop(n):\\n    t = 0\\n    while n:\\n        n -= 1\\n", "        t = t + #.25\\n", 20000, "    return t\\n")
define("def jump(n):\\n    if n:\\n", "        n = f(n)\\n", 20000, "    else:\\n        n = 7\\n    return n\\n")
print(constants(0.5), loop(2), jump(0), jump(1))
if os.fork() == 0:
    for _ in range(500): f(1)
    os._exit(0)
os.wait()
"""


class Hard(Comparing):
    """What is large, deep, made by hand or in another thread or process."""

    def test_large_and_deep(self):
        self.write({})
        plain = self.run_script("prog.py", HARD, {})
        for collectors in ("function", "function,line"):
            self.assertEqual(self.run_script("prog.py", HARD, {}, collectors=collectors), plain)
            self.assertIn("memory stays True", plain)
            calls = {}
            for f in self.exported()["functions"]:
                if f["kind"] == "python" and f.get("file", "") in ("<string>", "x") or f.get("file", "").endswith("prog.py"):
                    calls[f["name"]] = calls.get(f["name"], 0) + f["calls"]
            self.assertEqual({name: calls[name] for name in ("work", "deep", "g", "constants", "loop", "jump")},
                             {"work": 20, "deep": 50001, "g": 3 * 20000, "constants": 1, "loop": 1, "jump": 2})
            # Also what shares its code and the 500 of the child; not the copy without probes that marshal makes.
            self.assertEqual(calls["f"], 3 + 20 * 1000 + 20000 + 500)


class Generated(Comparing):
    """Programs made by chance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programs = {f"p{seed}": program_generator.generate(seed) for seed in range(FIRST, FIRST + PROGRAMS)}

    def test_line_hits_and_calls(self):
        compared = self.compare(self.programs, PROGRAMS // 10)
        self.assertGreater(compared, 100 * PROGRAMS)

    def test_no_event_more(self):
        """A probe is nothing to sys.settrace: event, function, line and kind of value are the same, in the same order."""
        self.write(self.programs)
        self.run_script("events.py", EVENTS, self.programs, arguments=["plain.json"])
        plain = self.load("plain.json")["events"]
        for collectors in ("function", "function,line"):
            self.run_script("events.py", EVENTS, self.programs, collectors=collectors, arguments=["hosted.json"])
            hosted = self.load("hosted.json")["events"]
            self.assertEqual([name for name in plain if plain[name] != hosted[name]], [], collectors)

    def test_calls_as_setprofile_counts_them(self):
        self.write(self.programs)
        self.run_script("profile_calls.py", PROFILE, self.programs)
        wanted = self.load("profile.json")
        self.run_script("driver.py", DRIVER, self.programs, collectors="function")
        export = self.exported()
        self.assertNotIn("left_alone", export)
        functions = {f["id"]: f for f in export["functions"]}

        def place(f):
            return pathlib.Path(f["file"]).stem, f["name"], f["line"]

        python, c = {}, {}
        for f in functions.values():
            if f["kind"] == "python" and f["calls"] and pathlib.Path(f["file"]).stem in self.programs:
                python[place(f)] = python.get(place(f), 0) + f["calls"]
        for edge in export["edges"]:
            caller, callee = functions.get(edge["caller"]), functions[edge["callee"]]
            if callee["kind"] == "c" and caller and pathlib.Path(caller.get("file", "")).stem in self.programs:
                key = *place(caller), callee["name"]
                c[key] = c.get(key, 0) + edge["calls"]
        self.assertEqual({key: calls for key, calls in python.items()}, {tuple(key): calls for *key, calls in wanted["python"]})
        self.assertEqual(c, {tuple(key): calls for *key, calls in wanted["c"]})


if __name__ == "__main__":
    main()
