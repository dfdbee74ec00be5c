"""What a program can learn about its own code: inspect, dis, code objects, frames, offsets, tracebacks, gc, sizes, references."""
# counts: outer=1 renamed=1 here=4 inner=1 traced=1 listing=2 offsets=1 generator=1
import copy
import dis
import gc
import inspect
import io
import marshal
import pickle
import sys
import traceback
import types
import weakref


def outer(a, b=2, *c, d, **e):
    """Documentation."""
    x = [i for i in range(a)]

    def inner(y):
        return x, y, a
    return inner


def listing(code, **options):
    out = io.StringIO()
    dis.dis(code, file=out, **options)
    return out.getvalue()


def code_parts(code):
    return [(name, getattr(code, name)) for name in sorted(dir(code)) if name.startswith("co_")
            and name not in ("co_consts", "co_lnotab", "co_lines", "co_positions", "co_branches")]


inner = outer(3, d=1)
print(listing(outer), listing(inner, show_caches=True), dis.code_info(outer))
for function in (outer, inner, lambda: (yield), Exception):
    if inspect.isfunction(function):
        print(code_parts(function.__code__), [type(c).__name__ for c in function.__code__.co_consts])
print([c.co_name for c in outer.__code__.co_consts if isinstance(c, types.CodeType)])
print(inner.__code__ in outer.__code__.co_consts, [c is inner.__code__ for c in outer.__code__.co_consts if hasattr(c, "co_name")])
print(len(marshal.dumps(outer.__code__)), marshal.loads(marshal.dumps(outer.__code__)) == outer.__code__, hash(outer.__code__) == hash(marshal.loads(marshal.dumps(outer.__code__))))
print(outer.__code__ == outer.__code__.replace(), outer.__code__ is outer.__code__, outer.__code__ != inner.__code__, {outer.__code__: 1}[outer.__code__.replace()])
print([*outer.__code__.co_lines()], len([*outer.__code__.co_positions()]) == len(outer.__code__.co_code) // 2)
print(sys.getsizeof(outer.__code__), sys.getsizeof(inner), sys.getrefcount(outer), inspect.getsource(inner), inspect.signature(outer))


# Code made by hand, and functions made of it.
renamed = types.FunctionType(outer.__code__.replace(co_name="renamed", co_firstlineno=500), globals(), "n", (1,))
print(renamed(2, d=3)(4), renamed.__code__.co_name, renamed.__code__.co_firstlineno, renamed.__name__)
source = compile("def f(x):\n    return x * 3\nresult = f(5)\n", "made", "exec")
space = {}
exec(source, space)
print(space["result"], space["f"].__code__ is source.co_consts[0], space["f"].__code__.co_code == source.co_consts[0].co_code)
swapped = lambda x: x
swapped.__code__ = space["f"].__code__
print(swapped(4), swapped.__code__ is space["f"].__code__, swapped.__name__)
for bad in (lambda: setattr(swapped, "__code__", 1), lambda: setattr(swapped, "__code__", inner.__code__), lambda: delattr(swapped, "__code__"),
            lambda: types.FunctionType(1, {}), lambda: types.FunctionType(inner.__code__, {}), lambda: outer.__code__.replace(co_code=1)):
    try:
        print(bad())
    except Exception as error:
        print(type(error).__name__, error)
rebuilt = types.CodeType(*(getattr(space["f"].__code__, n) for n in
                           ("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags", "co_code",
                            "co_consts", "co_names", "co_varnames", "co_filename", "co_name", "co_qualname", "co_firstlineno",
                            "co_linetable", "co_exceptiontable", "co_freevars", "co_cellvars")))
print(rebuilt == space["f"].__code__, types.FunctionType(rebuilt, {})(7), type(rebuilt).__name__)


# Frames and offsets.
def offsets():
    seen = []

    def here():
        frame = sys._getframe(1)
        instruction = {i.offset: i.opname for i in dis.get_instructions(frame.f_code)}
        at = frame.f_lasti
        while at not in instruction or instruction[at] == "CACHE":
            at -= 2
        seen.append((frame.f_lasti, instruction[at], frame.f_lineno - frame.f_code.co_firstlineno, frame.f_code is offsets.__code__))
    here()
    for i in range(2):
        if i: here(); here()
    try:
        here() or 1 / 0
    except ZeroDivisionError as error:
        at = error.__traceback__
        seen.append((at.tb_lasti, at.tb_lineno - offsets.__code__.co_firstlineno, at.tb_frame.f_code is offsets.__code__))
        made = types.TracebackType(None, at.tb_frame, at.tb_lasti, at.tb_lineno)
        seen.append((made.tb_lasti, made.tb_lasti == at.tb_lasti, traceback.format_tb(made) == traceback.format_tb(at)))
        seen.append(inspect.getframeinfo(made).positions if hasattr(inspect.Traceback, "positions") else None)
    seen.append(inspect.getframeinfo(sys._getframe()).positions)
    seen.append([(f.function, f.lineno, f.positions) for f in inspect.stack()][:2])
    return seen


for line in offsets():
    print(line)


def generator():
    at = yield sys._getframe().f_lasti
    at = yield sys._getframe().f_lasti
    yield (yield)


async def coroutine(): pass
async def agen(): yield


g, c, a = generator(), coroutine(), agen()
print(g.gi_frame.f_lasti, next(g), g.gi_frame.f_lasti, g.gi_code is generator.__code__, next(g), g.gi_frame.f_lasti, g.gi_frame.f_lineno - generator.__code__.co_firstlineno)
print(c.cr_code is coroutine.__code__, a.ag_code is agen.__code__, c.cr_frame.f_lasti, sys.getsizeof(g), sys.getsizeof(c), sys.getsizeof(a), sys.getsizeof(sys._getframe()))
c.close()
print(inspect.getgeneratorstate(g), inspect.getgeneratorlocals(g), inspect.getclosurevars(inner).nonlocals)


# What the collector knows.
class Thing:
    pass


def holders(code): return sorted(getattr(h, "__name__", type(h).__name__) for h in gc.get_referrers(code) if inspect.isfunction(h))


print(holders(outer.__code__), holders(swapped.__code__), outer.__code__ in gc.get_referents(outer), gc.is_tracked(outer), gc.is_tracked(outer.__code__))
print([type(o).__name__ for o in gc.get_referents(inner)], any("probe" in type(o).__name__ for o in gc.get_objects()))
temporary = types.FunctionType(outer.__code__.replace(co_name="temporary"), {}, "t", (1,))
ends = [weakref.ref(temporary, lambda _: print("function ended")), weakref.ref(temporary.__code__, lambda _: print("code ended"))]
del temporary
ran = compile("1", "ran", "exec")
exec(ran)
ends.append(weakref.ref(ran, lambda _: print("module code ended")))
watched = compile("2", "ran", "exec")
ends.append(weakref.ref(watched, lambda _: print("watched code ended")))
exec(watched)
del watched
print("between")
del ran
exec("")
print("references", [end() for end in ends], sys.getrefcount(Thing))
print(copy.copy(outer) is outer, copy.deepcopy([outer])[0] is outer, pickle.loads(pickle.dumps(outer)) is outer)
try:
    pickle.dumps(outer.__code__)
except TypeError as error:
    print(error)


# Bytecode in traces: the same offsets.
def traced(n):
    total = 0
    for i in range(n):
        total += i
    return total


events = []
def trace(frame, event, argument):
    if frame.f_code is traced.__code__:
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti))
        return trace
sys.settrace(trace)
traced(2)
sys.settrace(None)
print(events)
