"""numpy: a large extension module; callbacks from it, functions made into ufuncs, errors that go through it."""
# needs: numpy
# counts: called scaled
import numpy as np


def called(x):
    return x * 2


def scaled(row):
    return row / row.max()


a = np.arange(12.0).reshape(3, 4)
print(np.vectorize(called)(a).sum(), np.apply_along_axis(scaled, 1, a + 1).round(3), np.fromfunction(lambda i, j: i + j, (2, 2)))
print(np.frompyfunc(called, 1, 1)([1, 2]), sorted(a[0], key=lambda v: -v), np.piecewise(a[0], [a[0] < 2], [lambda v: -v, 5]))
try:
    np.vectorize(lambda x: 1 / 0)([1])
except ZeroDivisionError as error:
    print(error)
with np.errstate(all="raise"):
    try:
        np.array([1.0]) / 0
    except FloatingPointError as error:
        print(error)
