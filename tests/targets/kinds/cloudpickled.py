"""Functions taken apart by cloudpickle and put together again: clean, the same bytes, and counted where they come alive."""
# needs: cloudpickle
# counts: used=6
import hashlib
import pickle
import cloudpickle


def maker(n):
    def used(x):
        return [x + n for _ in range(2)]

    class Local:
        def method(self): return used(n)
    return used, Local, lambda y: used(y)


used, Local, lam = maker(3)
dumped = cloudpickle.dumps((used, Local, lam))
loaded = pickle.loads(dumped)
print(loaded[0](1), loaded[1]().method(), loaded[2](5), used(1), lam(2), Local().method())
print(loaded[0].__code__ == used.__code__, b"probe" in dumped, len(cloudpickle.dumps(used)), hashlib.sha1(cloudpickle.dumps(maker(1)[0])).hexdigest())
