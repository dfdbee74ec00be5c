"""Instructions as they stand in the session are those of the `dis` of the Python that ran, row by row, and so are the entries of the
exception tables; specialised forms are those that the interpreter comes to; hostile code harms nothing."""
import json
import sqlite3
import subprocess
import textwrap
import unittest

from comparison import PYTHON, TIME_LIMIT, WORKBENCH, Case, InWorkplace, main

# Prints what dis says of every code object of a file: those in the session's form, addresses left out.
ORACLE = r"""
import dis, json, re, sys, types
def rows(code):
    for each in dis.Bytecode(code):
        jumps = each.opcode in dis.hasjrel or each.opcode in dis.hasjabs
        def effect(jump):
            try:
                return dis.stack_effect(each.opcode, each.arg, jump=jump)
            except ValueError:
                return 0
        argrepr = re.sub(r" at 0x[0-9a-f]+", "", each.argrepr)
        yield [each.offset, each.opname, (each.arg or 0) & 0xffffffff, argrepr, each.positions.lineno or 0,
               each.argval if jumps else 0xffffffff, bool(each.is_jump_target), each.opname == "EXTENDED_ARG",
               effect(False), effect(True)]
def walk(code):
    handlers = [[start, end, target, depth, int(lasti)] for start, end, target, depth, lasti in dis._parse_exception_table(code)]
    yield [code.co_qualname, code.co_firstlineno, list(rows(code)), handlers]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from walk(constant)
with open(sys.argv[1]) as file:
    print(json.dumps(list(walk(compile(file.read(), sys.argv[1], "exec")))))
"""

ROWS = """SELECT f.qualname, f.line, i.function, i.offset, i.opname, i.argument, i.argrepr, i.line, i.jump_target, i.flags,
                 i.stack_effect, i.jump_stack_effect, i.specialized
          FROM instruction_rows i JOIN functions f ON f.id = i.function ORDER BY i.id"""
HANDLERS = """SELECT function, start, "end", target, depth, keeps_offset FROM handlers ORDER BY id"""
JUMP_TARGET, PREFIX, ADAPTIVE, GAVE_UP = 1, 2, 4, 8

CLOSURES = """
    def outer(a, /, b=2, *rest, c, **names):
        total = 0
        def inner(x):
            nonlocal total
            total += x + a + b
            return lambda y=x: (y, total)
        return inner(1)(), [inner(i)() for i in range(3) if i % 2], {k: v for k, v in names.items()}, {*rest}
    outer(1, 2, 3, c=4, d=5)
    class Base:
        "a docstring"
        x: int = 3
        def __init__(self): self.__hidden = super().__init__()
    class Sub(Base):
        def __init__(self):
            super().__init__()
            self.y = self.x
    Sub()
    print((lambda: 1)(), (lambda: 2)())
"""

MATCHING = """
    def look(value):
        match value:
            case {"kind": str(kind), **rest} if rest: return kind, rest
            case [1, *others] | (2, *others): return others
            case complex(real=0.0) | None: return "none"
            case _: return f"{value!r:>{10}} {value=}"
    print(look({"kind": "a", "b": 1}), look([1, 2]), look(None), look(7))
"""

FAILING = """
    def fails(n):
        try:
            try:
                if n == 1: raise ValueError(n)
                if n == 2: raise ExceptionGroup("g", [KeyError(1), TypeError(2)])
                assert n != 3, "three"
            except* KeyError as group:
                print(group.exceptions)
            except* TypeError:
                pass
        except (ValueError, ExceptionGroup) as error:
            return type(error).__name__
        except AssertionError:
            return "assertion"
        else:
            return "no"
        finally:
            print("finally", n)
        return "behind"
    def managed(path):
        with open(path) as one, open(path) as other:
            for line in one:
                while True:
                    if line: break
                else:
                    continue
                del line
        return 1
    print([fails(i) for i in range(4)], managed(__file__))
"""

WAITING = """
    import asyncio
    async def numbers(n):
        for i in range(n):
            yield i
            await asyncio.sleep(0)
    class Manager:
        async def __aenter__(self): return self
        async def __aexit__(self, *exception): return True
    async def main():
        async with Manager() as manager:
            got = [i async for i in numbers(3)]
            async for i in numbers(2): got.append(i)
            print(got, await asyncio.gather(*[asyncio.sleep(0, i) for i in range(3)]))
            raise ValueError
    asyncio.run(main())
    def delegate():
        x = yield from (i for i in range(3))
        return x
    print(list(delegate()))
"""

CONSTANTS = r"""
    def constants():
        return (1, -1, 2 ** 31 - 1, -2 ** 31, 2 ** 31, 10 ** 30, -10 ** 38, 0x123456789abcdef, 1.5, -0.0, 1e999, -1e999, 1e-300, 2j,
                1 + 2j, True, False, None, ..., "text", "\xe4\u20ac\U0001f600", "\ud800", "\0'\"", b"bytes\x00\xff", (1, (2, ("3", b"4"))),
                "x" * 300, b"y" * 300)
    def large(x):
        return x in {1, 2, 3} and x[1:2], x[1:2, ::3], x[...]
    def huge(): return 123456789 ** 2, 0x%s
    constants(), huge()
    try: large(1)
    except TypeError: print("there")
""" % ("f" * 500)

MANY = "def many(n):\n    if n:\n        total = 0\n%s    else:\n        total = -1\n    return total\nprint(many(1), many(0))\n" % (
    "".join(f"        total += {1000 + i} * name_{i % 300} if n > 5 else {5000 + i}\n" for i in range(400)))

HOT = """
    class Point:
        def __init__(self): self.x = 1
    def hot(point, items):
        total, odd = 0, 1j
        for i in range(5000):
            total += i * 2
            total -= point.x
            total += items[3]
            odd = odd * odd
        return total
    def once(a, b): return a.real + b
    print(hot(Point(), [1, 2, 3, 4]), once(1, 2))
"""

HOSTILE = """
    import types
    def victim(): return "a", "b", 1
    class Lies:
        def __repr__(self): raise SystemExit("is not to be asked")
        def __reduce__(self): raise SystemExit("is not to be asked")
        def __hash__(self): return 1
        def __eq__(self, other): return True
    def deep(n):
        value = ()
        for i in range(n): value = (value,)
        return value
    class Text(str): pass
    strange = [Lies(), deep(5000), (Lies(),), Text("t"), "z" * 10_000_000, tuple(range(100_000)), [1], victim.__code__, 1 << 100_000,
               frozenset({deep(30)}), {}, types, "\\ud800" * 2000]
    for number, value in enumerate(strange):
        code = victim.__code__.replace(co_consts=(None, value, *victim.__code__.co_consts[2:]), co_name=f"v{number}",
                                       co_qualname=f"v{number}")
        made = types.FunctionType(code, {})
        made()
    odd = victim.__code__.replace(co_name="\\ud800", co_qualname="odd", co_linetable=b"", co_firstlineno=0)
    types.FunctionType(odd, {})()
    print("done")
"""


class Disassembly(InWorkplace):
    def setUp(self):
        self.workplace.fresh()
        self.folder = self.workplace.folder

    def record(self, name, text, collectors="function,bytecode", status=0):
        case = Case(name, text)
        case.prepare(self.folder)
        done = subprocess.run([WORKBENCH, "--headless", "--python", PYTHON, "-k", collectors, "-o", "run.pyprof", "prog.py"],
                              cwd=self.folder, capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        with sqlite3.connect(self.folder / "run.pyprof") as session:
            rows, handlers = session.execute(ROWS).fetchall(), session.execute(HANDLERS).fetchall()
        session.close()
        return rows, handlers

    def functions(self, text, **options):
        """(qualified name, line) -> [(rows, handlers)] of the functions of a run."""
        rows, handlers = self.record("prog", text, **options)
        found, names = {}, {}
        for qualname, line, function, *row in rows:
            names[function] = (qualname, line)
            offset, opname, argument, argrepr, at, target, flags, effect, jump_effect, _ = row
            found.setdefault(function, ([], []))[0].append(
                [offset, opname, argument, argrepr, at, target, bool(flags & JUMP_TARGET), bool(flags & PREFIX), effect, jump_effect])
        for function, *handler in handlers:
            found[function][1].append(handler)
        result = {}
        for function, both in found.items():
            result.setdefault(names[function], []).append(both)
        return result

    def said_by_dis(self):
        done = subprocess.run([PYTHON, "-c", ORACLE, self.folder / "prog.py"], capture_output=True, text=True, timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        result = {}
        for qualname, line, rows, handlers in json.loads(done.stdout):
            result.setdefault((qualname, line), []).append((rows, handlers))
        return result

    def check(self, text, *never):
        """Every function of the program but those that never ran; equal ones are one function."""
        found, expected = self.functions(text), self.said_by_dis()
        for name in [name for name in expected if name[0] in never]:
            del expected[name]
        self.assertEqual(sorted(found), sorted(expected))
        for name, wanted in expected.items():
            distinct = [each for i, each in enumerate(wanted) if each not in wanted[:i]]
            got = [(rows, handlers) for rows, handlers in found[name]]
            for one, other in zip(sorted(got), sorted(distinct)):
                for row, wanted_row in zip(one[0], other[0]):
                    self.assertEqual(row, wanted_row, name)
                self.assertEqual(one, other)
            self.assertEqual(len(got), len(distinct), name)

    def test_closures_classes_comprehensions(self):
        self.check(CLOSURES, "Base.__annotate__")

    def test_matching(self):
        self.check(MATCHING)

    def test_exceptions(self):
        self.check(FAILING)

    def test_coroutines_and_generators(self):
        self.check(WAITING)

    def test_constants(self):
        self.check(CONSTANTS)

    def test_prefixes_of_large_functions(self):
        self.check(MANY)
        rows = [row for (name, _), both in self.functions(MANY).items() if name == "many" for row in both[0][0]]
        self.assertGreater(sum(row[7] for row in rows), 300)
        self.assertTrue(any(row[5] != 0xffffffff and row[5] > 512 for row in rows))

    def test_what_instructions_are_specialised_to(self):
        rows, _ = self.record("hot", HOT)
        forms = {name: [(row[4], row[12], row[9]) for row in rows if row[0] == name] for name in ("hot", "once")}
        binary = [(form, flags) for opname, form, flags in forms["hot"] if opname == "BINARY_OP"]
        names = [form for form, _ in binary]
        self.assertTrue({"BINARY_OP_MULTIPLY_INT", "BINARY_OP_ADD_INT", "BINARY_OP_SUBTRACT_INT"} <= set(names), names)
        unspecialised = [flags & (ADAPTIVE | GAVE_UP) for form, flags in binary if not form]
        self.assertEqual(unspecialised, [ADAPTIVE | GAVE_UP]) # complex numbers
        self.assertIn("LOAD_ATTR_INSTANCE_VALUE", [form for _, form, _ in forms["hot"]])
        self.assertTrue(all(form.startswith(opname.split("_")[0]) for opname, form, _ in forms["hot"] if form), forms)
        once = [(form, flags & (ADAPTIVE | GAVE_UP)) for opname, form, flags in forms["once"] if opname == "BINARY_OP"]
        self.assertEqual(once, [("", ADAPTIVE)])

    def test_hostile_constants(self):
        found = self.functions(HOSTILE)
        shown = {name: [row[3] for row in both[0][0] if row[1].startswith(("LOAD_CONST", "RETURN_CONST"))]
                 for (name, _), both in found.items()}
        for number in range(13):
            self.assertIn(f"v{number}", shown)
        flat = {name: " ".join(texts) for name, texts in shown.items()}
        self.assertIn("<Lies object>", flat["v0"])
        self.assertIn("<tuple object>", flat["v1"])
        self.assertIn("<Text object>", flat["v3"])
        self.assertIn("\u2026", flat["v4"])
        self.assertIn("<code object victim, file", flat["v7"])
        self.assertIn("<module object>", flat["v11"])
        self.assertTrue(all(len(text) <= 1000 for texts in shown.values() for text in texts))
        self.assertIn("odd", shown)

    def test_audit_hooks_of_the_program_see_nothing(self):
        rows, _ = self.record("audit", """
            import sys
            def hook(event, arguments):
                if event.startswith("marshal"): print("seen", event)
            sys.addaudithook(hook)
            def f(): return 1
            f()
        """)
        self.assertIn("f", {row[0] for row in rows})

    def test_forked_and_started_children(self):
        case = Case("children", """
            import os, subprocess, sys
            def before(): return 1
            def in_child(x): return [x, 2222]
            before()
            pid = os.fork()
            if not pid:
                in_child(7)
                os._exit(0)
            os.waitpid(pid, 0)
            subprocess.run([sys.executable, "-c", "def started(x): return [x, 3333]\\nstarted(8)"], check=True)
        """)
        case.prepare(self.folder)
        subprocess.run([WORKBENCH, "--headless", "--python", PYTHON, "-k", "function,bytecode", "-o", "run.pyprof", "prog.py"],
                       cwd=self.folder, check=True, timeout=TIME_LIMIT)
        session = sqlite3.connect(self.folder / "run.pyprof")
        rows = session.execute("""SELECT f.qualname, i.argrepr FROM process_instruction_rows i
            JOIN process_functions f ON f.process = i.process AND f.id = i.function WHERE i.argrepr IN ('2222', '3333')""").fetchall()
        session.close()
        self.assertEqual(sorted(rows), [("in_child", "2222"), ("started", "3333")])


if __name__ == "__main__":
    main()
