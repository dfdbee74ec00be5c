"""Every kind of code: each program of tests/targets/kinds behaves under probes as under python3, and its calls are counted right.

A program runs under plain python3, and with each set of collectors under pyprof-tui: standard output, standard error and how it
ended must be the same byte for byte. A further run under plain python3 counts the calls of the program's own functions
by sys.setprofile, the truth that the function collector's counts must equal. What the first lines of a program say:

    # status: 1           how python3 ends with it
    # counts: f=3 g=10    only these, known without a profiler: the program takes sys.setprofile for itself
    # counts: f+left_alone=5    the same, together with the code objects that are told to be left alone
    # counts: f g         only these as sys.setprofile tells them: others differ from run to run
    # counts: none        not compared
    # needs: MODULE ...   skipped where these cannot be imported
    # crashes: 3.12 ...   skipped with these versions: python3 itself crashes

A comment `#: 3` says how often the statement of its line starts.

`make check-kinds` sets PYPROF_TEST_KINDS=all (all sets of collectors, and the programs of tests/targets/kinds/slow) and
PYPROF_TEST_PACKAGES to a folder with the modules that programs need from elsewhere.
"""
import collections
import functools
import json
import os
import pathlib
import re
import subprocess

from comparison import InWorkplace, PYTHON, ROOT, TIME_LIMIT, WORKBENCH, Case, explain, main

PROGRAMS = ROOT / "tests" / "targets" / "kinds"
PACKAGES = os.environ.get("PYPROF_TEST_PACKAGES", "")
ALL = os.environ.get("PYPROF_TEST_KINDS") == "all"
EXACT = "function,line,memory,bytecode"
COLLECTORS = ("none", "function", "line", "function,line", "bytecode", EXACT) if ALL else ("function,line", EXACT)
EVERYWHERE = ("--set", 'collectors.line.include=["**"]', "--set", 'collectors.bytecode.include=["**"]')

# Runs a program as __main__ and writes {"name:line": calls} of the functions in its file. A generator's later starts are no
# calls: its frame then stands on another RESUME than the first.
COUNT_CALLS = """
import builtins, collections, dis, json, os, sys, threading, types
output, path = sys.argv[1:3]
sys.argv = sys.argv[2:]
sys.path[0] = os.path.dirname(os.path.abspath(path))
calls, main, RESUME = [], os.getpid(), dis.opmap["RESUME"]
def count(frame, event, argument):
    code = frame.f_code
    if event == "call" and code.co_filename == path:
        at = frame.f_lasti
        if not code.co_flags & 0x2a0 or at >= 0 and code.co_code[at] == RESUME and code.co_code[at + 1] & 3 == 0:
            calls.append(f"{code.co_name}:{code.co_firstlineno}")  # in one step: other threads count, too
module = types.ModuleType("__main__")
module.__file__, module.__builtins__ = path, builtins
sys.modules["__main__"] = module
code = compile(open(path).read(), path, "exec")
threading.setprofile(count)
sys.setprofile(count)
try:
    exec(code, module.__dict__)
except BaseException:
    pass
finally:
    sys.setprofile(None)
    if os.getpid() == main:
        json.dump(collections.Counter(calls), open(output, "w"))
"""


class Program:
    def __init__(self, path):
        self.name, self.text = path.stem, path.read_text()
        said = dict(re.findall(r"^# (status|counts|needs|crashes): (.*)$", self.text, re.M))
        self.status, self.counts, self.needs = int(said.get("status", 0)), said.get("counts"), said.get("needs", "").split()
        self.case = Case(self.name, status=self.status, files={"prog.py": self.text}, how="target", target=["prog.py"],
                         env={"PYTHONPATH": PACKAGES} if self.needs and PACKAGES else {})

        self.crashes = said.get("crashes", "").split()
        self.hits = {number: int(match[1]) for number, line in enumerate(self.text.splitlines(), 1)
                     if (match := re.search(r"#: (\d+)$", line))}

    def known_counts(self):
        return {name: int(calls) for name, calls in re.findall(r"([\w<>+]+)=(\d+)", self.counts)}


def counted_calls(export):
    counted = collections.Counter()
    for function in export["functions"]:
        if function["kind"] == "python" and pathlib.Path(function["file"]).name == "prog.py" and function["calls"]:
            counted[f"{function['name']}:{function['line']}"] += function["calls"]
    return counted


def by_name(counted):
    names = collections.Counter()
    for key, calls in counted.items():
        names[key.partition(":")[0]] += calls
    return names


class Kinds(InWorkplace):
    def check(self, program):
        missing = [name for name in program.needs if not can_import(name)]
        if missing:
            self.skipTest(f"{', '.join(missing)} is not there")
        if python_version() in program.crashes:
            self.skipTest("python3 itself crashes")
        plain = self.workplace.run(program.case)
        self.assertEqual(plain.status, program.status, plain.errors.decode())
        self.assertTrue(plain.output or plain.errors, "the program compares nothing: no output")
        for collectors in COLLECTORS:
            with self.subTest(collectors=collectors):
                hosted = self.workplace.run(program.case, collectors, EVERYWHERE)
                difference = explain(program.case, plain, hosted, collectors)
                if difference:
                    self.fail(difference)
                if collectors == "none":
                    continue
                export = self.exported(program)
                if "function" in collectors and program.counts != "none":
                    self.compare_counts(program, export)
                if "line" in collectors:
                    hits = collections.Counter()
                    for row in export["lines"]:
                        hits[row["line"]] += row.get("hits", 0) if pathlib.Path(row["file"]).name == "prog.py" else 0
                    self.assertEqual({line: hits[line] for line in program.hits}, program.hits)

    def compare_counts(self, program, export):
        counted = counted_calls(export)
        if program.counts and "=" in program.counts:
            wanted, names = program.known_counts(), by_name(counted)
            names["left_alone"] = sum(row["count"] for row in export.get("left_alone", ()))
            self.assertEqual({sum_: sum(names[name] for name in sum_.split("+")) for sum_ in wanted}, wanted)
        elif program.counts:
            wanted, names = by_name(self.true_calls(program)), by_name(counted)
            self.assertEqual({name: names[name] for name in program.counts.split()},
                             {name: wanted[name] for name in program.counts.split()})
        else:
            wanted = self.true_calls(program)
            self.assertGreater(len(wanted), 1, "the oracle counted nothing")
            self.assertEqual(counted, wanted)

    def exported(self, program):
        place = self.workplace
        done = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(program.case),
                              cwd=place.base, capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return json.loads(done.stdout)

    def true_calls(self, program):
        place = self.workplace
        place.fresh()
        program.case.prepare(place.folder)
        (place.base / "count_calls.py").write_text(COUNT_CALLS)
        done = subprocess.run([PYTHON, str(place.base / "count_calls.py"), str(place.base / "calls.json"), "prog.py"],
                              cwd=place.folder, env=place.environment(program.case), capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads((place.base / "calls.json").read_text())


@functools.cache
def python_version():
    return subprocess.run([PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True,
                          text=True, check=True).stdout.strip()


def can_import(name):
    return subprocess.run([PYTHON, "-c", f"import {name}"], env=dict(os.environ, PYTHONPATH=PACKAGES),
                          capture_output=True).returncode == 0


def add_tests():
    paths = sorted(PROGRAMS.glob("*.py")) + (sorted((PROGRAMS / "slow").glob("*.py")) if ALL else [])
    for program in map(Program, paths):
        setattr(Kinds, f"test_{program.name}", lambda self, program=program: self.check(program))


add_tests()

if __name__ == "__main__":
    main()
