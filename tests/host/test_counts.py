"""Exact counts: functions and builtins against cProfile's on the same program, lines against truth written by hand.

In a line program the comment `#: 3` says how often that line's statement starts; `#: f=3 <lambda>=4` says it by function
where code of several functions stands on one line; `#: ?` leaves it open. Lines without such a comment must not be
counted at all.
"""
import json
import pathlib
import pstats
import re
import subprocess
import textwrap

from comparison import InWorkplace, PYTHON, ROOT, TIME_LIMIT, WORKBENCH, Case, main

JULIA = (ROOT / "tests" / "targets" / "julia.py").read_text()
FIB = (ROOT / "tests" / "targets" / "fib.py").read_text()

RUN_CPROFILE = """
import cProfile, sys
prof, path = cProfile.Profile(), sys.argv[1]
sys.argv = sys.argv[1:]
sys.path[0] = "."
code = compile(open(path).read(), path, "exec")
space = {"__name__": "__main__", "__file__": path, "__builtins__": __builtins__}
try:
    prof.runctx(code, space, None)
except SystemExit:
    pass
finally:
    prof.create_stats()
    prof.dump_stats("stats")
"""

C_NAME = re.compile(r"<(?:built-in )?method (?:'(\w+)' of '([\w.]+)' objects|([\w.]+)(?: of .*)?)>")


def expected_name(key):
    """(file, line, name) of pstats in the export's terms: (file, line, name) or ("", 0, qualname)."""
    file, line, name = key
    if file != "~":
        return pathlib.Path(file).name, line, name
    match = C_NAME.fullmatch(name)
    if match is None:
        return "", 0, name
    method, owner, plain = match.groups()
    return "", 0, f"{owner}.{method}" if method else plain


def file_name(function):
    return pathlib.Path(function.get("file", "")).name


def exported_name(function):
    if function["kind"] == "c":
        return "", 0, function["qualname"]
    return file_name(function), function["line"], function["name"]


class Counting(InWorkplace):
    def export(self, case, collectors, options=()):
        """Runs a case headless and exports its session."""
        place = self.workplace
        place.fresh()
        behind = case.prepare(place.folder)
        run = subprocess.run([WORKBENCH, "--headless", "-k", collectors, *options,
                              "-o", str(place.session), *behind], cwd=place.folder, env=place.environment(case),
                             input=case.stdin, capture_output=True, timeout=TIME_LIMIT)
        self.assertIn(run.returncode, case.statuses, run.stderr.decode(errors="replace"))
        done = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                              cwd=place.base, capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return json.loads(done.stdout)

    def profile(self, case):
        """The same by cProfile: {name: (calls, primitive calls)} and {(caller, callee): calls}."""
        place = self.workplace
        place.fresh()
        behind = case.prepare(place.folder)
        (place.base / "run_cprofile.py").write_text(RUN_CPROFILE)
        run = subprocess.run([PYTHON, "-P", str(place.base / "run_cprofile.py"), *behind], cwd=place.folder,
                             env=place.environment(case), capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual(run.returncode, 0, run.stderr.decode(errors="replace"))
        functions, edges = {}, {}
        for key, (primitive, calls, _, _, callers) in pstats.Stats(str(place.folder / "stats")).stats.items():
            functions[expected_name(key)] = (calls, primitive)
            for caller, (edge_calls, *_) in callers.items():
                edges[expected_name(caller), expected_name(key)] = edge_calls
        return functions, edges


# Programs whose calls cProfile counts rightly: one thread, no generators (it counts each resume as a call; generator
# expressions are left out of the comparison), and no two code objects of the same name that begin on the same line.
SAME_AS_CPROFILE = {
    "julia": (JULIA, ["60", "50"]),
    "julia tiny": (JULIA, ["3", "5"]),
    "fib": (FIB, ["15"]),
    "mutual recursion": ("""
        def even(n): return True if n == 0 else odd(n - 1)
        def odd(n): return False if n == 0 else even(n - 1)
        def ackermann(m, n):
            if m == 0: return n + 1
            if n == 0: return ackermann(m - 1, 1)
            return ackermann(m - 1, ackermann(m, n - 1))
        print(even(101), odd(44), ackermann(2, 6))
        """, []),
    "exceptions": ("""
        def low(n):
            if n % 3 == 0: raise ValueError(n)
            return int("x") if n % 3 == 1 else n
        def middle(n):
            try:
                return low(n)
            finally:
                len("ab")
        def high():
            good = bad = 0
            for n in range(50):
                try:
                    middle(n); good += 1
                except ValueError:
                    bad += abs(-1)
            return good, bad
        def deep(n):
            if n == 0: raise KeyError
            deep(n - 1)
        try:
            deep(30)
        except KeyError:
            pass
        print(high())
        """, []),
    "exceptions through c": ("""
        def key(x):
            if x == 30: raise ValueError
            return -x
        def attempt(values):
            try:
                return sorted(values, key=key)
            except ValueError:
                return max(values, key=abs)
        for n in (10, 29, 31, 40):
            attempt(list(range(n)))
        def bad(x): return 1 // x
        for values in ([1, 2], [3, 0, 4]):
            try:
                print(list(map(bad, values)))
            except ZeroDivisionError:
                print("zero")
        """, []),
    "callbacks": ("""
        import functools
        def add(a, b): return a + b
        def is_odd(n): return n & 1
        class Number:
            def __init__(self, n): self.n = n
            def __lt__(self, other): return self.n < other.n
            def __eq__(self, other): return self.n == other.n
            def __hash__(self): return hash(self.n)
            def __repr__(self): return "Number"
            def __add__(self, other): return Number(self.n + other.n)
            def __del__(self): abs(self.n)
        print(functools.reduce(add, range(20)), list(filter(is_odd, range(9))))
        values = [Number(n % 7) for n in range(40)]
        print(len(set(values)), sorted(values)[0], min(values), str(values[:2]), sum(values[1:], values[0]).n)
        del values
        """, []),
    "methods": ("""
        class A:
            count = 0
            def m(self, x): self.count += 1; return self.helper(x)
            def helper(self, x): return len(str(x))
            @classmethod
            def c(cls): return cls.__name__.upper()
            @staticmethod
            def s(*args, **kw): return args.count(1)
            @property
            def p(self): return self.m(1).bit_length()
            def __call__(self): return self.p
        class B(A):
            def m(self, x): return super().m(x)
        for kind in (A, B):
            o = kind()
            o.m(5); o.c(); o.s(1, 1, k=2); o.p; o(); kind.m(o, 3); o.s(*[1, 2], **{"a": 1})
            bound = o.m
            for _ in range(4): bound(0)
        """, []),
    "builtins of many shapes": ("""
        text = "a,b,c"
        for part in text.split(","):
            part.upper().lower().join(["x", "y"])
            "%s" % part
            f"{part!r}"
        numbers = []
        append = numbers.append
        for n in range(10):
            append(n); numbers.extend([n]); numbers.pop()
        d = {}
        for n in range(5):
            d.setdefault(n, []).append(n); d.get(n); d.update(a=1)
        isinstance(d, dict), hasattr(d, "x"), getattr(d, "get"), divmod(7, 2), pow(2, 5), round(2.5), hash("x"), id(d)
        sum(numbers), min(numbers), max(1, 2), any(numbers), all(numbers), chr(65), ord("A"), len(d), repr(d), iter(d)
        dict.fromkeys("ab"); float.fromhex("0x1p3"); int.from_bytes(b"ab", "big"); (5).to_bytes(2, "big")
        str.join(",", ["a"]); list.append(numbers, 1); format(1, "x"); callable(len); vars(); print("x", end="")
        import math, time, itertools
        math.sqrt(4); math.hypot(3, 4); math.floor(2.5); time.time(); next(iter([1])); list(itertools.chain([1], [2]))
        numbers.sort(key=abs); sorted(numbers, reverse=True); "x".encode().decode(); [].__len__(); (1).__add__(2)
        """, []),
    "comprehensions and lambdas": ("""
        square = lambda n: n * n
        print([square(n) for n in range(10)], {n: abs(n) for n in range(5)}, {len(w) for w in ("a", "bb")})
        nested = [
            [square(a) + b for a in range(b)]
            for b in range(6)]
        add_one = lambda n: n + 1
        print((lambda *a: sum(map(add_one, a)))(1, 2, 3), nested)
        """, []),
    "decorators and closures": ("""
        import functools
        def logged(function):
            @functools.wraps(function)
            def inner(*args): return function(*args)
            return inner
        @logged
        @logged
        def f(x): return abs(x)
        def counter():
            n = 0
            def step():
                nonlocal n
                n += 1
                return n
            return step
        c = counter()
        for _ in range(12): c(); f(-1)
        @functools.lru_cache(None)
        def cached(n): return n if n < 2 else cached(n - 1) + cached(n - 2)
        print(cached(30), f(3))
        """, []),
    "recursion through c": ("""
        def tree(n): return n if n == 0 else max(map(tree, [n - 1, n - 1]))
        class R:
            def __init__(self, n): self.n = n
            def __repr__(self): return "." if self.n == 0 else repr(R(self.n - 1)) + repr(R(0))
        print(tree(6), repr(R(9)))
        """, []),
    "classes made": ("""
        class Meta(type):
            def __new__(mcs, *a): return type.__new__(mcs, *a)
            def __call__(cls, *a): return super().__call__(*a)
        class A(metaclass=Meta):
            x = len("abc")
            def __init__(self, n=0): self.n = n
            def __init_subclass__(cls): cls.tag = cls.__name__.lower()
        for n in range(5):
            class B(A): y = abs(n)
            B(n); A()
        """, []),
    "with and finally": ("""
        class M:
            def __enter__(self): return self
            def __exit__(self, *a): return len(a) == 3
        def f(n):
            with M(), M():
                if n % 2: raise ValueError
                return abs(n)
        for n in range(9): f(n)
        def g(n):
            for i in range(n):
                try:
                    if i == 3: return str(i)
                    continue
                finally:
                    ord("a")
        g(2); g(8)
        """, []),
}


class AgainstCprofile(Counting):
    """Every function of the program, every builtin it calls, and every edge from it."""

    def check(self, text, args, collectors):
        case = Case("counts", text, args=args)
        functions, edges = self.profile(case)
        export = self.export(case, collectors)
        # cProfile names a method bound to a type without the type: there the last part is what can be compared.
        unbound = {callee[2] for _, callee in edges if callee[0] == "" and "." not in callee[2]}

        def comparable(name):
            last = name[2].rpartition(".")[2]
            return ("", 0, last) if name[0] == "" and last in unbound else name

        names = {function["id"]: comparable(exported_name(function)) for function in export["functions"]}
        programs = {"prog.py"}

        got = {exported_name(f): (f["calls"], f["primitive_calls"]) for f in export["functions"]
               if f["calls"] and file_name(f) in programs and f["name"] != "<genexpr>"}
        wanted = {name: counts for name, counts in functions.items() if name[0] in programs and name[2] != "<genexpr>"}
        self.assertEqual(dict(sorted(got.items())), dict(sorted(wanted.items())))

        got = {}
        for edge in export["edges"]:
            caller, callee = names.get(edge["caller"], ("", 0, "")), names[edge["callee"]]
            if caller[0] in programs and "<genexpr>" not in (caller[2], callee[2]) and edge["calls"] and not callee[0].startswith("<frozen importlib"):
                got[caller, callee] = got.get((caller, callee), 0) + edge["calls"]
        wanted = {(caller, comparable(callee)): calls for (caller, callee), calls in edges.items()
                  if caller[0] in programs and "<genexpr>" not in (caller[2], callee[2]) and not callee[0].startswith("<frozen importlib")}
        self.assertEqual(dict(sorted(got.items())), dict(sorted(wanted.items())))


for title, (program, arguments) in SAME_AS_CPROFILE.items():
    for wanted_collectors in ("function", "function,line"):
        setattr(AgainstCprofile, f"test_{title.replace(' ', '_')}__{wanted_collectors.replace(',', '_')}",
                lambda self, t=program, a=arguments, c=wanted_collectors: self.check(t, a, c))


class JuliaWhole(Counting):
    """At full size the counts of the book are checked by `make bench`; these are the same formulae, small."""

    def test_every_count(self):
        width, iterations = 40, 30
        case = Case("julia", JULIA, args=[str(width), str(iterations)])
        export = self.export(case, "function,line")
        functions = {f["qualname"]: f["calls"] for f in export["functions"]}
        output = subprocess.run([PYTHON, "-c", JULIA, str(width), str(iterations)], capture_output=True, text=True)
        checksum = int(output.stdout.split("checksum:")[1])
        xs = ys = self.axis_length(width)
        self.assertEqual(functions["builtins.abs"], checksum + xs * ys)
        self.assertEqual(functions["list.append"], 2 * xs * ys + xs + ys)
        self.assertEqual(functions["calculate_z"], 1)
        self.assertEqual(functions["build_axis"], 2)
        lines = {row["line"]: row["hits"] for row in export["lines"]}
        texts = {text.strip(): number for number, text in enumerate(JULIA.splitlines(), 1)}
        self.assertEqual(lines[texts["while abs(z) < 2 and n < max_iterations:"]], checksum + xs * ys)
        self.assertEqual(lines[texts["z = z * z + c"]], checksum)
        self.assertEqual(lines[texts["n += 1"]], checksum)
        self.assertEqual(lines[texts["for i in range(len(zs)):"]], xs * ys + 1)
        self.assertEqual(lines[texts["output[i] = n"]], xs * ys)
        self.assertEqual(lines[texts["zs.append(complex(x, y))"]], xs * ys)

    @staticmethod
    def axis_length(width):
        at, count = -1.8, 0
        while at < 1.8:
            at += 3.6 / width
            count += 1
        return count


# {qualname: (calls, primitive calls)} by hand, where cProfile counts something else.
CALLS_BY_HAND = {
    "dynamic code": ("""
        for n in range(4):
            exec("def f(x):\\n    return abs(x)\\nfor i in range(3): f(i)")
            eval("len('abc') + f(2)")
        g = eval("lambda x: x.bit_length()")
        for n in range(7): g(n)
        """, {"builtins.exec": (4, 4), "builtins.eval": (5, 5), "builtins.len": (4, 4), "builtins.abs": (16, 16),
              "int.bit_length": (7, 7), "f": (16, 16), "<lambda>": (7, 7)}),
    "generators": ("""
        def numbers(n):
            for i in range(n):
                yield abs(i)
        def delegate(n):
            yield from numbers(n)
            yield from numbers(n)
        def consume(n): return sum(delegate(n))
        for _ in range(3): consume(10)
        unfinished = numbers(5); next(unfinished); next(unfinished)
        closed = numbers(5); next(closed); closed.close()
        """, {"numbers": (8, 8), "delegate": (3, 3), "consume": (3, 3), "builtins.abs": (63, 63),
              "builtins.sum": (3, 3), "builtins.next": (3, 3)}),
    "generator recursion": ("""
        def walk(n):
            if n:
                yield from walk(n - 1)
                yield n
                yield from walk(n - 1)
        print(len(list(walk(4))))
        """, {"walk": (31, None), "builtins.len": (1, 1)}),
    "generator expressions": ("every = all  # by its own name newer compilers make a loop of it\n"
                              "print(sum(abs(n) for n in range(20)), every(n for n in range(1, 5)))\n",
                              {"<genexpr>": (2, None), "builtins.abs": (20, 20), "builtins.sum": (1, 1),
                               "builtins.all": (1, 1)}),
    "threads": ("""
        import threading
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        def work():
            for _ in range(5): fib(10)
            for _ in range(100): abs(-1)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for t in threads: t.start()
        for t in threads: t.join()
        work()
        """, {"work": (5, 5), "fib": (5 * 5 * 177, 25), "builtins.abs": (500, 500)}),
    "coroutines": ("""
        import asyncio
        async def child(n):
            for _ in range(n): await asyncio.sleep(0)
            return abs(n)
        async def parent():
            return sum(await asyncio.gather(*[child(n) for n in range(6)]))
        print(asyncio.run(parent()))
        """, {"child": (6, 6), "parent": (1, 1), "builtins.abs": (6, 6), "builtins.sum": (1, 1)}),
    "interleaved generators": ("""
        def one(other):
            for i in range(50): yield next(other, None)
        def two():
            for i in range(50): yield ord("a")
        list(one(two()))
        """, {"one": (1, 1), "two": (1, 1), "builtins.ord": (50, 50), "builtins.next": (50, 50)}),
    "thrown into": ("""
        def g():
            while True:
                try: yield len("ab")
                except ValueError: abs(1)
        x = g(); next(x)
        for _ in range(5): x.throw(ValueError)
        """, {"g": (1, 1), "builtins.len": (6, 6), "builtins.abs": (5, 5), "generator.throw": (5, 5)}),
    "exit in depth": ("""
        import sys
        def down(n):
            if n == 0: sys.exit(0)
            down(n - 1)
        down(20)
        """, {"down": (21, 1), "sys.exit": (1, 1)}),
    "recursion error": ("""
        def down(n):
            abs(n)
            return down(n + 1)
        import sys
        sys.setrecursionlimit(200)
        try: down(0)
        except RecursionError: ord("x")
        """, {"builtins.ord": (1, 1)}),
}


class ByHand(Counting):
    def check(self, text, wanted, collectors):
        export = self.export(Case("by hand", text), collectors)
        functions = {f["id"]: f for f in export["functions"]}
        ours = {number for number, f in functions.items() if file_name(f) in ("prog.py", "<string>")}
        got = {}

        def add(name, more, primitive):
            calls, primitives = got.get(name, (0, 0))
            got[name] = calls + more, None if primitive is None else primitives + primitive

        for number in ours:
            add(functions[number]["qualname"], functions[number]["calls"], functions[number]["primitive_calls"])
        for edge in export["edges"]:  # builtins: as called from the program, not from the libraries it imports
            if edge["caller"] in ours and functions[edge["callee"]]["kind"] == "c":
                add(functions[edge["callee"]]["qualname"], edge["calls"], None)
        for name, (calls, primitive) in wanted.items():
            self.assertIn(name, got)
            if primitive is None or got[name][1] is None:
                self.assertEqual((name, got[name][0]), (name, calls))
            else:
                self.assertEqual((name, *got[name]), (name, calls, primitive))


for title, (program, wanted_calls) in CALLS_BY_HAND.items():
    for wanted_collectors in ("function", "function,line"):
        setattr(ByHand, f"test_{title.replace(' ', '_')}__{wanted_collectors.replace(',', '_')}",
                lambda self, t=program, w=wanted_calls, c=wanted_collectors: self.check(t, w, c))


LINES_BY_HAND = {
    "loops": """
        def f(n):                            #: 1
            total = 0                        #: 1
            for i in range(n):               #: 11
                total += i                   #: 10
            while total > 40:                #: 6
                total -= 1                   #: 5
            else:
                total = 0                    #: 1
            for i in range(3):               #: 2
                if i == 1:                   #: 2
                    break                    #: 1
                continue                     #: 1
            for i in []: pass                #: 1
            return total                     #: 1
        f(10)                                #: 1
        """,
    "branches": """
        def f(n):                            #: 1
            if n > 5:                        #: 8
                return "big"                 #: 2
            elif n > 2:                      #: 6
                x = 1                        #: 3
            else:
                x = 2                        #: 3
            y = x if n else -x               #: 6
            return x and y or n              #: 6
        for n in range(8):                   #: 9
            f(n)                             #: 8
        """,
    "try": """
        def f(n):                            #: 1
            try:                             #: 6
                if n == 1:                   #: 6
                    raise ValueError         #: 1
                if n == 2:                   #: 5
                    raise KeyError           #: 1
                if n == 3:                   #: 4
                    return n                 #: 1
            except ValueError:               #: 2
                x = 1                        #: 1
            except KeyError as error:        #: 1
                x = error                    #: 1
            else:
                x = 0                        #: 3
            finally:
                y = 1                        #: 6
            return x, y                      #: 5
        for n in range(6):                   #: 7
            f(n)                             #: 6
        """,
    "with": """
        class M:                             #: ?
            def __enter__(self):             #: 1
                return self                  #: 3
            def __exit__(self, *a):          #: 1
                return True                  #: 3
        def f(n):                            #: 1
            with M():                        #: 3
                if n == 1:                   #: 3
                    raise ValueError         #: 1
                n += 1                       #: 2
            return n                         #: 3
        f(0)                                 #: 1
        f(1)                                 #: 1
        f(2)                                 #: 1
        """,
    "multi line calls": """
        def g(*a):                           #: 1
            return a                         #: 6
        def f(n):                            #: 1
            return g(                        #: 2
                n,                           #: ?
                g(n,                         #: ?
                  1),                        #: ?
            )
        f(1)                                 #: 1
        f(2)                                 #: 1
        x = g(1,                             #: 1
              2)                             #: ?
        y = [1,                              #: 1
             2,                              #: ?
             3]
        z = (g(1)                            #: 1
             + ())                           #: ?
        """,
    "decorators": """
        def d(f):                            #: 1
            return f                         #: 2
        @d                                   #: ?
        @d                                   #: ?
        def g():                             #: ?
            return 1                         #: 3
        for i in range(3):                   #: 4
            g()                              #: 3
        """,
    "generators": """
        def g(n):                            #: 1
            for i in range(n):               #: 4
                yield i                      #: 3
            return                           #: 1
        for x in g(3):                       #: 4
            y = x                            #: 3
        def h():                             #: 1
            z = yield 1                      #: 1
            while True:                      #: ?
                z = yield z                  #: 3
        c = h()                              #: 1
        next(c)                              #: 1
        for i in range(3):                   #: 4
            c.send(i)                        #: 3
        """,
    "one line compounds": """
        x = 0; y = 1                         #: ?
        f = lambda a: a + 1                  #: <module>=1 <lambda>=4
        for i in range(4): f(i)              #: ?
        z = [f for f in range(3)]            #: ?
        """,
    "classes": """
        class A:                             #: ?
            x = 1                            #: 1
            def m(self):                     #: 1
                return self.x                #: 5
        a = A()                              #: 1
        for _ in range(5):                   #: 6
            a.m()                            #: 5
        """,
    "recursion": """
        def fact(n):                         #: 1
            if n < 2:                        #: 12
                return 1                     #: 2
            return n * fact(n - 1)           #: 10
        fact(6)                              #: 1
        fact(6)                              #: 1
        """,
    "exceptions out of functions": """
        def low(n):                          #: 1
            n += 1                           #: 4
            return 1 // (n - 2)              #: 4
        def high():                          #: 1
            bad = 0                          #: 1
            for n in range(4):               #: 5
                try:                         #: 4
                    low(n)                   #: 4
                    n = 5                    #: 3
                except ZeroDivisionError:    #: 1
                    bad += 1                 #: 1
            return bad                       #: 1
        high()                               #: 1
        """,
    "match": """
        def f(v):                            #: 1
            match v:                         #: 4
                case 1:                      #: 4
                    return "one"             #: 1
                case [a, b]:                 #: 3
                    return a                 #: 2
                case _:                      #: 1
                    return None              #: 1
        for v in (1, [1, 2], (3, 4), "x"):   #: 5
            f(v)                             #: 4
        """,
    "while header of several parts": """
        def f(z, n, limit):                  #: 1
            while abs(z) < 2 and n < limit:  #: 12
                z = z * z                    #: 10
                n += 1                       #: 10
            return n                         #: 2
        f(0, 0, 7)                           #: 1
        f(1.1, 0, 3)                         #: 1
        """,
    "nested functions": """
        def outer(n):                        #: 1
            def inner(x):                    #: 2
                return x + n                 #: 10
            total = 0                        #: 2
            for i in range(5):               #: 12
                total += inner(i)            #: 10
            return total                     #: 2
        outer(1)                             #: 1
        outer(2)                             #: 1
        """,
    "threads": """
        import threading                     #: 1
        def work():                          #: 1
            for i in range(1000):            #: 4004
                i += 1                       #: 4000
        threads = [threading.Thread(target=work) for _ in range(4)]  #: ?
        for t in threads:                    #: 5
            t.start()                        #: 4
        for t in threads:                    #: 5
            t.join()                         #: 4
        """,
    "profile decorator": """
        @profile                             #: ?
        def marked(n):                       #: ?
            for i in range(n):               #: 4
                n += 1                       #: 3
            return n                         #: 1
        def unmarked(n):
            return n
        marked(3)
        unmarked(3)
        """,
}


class LinesByHand(Counting):
    def check(self, text, collectors):
        text = textwrap.dedent(text).lstrip("\n")
        wanted, free = {}, set()
        for number, line in enumerate(text.splitlines(), 1):
            if "#:" not in line:
                continue
            mark = line.split("#:")[1].strip()
            if mark == "?":
                free.add(number)
            elif mark.isdigit():
                wanted[number] = int(mark)
            else:
                wanted[number] = {name: int(hits) for name, hits in re.findall(r"(\S+)=(\d+)", mark)}
        export = self.export(Case("lines", text), collectors)
        functions = {f["id"]: f["name"] for f in export.get("functions", [])}
        got = {}
        for row in export["lines"]:
            if file_name(row) == "prog.py" and row["hits"] and row["line"] not in free:
                name = functions.get(row["function"], row["function"])
                got.setdefault(row["line"], {}).setdefault(name, 0)
                got[row["line"]][name] += row["hits"]
        for number, hits in wanted.items():
            if isinstance(hits, int) and len(got.get(number, {})) == 1:
                got[number] = next(iter(got[number].values()))
        self.assertEqual(dict(sorted(got.items())), wanted, "\n" + text)


for title, program in LINES_BY_HAND.items():
    for wanted_collectors in ("line", "function,line"):
        setattr(LinesByHand, f"test_{title.replace(' ', '_')}__{wanted_collectors.replace(',', '_')}",
                lambda self, t=program, c=wanted_collectors: self.check(t, c))


class HowItEnded(Counting):
    """Whatever way a program ends, its counts are in the session, and how it ended."""

    def check(self, end, exit_as, status):
        text = "import os, signal, sys, ctypes\ndef f(n):\n    return abs(n)\nfor n in range(1000):\n    f(n)\n" + end
        export = self.export(Case("end", text, status=status), "function,line")
        functions = {f["qualname"]: f["calls"] for f in export["functions"]}
        self.assertEqual((functions["f"], functions["builtins.abs"]), (1000, 1000))
        self.assertEqual({row["line"]: row["hits"] for row in export["lines"]}[3], 1000)
        self.assertEqual(export["exit"], exit_as)

    def test_normal(self):
        self.check("", {"status": 0}, 0)

    def test_status(self):
        self.check("sys.exit(9)\n", {"status": 9}, 9)

    def test_os_exit(self):
        self.check("os._exit(3)\n", {"status": 3}, 3)

    def test_uncaught(self):
        self.check("1 / 0\n", {"status": 1}, 1)

    def test_kill(self):
        self.check("os.kill(os.getpid(), signal.SIGKILL)\n", {"signal": 9}, -9)

    def test_segmentation_fault(self):
        self.check("ctypes.string_at(0)\n", {"signal": 11}, -11)

    def test_abort(self):
        self.check("os.abort()\n", {"signal": 6}, -6)

    def test_interrupt(self):
        self.check("os.kill(os.getpid(), signal.SIGINT)\nfor n in range(10**9): pass\n", {"signal": 2}, -2)

    def test_terminate(self):
        self.check("os.kill(os.getpid(), signal.SIGTERM)\n", {"signal": 15}, -15)

    def test_kill_in_depth(self):
        self.check("def g(n):\n    if n: g(n - 1)\n    else: os.kill(os.getpid(), signal.SIGKILL)\ng(50)\n", {"signal": 9}, -9)


class Export(Counting):
    """The shape of the JSON that scripts rely on."""

    def test_fields(self):
        export = self.export(Case("shape", "def f(): return abs(1)\nf()\n", args=["a", "ü"]), "function,line")
        self.assertEqual(export["pyprof"], 1)
        self.assertEqual(export["python"], subprocess.run([PYTHON, "-c", "import platform; print(platform.python_version())"],
                                                          capture_output=True, text=True).stdout.strip())
        self.assertEqual(export["argv"], ["prog.py", "a", "ü"])
        self.assertEqual(export["exit"], {"status": 0})
        self.assertEqual(export["collectors"], ["function", "line"])
        self.assertGreater(export["wall_ns"], 0)
        f = next(f for f in export["functions"] if f["qualname"] == "f")
        self.assertEqual((f["calls"], f["line"], f["kind"], f["name"]), (1, 1, "python", "f"))
        self.assertGreaterEqual(f["total_ns"], f["self_ns"])
        a = next(f for f in export["functions"] if f["qualname"] == "builtins.abs")
        self.assertEqual((a["calls"], a["kind"], a["name"], a["total_ns"] >= a["self_ns"]), (1, "c", "abs", True))
        self.assertIn({"caller": f["id"], "callee": a["id"], "calls": 1},
                      [{k: e[k] for k in ("caller", "callee", "calls")} for e in export["edges"]])
        self.assertNotIn("bytecode", export)
        self.assertNotIn("alloc_bytes", f)
        ids = [function["id"] for function in export["functions"]]
        self.assertEqual(len(ids), len(set(ids)))

    def test_collectors_off_are_absent(self):
        text = "def f(): return abs(1)\nf()\n"
        self.assertNotIn("lines", self.export(Case("shape", text), "function"))
        only_lines = self.export(Case("shape", text), "line")
        self.assertNotIn("edges", only_lines)
        nothing = self.export(Case("shape", text), "none")
        self.assertEqual(nothing["collectors"], [])
        self.assertNotIn("lines", nothing)
        self.assertFalse(nothing.get("functions"))

    def test_builtins_off(self):
        export = self.export(Case("shape", "def f(): return abs(1)\nf()\n"), "function",
                             ["--set", "collectors.function.builtins=false"])
        self.assertEqual([f for f in export["functions"] if f["kind"] == "c" and f["calls"]], [])
        self.assertEqual([f["calls"] for f in export["functions"] if f["qualname"] == "f"], [1])

    def test_times_add_up(self):
        text = ("import time\ndef busy(seconds):\n    end = time.perf_counter() + seconds\n"
                "    while time.perf_counter() < end:\n        pass\ndef outer():\n    busy(0.2)\nouter()\ntime.sleep(0.2)\n")
        export = self.export(Case("times", text), "function,line")
        f = {function["qualname"]: function for function in export["functions"]}
        outer, busy, sleep = f["outer"], f["busy"], f["time.sleep"]
        clock = f["time.perf_counter"]
        # Sums hold to the rounding of each number to nanoseconds; how long things take is the machine's affair.
        # The probes' cost is part of the 0.2 s but not of the function's time.
        self.assertGreaterEqual(busy["total_ns"] + export["overhead_ns"], 0.2e9 - 1e3)
        self.assertAlmostEqual(outer["total_ns"], outer["self_ns"] + busy["total_ns"], delta=3)
        self.assertAlmostEqual(busy["total_ns"], busy["self_ns"] + clock["self_ns"], delta=3)
        self.assertGreaterEqual(sleep["self_ns"], 0.2e9)
        self.assertEqual(sleep["self_ns"], sleep["total_ns"])
        lines = {row["line"]: row for row in export["lines"]}
        self.assertGreaterEqual(lines[7]["total_ns"], busy["total_ns"])
        self.assertGreaterEqual(outer["total_ns"], lines[7]["total_ns"])
        self.assertLess(lines[7]["self_ns"], lines[7]["total_ns"] - busy["total_ns"] + 3)
        whole = sum(function["self_ns"] for function in export["functions"])
        self.assertLessEqual(whole, export["wall_ns"])
        self.assertAlmostEqual(whole, f["<module>"]["total_ns"], delta=len(export["functions"]))

    def test_generator_waiting_is_nobodys_time(self):
        text = ("import time\ndef g():\n    yield 1\n    yield 2\ndef use():\n    for _ in g():\n        time.sleep(0.1)\nuse()\n")
        f = {function["qualname"]: function for function in self.export(Case("times", text), "function")["functions"]}
        self.assertGreaterEqual(f["time.sleep"]["total_ns"], 0.2e9)
        self.assertLessEqual(f["g"]["total_ns"] + f["time.sleep"]["total_ns"], f["use"]["total_ns"])


class Forked(Counting):
    """A child counts for itself, and has no part in its parent's profile."""

    def test_children_count_for_themselves(self):
        # Parent, child, its child and so on run the same functions at the same time, along new paths and through new code.
        text = ("import os\n"
                "def leaf(n): return abs(n)\n"
                "def down(n): return leaf(n) if n == 0 else down(n - 1) + leaf(n)\n"
                "def run(times):\n"
                "    for i in range(times):\n"
                "        down(5)\n"
                "        exec('def made%d(a):\\n return leaf(a)\\nmade%d(%d)' % (i, i, i), globals())\n"
                "def family(depth):\n"
                "    if depth == 0:\n"
                "        return run(300)\n"
                "    child = os.fork()\n"
                "    if child == 0:\n"
                "        run(50)\n"
                "        family(depth - 1)\n"
                "        os._exit(depth)\n"
                "    run(100)\n"
                "    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
                "for _ in range(5): family(4)\n")
        export = self.export(Case("forked", text), "function,line")
        program = {function["qualname"]: function["calls"] for function in export["processes"][0]["functions"]}
        self.assertEqual((program["family"], program["run"], program["down"], program["leaf"]), (5, 5, 3000, 3500))
        self.assertEqual((program["builtins.abs"], program["posix.fork"], program["posix.waitpid"]), (3500, 5, 5))
        calls = {function["qualname"]: function["calls"] for function in export["functions"] if function["calls"]}
        self.assertEqual((calls["family"], calls["run"], calls["down"], calls["leaf"]), (25, 45, 27000, 31500))
        self.assertEqual((calls["builtins.abs"], calls["posix.fork"], calls["posix.waitpid"]), (31500, 20, 20))
        self.assertEqual(len(export["processes"]), 21)
        self.assertEqual(export["exit"], {"status": 0})


if __name__ == "__main__":
    main()
