"""How a program is started: arguments, paths, __main__, variables, virtual environments, ways to name the target."""
import os

from comparison import PYTHON, Case, cases, main

MAIN = """
import __main__, builtins, sys
print(sorted(vars(__main__)))
print(__name__, __package__, __doc__, type(__loader__).__name__, __builtins__ is builtins)
print(__spec__ if __spec__ is None else (__spec__.name, __spec__.origin, __spec__.parent))
print(globals().get("__file__"), globals().get("__cached__"), globals().get("__annotations__"))
print(sys.modules["__main__"] is __main__, vars(__main__) is globals())
"""
PATHS = """
import sys
print(sys.argv)
print(sys.path)
print(sys.orig_argv[0], sys.orig_argv[1:])
print(sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)
print(sys.flags)
"""
BUILTINS = """
import builtins
print(sorted(set(dir(builtins)) - {"profile"}))
for name in ("exec", "eval", "compile", "__import__", "print"):
    function = getattr(builtins, name)
    print(name, function.__name__, function.__qualname__, function.__module__, type(function).__name__, repr(function),
          function.__doc__ == getattr(type(builtins)("x"), "__doc__", None), function.__text_signature__)
"""
IMPORTED = """
import os, sys
import helper
from package import part
print(helper.__file__, helper.__spec__.cached, part.__file__, helper.answer(), part.value)
print(sorted(os.path.relpath(os.path.join(folder, name))
             for folder, _, names in os.walk(".") for name in names))
"""
IMPORTED_FILES = {"helper.py": "def answer():\n    return 42\n", "package/__init__.py": "",
                  "package/part.py": "value = [n * n for n in range(4)]\n"}

START = [
    Case("argv", PATHS, args=["one", "two words", "", "-x", "--long=1", "ünï", "*", "-k", "none", "--", "-o"]),
    Case("argv undecodable", "import sys; print(ascii(sys.argv))", args=[b"\xff\xfe".decode("utf-8", "surrogateescape")]),
    Case("argv help", "import sys; print(sys.argv)", args=["--help", "-V", "--version"]),
    Case("argv many", "import sys; print(len(sys.argv), sys.argv[-1])", args=[str(n) for n in range(2000)]),
    Case("as module", PATHS + MAIN, how="module", args=["a", "-m", "b"]),
    Case("as package", PATHS + MAIN, how="package", args=["a"]),
    Case("as code", PATHS + MAIN, how="code", args=["a", "-c", "b"]),
    Case("as stdin", PATHS + MAIN, how="stdin", args=["a"]),
    Case("as folder", PATHS + MAIN, how="folder", args=["a"]),
    Case("as zip", PATHS + MAIN, how="zip", args=["a"]),
    Case("as script", PATHS + MAIN),
    Case("script in folder", how="target", target=["sub/inner.py", "x"], files={"sub/inner.py": PATHS + MAIN}),
    Case("script by absolute path", shell='"${@:1:$#-1}" "$PWD/prog.py"', script=PATHS + MAIN),
    Case("script by link", how="target", target=["link.py"], files={"real/inner.py": PATHS + MAIN},
         shell='ln -s real/inner.py link.py; "$@"'),
    Case("script without suffix", how="target", target=["tool"], files={"tool": "print(__file__, __name__)\n"}),
    Case("script called like a module", how="target", target=["json.py"],
         files={"json.py": "import json, sys\nprint(json.__file__, sys.path[0])\n"}),
    Case("script compiled", how="target", target=["inner.pyc"], files={"inner.py": MAIN},
         shell="python3 -c 'import py_compile; py_compile.compile(\"inner.py\", \"inner.pyc\")'; \"$@\""),
    Case("script with utf8 mark", "\ufeffprint('märk')\n"),
    Case("script with latin1 cookie", how="target", target=["l.py"],
         files={"l.py": "# -*- coding: latin-1 -*-\nprint(ascii('ä'))\n".encode("latin-1")}),
    Case("script with crlf", how="target", target=["l.py"], files={"l.py": b"x = '''a\r\nb'''\r\nprint(repr(x))\r\n"}),
    Case("script without newline at end", how="target", target=["l.py"], files={"l.py": b"print('end')"}),
    Case("script empty", "", silent=True),
    Case("script with docstring", '"""What it does."""\nprint(__doc__)\n'),
    Case("script with annotations", "x: int = 3\ny: str\nimport __main__\n"
         "print(__main__.__annotations__, sorted(vars()))\n"),
    Case("code without newline", "print(__name__); x = 1", how="code"),
    Case("code of several lines", "def f():\n    return 1/0\nf()\n", how="code", status=1),
    Case("module json.tool", how="target", target=["-m", "json.tool", "--compact"], stdin=b'{"b": [1, 2], "a": null}'),
    Case("module missing", how="target", target=["-m", "no_such_module"], status=1),
    Case("module in missing package", how="target", target=["-m", "no_such.module"], status=1),
    Case("module package without main", how="target", target=["-m", "xml"], status=1),
    Case("module nested", how="target", target=["-m", "pack.inner", "a"],
         files={"pack/__init__.py": "print('init')\n", "pack/inner.py": PATHS + MAIN}),
    Case("module relative import", how="target", target=["-m", "pack.inner"],
         files={"pack/__init__.py": "", "pack/other.py": "value = 3\n",
                "pack/inner.py": "from . import other\nprint(other.value, __package__)\n"}),
    Case("module failing in init", how="target", target=["-m", "pack.inner"],
         files={"pack/__init__.py": "1/0\n", "pack/inner.py": ""}, status=1),
    Case("syntax error", "def f(:\n    pass\n", status=1),
    Case("syntax error late", "print('never')\nx = 1\nfor y in x\n    pass\n", status=1),
    Case("indentation error", "if True:\nprint(1)\n", status=1),
    Case("tab error", "if True:\n        x = 1\n\ty = 2\n", status=1),
    Case("syntax error in code", "1 +", how="code", status=1),
    Case("syntax error in stdin", "1 +\n", how="stdin", status=1),
    Case("syntax error in module", "x = = 1\n", how="module", status=1),
    Case("syntax error in import", "import broken", files={"broken.py": "def f(\n"}, status=1),
    Case("null byte in source", "print(1)\nx = 1\0\nprint(2)\n", status=1),
    Case("not utf8 source", how="target", target=["l.py"], files={"l.py": b"print('\xff')\n"}, status=1),
    Case("unknown encoding", "# coding: nonsense\n", status=1),
    Case("syntax warning", "x = 1\nif x is 1:\n    print('yes')\n"),
    Case("imports", IMPORTED, files=IMPORTED_FILES),
    Case("builtins", BUILTINS),
    Case("modules at start", "import sys\nprint(sorted(sys.modules))\n"),
    Case("modules at start of module", "import sys\nprint(sorted(sys.modules))\n", how="module"),
    Case("hooks at start", """
        import gc, sys, threading
        print(sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile())
        print(gc.isenabled(), gc.get_threshold(), gc.get_debug(), gc.callbacks, sys.getrecursionlimit())
        print(sys.getswitchinterval(), [getattr(f, "__name__", type(f).__name__) for f in sys.meta_path], [type(h).__name__ for h in sys.path_hooks])
        print(sys.displayhook, sys.excepthook, sys.unraisablehook, sys.breakpointhook.__name__)
        print(sys.implementation, sys.version, sys.hexversion, sys.platform, sys._git, sys.api_version)
        print(sys.builtin_module_names, sys.abiflags, sys.byteorder, sys.maxsize, sys.float_repr_style)
        print(sys.get_asyncgen_hooks(), sys.get_coroutine_origin_tracking_depth(), sys._xoptions, sys.warnoptions)
        print(sys.dont_write_bytecode, sys.pycache_prefix, sys.platlibdir, sys.getfilesystemencoding())
        """),
    Case("process", """
        import os, signal, threading
        print(os.listdir("/proc/self/task") == [str(os.getpid())], [t.name for t in threading.enumerate()], threading.active_count())
        print(os.getcwd(), sorted(os.environ.items()))
        print(os.getpid() == threading.get_native_id())
        for number in sorted(signal.valid_signals()):
            if signal.getsignal(number) is not signal.SIG_DFL:
                print(number, signal.getsignal(number))
        print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
        print(open("/proc/self/status").read().split("SigBlk")[1].split("Speculation")[0])
        """),
    Case("descriptors", """
        import os, stat
        for name in sorted(os.listdir("/proc/self/fd"), key=int):
            try:
                kind = stat.S_IFMT(os.fstat(int(name)).st_mode)
            except OSError:
                continue
            print(name, oct(kind), os.get_inheritable(int(name)))
        """),
    Case("descriptors inherited", """
        import os
        print(os.read(7, 100), os.path.exists("/proc/self/fd/3"))
        """, shell='exec 7</proc/sys/kernel/ostype; "$@"'),
    Case("descriptors closed", """
        import sys, os
        os.write(2, repr((sys.stdin, sys.stdout is None, sorted(os.listdir("/proc/self/fd")))).encode())
        """, shell='"$@" <&- >&-'),
    Case("umask", "import os; print(oct(os.umask(0)))", shell='umask 027; "$@"'),
    Case("limits", """
        import resource
        for name in sorted(n for n in dir(resource) if n.startswith("RLIMIT")):
            print(name, resource.getrlimit(getattr(resource, name)))
        """, shell='ulimit -n 123; ulimit -s 4096; ulimit -c 0; "$@"'),
    Case("ignored signals stay so", """
        import signal
        print([signal.getsignal(s) for s in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)])
        """, shell='trap "" HUP INT TERM QUIT; "$@"'),
    Case("stdin is what it was", """
        import os, stat, sys
        print(stat.S_ISFIFO(os.fstat(0).st_mode), sys.stdin.isatty(), sys.stdin.encoding, sys.stdin.errors)
        print(sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stdout.write_through)
        print(sys.stderr.encoding, sys.stderr.errors, sys.stderr.line_buffering, sys.stdin.name, sys.stdout.name)
        """),
    Case("stdin from a file", "import sys\nprint(sys.stdin.read(), sys.stdin.seekable(), sys.stdin.tell())\n",
         files={"input": "text of a file\n"}, shell='"$@" <input'),
    Case("nice", "import os; print(os.nice(0))", shell='exec nice -n 5 "$@"'),

    Case("venv", PATHS + "import site\nprint(site.getsitepackages(), site.ENABLE_USER_SITE)\n", venv=True),
    Case("venv module", PATHS, how="module", venv=True),
    Case("venv package from it", "import sys\nprint(sys.path)\nimport inside\nprint(inside.__file__, inside.value)\n",
         venv=True, shell="mkdir -p ../venv/lib/python3*/site-packages; "
         "echo 'value = 7' >$(echo ../venv/lib/python3*/site-packages)/inside.py; \"$@\""),
    Case("venv subprocess", "import subprocess, sys\n"
         "print(subprocess.run([sys.executable, '-c', 'import sys; print(sys.prefix)'], capture_output=True))\n", venv=True),
    Case("sysconfig and site", """
        import site, sys, sysconfig, platform
        print(sysconfig.get_paths(), sysconfig.get_config_var("prefix"), sysconfig.get_platform())
        print(site.getsitepackages(), site.getusersitepackages(), site.ENABLE_USER_SITE)
        print(platform.python_version(), platform.python_implementation(), platform.python_build())
        print(sysconfig.get_config_var("EXT_SUFFIX"), sys.stdlib_module_names == frozenset(sys.stdlib_module_names))
        """),
    Case("extension modules", """
        import ssl, sqlite3, ctypes, math, _struct, zlib, pyexpat, decimal, _json, _hashlib, _ctypes, readline, curses
        import _asyncio, _bz2, _lzma, _uuid, _queue, _multiprocessing, resource, termios, array, unicodedata, _csv
        for module in (ssl, sqlite3, ctypes, math, _struct, zlib, pyexpat, decimal, _json, _hashlib, _ctypes, curses, array):
            print(module, getattr(module, "__file__", None))
        print(ssl.OPENSSL_VERSION, sqlite3.sqlite_version, zlib.ZLIB_RUNTIME_VERSION, pyexpat.EXPAT_VERSION)
        connection = sqlite3.connect(":memory:")
        print(connection.execute("select sum(x) from (select 1 x union select 2)").fetchall())
        print(ctypes.CDLL(None).abs(-5), ctypes.pythonapi.Py_IsInitialized(), ctypes.pythonapi.PyLong_FromLong)
        print(zlib.decompress(zlib.compress(b"text")), ssl.create_default_context().minimum_version)
        import xml.etree.ElementTree as tree
        print(tree.fromstring("<a><b c='1'/></a>").find("b").attrib)
        """),

    Case("PYTHONPATH", PATHS + "import extra\nprint(extra.__file__)\n", files={"more/extra.py": ""},
         env={"PYTHONPATH": "more:/nowhere:@WORK@/more"}),
    Case("PYTHONHASHSEED", "print(hash('text'), list({'one', 'two', 'three', 'four', 'five'}))", env={"PYTHONHASHSEED": "7"}),
    Case("PYTHONOPTIMIZE", "import sys\nassert False\ndef f():\n  'doc'\nprint(__debug__, f.__doc__, sys.flags)\nimport helper\n"
         "print(helper.__spec__.cached)\n", files=IMPORTED_FILES, env={"PYTHONOPTIMIZE": "2"}),
    Case("PYTHONDONTWRITEBYTECODE", IMPORTED, files=IMPORTED_FILES, env={"PYTHONDONTWRITEBYTECODE": "1"}),
    Case("PYTHONPYCACHEPREFIX", IMPORTED, files=IMPORTED_FILES, env={"PYTHONPYCACHEPREFIX": "@WORK@/cache"}),
    Case("PYTHONUNBUFFERED", "import os, sys\nprint('a')\nsys.stderr.write('b\\n')\nprint('c')\nos._exit(0)\n",
         env={"PYTHONUNBUFFERED": "1"}, shell='"$@" 2>&1'),
    Case("PYTHONIOENCODING", "import sys\nprint('äé', sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors)\n",
         env={"PYTHONIOENCODING": "latin-1:replace"}),
    Case("PYTHONUTF8", "import sys\nprint('äé', sys.flags.utf8_mode, sys.stdout.encoding)\n",
         env={"PYTHONUTF8": "1", "LC_ALL": "C"}),
    Case("PYTHONUTF8 off", "import sys\nprint(ascii(sys.argv), sys.flags.utf8_mode, sys.getfilesystemencoding())\n",
         env={"PYTHONUTF8": "0", "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}, args=["ä"]),
    Case("PYTHONWARNINGS error", "import warnings\nwarnings.warn('now')\n", env={"PYTHONWARNINGS": "error"}, status=1),
    Case("PYTHONWARNINGS ignore", "import sys, warnings\nwarnings.warn('now')\nprint(sys.warnoptions, warnings.filters)\n",
         env={"PYTHONWARNINGS": "ignore,default::DeprecationWarning"}),
    Case("PYTHONSTARTUP is not read", "print('only me')\n", files={"start.py": "print('started')\n"},
         env={"PYTHONSTARTUP": "start.py"}),
    Case("PYTHONSAFEPATH", PATHS, env={"PYTHONSAFEPATH": "1"}),
    Case("PYTHONNOUSERSITE", PATHS, env={"PYTHONNOUSERSITE": "1"}),
    Case("PYTHONUSERBASE", "import site\nprint(site.getuserbase(), site.getusersitepackages())\n",
         env={"PYTHONUSERBASE": "@WORK@/user"}),
    Case("PYTHONFAULTHANDLER", "import faulthandler\nprint(faulthandler.is_enabled())\n", env={"PYTHONFAULTHANDLER": "1"}),
    Case("PYTHONDEVMODE", "import sys\nprint(sys.flags, sys.warnoptions)\nopen('/dev/null')\n", env={"PYTHONDEVMODE": "1"}),
    Case("PYTHONVERBOSE is quiet by default", "import sys\nprint(sys.flags.verbose)\n", env={"PYTHONVERBOSE": ""}),
    Case("PYTHONINSPECT unset", "import os\nprint(os.environ.get('PYTHONINSPECT'))\n"),
    Case("PYTHONINTMAXSTRDIGITS", "import sys\nprint(sys.get_int_max_str_digits())\nstr(10**700)\n",
         env={"PYTHONINTMAXSTRDIGITS": "640"}, status=1),
    Case("PYTHONTRACEMALLOC", "import tracemalloc\nprint(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())\n",
         env={"PYTHONTRACEMALLOC": "3"}),
    Case("PYTHONMALLOC", "import sys\nprint(len([0] * 1000), sys.flags.dev_mode)\n", env={"PYTHONMALLOC": "malloc"}),
    Case("PYTHONNODEBUGRANGES", "def f():\n    return 1 / 0\nf()\n", env={"PYTHONNODEBUGRANGES": "1"}, status=1),
    Case("PYTHONBREAKPOINT", "breakpoint()\nprint('on')\n", env={"PYTHONBREAKPOINT": "0"}),
    Case("PYTHONHOME wrong", "print('never')", env={"PYTHONHOME": "/nowhere"}, status=1,
         shell='"$@" 2>&1 | grep -vE "thread 0x|program name"; exit ${PIPESTATUS[0]}'),
    Case("PYTHONPLATLIBDIR", "import sys\nprint(sys.platlibdir)\n", env={"PYTHONPLATLIBDIR": "lib"}),
    Case("PYTHONASYNCIODEBUG", "import asyncio\nasync def f():\n    print(asyncio.get_running_loop().get_debug())\n"
         "asyncio.run(f())\n", env={"PYTHONASYNCIODEBUG": "1"}),
    Case("PYTHONWARNDEFAULTENCODING", "open('/dev/null')\nprint(1)\n",
         env={"PYTHONWARNDEFAULTENCODING": "1", "PYTHONWARNINGS": "ignore::ResourceWarning"}),

    Case("LC_ALL C", "import locale, sys\nprint(locale.getpreferredencoding(), sys.stdout.encoding, sys.stdout.errors, "
         "sys.getfilesystemencodeerrors(), locale.setlocale(locale.LC_CTYPE))\nprint('ä\\udcff')\n", env={"LC_ALL": "C"}),
    Case("LC_ALL POSIX", "import locale, sys\nprint(locale.getpreferredencoding(), sys.stdout.errors)\n",
         env={"LC_ALL": "POSIX"}),
    Case("LC_ALL unset", "import locale, os, sys\nprint(locale.getpreferredencoding(), sys.stdout.errors, "
         "os.environ.get('LC_CTYPE'), sys.flags.utf8_mode)\n", env={"LC_ALL": None}),
    Case("LC_ALL unknown", "import locale, sys\nprint(locale.getpreferredencoding(), sys.stdout.encoding)\n",
         env={"LC_ALL": "xx_YY.nothing"}),
    Case("LC_NUMERIC untouched", "import locale\nprint(locale.localeconv()['decimal_point'], 1.5, float('1.5'))\n",
         env={"LC_ALL": None, "LC_NUMERIC": "de_DE.UTF-8"}),
    Case("unicode error on output", "print('\\udcff')\n", status=1, env={"PYTHONIOENCODING": "utf-8"}),
    Case("environment undecodable", "import os\nprint(os.environb[b'ODD'], ascii(os.environ['ODD']))\n",
         shell="export ODD=$'\\xff'; \"$@\""),
    Case("user site disabled by owner", "import site\nprint(site.ENABLE_USER_SITE, site.check_enableusersite())\n"),
]

# Without PATH a program is looked for where the system says: there must be the python3 that is tested.
if os.path.dirname(PYTHON) in os.defpath.split(":"):
    START.append(Case("environment empty", "import os\nprint(sorted(os.environ))\n", shell='exec env -i "$@"'))

Comparison = cases(START)

if __name__ == "__main__":
    main()
