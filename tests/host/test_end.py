"""How a program ends: exit status, uncaught exceptions, signals, atexit, buffering, pipes, threads, children."""
from comparison import Case, cases, main

CHAIN = """
def low():
    return {}["absent"]
def middle():
    try:
        low()
    except KeyError as error:
        raise ValueError("from", 1) from error
def high():
    try:
        middle()
    except ValueError:
        x = [1, 2, 3]
        return x[1] + x[10] + len(x)
high()
"""

END = [
    Case("exit number", "import sys; sys.exit(7)", status=7, silent=True),
    Case("exit zero", "import sys; print(1); sys.exit(0)"),
    Case("exit large", "import sys; sys.exit(1000)", status=1000 & 255, silent=True),
    Case("exit negative", "import sys; sys.exit(-1)", status=255, silent=True),
    Case("exit huge", "import sys; sys.exit(2**80)", status=255, silent=True),
    Case("exit text", "import sys; sys.exit('wrong: ä')", status=1),
    Case("exit none", "raise SystemExit(None)", silent=True),
    Case("exit float", "raise SystemExit(2.5)", status=1),
    Case("exit tuple", "raise SystemExit(1, 2)", status=1),
    Case("exit true", "raise SystemExit(True)", status=1, silent=True),
    Case("exit object", "class E:\n    def __str__(self):\n        return 'as text'\nraise SystemExit(E())", status=1),
    Case("exit class", "class Mine(SystemExit):\n    code = 9\nraise Mine\n", status=9, silent=True),
    Case("exit deep", "import sys\ndef f(n):\n    if n == 0:\n        sys.exit(4)\n    f(n - 1)\nf(100)\n", status=4,
         silent=True),
    Case("exit in try", "import sys\ntry:\n    sys.exit(3)\nfinally:\n    print('cleaned')\n", status=3),
    Case("exit builtin", "exit(6)", status=6, silent=True),
    Case("exit from code", "import sys; sys.exit(5)", how="code", status=5, silent=True),
    Case("exit from module", "import sys; sys.exit(5)", how="module", status=5, silent=True),
    Case("os _exit", "import os\nprint('lost in the buffer')\nos.write(1, b'written')\nos._exit(3)\n", status=3),
    Case("os abort", "import os\nos.write(1, b'written')\nos.abort()\n", status=-6),
    Case("segmentation fault", "import ctypes, os\nos.write(1, b'written')\nctypes.string_at(0)\n", status=-11),
    Case("os exec", "import os\nprint('first', flush=True)\nos.execv('/bin/echo', ['echo', 'second'])\n"),
    Case("os exec python", "import os, sys\nif len(sys.argv) == 1:\n"
         "    os.execv(sys.executable, [sys.executable, *sys.argv, 'again'])\nprint(sys.argv)\n"),

    Case("uncaught", "def f(x):\n    return 1 / x\n\n\ndef g():\n    return 2 + f(0) + 3\ng()\n", status=1),
    Case("uncaught in module", "1 / 0\n", how="module", status=1),
    Case("uncaught in package", "1 / 0\n", how="package", status=1),
    Case("uncaught in folder", "def f():\n    1 / 0\nf()\n", how="folder", status=1),
    Case("uncaught in zip", "def f():\n    1 / 0\nf()\n", how="zip", status=1),
    Case("uncaught in code", "def f():\n    1 / 0\nf()\n", how="code", status=1),
    Case("uncaught in stdin", "def f():\n    1 / 0\nf()\n", how="stdin", status=1),
    Case("uncaught in import", "import helper\n", files={"helper.py": "def f():\n    raise OSError(2, 'no')\nf()\n"}, status=1),
    Case("uncaught with carets", """
        data = {"a": {"b": None}}
        def look(one, two, three):
            return (one["a"]["b"]["c"]
                    + two)
        look(data, 1,
             3)
        """, status=1),
    Case("uncaught attribute hint", "class A:\n    color = 1\ndef f(a):\n    return a.colour\nf(A())\n", status=1),
    Case("uncaught name hint", "def f():\n    length = 1\n    return lenght + 1\nf()\n", status=1),
    Case("uncaught import hint", "from collections import OrderedDic\n", status=1),
    Case("uncaught from c call", "def key(x):\n    return 1 / x\nsorted([3, 1, 0], key=key)\n", status=1),
    Case("uncaught chain", CHAIN, status=1),
    Case("uncaught chain suppressed", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('x') from None\n",
         status=1),
    Case("uncaught with notes", "e = ValueError('x')\ne.add_note('a note')\ne.add_note('two\\nlines')\nraise e\n", status=1),
    Case("uncaught group", "def f():\n    raise TypeError(1)\ntry:\n    f()\nexcept TypeError as e:\n"
         "    raise ExceptionGroup('many', [e, ValueError(2), ExceptionGroup('in', [OSError(3)])])\n", status=1),
    Case("uncaught recursion", "def f(n):\n    return f(n + 1)\nf(0)\n", status=1),
    Case("uncaught mutual recursion", "def f(n):\n    return g(n)\ndef g(n):\n    return [f(n) for _ in '1'][0]\nf(0)\n",
         status=1),
    Case("uncaught in lambda", "f = lambda x: x.no\n(lambda: [f(i) for i in range(3)])()\n", status=1),
    Case("uncaught in class body", "class A:\n    x = 1\n    y = x + nothing\n", status=1),
    Case("uncaught in generator", "def g():\n    yield 1\n    raise ValueError('in g')\nprint(list(g()))\n", status=1),
    Case("uncaught in with", """
        import contextlib
        @contextlib.contextmanager
        def manage():
            try:
                yield 5
            finally:
                print("left")
        with manage() as value, manage():
            raise LookupError(value)
        """, status=1),
    Case("uncaught in decorator", "def d(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n"
         "@d\n@d\ndef g(x):\n    return x[0]\ng(1)\n", status=1),
    Case("uncaught in exec", "exec('def f():\\n    1 / 0\\nf()')\n", status=1),
    Case("uncaught in eval", "print(eval('1 + (2 / 0)'))\n", status=1),
    Case("uncaught in compiled", "exec(compile('x = 1\\ny = x / 0\\n', 'named.py', 'exec'))\n", status=1),
    Case("uncaught in async", "import asyncio\nasync def low():\n    await asyncio.sleep(0)\n    1 / 0\nasync def high():\n"
         "    await low()\nasyncio.run(high())\n", status=1),
    Case("uncaught keyboard interrupt", "raise KeyboardInterrupt\n", status=-2),
    Case("uncaught keyboard interrupt in module", "raise KeyboardInterrupt\n", how="module", status=-2),
    Case("uncaught keyboard interrupt with atexit", "import atexit\natexit.register(print, 'at exit')\n"
         "def f():\n    raise KeyboardInterrupt('why')\nf()\n", status=-2),
    Case("uncaught unprintable", "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E\n", status=1),
    Case("uncaught deleted source", "import os\nos.unlink('prog.py')\ndef f():\n    1 / 0\nf()\n", status=1),
    Case("excepthook", "import sys\ndef hook(kind, value, trace):\n    print(kind, value, trace.tb_lineno, trace.tb_next)\n"
         "sys.excepthook = hook\n1 / 0\n", status=1),
    Case("excepthook failing", "import sys\ndef hook(*a):\n    raise OSError('in hook')\nsys.excepthook = hook\n1 / 0\n",
         status=1),
    Case("traceback module", """
        import sys, traceback
        def f():
            raise ValueError("here")
        try:
            f()
        except ValueError as error:
            traceback.print_exc()
            print(traceback.format_tb(error.__traceback__), error.__traceback__.tb_next.tb_lineno)
            print([(s.name, s.lineno, s.end_lineno, s.colno, s.end_colno, s.line)
                   for s in traceback.extract_tb(error.__traceback__)])
            print([(s.name, s.lineno) for s in traceback.extract_stack()])
            print(traceback.TracebackException.from_exception(error, capture_locals=True).stack[1].locals)
        """),
    Case("logging exception", "import logging\ntry:\n    [].pop()\nexcept IndexError:\n    logging.exception('it %s', 'failed')\n"),
    Case("warning with stack level", "import warnings\ndef f():\n    warnings.warn('old', DeprecationWarning, stacklevel=2)\nf()\n"),

    Case("atexit order", "import atexit\nfor n in range(3):\n    atexit.register(print, n)\nprint('end')\n"),
    Case("atexit raising", "import atexit\ndef f():\n    1 / 0\natexit.register(print, 'still')\natexit.register(f)\n"
         "print('end')\n"),
    Case("atexit exits", "import atexit, sys\natexit.register(sys.exit, 5)\nprint('end')\n"),
    Case("atexit with uncaught", "import atexit\natexit.register(print, 'bye')\n1 / 0\n", status=1),
    Case("thread uncaught", "import threading\ndef work():\n    1 / 0\nt = threading.Thread(target=work, name='worker')\nt.start()\n"
         "t.join()\nprint('end')\n"),
    Case("thread exits", "import sys, threading\ndef work():\n    sys.exit(3)\nt = threading.Thread(target=work)\nt.start()\n"
         "t.join()\nprint('end')\n"),
    Case("thread outlives main", "import threading\nevent = threading.Event()\ndef work():\n    event.wait()\n    print('worker ends')\n"
         "threading.Thread(target=work).start()\nprint('main ends')\nevent.set()\n"),
    Case("thread daemon", "import threading, time\ndef work():\n    while True:\n        time.sleep(0.01)\n"
         "threading.Thread(target=work, daemon=True).start()\nprint('main ends')\n"),
    Case("thread in atexit", "import atexit, threading\natexit.register(lambda: print(threading.active_count()))\n"
         "threading.Thread(target=print, args=('work',)).start()\n"),
    Case("del raising", "class A:\n    def __del__(self):\n        1 / 0\na = A()\ndel a\nprint('end')\n"),
    Case("del at exit", "class A:\n    def __del__(self):\n        print('deleted', __name__)\na = A()\nprint('end')\n"),
    Case("del at exit in cycle", "class A:\n    def __del__(self):\n        print('deleted')\na = A()\na.self = a\ndel a\n"
         "print('end')\n"),
    Case("weakref finalizer", "import weakref\nclass A: pass\na = A()\nweakref.finalize(a, print, 'finalized')\nprint('end')\n"),
    Case("generator closed at exit", "def g():\n    try:\n        yield 1\n    finally:\n        print('closed')\nx = g()\n"
         "next(x)\nprint('end')\n"),
    Case("module teardown", "import sys\nclass Last:\n    def __del__(self, sys=sys):\n        print(sys.is_finalizing())\n"
         "sys.last = Last()\nprint('end')\n"),

    Case("sigint caught", "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n    for n in range(10**9): pass\n"
         "except KeyboardInterrupt:\n    print('caught')\n"),
    Case("sigint uncaught", "import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGINT)\n    while True:\n        pass\n"
         "f()\n", status=-2),
    Case("sigterm", "import os, signal\nprint('lost')\nos.kill(os.getpid(), signal.SIGTERM)\n", status=-15, silent=True),
    Case("sigkill", "import os, signal\nos.write(1, b'x')\nos.kill(os.getpid(), signal.SIGKILL)\n", status=-9),
    Case("sighup", "import os, signal\nos.write(1, b'x')\nos.kill(os.getpid(), signal.SIGHUP)\n", status=-1),
    Case("signal handler", """
        import os, signal, sys
        def handler(number, frame):
            print(number, frame.f_code.co_name, frame.f_lineno)
        for s in (signal.SIGUSR1, signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH, signal.SIGCHLD):
            signal.signal(s, handler)
            signal.raise_signal(s)
        print(signal.getsignal(signal.SIGUSR1) is handler)
        """),
    Case("signal handler raising", "import signal\ndef handler(*a):\n    raise OSError('from handler')\n"
         "signal.signal(signal.SIGUSR1, handler)\ndef f():\n    signal.raise_signal(signal.SIGUSR1)\nf()\n", status=1),
    Case("signal handler exits", "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(8))\n"
         "signal.raise_signal(signal.SIGTERM)\n", status=8, silent=True),
    Case("alarm", "import signal\nclass Late(Exception): pass\ndef handler(*a):\n    raise Late\n"
         "signal.signal(signal.SIGALRM, handler)\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\ntry:\n    while True:\n        pass\n"
         "except Late:\n    print('in time')\n"),
    Case("sigpipe is ignored", "import signal\nprint(signal.getsignal(signal.SIGPIPE))\n"),
    # Once the reader has gone: how much it took before would decide what is still to be written at the end.
    Case("head closes the pipe", "import select\nprint('line', 0, flush=True)\nreader = select.poll()\nreader.register(1, 0)\n"
         "reader.poll()\nfor n in range(1, 100000):\n    print('line', n)\n",
         shell='"$@" | head -1; echo ${PIPESTATUS[0]}'),
    Case("broken pipe at exit", "import os, sys\nos.read(0, 1)\nprint('x')\n", stdin=b"go",
         shell='"$@" | exec 0<&-; echo ${PIPESTATUS[0]}'),
    Case("sigpipe default", "import signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
         "while True:\n    print('line')\n", shell='"$@" | head -1; echo ${PIPESTATUS[0]}'),
    Case("output to full device", "print('x' * 100000)\n", shell='"$@" >/dev/full', status=(1, 120)),
    Case("output to full device at exit", "print('x')\n", shell='"$@" >/dev/full', status=120),
    Case("output order merged", "import os, sys\nprint('one')\nprint('two', file=sys.stderr)\nos.write(1, b'three\\n')\n"
         "print('four', flush=True)\nprint('five', file=sys.stderr)\n", shell='"$@" 2>&1'),
    Case("output order merged with uncaught", "import atexit\natexit.register(print, 'at exit')\nprint('one')\n1 / 0\n",
         shell='"$@" 2>&1', status=1),
    Case("output large", "print('line of text\\n' * 200000)\n", shell='"$@" | sha256sum'),
    Case("output binary", "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 100)\n"),
    Case("output appended", "print('second')\n", shell='echo first >out; "$@" >>out; cat out'),
    Case("input lines", "import sys\nfor line in sys.stdin:\n    print(repr(line))\nprint(repr(sys.stdin.read()))\n",
         stdin=b"a\nb\r\nc"),
    Case("input function", "print([input('? '), input()])\ntry:\n    input()\nexcept EOFError as e:\n    print(repr(e))\n",
         stdin=b"one\ntwo\n"),
    Case("input large", "import sys\nprint(len(sys.stdin.buffer.read()))\n", stdin=b"x" * 3000000),
    Case("input for stdin script", "import sys\nprint(sys.stdin.read())\n", how="stdin"),
    Case("input from null", "import sys\nprint(repr(sys.stdin.read()))\n", shell='"$@" </dev/null'),
    Case("stdout replaced", "import io, sys\nsys.stdout = io.StringIO()\nprint('hidden')\ntext = sys.stdout.getvalue()\n"
         "sys.stdout = sys.__stdout__\nprint(repr(text))\n"),
    Case("stdout closed", "import sys\nsys.stdout.close()\n", silent=True),
    Case("terminal questions", "import os, sys, shutil\nprint(sys.stdout.isatty(), shutil.get_terminal_size((33, 11)))\n"
         "try:\n    os.ttyname(0)\nexcept OSError as e:\n    print(e)\n"),
    Case("session and group", "import os\nprint(os.getpgrp() == os.getsid(0), os.tcgetpgrp if False else 'group')\n"),

    Case("fork", """
        import os, sys
        def work(n):
            return sum(range(n))
        print("before", flush=True)
        child = os.fork()
        if child == 0:
            print("child", work(10), flush=True)
            sys.exit(5)
        print("parent", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), work(11))
        """),
    Case("fork many", "import os\ndef f(n):\n    return n\nfor n in range(5):\n    if os.fork() == 0:\n        os._exit(f(n))\n"
         "print(sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(5)))\n"),
    Case("fork in fork", "import os\ndef f(depth):\n    if depth == 0:\n        os._exit(7)\n    child = os.fork()\n    if child == 0:\n"
         "        f(depth - 1)\n    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n    if depth == 3:\n"
         "        print(status)\n    else:\n        os._exit(status)\nf(3)\n"),
    Case("fork child raises", "import os\nif os.fork() == 0:\n    1 / 0\nprint(os.wait()[1])\n"),
    Case("fork after threads", "import os, threading\nt = threading.Thread(target=lambda: sum(range(1000)))\nt.start()\nt.join()\n"
         "if os.fork() == 0:\n    t = threading.Thread(target=print, args=('child thread',))\n    t.start()\n    t.join()\n"
         "    raise SystemExit\nos.wait()\nprint('end')\n"),
    Case("fork child outlives", "import os, sys\nr, w = os.pipe()\nif os.fork() == 0:\n    os.close(w)\n    os.read(r, 1)\n"
         "    print('child after parent', flush=True)\n    os._exit(0)\nprint('parent ends', flush=True)\n"),
    Case("fork server", "import multiprocessing as m\nif __name__ == '__main__':\n    with m.get_context('forkserver').Pool(1) as p:\n"
         "        print(p.map(abs, [-1, 2]))\n"),
    Case("subprocess", "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'import sys; print(sys.argv); "
         "sys.exit(3)', 'a'], capture_output=True, text=True))\n"),
    Case("subprocess shell", "import os, subprocess\nprint(os.system('exit 3'), subprocess.getoutput('echo text'))\n"
         "print(subprocess.check_output(['cat'], input=b'through'))\n"),
    Case("subprocess environment", "import subprocess\nprint(subprocess.check_output(['env']).decode())\n"),
    Case("subprocess descriptors", "import subprocess\nprint(subprocess.check_output(['ls', '/proc/self/fd'], close_fds=False))\n"),
    Case("subprocess signals", "import subprocess\nprint(subprocess.check_output(['grep', '-E', 'Sig(Blk|Ign|Cgt)', '/proc/self/status']))\n"),
    Case("subprocess preexec", "import os, subprocess\nprint(subprocess.run(['sh', '-c', 'umask'], preexec_fn=lambda: os.umask(0o77) and None,"
         " capture_output=True))\n"),
    Case("multiprocessing fork", """
        import multiprocessing
        def square(n):
            return n * n
        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            with context.Pool(2) as pool:
                print(pool.map(square, range(10)))
            process = context.Process(target=square, args=(3,))
            process.start()
            process.join()
            print(process.exitcode)
        """),
    Case("multiprocessing spawn", """
        import multiprocessing
        def square(n):
            return n * n
        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(2) as pool:
                print(pool.map(square, range(10)))
        """),
    Case("multiprocessing failing", "import multiprocessing as m\ndef f():\n    1 / 0\nif __name__ == '__main__':\n"
         "    p = m.get_context('fork').Process(target=f, name='one')\n    p.start()\n    p.join()\n    print(p.exitcode)\n"),
    Case("concurrent futures", "import concurrent.futures as c\ndef f(n):\n    return n + 1\n"
         "if __name__ == '__main__':\n"
         "    with c.ThreadPoolExecutor(4) as pool:\n        print(list(pool.map(f, range(20))))\n"
         "    with c.ProcessPoolExecutor(2) as pool:\n        print(list(pool.map(f, range(20))))\n"),
    Case("pty spawned", "import os, pty\ndef read(fd):\n    data = os.read(fd, 1024)\n    return data\n"
         "print(pty.spawn(['echo', 'in pty'], read))\n", shell='"$@" </dev/null'),
    Case("resource use is counted", "import resource\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"),
]

Comparison = cases(END)

if __name__ == "__main__":
    main()
