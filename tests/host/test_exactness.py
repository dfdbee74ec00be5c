"""Exact counts of many programs: line hits and calls against a program that counts itself, and events against python3.

What was once counted wrongly, each as small as it gets; large and hard code; and programs made by chance, of which
`make check-oracle` runs many more (tests/oracle).
"""
import pathlib
import sys
import textwrap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))
import program_generator  # noqa: E402
from exact_counts import Comparing, main  # noqa: E402

PROGRAMS = 150

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
    "a constant over lines at the end of finally": """
        def f(b, fails):
            x = 0
            try:
                if fails:
                    raise KeyError
            finally:
                if b > 4: x = 0
                else: x = (
                    0
                        % 7 + 3)
            return x
        for b in 1, 6, 1:
            f(b, False)
            try:
                f(b, True)
            except KeyError:
                pass
        """,
    "a constant in the else of a loop at the end of finally": """
        def f(fails):
            try:
                if fails:
                    raise KeyError
            finally:
                n = 2
                while n:
                    n -= 1
                    continue
                else:
                    (5, 5)
        for _ in range(3):
            f(False)
            try:
                f(True)
            except KeyError:
                pass
        """,
    "two ways out of a loop at the end of finally": """
        def f(n, fails):
            try:
                if fails:
                    raise KeyError
            finally:
                while True:
                    n -= 1
                    if n < 0:
                        break
                    break
            return n
        for n in 0, 1, 2:
            f(n, False)
            try:
                f(n, True)
            except KeyError:
                pass
        """,
    "asynchronous loop at the end of another, behind with": """
        import asyncio
        class Manager:
            def __enter__(self):
                return 1
            def __exit__(self, *a):
                return False
        class Later:
            def __init__(self, n):
                self.n = n
            def __aiter__(self):
                return self
            async def __anext__(self):
                if self.n == 0:
                    raise StopAsyncIteration
                self.n -= 1
                return self.n
        async def f(a):
            with Manager():
                a += 1
            while True:
                a -= 1
                if a < 0:
                    break
                async for y in Later(2):
                    a += 0
            try:
                a += 1
            except ValueError:
                pass
            for y in range(3):
                async for y in Later(2):
                    pass
            return a
        for n in range(4):
            asyncio.run(f(n))
        """,
    "break behind assert in two finally": """
        def f(n, a, fails):
            try:
                if fails:
                    raise KeyError
            finally:
                while True:
                    try:
                        n += 1
                    except ValueError:
                        n = 2
                    finally:
                        assert n or a, (n if n else
                                        a)
                        break
        for n in 0, -1:
            for a in 0, 1:
                for fails in False, True:
                    try:
                        f(n, a, fails)
                    except (KeyError, AssertionError):
                        pass
        """,
    "pass at the end of a condition at the end of finally": """
        def f(n, a, fails):
            try:
                if fails:
                    raise KeyError
            finally:
                if n:
                    if a:
                        n += 1
                    pass
            return n
        def g(n, a, fails):
            try:
                if fails:
                    raise KeyError
            finally:
                if n < 1 < a:
                    n += 1
                pass
            return n
        def h(n, a, fails):
            try:
                raise KeyError
            finally:
                if n < 1 < a:
                    n += 1
                pass
        for n, a in (0, 0), (0, 1), (0, 2), (1, 0), (1, 1):
            for function, fails in (f, False), (f, True), (g, False), (g, True), (h, True):
                try:
                    function(n, a, fails)
                except KeyError:
                    pass
        """,
    "asynchronous loop inside of expressions": """
        import asyncio
        class Later:
            def __init__(self, n):
                self.n = n
            def __aiter__(self):
                return self
            async def __anext__(self):
                if self.n == 0:
                    raise StopAsyncIteration
                self.n -= 1
                return self.n
        async def f(a):
            z = {x + len([y async for y in Later(2)]) for x in range(3)}
            for y in range(3):
                pass
            return z
        async def g(a):
            for y in range(3):
                x = a > 0 and sum([x async for x in Later(2)]) or len([3, 4])
            return x
        for n in range(4):
            asyncio.run(f(n))
            asyncio.run(g(n))
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
    "conditional value stored into an object": """
        def f(a, x):
            z = [a, 1]
            z[0] = ((4 <= 3
                    and (a * x)
                    and 4
            ) if (
                3 > a
                    and a < 2
            ) else (
                a - 1))
            return z
        for n in range(6):
            f(n, 2)
        """,
    "attribute of a conditional value": """
        class Z:
            pass
        def f(a, y, z):
            z.value = (
                ((2 <= y or 4 and y) + a)
                    if not (a != 4)
                    else ((2
                    % 7 +a
            )).real
            )
        for n in range(6):
            f(n, 2, Z())
        """,
    "try behind a copy of itself": """
        def f(a, b):
            try:
                if a > 2:
                    b = a
                else:
                    return b
            finally:
                try:
                    x = b
                    (b, x)
                except ZeroDivisionError:
                    return ([(a
                            if x < a
                            else 4
                    ), x, 5][1:][0])
                finally:
                    x
                    return 3
        for n in range(6):
            f(n, 2)
        """,
    "condition in except of groups": """
        def f(a):
            try:
                raise ExceptionGroup('', [IndexError(1), ValueError(2)])
            except* ValueError:
                x = max(2, 5)
                if x:
                    y = (1 < 3
                        and a
                        and 4)
            except* IndexError:
                x = 3
        for n in range(4):
            f(n)
        """,
    "handler of a group begins with a conditional expression": """
        def f(a):
            try:
                raise ExceptionGroup('', [IndexError(1), ValueError(2)])
            except* ValueError as error:
                x = 2
                if (5
                        if 5 == a
                        else a) < 3:
                    x = 4
        for n in range(4):
            try:
                f(n)
            except* IndexError:
                pass
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
    "constant condition below its value in a module": """
        for a in 1, 2:
            x, y = (a and int(a) and int(
                a), (int(a)
                if True
                else 0))
            del x
            del y
        """,
    "names of arguments and of a display": """
        def f(a, b):
            return dict({a:
                a}, b=(len(a)
                if b
                else 3))
        def g(a, b):
            return {"a": (a and
                a), "b": (len(a)
                if b
                else 3)}
        for n in range(3):
            f("a", n)
            g("a", n)
        """,
    "break behind raise at the end of finally": """
        def f(a, fails):
            try:
                if fails:
                    raise KeyError
            finally:
                while True:
                    if a:
                        raise ValueError
                    else:
                        break
        for a in 0, 1:
            for fails in False, True:
                try:
                    f(a, fails)
                except (KeyError, ValueError):
                    pass
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


class Reduced(Comparing):
    """What was once counted wrongly, each as small as it gets."""

    def check_regression(self, text):
        self.assertGreater(self.compare({"p": textwrap.dedent(text).lstrip("\n")}), 3)


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
            # Also what shares its code, and the child's; not the copy without probes that marshal makes.
            self.assertEqual(calls["f"], 3 + 20 * 1000 + 20000 + 500)


class Generated(Comparing):
    """Programs made by chance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programs = {f"p{seed}": program_generator.generate(seed) for seed in range(PROGRAMS)}

    def test_line_hits_and_calls(self):
        compared = self.compare(self.programs, most_idle=PROGRAMS // 50)
        self.assertGreater(compared, 100 * PROGRAMS)

    def test_no_event_more(self):
        self.check_events(self.programs)

    def test_calls_as_setprofile_counts_them(self):
        self.check_calls(self.programs)


if __name__ == "__main__":
    main()
