"""Runs programs plain, traced, rewritten to count themselves and under the engine, and compares the counts.

Each program is a module; one process imports them all. Used by tests/host/test_exactness.py and the tests here.
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "host"))
from comparison import PYTHON, WORKBENCH, Workplace, main  # noqa: E402  (main: for who imports it from here)

__all__ = ["Comparing", "PYTHON", "main"]
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
    lines, calls, ended, idle = counting_oracle.count(open(path).read(), path, {"__name__": name})
    if ended is not None:
        print(name, type(ended).__name__)
    result[name] = {"lines": [[f.name, f.line, line, hits, (f, line) in idle] for (f, line), hits in lines.items()],
                    "calls": [[f.name, f.line, calls] for f, calls in calls.items()]}
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
    # From 3.12 on whether the end of a generator is an event depends on how far the interpreter has specialised `for`.
    if event == "exception" and argument[0] is StopIteration and sys.version_info >= (3, 12):
        return trace
    kind = type(argument).__name__ if event == "return" else argument[0].__name__ if event == "exception" else ""
    digests[name].update(f"{event} {code.co_name} {frame.f_lineno} {kind}\\n".encode())
    if event == "line":
        lines[name, code.co_name, code.co_firstlineno, frame.f_lineno] += 1
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
import collections, json, opcode, os, sys
sys.path.insert(0, ".")
names, python, c = set(NAMES), collections.Counter(), collections.Counter()
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

    def run_script(self, name, text, programs, *, collectors=None, arguments=(), options=()):
        head = f"NAMES = {sorted(programs)!r}\nHERE = {str(HERE)!r}\n"
        (self.place.folder / name).write_text(head + text)
        command = [PYTHON] if collectors is None else [WORKBENCH, "--headless", "--python", PYTHON, "-k", collectors, *options,
                                                       "-o", str(self.place.session)]
        done = subprocess.run([*command, name, *arguments], cwd=self.place.folder, capture_output=True, text=True,
                              timeout=LIMIT, env={"PATH": f"{os.path.dirname(PYTHON)}:/usr/bin:/bin",
                                                  "HOME": str(self.place.base), "LC_ALL": "C.UTF-8",
                                                  "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"})
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return done.stdout

    def exported(self):
        done = subprocess.run([WORKBENCH, "--export", "json", str(self.place.session)], capture_output=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def load(self, name):
        return json.loads((self.place.folder / name).read_text())

    def engine_counts(self):
        """({(file's stem, function, its line, line): hits}, {(file's stem, function, its line): calls}) of the last run."""
        export = self.exported()
        functions, lines, calls = {f["id"]: f for f in export["functions"]}, {}, {}
        for f in export["functions"]:
            key = pathlib.Path(f.get("file", "")).stem, f["name"], f.get("line", 0)
            calls[key] = calls.get(key, 0) + f["calls"]
        for row in export["lines"]:
            f = functions[row["function"]]
            key = pathlib.Path(f["file"]).stem, f["name"], f["line"], row["line"]
            lines[key] = lines.get(key, 0) + row["hits"]
        return lines, calls

    def compare(self, programs, most_idle=0):
        """Runs programs in every way; fails on a count that differs; returns how many lines were compared. Of a line that holds
        nothing but what the compiler left of statements that do nothing (see counting_oracle.IDLE), what python3 itself says to
        sys.settrace may stand for the oracle's count, of at most `most_idle` lines."""
        self.write(programs)
        counted = self.run_script("count.py", COUNT, programs)
        self.assertEqual(counted, self.run_script("driver.py", DRIVER, programs, collectors="function,line"))
        lines, calls = self.engine_counts()
        self.run_script("events.py", EVENTS, programs, arguments=["plain.json"])
        traced = {tuple(key): hits for *key, hits in self.load("plain.json")["lines"]}
        wrong, by_events, compared = [], [], 0
        for name, result in self.load("oracle.json").items():
            text = programs[name].splitlines()
            for function, first, line, hits, idle in result["lines"]:
                compared += 1
                key = name, function, first, line
                got = lines.get(key, 0)
                if got == hits:
                    continue
                said = f"{name}.py:{line} in {function}: {hits} hits, not {got}: {text[line - 1].strip()}"
                (by_events if idle and got == traced.get(key, 0) else wrong).append(said)
            for function, first, number in result["calls"]:
                got = calls.get((name, function, first), 0)
                if got != number:
                    wrong.append(f"{name}.py:{first} {function}: {number} calls, not {got}")
        self.assertFalse(wrong, "\n" + "\n".join(wrong))
        self.assertLessEqual(len(by_events), most_idle, "\n" + "\n".join(by_events))
        return compared

    def check_events(self, programs):
        """A probe is nothing to sys.settrace: event, function, line and kind of value are the same, in the same order."""
        self.write(programs)
        self.run_script("events.py", EVENTS, programs, arguments=["plain.json"])
        plain = self.load("plain.json")["events"]
        for collectors in ("function", "function,line"):
            self.run_script("events.py", EVENTS, programs, collectors=collectors, arguments=["hosted.json"])
            hosted = self.load("hosted.json")["events"]
            self.assertEqual([name for name in plain if plain[name] != hosted[name]], [], collectors)

    def check_calls(self, programs):
        """Calls of Python and C functions as sys.setprofile counts them."""
        self.write(programs)
        self.run_script("profile_calls.py", PROFILE, programs)
        wanted = self.load("profile.json")
        self.run_script("driver.py", DRIVER, programs, collectors="function")
        export = self.exported()
        self.assertNotIn("left_alone", export)
        functions = {f["id"]: f for f in export["functions"]}

        def place(f):
            return pathlib.Path(f["file"]).stem, f["name"], f["line"]

        python, c = {}, {}
        for f in functions.values():
            if f["kind"] == "python" and f["calls"] and pathlib.Path(f["file"]).stem in programs:
                python[place(f)] = python.get(place(f), 0) + f["calls"]
        for edge in export["edges"]:
            caller, callee = functions.get(edge["caller"]), functions[edge["callee"]]
            if callee["kind"] == "c" and caller and pathlib.Path(caller.get("file", "")).stem in programs:
                key = *place(caller), callee["name"]
                c[key] = c.get(key, 0) + edge["calls"]
        self.assertEqual(python, {tuple(key): calls for *key, calls in wanted["python"]})
        self.assertEqual(c, {tuple(key): calls for *key, calls in wanted["c"]})
