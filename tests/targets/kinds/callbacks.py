"""Python called back from C: sort keys, re, sqlite3, ctypes, json, map, reduce, iterators, comparisons, hooks."""
# counts: key compare add failing double step finalize __lt__ __init__ __getitem__
import bisect
import ctypes
import faulthandler
import functools
import heapq
import io
import itertools
import json
import operator
import pickle
import re
import sqlite3
import sys
import types
import copy
import xml.parsers.expat


def key(x): return -x
def double(match): return match[0] * 2
def add(a, b): return a + b
def even(x): return x % 2 == 0


def failing(x):
    if x == 3:
        raise ValueError(x)
    return x


print(sorted([3, 1, 2], key=key), max([1, 2], key=key), min("ab", key=ord), sorted([1, 2, 4], key=functools.cmp_to_key(lambda a, b: b - a)))
print(re.sub("[a-c]", double, "abcd"), re.compile("x(.)").sub(lambda m: m[1].upper(), "xaxb"), functools.reduce(add, range(10)))
print([*map(add, [1, 2], [3, 4])], [*filter(even, range(6))], [*itertools.accumulate([1, 2, 3], add)], {k: [*g] for k, g in itertools.groupby([1, 1, 2], even)})
print([*itertools.starmap(add, [(1, 2)])], [*itertools.takewhile(even, [2, 4, 5, 6])], [*iter(iter([1, 2, 3]).__next__, 3)], bisect.bisect([1, 5, 9], 5, key=lambda x: x))
print(heapq.merge([1], [2], key=key).__next__(), heapq.nsmallest(2, [3, 1, 2], key=key), any(map(even, [1, 2])), sum(map(key, [1, 2])))
for call in (lambda: sorted([1, 3, 2], key=failing), lambda: [*map(failing, [1, 3])], lambda: functools.reduce(lambda a, b: failing(b), [1, 3, 2])):
    try:
        call()
    except ValueError as error:
        depth, at = 0, error.__traceback__
        while at:
            depth, at = depth + 1, at.tb_next
        print("failed", error, depth)

base = sqlite3.connect(":memory:")
base.create_function("twice", 1, lambda x: x * 2)


class Total:
    def __init__(self): self.total = 0
    def step(self, x): self.total += x
    def finalize(self): return self.total


base.create_aggregate("total_of", 1, Total)
base.create_collation("backwards", lambda a, b: (a < b) - (a > b))
base.execute("create table t (x integer, s text)")
base.executemany("insert into t values (?, ?)", ((i, str(i)) for i in range(5)))
print(base.execute("select twice(x) from t order by s collate backwards").fetchall(), base.execute("select total_of(x) from t").fetchone())
base.row_factory = lambda cursor, row: dict(zip((d[0] for d in cursor.description), row))
base.set_trace_callback(statements := [].append)
print(base.execute("select x from t where x > 2").fetchall())

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))


def compare(a, b): return a[0] - b[0]


values = (ctypes.c_int * 6)(5, 2, 9, 1, 7, 3)
ctypes.CDLL(None).qsort(values, 6, 4, CALLBACK(compare))
print([*values])
print(json.loads('{"a": {"b": 1}}', object_hook=lambda d: [*d.items()], parse_int=lambda s: int(s) + 1), json.dumps({1}, default=sorted), json.dumps([1.5], indent=1))


class Pickled:
    def __init__(self, x): self.x = x
    def __reduce__(self): return Pickled, (self.x + 1,)
    def __deepcopy__(self, memo): return Pickled(self.x * 10)


class Stateful:
    def __getstate__(self): return {"kept": 1}
    def __setstate__(self, state): self.state = state


print(pickle.loads(pickle.dumps(Pickled(1))).x, copy.deepcopy([Pickled(2)])[0].x, copy.copy(Stateful()).state, pickle.loads(pickle.dumps(add)) is add)


class Everything:
    def __init__(self, n): self.n = n
    def __lt__(self, other): return self.n < other.n
    def __eq__(self, other): return self.n == other.n
    def __hash__(self): return hash(self.n)
    def __len__(self): return self.n
    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError
        return i
    def __repr__(self): return f"E{self.n}"
    def __index__(self): return self.n
    def __float__(self): return float(self.n)
    def __bool__(self): return True
    def __length_hint__(self): return self.n
    def __missing__(self, k): return k


print(sorted(map(Everything, [3, 1, 2])), [*Everything(3)], {Everything(1): 1}[Everything(1)], "%s %r %d" % (Everything(1), Everything(2), Everything(3)),
      [1, 2, 3][Everything(1)], float(Everything(2)), Everything(2) in [Everything(2)], max(Everything(1), Everything(4)), [*reversed(Everything(3))])
parser = xml.parsers.expat.ParserCreate()
seen = []
parser.StartElementHandler = lambda name, attributes: seen.append((name, attributes))
parser.CharacterDataHandler = lambda text: seen.append(text)
parser.Parse("<a x='1'>text<b/></a>", True)
print(seen)


class Writer(io.TextIOBase):
    def __init__(self): self.parts = []
    def write(self, text): self.parts.append(text); return len(text)


writer = Writer()
print("to", "writer", file=writer)
sys.stdout.flush()
print(writer.parts, [*map(operator.methodcaller("upper"), "ab")], operator.attrgetter("n")(Everything(5)))


class Descriptor:
    def __get__(self, thing, owner): return lambda: (owner.__name__, thing is None)


class Owner:
    d = Descriptor()
    __call__ = lambda self: "called"


print(Owner.d(), Owner().d(), Owner()(), types.MethodType(add, 1)(2), functools.partial(add, 1)(5))

hooked = []
sys.unraisablehook = lambda info: hooked.append((type(info.exc_value).__name__, info.err_msg))


class Bad:
    def __del__(self): 1 / 0


Bad()
print(hooked)
with io.open("dump", "w+") as file:
    faulthandler.dump_traceback(file, all_threads=False)
    file.seek(0)
    print(file.read())
