"""Objects' lives: finalizers, weak references, cycles, collections at the same moment, callbacks, references, the end."""
# counts: make=4000 scope=1 raising=1 cycle=1 temporary=1 loop=1 generator=2 closure=1 count_references=1 function_of_its_own=1 make_class=1 last=1
import atexit
import gc
import sys
import tracemalloc
import weakref


class Tracked:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)


class Node:
    pass


def scope():
    a = Tracked("local")
    b = [a]
    del a
    print("in scope")
    return len(b)


def raising():
    kept = Tracked("in frame of exception")
    raise ValueError("x")


def cycle(name):
    node = Node()
    node.me, node.tracked = node, Tracked(name)


def temporary():
    return Tracked("temporary").name


def loop():
    for i in range(3):
        each = Tracked(i)
        print("round", i)


def generator():
    held = Tracked("held by generator")
    try:
        yield 1
        yield 2
    finally:
        print("generator ends")


def closure():
    held = Tracked("in closure")
    return lambda: held


def count_references(thing): return sys.getrefcount(thing)


gc.collect()
print(scope(), temporary())
loop()
try:
    raising()
except ValueError as error:
    print("caught", error)
print("after")
held = closure()
held = None
g = generator()
next(g)
del g
cycle("cycle")
print("collected", gc.collect())
thing = object()
print(sys.getrefcount(thing), count_references(thing), (lambda x: sys.getrefcount(x))(thing), [sys.getrefcount(thing) for _ in range(2)])
print(sys.getrefcount(scope), sys.getrefcount(Tracked), sys.getrefcount(None) > 0)

# How often collections happen depends on how many objects there are: what the profiler makes is not counted.
collections, made = [], 0
gc.callbacks.append(lambda phase, info: collections.append((phase, info["generation"], info["collected"], made)))


def make(n):
    node = Node()
    node.me = node
    return [n]


gc.collect()
print(gc.get_count()[0] < 50)
for made in range(4000):
    make(made)
    if made % 400 == 0:
        exec(f"def late{made}(x):\n    y = [x for _ in range(3)]\n    return lambda: y\nlate{made}(1)()")
gc.callbacks.pop()
print(len(collections), [generation for phase, generation, collected, at in collections])
print(len([o for o in gc.get_objects() if isinstance(o, tuple) and any(type(x).__name__ == "probe" for x in o)]))


def function_of_its_own():
    def inner(): return 1
    return inner


ends = [weakref.ref(f, lambda _, n=n: print("function", n, "ended")) for n, f in enumerate([function_of_its_own(), lambda: 2])]
print([end() for end in ends], weakref.WeakValueDictionary(a=scope)["a"] is scope)
finalizer = weakref.finalize(Tracked("finalized"), print, "finalizer runs")
print(finalizer.alive)
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()


class Resurrecting:
    def __del__(self):
        kept.append(self)


kept = []
Resurrecting()
print(len(kept))


class Metaclass(type):
    def __del__(cls): print("class ends", cls.__name__)


def make_class(): return Metaclass("Short", (), {"f": lambda self: 1})().f()


print(make_class(), gc.collect() > 0)


def objects_of_first_calls():
    class Local:
        def __eq__(self, other): return False
        def nothing(self, number=1): pass
    def generate(): yield 1
    local = Local()
    before = len(gc.get_objects())
    local == local
    local.nothing()
    list(generate())
    return len(gc.get_objects()) - before


print([objects_of_first_calls() for _ in range(3)])
tracemalloc.start()
data = [bytes(1000) for _ in range(10)]
snapshot = tracemalloc.take_snapshot()
mine = [s for s in snapshot.statistics("lineno") if s.traceback[0].filename == __file__]
print(max(s.size for s in mine) > 10000)
tracemalloc.stop()
atexit.register(print, "at exit")
atexit.register(lambda: print("lambda at exit"))


@atexit.register
def last():
    try:
        raise KeyError("in atexit")
    except KeyError as error:
        print(error)


at_the_end = Tracked("module global")
in_cycle = Node()
in_cycle.me, in_cycle.tracked = in_cycle, Tracked("global cycle")
left = generator()
next(left)
sys.at_the_very_end = Tracked("in sys")
