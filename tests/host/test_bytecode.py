"""Exact bytecode: every instruction's count equals the number of sys.settrace's opcode events under plain python3.

Each program runs twice: under the tracer of tests/oracle/instruction_oracle.py and under the bytecode collector. All instructions
of all code objects of the program's file are compared, those that never run, too. What the tracer cannot see: instructions in front
of a function's first RESUME run as often as that; those that make a generator at least as often, as it may never be started.
"""
import collections
import json
import pathlib
import subprocess
import sys

from comparison import InWorkplace, PYTHON, ROOT, TIME_LIMIT, WORKBENCH, Case, main

sys.path.insert(0, str(ROOT / "tests" / "oracle"))
import program_generator  # noqa: E402

ORACLE = ROOT / "tests" / "oracle" / "instruction_oracle.py"
TARGETS = ROOT / "tests" / "targets"
# The others differ by what they are about: they set a tracer themselves or events of sys.monitoring (CPython 3.13 ends the tracer's
# opcode events there, and runs callbacks untraced), reach the limit of recursion sooner under one, race, are killed, look at their
# file's path, or count on objects dying at once. With a tracer CPython 3.13 does not find out of the line tables of handmade_code.
KINDS = ("arrays", "callbacks", "classes", "comprehensions", "control", "coroutines", "generators", "leaving_blocks", "marshalled")
KINDS += ("handmade_code",) if sys.version_info < (3, 13) else ()
GENERATED = range(24)
ALL = "function,line,memory,bytecode"


def shape(rows):
    return tuple((offset, name) for offset, name, _ in rows)


def explain_row(function, row, want):
    return f"{function[0]}, line {function[1]}, offset {row[0]} {row[1]}: {want} by the tracer, {row[2]} counted"


class Bytecode(InWorkplace):
    def trace(self, case):
        place = self.workplace
        place.fresh()
        output = place.base / "traced.json"
        run = subprocess.run([PYTHON, "-P", str(ORACLE), str(output), *case.prepare(place.folder)], cwd=place.folder,
                             env=place.environment(case), capture_output=True, timeout=TIME_LIMIT)
        self.assertIn(run.returncode, (0, 1), run.stderr.decode(errors="replace"))
        return json.loads(output.read_text()), run.returncode

    def count(self, case, collectors, options=()):
        place = self.workplace
        place.fresh()
        output = place.base / "counted.json"
        run = subprocess.run([WORKBENCH, "--headless", "-k", collectors, *options, "--export", "json", "-o", str(output),
                              *case.prepare(place.folder)], cwd=place.folder, env=place.environment(case), capture_output=True,
                             timeout=TIME_LIMIT)
        self.assertIn(run.returncode, (0, 1), run.stderr.decode(errors="replace"))
        return json.loads(output.read_text()), run.returncode

    def counted_rows(self, session, file):
        """{(name, line, shape): rows} of the functions in a file."""
        rows = collections.defaultdict(list)
        for row in session["bytecode"]:
            if row["opname"] != "EXTENDED_ARG":
                rows[row["function"]].append([row["offset"], row["opname"], row.get("count")])
        functions = {f["id"]: f for f in session["functions"]}
        merged = {}
        for number, of in rows.items():
            function = functions[number]
            if pathlib.Path(function.get("file", "")).name == file:
                known = merged.setdefault((function["qualname"], function["line"], shape(of)), of)
                for row, other in zip(known, of):
                    row[2] += other[2] if known is not of else 0
        return merged

    def differences(self, function, rows):
        wrong, begun = [], None
        for want, row in zip(function["rows"], rows):
            if want[2] is not None:
                begun = want[2] if begun is None else begun
                if want[2] != row[2]:
                    wrong.append(explain_row((function["name"], function["line"]), row, want[2]))
        for want, row in zip(function["rows"], rows):
            if want[2] is None and (row[2] < begun if function["generator"] else row[2] != begun):
                wrong.append(explain_row((function["name"], function["line"]), row, f"{begun} activations"))
        return wrong

    def compare(self, case, collectors="bytecode"):
        traced, ended = self.trace(case)
        session, status = self.count(case, collectors)
        self.assertEqual(status, ended)
        rows = self.counted_rows(session, "prog.py")
        wrong, executed = [], 0
        for function in traced:
            key = function["name"], function["line"], shape(function["rows"])
            ran = sum(count or 0 for _, _, count in function["rows"])
            executed += ran
            if key in rows:
                wrong += self.differences(function, rows[key])
            elif ran:
                wrong.append(f"{function['name']}, line {function['line']}: nothing counted, {ran} by the tracer")
        self.assertEqual(wrong, [])
        self.assertGreater(executed, 0)
        return executed

    def test_julia(self):
        case = Case("julia", (TARGETS / "julia.py").read_text().replace('print("calculate_z took', '("'), args=["40", "30"])
        self.assertGreater(self.compare(case), 100000)
        self.compare(case, ALL)

    def test_all_collectors_together(self):
        self.compare(Case("leaving", (TARGETS / "kinds" / "leaving_blocks.py").read_text()), ALL)


def add_program(name, text, *args):
    setattr(Bytecode, f"test_{name}", lambda self: self.compare(Case(name, text, args=args)))


# Handlers on a stack so deep that the interpreter cannot follow a SWAP there when a tracer sets a line.
DEEP_HANDLERS = """
import types
@types.coroutine
def wait():
    yield "waits"
class Manager:
    async def __aenter__(self): await wait()
    async def __aexit__(self, *what): await wait()
async def f():
    for i in [1, 2, 3]:
        for j in [1]:
            try:
                async with Manager():
                    async with Manager():
                        1 / (i - 1)
            except (KeyError, ZeroDivisionError):
                i += 1
c = f()
try:
    for k in range(30):
        c.throw(KeyError(k)) if k % 3 == 2 else c.send(None)
except StopIteration:
    c.close()
"""
add_program("deep_handlers", DEEP_HANDLERS)
add_program("fib", (TARGETS / "fib.py").read_text(), "12")
for kind in KINDS:
    add_program(kind, (TARGETS / "kinds" / f"{kind}.py").read_text())
for seed in GENERATED:
    add_program(f"generated_{seed}", program_generator.generate(seed))


if __name__ == "__main__":
    main()
