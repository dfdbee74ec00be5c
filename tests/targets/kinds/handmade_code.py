"""Code objects that no compiler made: other stack sizes and flags, odd names and lines, instructions put together by hand."""
# crashes: 3.15
# counts: made=636 attempt=64 changing=1 other=1 constant=602 uses=2 bind=1 numbers=1 letters=1 closing=1
import dis
import sys
import types

op = dis.opmap


def template(x=1, *a, y=2, **k):
    return x


def assemble(*instructions):
    """Pairs of name and operand; caches are added."""
    caches = getattr(dis, "_inline_cache_entries", None)
    out = bytearray()
    for name, operand in instructions:
        out += bytes([op[name], operand])
        count = caches.get(name, 0) if hasattr(caches, "get") else caches[op[name]] if caches else 0
        out += bytes(2 * (count if isinstance(count, int) else 0))
    return bytes(out)


def made(code, globals_=None, closure=None):
    return types.FunctionType(code, globals_ or {"__builtins__": __builtins__}, None, None, closure)


def attempt(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        at = error.__traceback__
        while at.tb_next:
            at = at.tb_next
        return type(error).__name__, str(error), at.tb_lineno


simple = compile("def f(x):\n    y = x + 1\n    for i in range(3):\n        y += i\n    return y / (x - 2)", "<made>", "exec").co_consts[0]
for changes in ({"co_stacksize": 100}, {"co_stacksize": 3000}, {"co_firstlineno": 0}, {"co_firstlineno": 100000}, {"co_firstlineno": 2 ** 31 - 10},
                {"co_name": ""}, {"co_name": "n" * 5000}, {"co_qualname": "\ud800"}, {"co_filename": ""}, {"co_filename": "\udcff/x.py"},
                {"co_filename": "f" * 20000}, {"co_filename": "/nowhere/\n.py"}, {"co_name": "\0"}, {"co_flags": simple.co_flags & ~3},
                {"co_flags": simple.co_flags | 0x2000000}, {"co_linetable": b""}, {"co_linetable": b"\x80"}, {"co_names": simple.co_names + ("more",) * 300},
                {"co_consts": simple.co_consts + (simple, (simple, 1), 1.5, frozenset([2]))}, {"co_consts": simple.co_consts * 200}):
    f = made(simple.replace(**changes))
    print(sorted(changes), attempt(f, 1), attempt(f, 2), attempt(f, 1) if len(changes) else None)

returning = assemble(("RESUME", 0), ("LOAD_FAST", 0), ("RETURN_VALUE", 0))
plain = simple.replace(co_code=returning, co_linetable=b"", co_exceptiontable=b"", co_stacksize=5)
print(made(plain)(7))
# Without a start, with starts twice, with a start that is jumped over or comes late.
print(made(plain.replace(co_code=assemble(("LOAD_FAST", 0), ("RETURN_VALUE", 0))))(8))
print(made(plain.replace(co_code=assemble(("NOP", 0), ("NOP", 0), ("RESUME", 0), ("NOP", 0), ("RESUME", 0), ("LOAD_FAST", 0), ("RETURN_VALUE", 0))))(9))
print(made(plain.replace(co_code=assemble(("JUMP_FORWARD", 1), ("RESUME", 0), ("RESUME", 0), ("LOAD_FAST", 0), ("RETURN_VALUE", 0))))(10))
print(made(plain.replace(co_code=assemble(("RESUME", 0), ("JUMP_FORWARD", 1), ("NOP", 0), ("LOAD_FAST", 0), ("RETURN_VALUE", 0), ("JUMP_FORWARD", 0), ("NOP", 0))))(11))
print(made(plain.replace(co_code=assemble(("EXTENDED_ARG", 0), ("EXTENDED_ARG", 0), ("RESUME", 0), ("EXTENDED_ARG", 0), ("LOAD_FAST", 0), ("RETURN_VALUE", 0))))(12))
print(made(plain.replace(co_code=assemble(("RESUME", 0), ("LOAD_FAST", 0), ("COPY", 1), ("SWAP", 2), ("POP_TOP", 0), ("RETURN_VALUE", 0))))(13))
# What cannot be reached may be anything.
print(made(plain.replace(co_code=returning + assemble(("POP_TOP", 0), ("POP_TOP", 0), ("RETURN_VALUE", 0), ("EXTENDED_ARG", 255))))(14))
print(made(plain.replace(co_code=returning + bytes([255, 255, 200, 1, 0, 0])))(15))
# An exception table that covers the start, a handler that is the start of nothing, entries that overlap.
raising = simple.replace(co_exceptiontable=b"")
print(attempt(made(raising), 2), attempt(made(simple.replace(co_exceptiontable=b"\x80\x01\x02\x00")), 1))

# The program changes the code of running functions, generators and methods.
def changing(n):
    changing.__code__ = other.__code__
    total = 0
    for i in range(n):
        total += i
    return total


def other(n):
    return "other", n


print(changing(4), changing(4))


def numbers():
    yield 1
    yield 2
    yield 3


def letters():
    yield "a"
    yield "b"


g = numbers()
print(next(g))
numbers.__code__ = letters.__code__
print(next(g), [*numbers()], [*g])


def closing():
    free = 5

    def inner(x): return free + x
    return inner


inner = closing()
print(made(inner.__code__, closure=inner.__closure__)(1), made(inner.__code__.replace(co_name="renamed"), closure=(types.CellType(9),))(1))
print(attempt(lambda: made(inner.__code__)), attempt(lambda: exec(inner.__code__)), exec(inner.__code__.replace(co_freevars=(), co_argcount=0, co_code=assemble(("RESUME", 0), ("LOAD_CONST", 0), ("RETURN_VALUE", 0)), co_nlocals=1)))

# Optimisers that exchange constants and names, as decorators on the net do.
def constant(x): return x + 1000


print(made(constant.__code__.replace(co_consts=tuple(2000 if c == 1000 else c for c in constant.__code__.co_consts)))(1), constant(1))


def bind(function, **values):
    names = function.__code__.co_names
    return made(function.__code__, {**function.__globals__, **values})


def uses(x): return helper(x) + 1


print(bind(uses, helper=lambda v: v * 100)(2))
try:
    uses(1)
except NameError as error:
    print(error)
for i in range(300):  # the same code again and again in new functions
    assert made(constant.__code__)(i) == i + 1000
for i in range(300):  # new code each time
    assert made(constant.__code__.replace(co_firstlineno=1000 + i % 7))(i) == i + 1000
print(template(5), types.CodeType, sys.getrefcount(constant.__code__) < 20)
