"""Generators in every way they can be driven: send, throw, close, delegation, return values, re-entry, ends by collection."""
import gc
import sys


def count(n):
    received = []
    for i in range(n):
        try:
            value = yield i
        except KeyError as error:
            value = yield ("caught", repr(error))
        received.append(value)
    return received


def delegate(n):
    result = yield from count(n)
    nothing = yield from [10, 20]
    return result, nothing


def delegate_deeper(n, depth):
    if depth:
        return (yield from delegate_deeper(n, depth - 1))
    return (yield from count(n))


class Iterator:
    """Delegation to what is no generator; with send and throw of its own."""

    def __init__(self):
        self.left = 3

    def __iter__(self):
        return self

    def __next__(self):
        return self.send(None)

    def send(self, value):
        if not self.left:
            raise StopIteration(value)
        self.left -= 1
        return self.left, value

    def throw(self, kind, value=None, traceback=None):
        return "thrown", repr(value or kind)

    def close(self):
        print("closed")


def through(iterator):
    return (yield from iterator)


def drain(generator):
    out = []
    try:
        while True:
            out.append(next(generator))
    except StopIteration as stop:
        return out, stop.value


def catching():
    while True:
        try:
            yield "waiting"
        except GeneratorExit:
            print("exit", sys._getframe().f_lineno - catching.__code__.co_firstlineno)
            raise
        except ValueError as error:
            print("value", error)
            try:
                yield "inside handler"
            finally:
                print("inner finally")


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


def never_started():
    print("must not run")
    yield


def raising(n):
    for i in range(n):
        yield i
    raise LookupError(n)


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


def reenter():
    try:
        next(running)
    except ValueError as error:
        yield str(error)


def with_return():
    return 7
    yield


def loop_with_else(n):
    for i in range(n):
        if i == 4:
            break
        yield i
    else:
        yield "else"


print(drain(count(3)), drain(delegate(2)), drain(delegate_deeper(2, 20)))
g = count(4)
print(next(g), g.send("a"), g.throw(KeyError("k")), g.send("b"), drain(g))
g = delegate(3)
print(next(g), g.throw(KeyError, KeyError("deep")), g.gi_yieldfrom.__name__, drain(g))
g = delegate_deeper(3, 30)
next(g)
print(g.throw(KeyError("deeper")), g.send(1), drain(g))
try:
    g = delegate_deeper(3, 30)
    next(g)
    g.throw(IndexError("through all"))
except IndexError as error:
    depth, at = 0, error.__traceback__
    while at:
        depth, at = depth + 1, at.tb_next
    print(error, depth)
g = through(Iterator())
print(next(g), g.send(5), g.throw(ValueError("v")), next(g))
g.close()
print(drain(through(Iterator())))

g = catching()
print(next(g), g.throw(ValueError("one")))
print(g.send(None))
print(g.throw(ValueError("two")))
g.close()
g.close()
try:
    g.throw(RuntimeError("after the end"))
except RuntimeError as error:
    print(error)
g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)
g = never_started()
g.close()
g = never_started()
try:
    g.throw(ValueError("before the start"))
except ValueError as error:
    print(error, drain(g))
del g
try:
    for value in raising(3):
        pass
except LookupError as error:
    print(error, value)
numbers = fibonacci()
print([next(numbers) for _ in range(20)], sum(tree(9)), drain(with_return()), [*loop_with_else(9)], [*loop_with_else(2)])
running = reenter()
print(next(running), [*map(lambda x: x * 2, (y for y in range(5) if y % 2))])
left = catching()
next(left)
del left
gc.collect()
several = [fibonacci() for _ in range(5)]
print([next(several[i * 7 % 5]) for i in range(60)])
try:
    exhausted = raising(0)
    next(exhausted)
except LookupError:
    print(next(exhausted, "nothing left"), exhausted.gi_frame)


def swap(rounds):
    """Two generators that run each other in turns."""
    for _ in range(rounds):
        yield
        next(other, None)


other = (x for x in fibonacci())
print(len([*swap(8)]), next(other))
print(max((yield_ for yield_ in tree(4)), default=0), any(x > 5 for x in count(10)), [*zip(count(3), fibonacci())])
