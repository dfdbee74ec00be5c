"""Comprehensions of every kind, lambdas, functions on one line, closures, default arguments and the walrus."""
data = range(6)
print([x * y for x in data for y in range(x) if (x + y) % 2], {x: x * x for x in data}, {x % 3 for x in data})
print([[a + b for a in range(3)] for b in range(3)], [*(i for i in (j for j in data) if i)], {k: [v for v in range(k)] for k in data})
print([last := x for x in data], last, [y for x in data if (y := x % 4)], sum(x for x in data), sorted(x for x in [3, 1, 2]))
def one_line(x): return x + 1
def another(x): y = x; return y * 2
def loops(n): return [one_line(i) for i in range(n)]; print("never")
add = lambda a, b=2, *c, d=4, **e: (a, b, c, d, e)
compose = lambda *fs: lambda x: [x := f(x) for f in fs][-1]
print(one_line(1), another(2), loops(3), add(1), add(1, 3, 5, d=6, z=7), compose(one_line, another, str)(3))
functions = [lambda: i for i in range(3)]
bound = [lambda i=i: i for i in range(3)]
print([f() for f in functions], [f() for f in bound], (lambda: (yield))().send(None), [*(lambda: (yield from data))()])


def counter():
    total = 0

    def add(n):
        nonlocal total
        total += n
        return total

    def read(): return total
    return add, read


class Scope:
    names = ["a", "b"]
    upper = [name.upper() for name in names]
    pairs = {name: (lambda self, name=name: name * 2) for name in names}

    def method(self): return [self.value(n) for n in self.names if n in __class__.names]
    def value(self, n): return n, len(n)


add_to, read = counter()
print([add_to(i) for i in data], read(), Scope.upper, Scope().method(), Scope.pairs["b"](None))


def deep(n):
    def level(m):
        def inner(k): return n + m + k
        return [inner(k) for k in range(m)]
    return {m: level(m) for m in range(n)}


def shadow(x):
    y = [x for x in range(x)]
    z = [[x for x in range(x)] for x in y]
    return x, y, z, [x for x in [x]]


def raising(n):
    try:
        return [1 / (i - n) for i in range(9)]
    except ZeroDivisionError as error:
        return str(error), error.__traceback__.tb_lineno - raising.__code__.co_firstlineno


def recursive(n): return [recursive(n - 1) for _ in range(2)] if n else 0
def conditional(x): return "big" if x > 3 else "small" if x else "none"
def chained(a, b, c): return a < b < c, a < b > c, not a, a and b or c
def unpacked(*a, **k): return (*a, *k), {**k, "z": 1}, [*a, *a]


print(deep(4), shadow(3), raising(4), recursive(4), [conditional(x) for x in (0, 2, 5)], chained(1, 2, 3), unpacked(1, 2, x=3))
print((lambda n: (lambda f: f(f, n))(lambda f, n: n * f(f, n - 1) if n else 1))(10), max(data, key=lambda v: (v * 7) % 5))
print([f"{x!r:>{w}}" for x in ("a", 1.5) for w in (4, 6)], f"{(lambda: 3)()}", {**{x: y for x, y in zip("ab", data)}})
try:
    [undefined for _ in [1]]
except NameError as error:
    print(error)
try:
    print([x for x in data if 1 / x])
except ZeroDivisionError as error:
    print(error)
print([[z for z in y] for y in [[x] * x for x in data] if y], [a or b for a in (0, 1) for b in (2, 3)], [0 for _ in ()])
