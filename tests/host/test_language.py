"""The language itself under probes: frames and line numbers, introspection, generators, coroutines, dynamic code, tracing."""
from comparison import COLLECTORS, Case, cases, main

LINES = """
import sys
def here():
    return sys._getframe(1).f_lineno
def f(a, b=lambda: here(), *rest, c=here(), **more):
    x = (here(),
         here(),
         [here()
          for _ in range(2)])
    y = a(
        here(), here(
        ),
    ) if here() else \\
        here()
    for n in (here(),
              here()):
        while here() and n:
            n = 0; z = here(); w = here()
        else:
            x += (here(),)
    with open("/dev/null") as g, \\
            open("/dev/null") as h:
        x += (here(),)
    try:
        raise KeyError(here())
    except (KeyError, here
            and ValueError) as e:
        x += (e.args, here())
    finally:
        x += (here(),)
    assert here(), here()
    d = {here(): here(),
         **{here():
            here()}}
    s = f"{here()} {here()!r:>{here() * 0 + 5}}"
    match here(), here():
        case [one, two] if here():
            x += one, two, here()
    class Inner:
        line = here()
        def method(self): return here()
    del z; global t; t = here()
    return x, y, d, s, b(), c, Inner.line, Inner().method(), (lambda:
        here())(), {here(): 1 for _ in "ab"}, {*[here()]}, [*map(lambda _: here(), "xy")]
print(f(lambda *a: a))
print(here(), t)
"""

TRACED = """
import sys
def gen(n):
    for i in range(n):
        try:
            yield i
        finally:
            i = -i
def work(n):
    total = 0
    for i in gen(n):
        if i % 2:
            continue
        total += (
            i
            + len([j for j in range(i)
                   if j])
        )
    while total > 3:
        total -= 1
        try:
            if total == 5:
                raise ValueError(total)
        except ValueError as e:
            total -= 1
        else:
            pass
        finally:
            total -= 0
    with open("/dev/null") as f:
        f.read()
    class A:
        x = 1
        @property
        def p(self): return self.x
    def inner(a,
              b=A()):
        return b.p
    return inner(1) + (lambda: total)()
"""
EVENTS = TRACED + """
events = []
def trace(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((frame.f_code.co_name, event, frame.f_lineno,
                       arg if isinstance(arg, (int, str)) else type(arg).__name__))
    return trace
"""
LANGUAGE = [
    Case("line numbers everywhere", LINES),
    Case("line numbers in code", LINES, how="code"),
    Case("settrace", EVENTS + "sys.settrace(trace)\nresult = work(5)\nsys.settrace(None)\nprint(result)\n"
         "for event in events:\n    print(*event)\n"),
    Case("settrace recompiled", EVENTS + "space = {'__name__': 'x'}\nsource = open(__file__).read().split('events')[0]\n"
         "exec(compile(source, __file__, 'exec'), space)\nsys.settrace(trace)\nspace['work'](4)\nsys.settrace(None)\n"
         "for event in events:\n    print(*event)\n"),
    Case("setprofile", EVENTS + "sys.setprofile(trace)\nresult = work(5)\nsys.setprofile(None)\nprint(result)\n"
         "for event in events:\n    print(*event)\n"),
    Case("settrace local only", "import sys\ndef local(frame, event, arg):\n    print(event, frame.f_lineno)\n    return local\n"
         "def f():\n    sys._getframe().f_trace = local\n    sys.settrace(lambda *a: None)\n    x = 1\n    y = 2\n    sys.settrace(None)\n"
         "f()\n"),
    Case("settrace jumps", "import sys\ndef trace(frame, event, arg):\n    if event == 'line' and frame.f_lineno == 9:\n"
         "        frame.f_lineno = 11\n    return trace\ndef f():\n    x = 1\n    print('one')\n    print('skipped')\n"
         "    print('skipped too')\n    print('three', x)\nsys.settrace(trace)\nf()\nsys.settrace(None)\n"),
    Case("interrupts while a block is entered", """
        import _thread
        class Manager:
            __enter__ = _thread.interrupt_main
            def __exit__(self, *what): print("left by", what[0])
        def f():
            with Manager():
                print("inside")
        for i in range(3):
            try:
                f()
            except KeyboardInterrupt as error:
                print(repr(error))
        """, collectors=(*COLLECTORS, "function", "bytecode")),
    Case("settrace jumps on deep stacks", """
        import sys
        class Manager:
            async def __aenter__(self): pass
            async def __aexit__(self, *what): print("left by", *what[:1])
        async def f():
            for i in [1]:
                for j in [1]:
                    async with Manager():
                        print("in")
                    print("behind")
            print("end")
        def trace(frame, event, arg):
            if frame.f_code is f.__code__ and event == "line" and frame.f_lineno == 9:
                frame.f_lineno = 10
            return trace
        sys.settrace(trace)
        try:
            f().send(None)
        except StopIteration:
            sys.settrace(None)
        """, collectors=("function,line", "bytecode")),
    Case("monitoring of handlers on deep stacks", """
        import sys, types
        @types.coroutine
        def wait():
            yield "waits"
        class Manager:
            async def __aenter__(self): pass
            async def __aexit__(self, *what): await wait()
        async def f():
            for i in [1, 2]:
                for j in [1]:
                    try:
                        async with Manager():
                            async with Manager():
                                1 / (i - 1)
                    except (KeyError, ZeroDivisionError) as error:
                        print(repr(error), repr(error.__context__))
        def told(name):
            return lambda code, offset, error: code is f.__code__ and print(name, offset, repr(error))
        monitoring = getattr(sys, "monitoring", None)
        if monitoring:
            monitoring.use_tool_id(3, "test")
            for name in ("RAISE", "RERAISE", "EXCEPTION_HANDLED"):
                monitoring.register_callback(3, getattr(monitoring.events, name), told(name))
            monitoring.set_events(3, monitoring.events.RAISE | monitoring.events.RERAISE | monitoring.events.EXCEPTION_HANDLED)
        c = f()
        print(c.send(None), c.throw(KeyError("thrown")))
        try:
            print(c.send(None), c.throw(KeyError("again")), c.throw(OSError("at last")))
        except OSError as error:
            print(repr(error), repr(error.__context__), error.__traceback__.tb_next.tb_lasti)
        """, collectors=("function,line", "bytecode")),
    Case("cProfile inside", "import cProfile, pstats\ndef f(n):\n    return abs(n)\np = cProfile.Profile()\np.enable()\n"
         "for n in range(7):\n    f(n)\np.disable()\nfor key, value in sorted(pstats.Stats(p).stats.items()):\n"
         "    print(key[1:], value[:2])\n"),
    Case("pdb script", "import pdb\ndef f(x):\n    y = x + 1\n    z = y * 2\n    return z\npdb.set_trace()\nprint(f(3))\nprint('end')\n",
         stdin=b"b f\nc\nn\np y\nn\nw\nl\nargs\nup\np __name__\ndown\nr\nc\nc\n"),
    Case("pdb steps", "import pdb\ndef g():\n    yield 1\n    yield 2\ndef f():\n    for v in g():\n        print(v)\n"
         "pdb.set_trace()\nf()\n", stdin=b"s\ns\ns\ns\ns\ns\ns\nuntil\nj 6\nwhere\nc\n"),
    Case("pdb post mortem", "import pdb, sys\ndef f(x):\n    return 1 / x\ntry:\n    f(0)\nexcept ZeroDivisionError:\n"
         "    pdb.post_mortem()\n", stdin=b"w\np x\nup\nl\nq\n"),
    Case("breakpoint", "def f():\n    breakpoint()\n    x = 5\n    return x\nprint(f())\n", stdin=b"n\nn\np x\nc\n"),
    Case("bdb coverage by trace module", "import trace\ndef f(n):\n    if n:\n        return 1\n    return 2\nt = trace.Trace(count=1, trace=0)\n"
         "t.runfunc(f, 1)\nprint(sorted((k[1], v) for k, v in t.results().counts.items()))\n"),

    Case("inspect", """
        import inspect
        def f(a, b: int = 2, /, c=3, *args, d, e=5, **kw) -> str:
            "The doc."
            x = 1  # a comment
            return x
        class A:
            def m(self): return 1
            @classmethod
            def c(cls): pass
        print(inspect.getsource(f), inspect.signature(f), inspect.getdoc(f), inspect.getfullargspec(f))
        print(inspect.getsource(A), inspect.getsource(A.m), inspect.signature(A.c), inspect.getsourcelines(f)[1])
        print(inspect.getfile(f), inspect.getmodule(f).__name__, inspect.isfunction(f), inspect.getclosurevars(f))
        print(inspect.stack()[0].lineno, inspect.currentframe().f_lineno, inspect.getcallargs(f, 1, d=4))
        print(inspect.getsource(lambda: 1), inspect.getcomments(f))
        frame = inspect.currentframe()
        print(inspect.getframeinfo(frame), inspect.trace())
        """),
    Case("code attributes", """
        import sys
        def outer(a, b, *c, d=1, **e):
            x = 1
            def inner(y): return x + y + a
            return inner
        for code in (outer.__code__, outer(1, 2).__code__, (lambda: 0).__code__):
            print([(n, getattr(code, n)) for n in ("co_name", "co_qualname", "co_argcount", "co_posonlyargcount",
                  "co_kwonlyargcount", "co_nlocals", "co_varnames", "co_names", "co_freevars", "co_cellvars", "co_filename",
                  "co_firstlineno", "co_flags")])
        print(outer.__defaults__, outer.__kwdefaults__, outer.__closure__, outer(1, 2).__closure__[0].cell_contents)
        print(sorted({line for _, _, line in outer.__code__.co_lines() if line}))
        print(outer.__doc__, outer.__module__, outer.__qualname__, outer.__annotations__, outer.__dict__)
        """),
    Case("code equality", """
        def make():
            def f(x): return x + 1
            return f
        a, b = make(), make()
        print(a.__code__ is b.__code__, a.__code__ == b.__code__, hash(a.__code__) == hash(b.__code__), a == b)
        print((lambda: 1).__code__ == (lambda: 1).__code__)
        replaced = a.__code__.replace(co_name="g")
        print(replaced.co_name, type(a)(replaced, {})(4), a.__code__.replace() == a.__code__)
        def other(x): return x * 100
        a.__code__ = other.__code__
        print(a(3), b(3), a.__name__)
        """),
    Case("pickle", """
        import copy, pickle
        def f(x): return x + 1
        class A:
            def __init__(self): self.v = [f]
            def m(self): return self.v[0](1)
        a = pickle.loads(pickle.dumps(A()))
        print(a.m(), pickle.loads(pickle.dumps(f)) is f, pickle.dumps(f), copy.deepcopy(a).m(), copy.copy(f) is f)
        """),
    Case("marshal of fresh code", "import marshal\nc = compile('def f(x):\\n    return x * 2\\nprint(f(4))\\n', 'n', 'exec')\n"
         "print(marshal.dumps(c))\nexec(marshal.loads(marshal.dumps(c)))\n"),
    Case("marshal of running code", "import marshal, types\ndef f(x):\n    y = x * 2\n    return y\n"
         "g = types.FunctionType(marshal.loads(marshal.dumps(f.__code__)), {})\nprint(g(4), g.__code__.co_varnames)\n"),
    Case("compile is clean", "import dis\nc = compile('for i in range(3):\\n    print(i)\\n', 'n', 'exec')\ndis.dis(c)\n"
         "print(c.co_consts, c.co_code)\nexec(c)\ndis.dis('x + 1')\nprint(compile('1 + x', 'e', 'eval').co_code)\n"),
    Case("pyc cache is clean", "import helper, hashlib, helper as h\ndata = open(h.__spec__.cached, 'rb').read()\n"
         "print(hashlib.sha256(data[16:]).hexdigest(), h.f(2))\n", files={"helper.py": "def f(x):\n    return [x for _ in 'ab']\n"}),
    Case("ast", "import ast\nt = ast.parse('x = [i for i in range(3)]\\nprint(x)')\nprint(ast.dump(t))\nexec(compile(t, 'a', 'exec'))\n"
         "print(ast.literal_eval('[1, {2: 3}]'), ast.unparse(t))\n"),
    Case("locals and globals", """
        def f(a):
            b = 2
            before = dict(locals())
            exec("c = a + b; print(sorted(locals()))")
            print(before, sorted(locals()), eval("a + b"), sorted(vars()), eval("x", {"x": 9}))
            return locals()
        print(f(1), sorted(k for k in globals() if k[0] != "_"))
        exec("z = 5"); print(z)
        space = {}
        exec("def g():\\n    return q\\nq = 3", space)
        print(space["g"](), sorted(space), space["__builtins__"] is __builtins__.__dict__)
        def h():
            x = 1
            class C:
                y = x
                print(sorted(locals()))
            return sorted(locals())
        print(h())
        """),
    Case("exec and eval forms", """
        code = compile("a = 1\\nb = a + 1", "c", "exec")
        g, l = {}, {}
        print(exec(code, g, l), l, eval("a + b", g, l), eval(compile("b * 2", "e", "eval"), None, l))
        def closure():
            n = 7
            def inner():
                return n
            return inner
        def free():
            n = 1
            def use(): nonlocal n; n += 1; print("n", n)
            exec(use.__code__, closure=use.__closure__)
            return n
        print(free())
        for bad in (lambda: exec(closure().__code__), lambda: exec(1), lambda: eval("1", 2), lambda: exec("x", {}, 3),
                    lambda: eval("x = 1"), lambda: exec(), lambda: eval(""), lambda: exec("1", globals=1),
                    lambda: exec("a", closure=()), lambda: eval("1", {}, {}, {}), lambda: exec(b"\\xff"),
                    lambda: eval("undefined_name")):
            try:
                print(bad())
            except Exception as error:
                print(type(error).__name__, error)
        print(exec("print(__name__)"), exec(b"print('bytes')"), eval(" 1 + 1"), eval(bytearray(b"2")))
        class Mapping(dict):
            def __missing__(self, key): return key.upper()
        print(eval("abc", {}, Mapping()), eval("len", {"__builtins__": {"len": 5}}))
        print(list(map(eval, ["1", "2"])), [e("1 + 1") for e in (eval,)], (lambda: eval("locals()"))())
        """),
    Case("exec with future flags", """
        from __future__ import annotations
        def f(x: undefined): pass
        print(f.__annotations__)
        exec("def g(x: undefined_too): pass")
        print(g.__annotations__)
        code = compile("def h(x: int): pass", "c", "exec", dont_inherit=True)
        exec(code)
        print(h.__annotations__)
        import __future__
        print(eval("1", {}), compile("1", "c", "eval").co_flags & __future__.annotations.compiler_flag != 0)
        """),
    Case("exec without future flags", "exec('def g(x: int): pass')\nprint(g.__annotations__)\n"
         "exec('from __future__ import annotations\\ndef h(x: int): pass')\nprint(h.__annotations__)\n"),
    Case("reload", "import importlib, helper\nprint(helper.f())\nopen('helper.py', 'w').write('def f():\\n    return 22222\\n')\n"
         "importlib.invalidate_caches()\nprint(importlib.reload(helper).f(), helper.f())\n",
         files={"helper.py": "def f():\n    return 1\n"}, env={"PYTHONDONTWRITEBYTECODE": "1"}),
    Case("runpy", "import runpy\nprint(sorted(runpy.run_path('other.py', run_name='x')))\nprint(runpy.run_module('mod')['v'])\n",
         files={"other.py": "print(__name__)\n", "mod.py": "v = __name__\n"}),
    Case("import machinery", """
        import importlib.util, importlib, sys, types
        spec = importlib.util.spec_from_file_location("named", "helper.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(module.value, spec.loader.get_source("named"), spec.loader.get_code("named").co_consts)
        print(__import__("os.path").__name__, importlib.import_module("xml.dom").__name__)
        class Finder:
            @staticmethod
            def find_spec(name, path, target=None):
                if name == "made_up":
                    return importlib.util.spec_from_loader(name, Finder)
            @staticmethod
            def create_module(spec): return None
            @staticmethod
            def exec_module(module): exec("x = 5", vars(module))
        sys.meta_path.append(Finder)
        import made_up
        print(made_up.x)
        """, files={"helper.py": "value = 3\n"}),
    Case("import cycle", "import a\n", files={"a.py": "import b\nprint('a', b.x)\n", "b.py": "import a\nx = 1\nprint('b', a)\n"},
         shell='"$@" | sed "s/from .*/from/"'),
    Case("import from zip", "import sys, zipfile\nzipfile.ZipFile('lib.zip', 'w').writestr('inzip.py', 'def f():\\n    1/0\\n')\n"
         "sys.path.insert(0, 'lib.zip')\nimport inzip\ninzip.f()\n", status=1),
    Case("import during exception", "try:\n    import nothing_there\nexcept ImportError as e:\n    print(e.name, e.path, e)\n"),
    Case("star import", "from helper import *\nprint(sorted(k for k in dir() if k[0] != '_'))\n",
         files={"helper.py": "__all__ = ['a']\na = b = 1\n"}),

    Case("generators", """
        def g():
            received = []
            try:
                while True:
                    try:
                        received.append((yield len(received)))
                    except ValueError as error:
                        received.append(str(error))
                        yield "caught"
            finally:
                print("closing", received)
        x = g()
        print(next(x), x.send("a"), x.throw(ValueError("v")), next(x), x.gi_frame.f_lineno, x.gi_running, x.gi_yieldfrom)
        x.close()
        print(x.gi_frame)
        def delegate():
            result = yield from inner()
            print("result", result)
            return (yield from [1, 2])
        def inner():
            try:
                got = yield 1
                print("got", got)
            except KeyError:
                yield "key"
            return "done"
        d = delegate()
        print(next(d), d.gi_yieldfrom.__name__, d.send(5))
        print(next(d), list(d))
        d = delegate()
        print(next(d), d.throw(KeyError()))
        def returning():
            return 5
            yield
        try:
            next(returning())
        except StopIteration as stop:
            print(stop.value)
        def raising():
            yield 1
            raise StopIteration
        try:
            list(raising())
        except RuntimeError as error:
            print(error, repr(error.__cause__))
        running = None
        def reenter():
            try:
                next(running)
            except ValueError as error:
                yield str(error)
        running = reenter()
        print(next(running), [*(i * j for i in range(3) for j in range(i))], sum(i for i in (i for i in range(5))))
        """),
    Case("generator frames", """
        import sys, traceback, inspect
        def g():
            x = 1
            yield sys._getframe().f_back.f_code.co_name
            y = 2
            yield [f.name for f in traceback.extract_stack()]
            raise LookupError
        def user(it):
            return next(it)
        it = g()
        print(inspect.getgeneratorstate(it), user(it), it.gi_frame.f_locals, user(it), it.gi_frame.f_locals)
        print(inspect.getgeneratorstate(it), inspect.getgeneratorlocals(it))
        try:
            user(it)
        except LookupError as error:
            traceback.print_exc()
            print([f.lineno for f in traceback.extract_tb(error.__traceback__)])
        """),
    Case("generator collected", "def g():\n    try:\n        yield\n    except GeneratorExit:\n        print('exit')\n        raise\n"
         "x = g()\nnext(x)\ndel x\ndef bad():\n    try:\n        yield\n    except GeneratorExit:\n        yield 2\nx = bad()\nnext(x)\ndel x\n"
         "print('end')\n"),
    Case("coroutines", """
        import asyncio, sys
        class Manager:
            async def __aenter__(self): await asyncio.sleep(0); return "entered"
            async def __aexit__(self, *a): print("exit", a[0]); return True
        async def numbers(n):
            try:
                for i in range(n):
                    await asyncio.sleep(0)
                    yield i
            finally:
                print("numbers closed")
        async def child(n):
            await asyncio.sleep(0.001 * n)
            if n == 2:
                raise ValueError(n)
            return n
        async def work():
            async with Manager() as m:
                print(m)
                raise KeyError
            print([i async for i in numbers(3)], {i: await child(i) for i in (0, 1)})
            async for i in numbers(5):
                if i == 1:
                    break
            print(await asyncio.gather(child(0), child(2), child(1), return_exceptions=True))
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(child(2))
                    group.create_task(asyncio.sleep(10))
            except* ValueError as caught:
                print(caught.exceptions)
            try:
                await asyncio.wait_for(asyncio.sleep(10), 0.01)
            except TimeoutError as error:
                print(type(error))
            task = asyncio.create_task(asyncio.sleep(10))
            await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                print("cancelled", task.cancelled())
            print(await asyncio.to_thread(sum, [1, 2]), await asyncio.get_running_loop().run_in_executor(None, len, "abc"))
            process = await asyncio.create_subprocess_exec("echo", "sub", stdout=-1)
            print(await process.communicate())
        asyncio.run(work())
        c = child(1)
        print(c.cr_await, c.cr_code.co_name, c.cr_running)
        c.close()
        """),
    Case("coroutine never awaited", "async def f():\n    pass\nf()\nprint('end')\n"),
    Case("async generator protocol", """
        async def g():
            try:
                got = yield 1
                print("got", got)
                yield 2
            except ValueError as error:
                print("caught", error)
                yield 3
        def drive(awaitable):
            try:
                while True:
                    awaitable.send(None)
            except StopIteration as stop:
                return stop.value
        a = g()
        print(drive(a.asend(None)), drive(a.asend("x")), drive(a.athrow(ValueError("v"))))
        drive(a.aclose())
        try:
            drive(a.__anext__())
        except StopAsyncIteration as error:
            print(repr(error))
        import types
        @types.coroutine
        def low():
            return (yield "suspended")
        async def high():
            return await low() + 1
        c = high()
        print(c.send(None), c.cr_await.__name__)
        try:
            c.send(4)
        except StopIteration as stop:
            print(stop.value)
        """),
    Case("exceptions", """
        def f(kind):
            out = []
            for i in range(4):
                try:
                    out.append(i)
                    if i == 1: continue
                    if i == 3: break
                    raise kind(i)
                except (KeyError, TypeError) as error:
                    out.append(repr(error))
                    try:
                        raise
                    except kind as again:
                        out.append(again is error)
                else:
                    out.append("else")
                finally:
                    out.append("finally")
            else:
                out.append("loop else")
            return out
        print(f(KeyError), f(TypeError))
        def g():
            try:
                return "try"
            finally:
                return "finally"
        def h():
            for i in range(3):
                try:
                    1 / 0
                except ZeroDivisionError:
                    continue
                finally:
                    if i == 1:
                        break
            return i
        print(g(), h())
        try:
            raise ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [TypeError(2), OSError(3)])])
        except* ValueError as e:
            print("V", e.exceptions)
        except* (TypeError, OSError) as e:
            print("T", e.exceptions)
        try:
            try:
                raise ValueError
            except* ValueError:
                raise KeyError("new")
        except ExceptionGroup as e:
            print(e.exceptions, e.__context__)
        except KeyError as e:
            print(repr(e), repr(e.__context__))
        import sys
        def deep(n):
            try:
                if n: deep(n - 1)
                else: raise ValueError("bottom")
            finally:
                assert sys.exc_info()[0] is ValueError
        try:
            deep(50)
        except ValueError as e:
            depth, t = 0, e.__traceback__
            while t: depth += 1; t = t.tb_next
            print(depth, sys.exc_info()[1] is e)
        print(sys.exc_info())
        """),
    Case("recursion limit", """
        import sys
        def depth(n=0):
            try:
                return depth(n + 1)
            except RecursionError:
                return n
        print(depth())
        sys.setrecursionlimit(300)
        print(depth(), sys.getrecursionlimit())
        class R:
            def __repr__(self): return repr(self)
        try:
            repr(R())
        except RecursionError as e:
            print(e)
        sys.setrecursionlimit(50000)
        def down(n): return 0 if n == 0 else 1 + down(n - 1)
        print(down(40000))
        def gen(n):
            if n:
                yield from gen(n - 1)
            yield n
        print(sum(gen(400)))
        """),
    Case("match", """
        from dataclasses import dataclass
        @dataclass
        class P:
            x: int
            y: int = 0
        def m(v):
            match v:
                case None | True: return "constant"
                case int(n) if n > 5: return f"big {n}"
                case 1 | 2 as n: return n
                case [a, *rest, P(x=q)]: return a, rest, q
                case {"k": k, **others}: return k, others
                case P(x, y=0): return x
                case str() as s: return s
                case _: return "other"
        print([m(v) for v in (None, 9, 2, [1, 2, 3, P(4)], {"k": 1, "z": 2}, P(7), P(7, 1), "s", 3.0, True)])
        """),
    Case("with statements", """
        import contextlib
        class M:
            def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
            def __enter__(self): print("enter", self.name); return self
            def __exit__(self, kind, value, trace):
                print("exit", self.name, kind and kind.__name__, trace and trace.tb_lineno)
                return self.swallow
        def f():
            with M("a"), M("b", True) as b:
                raise ValueError
            with (M("c") as c,
                  M("d")):
                return "returned"
        print(f())
        for i in range(3):
            with M(i):
                if i == 0: continue
                break
        with contextlib.ExitStack() as stack:
            stack.enter_context(M("s"))
            stack.callback(print, "callback")
            with contextlib.suppress(KeyError): {}["k"]
        def g():
            with M("g"):
                yield 1
        list(g()); next(x := g()); x.close()
        """),
    Case("comprehensions and closures", """
        def f():
            x = 10
            fs = [lambda y=i: x + i * 100 + y for i in range(3)]
            x = 20
            return [g() for g in fs], [[a * b for a in range(b)] for b in range(4)], {k: v for k, v in zip("ab", range(2))}
        def counter():
            n = 0
            def step(by=1):
                nonlocal n
                n += by
                return n
            return step
        c = counter(); c(); c(5)
        print(f(), c(), {i % 3 for i in range(10)}, [y := 1, y ** 2], any(i > 2 for i in range(5)))
        print([last := i for i in range(4)], last, list(i for i in range(3) if (lambda: i)()))
        def cell():
            if False: late = 1
            def use(): return late
            return use
        try:
            cell()()
        except NameError as e:
            print(e)
        try:
            def unbound(): print(v); v = 1
            unbound()
        except UnboundLocalError as e:
            print(e)
        """),
    Case("classes", """
        class Meta(type):
            def __new__(mcs, name, bases, space, **kw):
                print("new", name, sorted(k for k in space if k[:2] != "__"), kw)
                return super().__new__(mcs, name, bases, space)
            @classmethod
            def __prepare__(mcs, name, bases, **kw):
                return {"prepared": 1}
            def __call__(cls, *a): print("call"); return super().__call__(*a)
        class Base(metaclass=Meta, key=1):
            def __init_subclass__(cls, **kw): print("subclass", cls.__name__, kw)
            def __class_getitem__(cls, item): return item
            def __set_name__(self, owner, name): print("set", name)
        class D:
            def __set_name__(self, owner, name): self.name = name
            def __get__(self, o, t=None): return self.name
        class Child(Base, flag=2):
            d = D()
            __slots__ = ("s",)
            @property
            def p(self): return self.s
            @p.setter
            def p(self, v): self.s = v
            @staticmethod
            def st(): return __class__
            def __getattr__(self, n): return n.upper()
            def sup(self): return super().__repr__()[:5]
        o = Child(); o.p = 3
        print(o.p, o.d, o.missing, Child.st() is Child, Base[3], o.sup(), Child.__mro__, Child.p.fget.__qualname__)
        import enum, dataclasses, functools, abc, collections, typing
        class E(enum.Enum): A = 1; B = enum.auto()
        @dataclasses.dataclass(order=True, frozen=True)
        class DC: x: int; y: list = dataclasses.field(default_factory=list)
        NT = collections.namedtuple("NT", "a b")
        class TN(typing.NamedTuple): a: int = 1
        class Abs(abc.ABC):
            @abc.abstractmethod
            def f(self): ...
        try: Abs()
        except TypeError as e: print(e)
        @functools.lru_cache
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        @functools.singledispatch
        def sd(x): return "object"
        @sd.register
        def _(x: int): return "int"
        print(E.B, DC(1) < DC(2), NT(1, 2), TN(), fib(50), fib.cache_info(), sd(1), sd(""), functools.reduce(lambda a, b: a + b, "abc"))
        """),
    Case("operators and dunders", """
        class V:
            def __init__(self, n): self.n = n
            def __invert__(self): return ("inv", self.n)
            def __matmul__(self, o): return ("matmul", self.n, o)
            def __rmatmul__(self, o): return ("rmatmul", o)
            def __bool__(self): return self.n > 0
            def __lt__(self, o): return self.n < o.n
            def __eq__(self, o): return isinstance(o, V) and self.n == o.n
            def __hash__(self): return hash(self.n)
            def __iter__(self): return iter(range(self.n))
            def __contains__(self, x): return x == self.n
            def __getitem__(self, k): return k
            def __call__(self, *a, **k): return a, k
            def __add__(self, o): return NotImplemented
            def __radd__(self, o): return "radd"
            def __iadd__(self, o): self.n += o; return self
            def __format__(self, s): return f"<{s}>"
            def __index__(self): return self.n
        v = V(3)
        print(~v, v @ 1, 1 @ v, not v, v < V(4), v == V(3), [*v], 3 in v, v[1:2, ...], v(1, *[2], k=3, **{"l": 4}), 1 + v, f"{v:x}")
        v += 2
        print(v.n, "abc"[v.n - 4], ~5, sorted([V(2), V(1)])[0].n, max([V(1), V(9)]).n, hex(v), range(v))
        a, *b, (c, d) = 1, 2, 3, (4, 5)
        print(a, b, c, d, 1 < 2 < 3 > 2, a if b else c, a and b or c, -a, +a, not a, 2 ** -1, 7 // -2, 7 % -3, 1 << 4)
        """),
    Case("calls of all shapes", """
        def f(*a, **k): return a, sorted(k.items())
        class C:
            def m(self, *a, **k): return f(*a, **k)
            __call__ = m
            c = classmethod(lambda cls, *a: f(*a))
            s = staticmethod(f)
        o = C()
        args, kw = (1, 2), {"x": 3}
        print(f(), f(1, b=2), f(*args, 5, *args, **kw, y=4), o(1), o.m(1, k=2), o.c(1), o.s(1), C.m(o, 1), C.c(2))
        import functools, operator
        p = functools.partial(f, 1, k=2)
        print(p(3, j=4), functools.partialmethod(C.m), list(map(f, [1, 2], [3, 4])), operator.methodcaller("m", 1)(o))
        print((lambda *a: a)(*range(3)), [].append(1), "".join(map(str, range(5))), "{} {x}".format(1, x=2), dict(a=1, **kw))
        print(list(filter(None, [0, 1])), sorted("bca", key=lambda c: -ord(c)), max([1, 2], key=lambda n: -n), print)
        print(int("12", base=8), str(b"x", "ascii"), type("T", (), {"a": 1}).a, isinstance(1, int), super, object())
        for bad in (lambda: f(1)(2), lambda: C.m(), lambda: len(), lambda: len(1, 2), lambda: abs(x=1), lambda: f(**{1: 2}),
                    lambda: None(), lambda: [].append(), lambda: "a".join([1]), lambda: f(*5), lambda: f(**5), lambda: {}.get()):
            try:
                print(bad())
            except TypeError as error:
                print(error)
        """, shell='"$@" | sed "s/ at 0x.*//"'),
    Case("frames", """
        import sys
        def names():
            frame, out = sys._getframe(1), []
            while frame:
                out.append((frame.f_code.co_name, frame.f_lineno))
                frame = frame.f_back
            return out
        def f(): return names()
        class A:
            body = names()
            def m(self): return [names() for _ in (1,)]
            def __del__(self): print("del", names()[0])
        print(f(), A.body, A().m(), list(map(lambda _: names(), "a")), sorted([1], key=lambda _: print(names())))
        def keep():
            x = 5
            return sys._getframe()
        fr = keep()
        print(fr.f_locals, fr.f_lineno, fr.f_lasti >= 0, fr.f_back, fr.f_builtins is vars(__builtins__), fr.f_trace)
        fr.clear()
        print(fr.f_locals, sys._current_frames().keys() == {__import__("threading").get_ident()})
        """),
    Case("threads", """
        import queue, threading
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        results, lock = {}, threading.Lock()
        def work(n):
            value = fib(n)
            with lock:
                results[n] = value
        threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
        for t in threads: t.start()
        for t in threads: t.join()
        print(sorted(results.items()))
        q = queue.Queue()
        def produce():
            for i in range(100): q.put(i)
            q.put(None)
        threading.Thread(target=produce).start()
        print(sum(iter(q.get, None)))
        local = threading.local()
        local.x = 1
        def other():
            try: local.x
            except AttributeError as e: print(e)
        t = threading.Thread(target=other); t.start(); t.join()
        import _thread
        done = threading.Event()
        _thread.start_new_thread(lambda: (print("low level"), done.set()), ())
        done.wait()
        timer = threading.Timer(0.001, print, ["timer"]); timer.start(); timer.join()
        """),
    Case("context variables", "import contextvars\nv = contextvars.ContextVar('v', default=1)\ndef f():\n    v.set(2)\n    return v.get()\n"
         "print(contextvars.copy_context().run(f), v.get())\n"),
    Case("garbage", """
        import gc, weakref, sys
        class N: pass
        def cycle():
            a, b = N(), N()
            a.o, b.o = b, a
            return weakref.ref(a)
        gc.collect()
        r = cycle()
        print(r() is not None, gc.collect() > 0, r())
        def refs(x): return sys.getrefcount(x)
        o = object()
        print(sys.getrefcount(o), refs(o), sys.getsizeof(o))
        class T:
            def __del__(self): print("del")
        def scope():
            t = T()
            print("in")
        scope()
        print("out")
        def kept(t=[T()]): pass
        del kept
        def loop():
            for i in range(2):
                t = T()
                print("round")
        loop()
        print(gc.get_count()[0] < 700, gc.is_tracked([]))
        """),
    Case("docs and helps", "def f(x):\n    '''Doc.'''\nhelp(f)\nimport doctest\ndef g():\n    '''\n    >>> 1 + 1\n    2\n    >>> 1 / 0\n"
         "    Traceback (most recent call last):\n    ZeroDivisionError: division by zero\n    '''\nprint(doctest.testmod())\n"),
    Case("unittest run", "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual([1], [2])\n"
         "    def test_b(self):\n        with self.assertRaises(KeyError):\n            {}['x']\nunittest.main(argv=['x', '-v'])\n", status=1,
         shell='"$@" 2>&1 | sed "s/in [0-9.]*s/in TIME/"; exit ${PIPESTATUS[0]}'),
    Case("namespace of dynamic classes", "T = type('T', (), {'f': lambda self: 5, '__module__': 'm'})\nprint(T().f(), T.__module__, T.f.__qualname__)\n"
         "import types\nm = types.ModuleType('m')\nexec('def f(): return __name__', m.__dict__)\nprint(m.f(), m)\n"
         "import textwrap, string\nprint(string.Template('$a').substitute(a=1))\n"),
    Case("large function", "lines = ['def f(x):'] + [f'    x = x + {i} if x % {i + 2} else abs(x)' for i in range(3000)] + ['    return x']\n"
         "exec('\\n'.join(lines))\nprint(f(1))\ntry:\n    f('a')\nexcept TypeError as e:\n    print(e, e.__traceback__.tb_next.tb_lineno)\n"),
    Case("long jumps", "source = 'def f(n):\\n    t = 0\\n    for i in range(n):\\n        if i % 2:\\n'\n"
         "source += ''.join(f'            t += {k}\\n' for k in range(2000)) + '        else:\\n'\n"
         "source += ''.join(f'            t -= {k}\\n' for k in range(2000)) + '    return t\\n'\nexec(source)\nprint(f(5), f(6))\n"),
    Case("many constants and names", "exec('x = [' + ','.join(f'\"k{i}\"' for i in range(700)) + ']')\n"
         "exec('\\n'.join(f'n{i} = abs({i} - 350)' for i in range(700)))\nprint(len(x), n699, sum(globals()[f'n{i}'] for i in range(700)))\n"),
    Case("nested blocks", "source, pad = '', ''\nfor i in range(9):\n    source += f'{pad}for i{i} in range(2):\\n{pad} try:\\n'; pad += '  '\n"
         "source += f'{pad}total += 1\\n{pad}if total % 7 == 0: raise ValueError\\n'\n"
         "for i in reversed(range(9)):\n    pad = pad[:-2]\n    source += f'{pad} except ValueError: errors += 1\\n'\n"
         "total = errors = 0\nexec(source)\nprint(total, errors)\n"),
    Case("standard library", """
        import argparse, base64, bisect, collections, configparser, csv, datetime, decimal, difflib, fractions, glob, hashlib
        import heapq, html, io, itertools, json, locale, operator, os, pathlib, pprint, random, re, shlex, shutil, statistics
        import string, struct, tempfile, textwrap, time, tokenize, types, urllib.parse, uuid, zipfile, typing, email, http.client
        import logging, logging.config, select, socket, sqlite3, unittest.mock, xml.dom.minidom, calendar, gettext, cmd, code
        random.seed(5)
        data = [random.random() for _ in range(500)]
        print(statistics.median(data), heapq.nsmallest(2, data), collections.Counter("mississippi").most_common(2))
        print(json.dumps(json.loads('{"a": [1, 2.5, null, "x"]}')), re.sub(r"(\\w+)@(\\w+)", r"\\2 at \\1", "me@home"))
        print(decimal.Decimal("1.10") + 1, fractions.Fraction(3, 6), datetime.date(2024, 2, 29) + datetime.timedelta(366))
        print(pathlib.Path("/a/b/../c.txt").suffix, urllib.parse.urlparse("http://h/p?q=1").query, textwrap.wrap("a b c d", 3))
        print(list(csv.reader(io.StringIO("a,\\"b,c\\"\\n"))), struct.unpack("<hI", struct.pack("<hI", -2, 7)), shlex.split("a 'b c'"))
        print(hashlib.md5(b"x").hexdigest(), base64.b64encode(b"abc"), list(itertools.permutations("abc", 2))[:3], bisect.bisect([1, 3], 2))
        pprint.pprint({"key%d" % i: list(range(i)) for i in range(12)})
        p = argparse.ArgumentParser(prog="p"); p.add_argument("-x", type=int); print(p.parse_args(["-x", "4"]), p.format_help())
        print("\\n".join(difflib.unified_diff(["a", "b"], ["a", "c"], lineterm="")), calendar.month(2024, 2))
        print([t.string for t in tokenize.generate_tokens(io.StringIO("x = 1").readline)])
        m = unittest.mock.Mock(return_value=3); print(m(1), m.call_args)
        print(typing.get_type_hints(typing.NamedTuple("T", [("a", int)])), uuid.UUID(int=5), html.escape("<a>"))
        """),
    Case("interactive console", "import code\ncode.interact(banner='hello', local={'x': 5})\n", stdin=b"x + 1\ndef f():\n  1/0\n\nf()\n"),
    Case("readline free input", "import sys\nprint(repr(sys.stdin.readline()), [line for line in sys.stdin])\n", stdin=b"a\nb\nc\n"),
    Case("timeit", "import timeit\nprint(timeit.timeit('x.append(1)', 'x = []', number=100) > 0)\nprint(timeit.timeit(lambda: abs(1), number=3) > 0)\n"),
    Case("ctypes callbacks", "import ctypes\nCMP = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))\n"
         "def compare(a, b):\n    return a[0] - b[0]\nv = (ctypes.c_int * 5)(4, 1, 5, 2, 3)\nctypes.CDLL(None).qsort(v, 5, 4, CMP(compare))\n"
         "print(list(v))\n"),
    Case("audit hook", "import sys\nseen = []\nsys.addaudithook(lambda name, args: seen.append(name) if name in ('exec', 'compile', 'import') else None)\n"
         "exec('x = 1')\neval('x')\nimport wave\nprint([n for n in seen if n != 'import'][:4], seen.count('import') > 0)\n"),
    Case("subclassed builtins", "class L(list):\n    def append(self, x):\n        super().append(x * 2)\nl = L()\nfor i in range(3):\n    l.append(i)\nprint(l)\n"
         "class D(dict):\n    def __missing__(self, k):\n        self[k] = k\n        return k\nprint(D()['a'])\n"
         "class F(float):\n    def __add__(self, o):\n        return F(float(self) * float(o))\nprint(F(2) + 5, sum([F(1), F(3)], F(2)))\n"),
    Case("sorted with failing key", "calls = 0\ndef key(x):\n    global calls\n    calls += 1\n    if x == 3:\n        raise ValueError(x)\n    return x\n"
         "try:\n    sorted([1, 2, 3, 4], key=key)\nexcept ValueError as e:\n    print(e, calls)\n"),
    Case("profile decorator absent", "try:\n    profile\nexcept NameError:\n    profile = lambda f: f\n@profile\ndef f(x):\n    return x + 1\nprint(f(1), f.__name__)\n"),
    Case("monkey patched builtins", "import builtins\nreal = builtins.exec\ndef mine(*a):\n    print('mine', a[0])\n    return real(*a)\n"
         "builtins.exec = mine\nexec('print(5)')\nbuiltins.abs = lambda x: 'patched'\nprint(abs(-1))\n"
         "builtins.len = len\nimport helper\n", files={"helper.py": "print('helper', abs(1))\n"}),
]

Comparison = cases(LANGUAGE)

if __name__ == "__main__":
    main()
