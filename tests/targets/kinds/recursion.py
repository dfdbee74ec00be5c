"""Recursion up to the limit: the same depth, the same error, caught and going on; deep recursion through C; deep data."""
# status: 1
# counts: direct=4144 in_finally=4144 by_map=4144 ping=2072 pong=2072 sized=20902 cached=301 depth_of=42 to_the_end=999
import functools
import json
import re
import sys


def depth_of(function, *arguments):
    """How deep it comes."""
    global depth
    depth = 0
    try:
        function(*arguments)
    except RecursionError as error:
        return depth, str(error)
    return depth, "no error"


def direct(n):
    global depth
    depth = n
    return direct(n + 1)


def ping(n):
    global depth
    depth = n
    pong(n + 1)


def pong(n): ping(n + 1)


def in_finally(n):
    global depth
    depth = n
    try:
        in_finally(n + 1)
    finally:
        depth += 0


def catching(n):
    """The error is caught in the deepest frame and the recursion goes on from there."""
    global depth, caught
    depth = max(depth, n)
    try:
        return catching(n + 1)
    except RecursionError:
        caught += 1
        if caught > 3:
            raise
        return catching(n)


def generator(n):
    global depth
    depth = n
    yield from generator(n + 1)


def by_map(n):
    global depth
    depth = n
    return list(map(by_map, [n + 1]))


def by_sorted(n):
    global depth
    depth = n
    sorted([1, 2], key=lambda _: by_sorted(n + 1))


def by_reduce(n):
    global depth
    depth = n
    functools.reduce(lambda a, b: by_reduce(n + 1), [1, 2, 3])


class Recursive:
    def __init__(self, n):
        global depth
        depth = n
        Recursive(n + 1)


class Attribute:
    def __getattr__(self, name):
        global depth
        depth += 1
        return getattr(self, name + "x")


class Comparing:
    def __eq__(self, other):
        global depth
        depth += 1
        return [self] == [Comparing()]


class Shown:
    def __repr__(self):
        global depth
        depth += 1
        return repr([self])


class Called:
    def __call__(self, n):
        global depth
        depth = n
        self(n + 1)


lam = lambda n: (globals().__setitem__("depth", n), lam(n + 1))
caught = 0
for limit in (1000, 150, 3000):
    sys.setrecursionlimit(limit)
    for function, arguments in ((direct, [0]), (ping, [0]), (in_finally, [0]), (by_map, [0]), (by_sorted, [0]), (by_reduce, [0]),
                                (Recursive, [0]), (lambda: Attribute().a, []), (lambda: Comparing() == 1, []), (lambda: repr(Shown()), []),
                                (Called(), [0]), (lam, [0]), (lambda: list(generator(0)), []), (catching, [0])):
        name = getattr(function, "__name__", "?")
        reached, error = depth_of(function, *arguments)
        # From 3.12 on making an object is one level or two, as far as the interpreter has specialised the call.
        print(limit, name, reached > limit // 3 if function is Recursive and sys.version_info >= (3, 12) else reached, error)
    print("caught", caught)
    caught = 0
sys.setrecursionlimit(1000)


def sized(n): return 1 + sized(n - 1) if n else 0


@functools.lru_cache(None)
def cached(n): return cached(n - 1) + 1 if n else 0


print(sized(900), cached(300))
try:
    json.loads("[" * 100000)
except RecursionError as error:
    print("json", re.sub(r"\d+ kB", "N kB", str(error)))
nested = None
for _ in range(500):
    nested = [nested]
print(len(repr(nested)), len(json.dumps(nested)))
try:
    eval("+".join(["1"] * 3) + "+" + "(" * 150 + "1" + ")" * 150)
except (MemoryError, SyntaxError, RecursionError) as error:
    print(type(error).__name__)
sys.setrecursionlimit(100000)
print(sized(20000))


def to_the_end(n):
    to_the_end(n + 1)


sys.setrecursionlimit(1000)
to_the_end(0)
