"""match, with, try/finally, exception groups, loops with else: every way control can leave a block."""
import contextlib
import dataclasses


@dataclasses.dataclass
class Point:
    x: int
    y: int


def matching(value):
    match value:
        case 0 | 1:
            return "small"
        case int(n) if n > 100:
            return f"large {n}"
        case int():
            pass
        case []:
            return "empty"
        case [x]:
            return "one", x
        case [first, *rest, last]:
            return first, rest, last
        case {"kind": kind, **others}:
            return kind, others
        case Point(x=0, y=y):
            return "axis", y
        case Point(x, y) as point if x == y:
            return "diagonal", point
        case str() | bytes():
            return "text"
        case None | True | False:
            return "constant"
        case _:
            return "other"
    return "number"


print([matching(v) for v in (0, 7, 500, [], [1], [1, 2, 3, 4], {"kind": "k", "a": 1}, Point(0, 2), Point(3, 3), Point(1, 2), "s", None, 2.5)])


class Manager:
    def __init__(self, name, swallow=(), fail=None):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        if self.fail == "enter":
            raise OSError(self.name)
        return self

    def __exit__(self, kind, value, traceback):
        log.append((self.name, kind and kind.__name__))
        if self.fail == "exit":
            raise OSError(self.name)
        return bool(kind and issubclass(kind, self.swallow))


log = []


def withs(kind):
    with Manager("a"):
        if kind == "return":
            return "returned"
        with Manager("b", (KeyError,)), Manager("c", (ValueError,)) as c:
            if kind == "key":
                raise KeyError(kind)
            if kind == "value":
                raise ValueError(c.name)
            if kind == "inner":
                return "inner"
        with (Manager("d", OSError), Manager("e", fail="exit")):
            pass
        for i in range(4):
            with Manager(i, (IndexError,)):
                if i == 1:
                    continue
                if i == 2 and kind == "break":
                    break
                if kind == "index":
                    raise IndexError
        else:
            return "else"
        with Manager("f", fail="enter"):
            log.append("never")


for kind in ("return", "key", "value", "inner", "break", "index"):
    try:
        print(kind, withs(kind), log)
    except OSError as error:
        print(kind, "OSError", error, log)
    log.clear()


def tries(kind):
    out = []
    while True:
        try:
            try:
                out.append("try")
                if kind == 0:
                    raise KeyError("k")
                if kind == 1:
                    return out
                if kind == 2:
                    break
                1 // (kind - 3)
            except KeyError as error:
                out.append(repr(error))
                raise ValueError("from key") from error
            except ZeroDivisionError:
                out.append("zero")
                raise
            else:
                out.append("else")
            finally:
                out.append("finally")
                if kind == 5:
                    return "overridden"
        except (ValueError, ZeroDivisionError) as error:
            out.append((type(error).__name__, type(error.__context__).__name__))
            kind = 2
            continue
        finally:
            out.append("outer")
        if kind == 4:
            break
    return out


print([tries(k) for k in range(6)])


def groups(errors):
    out = []
    try:
        try:
            raise ExceptionGroup("eg", errors)
        except* KeyError as group:
            out.append(("key", len(group.exceptions)))
        except* (ValueError, TypeError) as group:
            out.append(("value", [type(e).__name__ for e in group.exceptions]))
            if len(group.exceptions) > 1:
                raise IndexError("in handler")
        else:
            out.append("else")
        finally:
            out.append("finally")
    except ExceptionGroup as rest:
        out.append(("rest", str(rest), [type(e).__name__ for e in rest.exceptions]))
    return out


print(groups([KeyError(1)]), groups([ValueError(1), KeyError(2)]), groups([ValueError(1), TypeError(2), OSError(3)]), groups([OSError(1)]))


def nothing_raised():
    try:
        pass
    except* ValueError:
        print("no")
    return "fine"


def loops(n):
    found = []
    for i in range(n):
        for j in range(i):
            if j == 3:
                break
            if j % 2:
                continue
            found.append((i, j))
        else:
            found.append(i)
    k = n
    while k:
        k -= 1
        if k == 7:
            break
    else:
        found.append("exhausted")
    while False:
        found.append("never")
    return found, i, k


def finally_everywhere(n):
    for i in range(n):
        try:
            if i == 1:
                continue
            if i == 3:
                break
        finally:
            try:
                1 / (i % 2)
            except ZeroDivisionError:
                pass
            finally:
                n += 1
    return i, n


def returns_in_finally():
    for x in (1, 2):
        try:
            return x
        finally:
            if x == 1:
                continue


def reraise(depth):
    try:
        if depth == 0:
            raise LookupError("bottom")
        reraise(depth - 1)
    except LookupError as error:
        error.add_note(str(depth))
        raise
    finally:
        depth = None


print(nothing_raised(), loops(6), loops(9), finally_everywhere(5), returns_in_finally())
try:
    reraise(20)
except LookupError as error:
    print(error, len(error.__notes__))


@contextlib.contextmanager
def context(name):
    try:
        yield name
    except KeyError as error:
        print("context caught", error)
    finally:
        print("context left")


with context("a") as a, context("b"):
    raise KeyError(a)
with contextlib.ExitStack() as stack:
    for i in range(4):
        stack.enter_context(Manager(i, (KeyError,)))
    stack.callback(print, "callback")
    raise KeyError
print(log)
with contextlib.suppress(ZeroDivisionError), contextlib.redirect_stdout(None), contextlib.nullcontext():
    print("lost")
    1 / 0


def asserts(n):
    assert n, "needs n"
    assert (n > 1 and
            n < 9), (
                "range")
    del n
    try:
        n
    except UnboundLocalError as error:
        return str(error)


for n in (0, 1, 5):
    try:
        print(asserts(n))
    except AssertionError as error:
        print("assert", error)
x = 5
del x
try:
    x
except NameError as error:
    print(error)
if (y := 3) > 2: print("one line", y); y += 1
elif y: print("never")
else: print("never")
for z in (1, 2): print(z); continue
global_list: list[int] = [1, 2, *range(2)]
a, (b, *c), d = 1, (2, 3, 4), 5
a = b = c
print(global_list, a, b, c, d, ...)
