"""How deep a program may recurse: the RecursionError comes at the same depth as under python3, however calls are made.

From 3.12 on the interpreter calls `__init__`, properties and `__getitem__` in specialised ways, which take another share of the limit,
where the thread's stack of frames has room. So the depth tells of the size and place of every frame.
"""
from comparison import Case, cases, main

COLLECTORS = ("none", "function", "function,line", "memory", "function,line,memory,bytecode")

# Each function counts its activations in n[0] and ends by RecursionError.
WAYS = """
import functools, sys, threading

class Init:
    def __init__(self, n):
        n[0] += 1
        Init(n)
class Defaults:
    def __init__(self, n, a=1, *, b=2):
        n[0] += 1
        self.x = Defaults(n, b=3)
class Slots:
    __slots__ = ("a",)
    def __init__(self, n):
        n[0] += 1
        self.a = Slots(n)
class Base:
    def __init__(self, n):
        n[0] += 1
class Derived(Base):
    def __init__(self, n):
        super().__init__(n)
        Derived(n)
class Mixed:
    def __init__(self, n):
        self.n = n
        n[0] += 1
        self.again()
    def again(self):
        Mixed(self.n)
class One:
    def __init__(self, n):
        n[0] += 1
        One(n) if n[0] & 1 else Other(n)
class Other:
    def __init__(self, n):
        n[0] += 1
        One(n)
class Made:
    def __init__(self, n):
        make(n)
def make(n):
    n[0] += 1
    Made(n)
class Trying:
    def __init__(self, n):
        n[0] += 1
        try:
            Trying(n)
        except ValueError:
            pass
class Warm:
    def __init__(self, n, depth):
        n[0] += 1
        if depth:
            Warm(n, depth - 1)
def warm(n):
    for _ in range(50):
        Warm(n, 3)
    Warm(n, 10 ** 9)
class New:
    def __new__(cls, n):
        n[0] += 1
        return New(n)
class Meta(type):
    def __call__(cls, n):
        n[0] += 1
        return super().__call__(n)
class WithMeta(metaclass=Meta):
    def __init__(self, n):
        WithMeta(n)
class Object:
    def __init__(self, n):
        object.__setattr__(self, "n", n)
    def __call__(self):
        self.n[0] += 1
        self()
    @property
    def value(self):
        self.n[0] += 1
        return self.value
    @property
    def short(self):
        return self.short_too()
    def short_too(self):
        self.n[0] += 1
        return self.short
    def __getattr__(self, name):
        self.n[0] += 1
        return self.other
    def __add__(self, other):
        self.n[0] += 1
        return self + other
    def __lt__(self, other):
        self.n[0] += 1
        return self < other
    def __getitem__(self, other):
        self.n[0] += 1
        return self[other]
    def __len__(self):
        self.n[0] += 1
        return len(self)
    def __str__(self):
        self.n[0] += 1
        return str(self)
    def __iter__(self):
        self.n[0] += 1
        for i in self:
            pass
    def __contains__(self, other):
        self.n[0] += 1
        return other in self
    def __enter__(self):
        self.n[0] += 1
        with self:
            pass
    def __exit__(self, *arguments):
        pass
    def __setattr__(self, name, value):
        self.n[0] += 1
        self.other = value
class Attribute:
    def __init__(self, n):
        object.__setattr__(self, "n", n)
    def __getattribute__(self, name):
        object.__getattribute__(self, "n")[0] += 1
        return self.other
def plain(n):
    n[0] += 1
    plain(n)
def finally_(n):
    try:
        n[0] += 1
        finally_(n)
    finally:
        pass
def with_(n):
    n[0] += 1
    class Manager:
        def __enter__(self): pass
        def __exit__(self, *arguments): return False
    with Manager():
        with_(n)
def from_(n):
    n[0] += 1
    yield from from_(n)
def for_(n):
    n[0] += 1
    for x in for_(n):
        yield x
def expression(n):
    n[0] += 1
    return list(expression(n) for _ in range(1))
def comprehension(n):
    n[0] += 1
    return [comprehension(n) for _ in (1,)]
async def coroutine(n):
    n[0] += 1
    await coroutine(n)
def key(n):
    n[0] += 1
    sorted([1], key=lambda x: key(n))
def mapped(n):
    n[0] += 1
    list(map(mapped, [n]))
def partial(n):
    n[0] += 1
    functools.partial(partial, n)()
def reduced(n):
    n[0] += 1
    functools.reduce(lambda a, b: reduced(n), [1, 2])
def executed(n):
    n[0] += 1
    exec("executed(n)", {"executed": executed, "n": n})
def body(n):
    n[0] += 1
    class Body:
        x = body(n)
wrapped_n = [0]
def decorated(n):
    n[0] += 1
    @wrap
    def f(): pass
def wrap(f):
    decorated(wrapped_n)

ways = [plain, Init, Defaults, Slots, Derived, Mixed, One, make, Trying, warm, New, WithMeta, Attribute,
        lambda n: Object(n)(), lambda n: Object(n).value, lambda n: Object(n).short, lambda n: Object(n).nothing,
        lambda n: Object(n) + 1, lambda n: Object(n) < 1, lambda n: Object(n)[1], lambda n: len(Object(n)),
        lambda n: str(Object(n)), lambda n: iter(Object(n)), lambda n: 1 in Object(n), lambda n: Object(n).__enter__(),
        lambda n: setattr(Object(n), "x", 1), finally_, with_, lambda n: list(from_(n)), lambda n: list(for_(n)), expression,
        comprehension, lambda n: coroutine(n).send(None), key, mapped, partial, reduced, executed, body, decorated]

def depth(way):
    n = [0]
    wrapped_n[0] = 0
    try:
        way(n)
    except RecursionError:
        pass
    except AttributeError as error:
        print(type(error).__name__, end=" ")
    return n[0] or wrapped_n[0]

def below(frames, way):
    return below(frames - 1, way) if frames else depth(way)

def all_ways(place):
    for number, way in enumerate(ways):
        print(place, number, depth(way), depth(way), *(below(frames, way) for frames in (3, 50)))
"""

RECURSION = [
    Case("usual limit", WAYS + "all_ways('main')\n", collectors=COLLECTORS),
    Case("low limit in a thread", WAYS + """
sys.setrecursionlimit(170)
thread = threading.Thread(target=all_ways, args=("thread",))
thread.start()
thread.join()
""", collectors=COLLECTORS),
    Case("imported", "import sys\nsys.setrecursionlimit(777)\nimport ways\nways.all_ways('module')\n", files={"ways.py": WAYS},
         collectors=("function,line", "function,line,memory,bytecode")),
]

Comparison = cases(RECURSION)

if __name__ == "__main__":
    main()
