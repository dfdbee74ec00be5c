"""Opcodes and pairs of opcodes against sys.settrace with f_trace_opcodes, and totals of instructions that add up.

The tracer sees the instructions behind a code's first RESUME but RESUMEs themselves. What follows a return, a yield or an exception is
no pair; exceptions continue where nothing else comes to. Programs end their generators: from 3.13 on a tracer has more of them run
when they are closed.
"""
import collections
import json
import subprocess

from comparison import InWorkplace, PYTHON, ROOT, TIME_LIMIT, WORKBENCH, Case, main

RUN_TRACED = """
import dis, json, sys
folder, path = sys.argv[1:3]
sys.argv = sys.argv[2:]
sys.path[0] = "."
known, last, counts, pairs = {}, {}, {}, {}

def instructions(code):
    # offset of the event -> (offset, name); and where exceptions continue
    if code not in known:
        rows, prefix = {}, None
        for row in dis.get_instructions(code):
            prefix = row.offset if prefix is None else prefix
            if row.opname != "EXTENDED_ARG":
                rows[prefix if sys.version_info < (3, 12) else row.offset] = row.offset, row.opname
                prefix = None
        known[code] = rows, {entry.target for entry in dis._parse_exception_table(code)}
    return known[code]

def trace(frame, event, argument):
    code = frame.f_code
    if code.co_filename != path:
        return None
    frame.f_trace_opcodes = True
    rows, handlers = instructions(code)
    if event in ("call", "return"):
        last.pop(frame, None)
    elif event == "opcode" and frame.f_lasti in rows:
        offset, name = rows[frame.f_lasti]
        if name == "RESUME":
            last.pop(frame, None)
            return trace
        key = code.co_qualname, code.co_firstlineno, offset, name
        counts[key] = counts.get(key, 0) + 1
        if frame in last and offset not in handlers:
            pair = last[frame], name
            pairs[pair] = pairs.get(pair, 0) + 1
        last[frame] = name
    return trace

space = {"__name__": "__main__", "__file__": path, "__builtins__": __builtins__}
code = compile(open(path).read(), path, "exec")
sys.settrace(trace)
try:
    exec(code, space)
finally:
    sys.settrace(None)
    with open(folder + "/traced", "w") as file:
        json.dump([[*map(list, counts.items())], [*map(list, pairs.items())]], file)
"""

PROGRAMS = {
    "julia": ((ROOT / "tests" / "targets" / "julia.py").read_text(), ["20", "30"]),
    "fib": ((ROOT / "tests" / "targets" / "fib.py").read_text(), ["12"]),
    "branches": ("""
        def classify(n):
            if n % 2 and n % 3 or n > 90:
                return "a" if n % 5 else "b"
            elif not n or n is None:
                return None
            while n > 10:
                n //= 2
                if n == 13:
                    break
                if n == 11:
                    continue
            else:
                n = -n
            match n:
                case 3 | 4: return "few"
                case int() if n < 0: return "less"
                case _: return "many"
        seen = {}
        for n in range(120):
            seen[classify(n)] = seen.get(classify(n), 0) + 1
        print(seen, [n for n in range(9) if n & 1 if n > 2])
        """, []),
    "exceptions": ("""
        class Closing:
            def __enter__(self): return self
            def __exit__(self, *error): return error[0] is KeyError
        def risky(n):
            try:
                if n % 7 == 0: raise KeyError(n)
                if n % 5 == 0: return {}[n]
                return [n][n % 2]
            except IndexError as error:
                return str(error)
            finally:
                n += 1
        total = 0
        for n in range(100):
            with Closing():
                try:
                    total += len(str(risky(n)))
                except KeyError:
                    if n % 3: raise
                    total += 1
                else:
                    total += 2
        print(total)
        """, []),
    "generators": ("""
        def count(n):
            while n > 0:
                got = yield n
                n -= got or 1
        def both(n):
            yield from count(n)
            return (yield from count(n // 2))
        total = sum(both(20)) + sum(x * y for x in count(4) for y in count(x))
        sending = count(9)
        next(sending)
        try:
            while True: total += sending.send(2)
        except StopIteration: pass
        thrown = count(3)
        next(thrown)
        try: thrown.throw(ValueError)
        except ValueError: total += 1
        print(total, [*map(str, count(3))])
        """, []),
    "coroutines": ("""
        import asyncio
        class Gate:
            async def __aenter__(self): await asyncio.sleep(0)
            async def __aexit__(self, *error): return False
        async def numbers(n):
            for i in range(n):
                yield i
                await asyncio.sleep(0)
        async def work(n):
            total = 0
            async with Gate():
                async for i in numbers(n):
                    total += i
            return total + sum([i async for i in numbers(2)])
        async def everything():
            return await asyncio.gather(*(work(n) for n in range(5)))
        print(asyncio.run(everything()))
        """, []),
    "many constants": ("def f(a):\n    x = 0\n    if a:\n        x = [" + ", ".join(f"{n}.5 + a" for n in range(300)) +
                       "]\n    for i in x or ():\n        a += i\n    return a\nprint(f(1), f(0), f(2))\n", []),
}


class Opcodes(InWorkplace):
    def prepared(self, case):
        place = self.workplace
        place.fresh()
        return place, case.prepare(place.folder)

    def export(self, case):
        place, behind = self.prepared(case)
        run = subprocess.run([WORKBENCH, "--headless", "-k", "function,line,bytecode", "-o", str(place.session), *behind],
                             cwd=place.folder, env=place.environment(case), capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual(run.returncode, 0, run.stderr.decode(errors="replace"))
        done = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                              cwd=place.base, capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return json.loads(done.stdout)

    def traced(self, case):
        place, behind = self.prepared(case)
        (place.base / "run_traced.py").write_text(RUN_TRACED)
        run = subprocess.run([PYTHON, "-P", str(place.base / "run_traced.py"), str(place.base), *behind], cwd=place.folder,
                             env=place.environment(case), capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual(run.returncode, 0, run.stderr.decode(errors="replace"))
        counts, pairs = json.loads((place.base / "traced").read_text())
        return {tuple(key): count for key, count in counts}, {tuple(key): count for key, count in pairs}

    def check_totals(self, export):
        functions, lines, steps = collections.Counter(), collections.Counter(), collections.Counter()
        for row in export["bytecode"]:
            if not row.get("is_prefix"):
                functions[row["function"]] += row["count"]
                steps[row["opname"]] += row["count"]
        for line in export["lines"]:
            lines[line["function"]] += line.get("instructions", 0)
        told = {row["id"]: row["instructions"] for row in export["functions"] if "instructions" in row}
        self.assertTrue(told)
        self.assertEqual(+functions, +collections.Counter(told))
        self.assertEqual(+lines, +functions)
        self.assertEqual(export["instructions"], sum(told.values()))
        self.assertEqual({row["opname"]: row["count"] for row in export["opcodes"]}, dict(+steps))

    def seen(self, export):
        """Instructions that the tracer can see, as it names them; and the pairs of those before them."""
        names = {row["id"]: (row["qualname"], row.get("line")) for row in export["functions"]}
        counts, begun, unseen = collections.Counter(), set(), collections.Counter()
        before = None
        for row in export["bytecode"]:
            function = row["function"]
            if row.get("is_prefix"):
                continue
            if row["opname"] == "RESUME":
                if row["arg"] == 0:
                    begun.add(function)
                before = None
            elif function in begun:
                counts[*names[function], row["offset"], row["opname"]] += row["count"]
            else:
                if before and before["function"] == function and before["opname"] != "RETURN_GENERATOR":
                    unseen[before["opname"], row["opname"]] += row["count"]
                before = row
        return +counts, unseen

    def check(self, name, script, args):
        case = Case(name, script, args=args)
        export = self.export(case)
        self.check_totals(export)
        counts, pairs = self.traced(case)
        seen, unseen = self.seen(export)
        self.assertEqual({key: (seen[key], counts.get(key, 0)) for key in seen.keys() | counts.keys()
                          if seen[key] != counts.get(key, 0)}, {})
        told = collections.Counter({(row["opname"], row["next"]): row["count"] for row in export["opcode_pairs"]
                                    if "RESUME" not in (row["opname"], row["next"])})
        told.subtract(unseen)
        more = {pair: (count, pairs.get(pair, 0)) for pair, count in told.items() if count > pairs.get(pair, 0)}
        self.assertEqual(more, {})
        unknown = export["opcode_pairs_unknown"]
        self.assertEqual(sum(told.values()) + unknown, sum(pairs.values()))
        self.assertLessEqual(unknown, sum(pairs.values()) // 10)


def add_tests():
    for name, (script, args) in PROGRAMS.items():
        def test(self, name=name, script=script, args=args):
            self.check(name, script, args)
        setattr(Opcodes, "test_" + name.replace(" ", "_"), test)


add_tests()

if __name__ == "__main__":
    main()
