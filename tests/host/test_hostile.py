"""Targets that take the ground from under themselves and the profiler: they behave as under python3, to the last byte.

Files, descriptors, folders, users, limits, the environment, the interpreter's own modules: each program takes something away, then
goes on calling functions, importing, threading and raising.
"""
import json
import os
import subprocess
import unittest

from comparison import WORKBENCH, Case, Workplace, cases, main

# What every program does behind its mischief: functions, new threads, new modules, exceptions.
GO_ON = """
import threading
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def numbers(n):
    for i in range(n):
        yield fib(i)
def go_on():
    out = []
    threads = [threading.Thread(target=lambda n=n: out.append(fib(n))) for n in (10, 12, 14)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    try:
        [][1]
    except IndexError as error:
        out.append(len(str(error)))
    space = {}
    exec("def late(x):\\n    return [x * y for y in range(4)]\\nclass Late: value = late(2)", space)
    return sorted(out), list(numbers(8)), space["Late"].value
"""


def hostile(name, script, **options):
    return Case(name, GO_ON + script, **options)


HOSTILE = [
    # The interpreter's own things.
    hostile("deletes builtins", "import builtins\nif hasattr(builtins, 'profile'):\n    del builtins.profile\n"
            "for name in ('exec', 'eval', 'compile', 'open', '__build_class__'):\n    setattr(builtins, 'real_' + name, getattr(builtins, name))\n"
            "del builtins.compile, builtins.eval, builtins.open\nprint(go_on())\n"),
    hostile("replaces exec", "import builtins\nreal = builtins.exec\ncalls = []\ndef mine(*a, **k):\n    calls.append(type(a[0]).__name__)\n    return real(*a, **k)\n"
            "builtins.exec = mine\nprint(go_on(), calls)\nimport colorsys\nprint(calls)\n"),
    hostile("replaces exec by nothing", "import builtins\nbuiltins.exec = None\ntry:\n    go_on()\nexcept TypeError as error:\n    print(error)\n"),
    hostile("clears modules", "import sys\nkept = dict(sys.modules)\nsys.modules.clear()\nprint(fib(10), [*numbers(5)])\nsys.modules.update(kept)\nprint(go_on())\n"),
    hostile("clears its globals", "def last():\n    keep = print\n    globals().clear()\n    keep('gone', sorted(globals()))\nlast()\n"),
    hostile("own gc module", "import sys, types\nsys.modules['gc'] = types.ModuleType('gc')\nprint(go_on())\n"),
    hostile("no garbage collector", "import gc\ngc.disable()\ngc.set_threshold(0)\nprint(go_on(), gc.isenabled())\ngc.enable()\ngc.set_threshold(1)\n"
            "print(go_on(), gc.isenabled(), gc.get_threshold())\n"),
    hostile("no output streams", "import os, sys\nout = sys.stdout\ndel sys.stdout\nout.write(repr(go_on()))\nout.flush()\nsys.stdout = None\nsys.stderr = None\nprint('lost')\n"),
    hostile("own import function", "import builtins\nreal = builtins.__import__\nseen = []\ndef mine(name, *a, **k):\n    seen.append(name)\n    return real(name, *a, **k)\n"
            "builtins.__import__ = mine\nprint(go_on())\nimport colorsys\nprint(seen)\n"),
    hostile("changed function types", "import types\nf = types.FunctionType(fib.__code__, {'fib': lambda n: n})\nprint(f(9))\n"
            "fib.__code__ = (lambda n: n * 2).__code__\nprint(go_on())\n"),
    hostile("tracks code objects", "import sys\nseen = set()\ndef trace(frame, event, arg):\n    seen.add((id(frame.f_code), frame.f_code.co_name))\n"
            "sys.setprofile(trace)\ngo_on()\nsys.setprofile(None)\n"
            "print(sorted(n for i, n in seen if n in ('fib', 'numbers', 'go_on')), (id(fib.__code__), 'fib') in seen)\n"),

    # Files, folders, descriptors.
    hostile("closes all descriptors", "import os\nprint(go_on(), flush=True)\nos.closerange(3, 4096)\nprint(go_on())\n"),
    hostile("closes even the standard ones", "import os\nos.write(1, repr(go_on()).encode())\nos.closerange(0, 4096)\ngo_on()\nos._exit(7)\n", status=7),
    hostile("reuses all descriptors", "import os\nos.closerange(3, 200)\nfor i in range(50):\n    os.open('/dev/null', os.O_RDWR)\nprint(go_on())\n"
            "for i in range(3, 100):\n    try:\n        os.ftruncate(i, 0)\n    except OSError:\n        pass\nprint(go_on())\n"),
    hostile("unlinks its script", "import os\nos.unlink(__file__)\nprint(go_on())\ngo_on(1)\n", status=1),
    hostile("overwrites its script", "open(__file__, 'w').write('print(1)\\n' * 5)\nprint(go_on())\ngo_on(1)\n", status=1),
    hostile("removes its folder", "import os, shutil\nshutil.rmtree(os.getcwd())\nprint(go_on())\ntry:\n    os.getcwd()\nexcept OSError as error:\n    print(error)\n"),
    hostile("changes folder", "import os\nos.chdir('/')\nprint(go_on(), os.getcwd())\nimport colorsys\nprint(colorsys.rgb_to_hsv(1, 0, 0))\n"),
    hostile("deletes shared memory files", "import glob, os\nfor name in glob.glob('/dev/shm/pyprof-%d-%d-*' % (os.getuid(), os.getppid())):\n    os.unlink(name)\nprint(go_on())\n"),
    hostile("mask of files", "import os\nos.umask(0o777)\nprint(go_on())\n"),

    # Limits.
    hostile("no more memory", "import resource\nsize = int(open('/proc/self/statm').read().split()[0]) * 4096\n"
            "resource.setrlimit(resource.RLIMIT_AS, (size + (64 << 20), -1))\ndef fill():\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 20))\n"
            "for i in range(3):\n    try:\n        fill()\n    except MemoryError:\n        print('full')\nprint(fib(15), [*numbers(6)])\n"),
    hostile("no more memory in small pieces", "import resource\nsize = int(open('/proc/self/statm').read().split()[0]) * 4096\n"
            "resource.setrlimit(resource.RLIMIT_AS, (size + (16 << 20), -1))\n"
            "def fill(depth):\n    kept = []\n    while True:\n        kept.append((depth, [None] * 20))\n        if len(kept) % 100 == 0:\n            exec('def f(x): return x\\nf(1)', {})\n"
            "for i in range(3):\n    try:\n        fill(i)\n    except MemoryError:\n        pass\n    except SystemError:  # python3's own parser can forget to raise it\n        pass\n    print('full')\nprint(fib(15))\n"),
    hostile("no more data", "import resource\nresource.setrlimit(resource.RLIMIT_DATA, (0, 0))\nprint(fib(10))\ntry:\n    bytearray(1 << 28)\nexcept MemoryError:\n    print('full')\n"),
    hostile("no file sizes", "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nprint(go_on())\ntry:\n    open('x', 'w').write('x' * 10)\nexcept OSError as error:\n    print(error)\n"),
    hostile("no more files", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\nprint(go_on())\ntry:\n    open('x', 'w')\nexcept OSError as error:\n    print(error)\n"),
    hostile("no files at all", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))\nprint(go_on())\n"),
    hostile("no processes", "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\nresource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))\n"
            "resource.setrlimit(resource.RLIMIT_SIGPENDING, (0, 0))\nprint(go_on())\n"),
    hostile("few files from the start", "print(go_on())\n", shell='ulimit -n 16; "$@"'),
    hostile("little stack from the start", "print(go_on())\n", shell='ulimit -s 512; "$@"'),
    hostile("priority", "import os\nos.nice(5)\nos.sched_yield()\nos.sched_setaffinity(0, [min(os.sched_getaffinity(0))])\nprint(go_on())\n"),

    # Processes.
    hostile("forks in a thread", "import os\ndef work():\n    child = os.fork()\n    if child == 0:\n        print('child', fib(12), flush=True)\n        os._exit(3)\n"
            "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)\n"
            "for i in range(3):\n    thread = threading.Thread(target=work)\n    thread.start()\n    thread.join()\nprint(go_on())\n"),
    hostile("child of a thread goes on", "import os, sys\ndef work():\n    global child\n    child = os.fork()\n    if child == 0:\n        os.write(1, repr(go_on()).encode())\n        fib(5)\n"
            "thread = threading.Thread(target=work)\nthread.start()\nthread.join()\nif child:\n    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), go_on())\n"),
    hostile("forks in the middle of everything", "import os\ndef splitting(n):\n    for i in range(n):\n        if i == 2 and os.fork() == 0:\n            os._exit(fib(6))\n        yield i\n"
            "print(sorted([3, 1, 2], key=lambda x: (sum(splitting(4)), x)[1]))\nfor i in range(3):\n    print(os.waitstatus_to_exitcode(os.wait()[1]))\n"),
    hostile("executes itself", "import os, sys\nif len(sys.argv) < 4:\n    os.environ['ROUND'] = str(len(sys.argv))\n    print(fib(8), flush=True)\n"
            "    os.execv(sys.executable, [sys.executable, __file__, *sys.argv[1:], 'again'])\nprint(sys.argv[1:], os.environ['ROUND'], go_on())\n"),
    hostile("empties the environment", "import os\nos.environ.clear()\nos.environ['PATH'] = '/nowhere'\nprint(go_on(), dict(os.environ))\n"
            "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import os; print(sorted(os.environ))'], capture_output=True).stdout)\n"),
    hostile("loads no library", "import os\nos.environ['LD_PRELOAD'] = ''\nos.environ['LD_LIBRARY_PATH'] = '/nowhere'\nimport subprocess, sys\n"
            "print(subprocess.run([sys.executable, '-c', 'import os; print(os.environ.get(\"LD_PRELOAD\"), sum(range(5)))'], capture_output=True))\nprint(go_on())\n"),
    hostile("exits at exit", "import atexit, os\natexit.register(os._exit, 9)\nprint(go_on(), flush=True)\n", status=9),
    hostile("aborts in a finalizer", "import os, sys\nclass Last:\n    def __del__(self): write(1, b'last'); abort()\nwrite, abort = os.write, os.abort\nkept = Last()\nprint(go_on(), flush=True)\n", status=-6),
    hostile("dies in a thread", "import ctypes\ndef crash():\n    fib(5)\n    ctypes.string_at(0)\nprint(go_on(), flush=True)\nthread = threading.Thread(target=crash)\nthread.start()\nthread.join()\n", status=-11),
    hostile("ignores all signals", "import signal\nfor number in signal.valid_signals():\n    try:\n        signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\n"
            "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nprint(go_on())\n"),
    hostile("new session", "import os\nif os.fork() == 0:\n    os.setsid()\n    print(go_on(), flush=True)\n    os._exit(0)\nos.wait()\nprint('end')\n"),
    hostile("functions for sub-interpreters", """
try:
    import _interpreters as interpreters
except ImportError:
    interpreters = None
def script():
    print("script", [n * n for n in range(4)], flush=True)
def nested():
    def inner(*args, **names):
        print("inner", args, sorted(names), flush=True)
    return inner
def with_state():
    print(go_on())
other = interpreters.create() if interpreters else None
for name in ("run_func", "exec", "call"):
    for function in (script, nested(), lambda: print("lambda", flush=True)) if interpreters else ():
        try:
            print(name, getattr(interpreters, name)(other, function), flush=True)
        except ValueError as error:
            print(error)
if interpreters:
    try:
        print(getattr(interpreters.run_func(other, with_state), "msg", None))
    except Exception as error:
        print(type(error).__name__, error)
    interpreters.destroy(other)
try:
    from concurrent.futures import InterpreterPoolExecutor
except ImportError:
    pass
else:
    def work(n, function=None, **names):
        return n * 3, function and function(n), [f(n) for f in names.values()]
    with InterpreterPoolExecutor(1) as pool:
        print(list(pool.map(lambda n: n + 1, range(3))), pool.submit(divmod, 7, 3).result())
        for task, names in (fib, {}), (work, {}), (work, {"g": fib}), (lambda n, g: g(n), {"g": lambda n: n * 4}), (lambda n: fib(n), {}):
            try:
                print(pool.submit(task, 5, **names).result())
            except Exception as error:
                print(type(error).__name__, error)
print(script.__code__.co_consts, go_on())
"""),
    hostile("sub-interpreters", "try:\n    import _xxsubinterpreters as interpreters\n"
            "except ImportError:\n    import _interpreters as interpreters\n"
            "for i in range(3):\n    other = interpreters.create()\n"
            "    interpreters.run_string(other, 'def f(n): return [n * i for i in range(3)]\\nimport colorsys\\nprint(f(4), f.__code__.co_name, eval(\"1 + 1\"))\\nexec(\"def g(): yield 1\")\\nprint(*g())')\n"
            "    try:\n        print(getattr(interpreters.run_string(other, '1 / 0'), 'formatted', None))\n    except interpreters.RunFailedError as error:\n        print(error)\n    interpreters.destroy(other)\nprint(go_on())\n"),
]
if os.getuid() == 0:
    HOSTILE += [
        hostile("changes user", "import os\nos.setgid(65534)\nos.setuid(65534)\nprint(go_on(), os.getuid())\nimport colorsys\n"
                "print(colorsys.hls_to_rgb(0, 0, 0))\nif os.fork() == 0:\n    print(fib(9), flush=True)\n    os._exit(0)\nos.wait()\n"),
        hostile("changes root", "import os\nos.mkdir('empty')\nos.chroot('empty')\nos.chdir('/')\nprint(go_on())\n"),
    ]

Comparison = cases(HOSTILE)

# Calls of fib in one go_on(): three threads, and eight numbers.
CALLS = 177 + 465 + 1219 + 100


class Counts(unittest.TestCase):
    """Where a program goes on, it is counted to its end, threads included."""
    TIMES = {"deletes builtins": 1, "replaces exec": 1, "closes all descriptors": 2, "reuses all descriptors": 2, "unlinks its script": 1,
             "removes its folder": 1, "deletes shared memory files": 1, "mask of files": 1, "no file sizes": 1, "no more files": 1,
             "no files at all": 1, "no processes": 1, "few files from the start": 1, "little stack from the start": 1, "exits at exit": 1,
             "ignores all signals": 1, "changes user": 1, "changes root": 1}
    CHILD = {"changes user": 109}  # fib(9)

    def test_counts(self):
        place = Workplace()
        self.addCleanup(place.close)
        for case in HOSTILE:
            if case.name in self.TIMES:
                with self.subTest(case.name):
                    place.run(case, "function,line")
                    export = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                                            cwd=place.base, capture_output=True, check=True).stdout
                    functions = json.loads(export)["functions"]
                    self.assertEqual(sum(f["calls"] for f in functions if f["name"] == "fib"),
                                     CALLS * self.TIMES[case.name] + self.CHILD.get(case.name, 0))

if __name__ == "__main__":
    main()
