"""Code that comes into being while the program runs: exec, eval, compile, imports of every kind, reload, loaders, zip files."""
import __future__
import ast
import builtins
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import linecache
import os
import pkgutil
import py_compile
import runpy
import sys
import tempfile
import textwrap
import types
import zipfile

sys.dont_write_bytecode = True
folder = tempfile.mkdtemp()
sys.path.insert(0, folder)


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(textwrap.dedent(text))
    importlib.invalidate_caches()
    return path


def shown(error):
    return type(error).__name__, str(error).replace(folder, "FOLDER")


# exec and eval.
space = {}
exec("def f(x):\n    return [x * i for i in range(3)]\nclass A:\n    def m(self): return f(2)", space)
print(space["f"](2), space["A"]().m(), eval("f(1) + A().m()", space), eval(compile("f(9)[1]", "e", "eval"), space))
for i in range(4):
    exec(f"def numbered(): return {i}", space)
    print(space["numbered"](), end=" ")
code = compile("counter += 1\nfor i in range(2): counter += i", "again", "exec")
space["counter"] = 0
for _ in range(300):
    exec(code, space)
print(space["counter"])


def local_scope(a):
    b = 2
    exec("a = 10; c = a + b")
    return a, eval("a + b"), sorted(locals()), eval("[a for _ in range(2)]", {"a": 5})


print(local_scope(1))
tree = ast.parse("def made(n):\n    return n + 1\nvalue = made(4)")
ast.fix_missing_locations(ast.increment_lineno(tree, 100))
exec(compile(tree, "tree", "exec"), space)
print(space["value"], space["made"].__code__.co_firstlineno)
for text in ("x =", "def f(:", "1/0", "raise SystemExit(3)", "undefined", "\0", "return 1", "    x"):
    try:
        exec(text, {})
    except BaseException as error:
        print(shown(error))
print(exec(b"space['bytes'] = 1"), space["bytes"], eval(bytearray(b" 3 + 4")), eval("__import__('math').floor(2.5)"), eval(b"\t 5"),
      eval(memoryview(b" 1 + 1")), exec(memoryview(b"viewed = [x for x in range(2)]"), space), space["viewed"])
for bad in (("x =", {}, 3), ("x =", 3), (3,), ("x",), (" x =",), (b"\xff",), ("1\0",)):
    try:
        eval(*bad)
    except Exception as error:
        print(shown(error))
future = compile("def f(a: b) -> c: pass", "f", "exec", __future__.annotations.compiler_flag)
exec(future, space)
print(space["f"].__annotations__)


class Namespace(dict):
    def __missing__(self, key):
        if key in ("print", "len"):
            raise KeyError(key)
        return key


print(eval("a + b", {}, Namespace()), exec("made_up = here", {}, names := Namespace()), names)
single = compile("5 + 5", "s", "single")
exec(single)


# Imports.
write("plain_module.py", """
    def f():
        return 1
    print("plain_module runs", __name__)
    """)
import plain_module
print(plain_module.f(), importlib.reload(plain_module) is plain_module)
write("plain_module.py", "def f():\n    return 2222\n")
importlib.reload(plain_module)
print(plain_module.f())
write("package/__init__.py", "from .inner import value\nfrom . import inner as again\n")
write("package/inner.py", "from package import __name__ as name\nvalue = name\ndef g(): yield from (1, 2)\n")
write("package/__main__.py", "print('package main', __name__, __package__)\n")
import package
print(package.value, [*package.again.g()], [m.name for m in pkgutil.iter_modules(package.__path__)])
write("failing.py", "x = 1\ndef f():\n    raise RuntimeError('in failing')\nf()\n")
for name in ("failing", "missing", "package.missing", "plain_module.sub"):
    try:
        importlib.import_module(name)
    except Exception as error:
        print(shown(error), name in sys.modules)
write("cycle_a.py", "import cycle_b\ndef a(): return cycle_b.b() + 1\n")
write("cycle_b.py", "import cycle_a\ndef b(): return 1\n")
import cycle_a
print(cycle_a.a())
write("lazy.py", "def __getattr__(name):\n    return name.upper()\ndef __dir__():\n    return ['x']\n")
import lazy
print(lazy.something, dir(lazy))

print(runpy.run_path(write("script.py", "import sys\nresult = __name__\ndef f(): return sys.argv[0][-9:]\nvalue = f()\n"), run_name="as")["value"])
print(sorted(k for k in runpy.run_module("plain_module", run_name="other") if k[0] != "_"))
runpy.run_module("package", run_name="__main__")


# Loaders of the program's own, zip files, byte code without source, namespace packages, frozen modules.
class Memory(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    sources = {"from_memory": "def f():\n    return 'memory'\nvalue = f()\n"}

    def find_spec(self, name, path, target=None):
        if name in self.sources:
            return importlib.util.spec_from_loader(name, self)

    def get_source(self, name): return self.sources[name]


class Executing(importlib.abc.Loader):
    def create_module(self, spec): return types.ModuleType(spec.name)
    def exec_module(self, module): exec("def f(): return 'executed'", module.__dict__)


sys.meta_path.insert(0, Memory())
import from_memory
print(from_memory.value, from_memory.f())
sys.meta_path.pop(0)  # it would be asked for what the standard library imports when it needs it, too
spec = importlib.machinery.ModuleSpec("executed", Executing())
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.f())
archive = os.path.join(folder, "lib.zip")
with zipfile.ZipFile(archive, "w") as z:
    z.writestr("zipped.py", "def f():\n    return [x for x in 'zip']\n")
    z.writestr("zippackage/__init__.py", "from zipped import f\n")
    z.writestr("__main__.py", "print('zip main', __name__)\n")
sys.path.insert(0, archive)
import zippackage
print(zippackage.f(), zippackage.__loader__.__class__.__name__)
runpy.run_path(archive, run_name="__main__")
compiled = py_compile.compile(write("bytecode_source.py", "def f():\n    return 'from bytecode'\n"), os.path.join(folder, "only_bytecode.pyc"))
import only_bytecode
print(only_bytecode.f(), only_bytecode.f.__code__.co_filename.replace(folder, "FOLDER"))
os.makedirs(os.path.join(folder, "space_package", "sub"))
write("space_package/sub/leaf.py", "def f(): return __name__\n")
import space_package.sub.leaf
print(space_package.sub.leaf.f())
import __hello__
__hello__.main()
import this as _  # prints, from the standard library


# What other modules make with exec.
import dataclasses
import collections
import doctest
import timeit
import unittest


@dataclasses.dataclass
class Made:
    a: int
    b: list = dataclasses.field(default_factory=list)


print(Made(1), Made(1) == Made(1), collections.namedtuple("N", "x y")(1, 2)._replace(x=5))


def documented(x):
    """
    >>> documented(2)
    4
    >>> documented("a")
    Traceback (most recent call last):
    TypeError: bad
    >>> [documented(i) for i in range(3)]
    [0, 2, 4]
    """
    if isinstance(x, str):
        raise TypeError("bad")
    return x * 2


print(doctest.run_docstring_examples(documented, {"documented": documented}), timeit.timeit("abs(1)", "def f(x): return x", number=5) > 0, timeit.timeit(lambda: documented(1), number=4) > 0)


class Test(unittest.TestCase):
    def test_good(self): self.assertEqual(documented(2), 4)
    def test_bad(self): self.assertEqual(documented(2), 5)
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertTrue(i)


stream = io.StringIO()
result = unittest.TextTestRunner(stream).run(unittest.defaultTestLoader.loadTestsFromTestCase(Test))
print(result, stream.getvalue().split("Ran")[0].replace(os.path.dirname(__file__) or ".", "."))


# The program puts functions of its own in place of the interpreter's.
real_exec, real_compile, real_import = builtins.exec, builtins.compile, builtins.__import__


def my_exec(*a, **k):
    seen.append("exec")
    return real_exec(*a, **k)


def my_import(name, *a, **k):
    seen.append(name)
    return real_import(name, *a, **k)


seen = []
builtins.exec, builtins.__import__ = my_exec, my_import
write("after.py", "import cycle_b\ndef f(): return 'after'\nexec('x = f()', globals())\n")
import after
builtins.exec, builtins.__import__ = real_exec, real_import
print(after.x, seen)
del builtins.compile
exec("print('without compile')", {})
builtins.compile = real_compile
real_exec("print('the real one')")
print(real_exec.__name__, real_exec.__self__ is builtins, real_exec.__doc__ == builtins.exec.__doc__, repr(real_exec), real_exec.__text_signature__)
import shutil
shutil.rmtree(folder)
