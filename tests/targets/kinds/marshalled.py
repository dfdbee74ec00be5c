# counts: none
"""marshal marks what has more than one reference: those that twins hold do not count."""
import hashlib
import marshal
import sys

source = '''
"""module doc"""
import os
X = 1234.5
def f(a, b=(1, 2, "three four"), *c):
    "doc of f"
    def inner(x):
        y = 99999999999999999999 + x
        return [y for _ in (1.5, "lit eral", b"by tes")], frozenset({1, 2}), x in {"a b", "c d"}
    return inner(a), 12.75, ("x y", 3)
class C:
    "doc of C"
    def m(self): return 77.25, self
    def n(self): return lambda q: q + 1e9
value = "one two".split()
'''
code = compile(source, "some file.py", "exec")


def show(name, c): print(name, hashlib.md5(marshal.dumps(c)).hexdigest(), len(marshal.dumps(c)))


def named(c, path):
    for name in path:
        c = next(x for x in c.co_consts if getattr(x, "co_name", 0) == name)
    return c


show("never ran", code)
space = {}
exec(code, space)
show("ran", code)
space["f"](3); space["C"]().m(); k = space["C"]().n()
show("called", code); show("k", k.__code__)
show("f", space["f"].__code__); show("inner", named(code, ["f", "inner"])); show("m", named(code, ["C", "m"]))
del space, k
show("all gone", code)
show("own", sys._getframe().f_code)
