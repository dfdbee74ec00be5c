"""Threads: hundreds of them, one after the other and at once, with generators handed around, locals, pools, stack sizes."""
# counts: fib work store advance generator shared locally raising exiting meet in_context consume wait_for_it
import concurrent.futures
import contextvars
import itertools
import queue
import sys
import threading
import _thread


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def leaf(x):
    return x + 1


def work(n):
    total = 0
    for i in range(n):
        total += leaf(i)
    return total


def store(index, n):
    results[index] = work(n)


results = {}
for start in range(0, 300, 50):  # at once
    threads = [threading.Thread(target=store, args=(i, 20)) for i in range(start, start + 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(results), set(results.values()))
for i in range(200):  # one after the other
    thread = threading.Thread(target=store, args=(i, 3))
    thread.start()
    thread.join()
print(sum(results.values()))

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=lambda n=n: results.__setitem__(f"fib{n}", fib(n))) for n in range(12, 18)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print([results[f"fib{n}"] for n in range(12, 18)])


# One generator that many threads advance.
def shared():
    for i in itertools.count():
        yield leaf(i)


class Locked:
    def __init__(self, iterator):
        self.iterator, self.lock = iterator, threading.Lock()

    def __iter__(self): return self

    def __next__(self):
        with self.lock:
            return next(self.iterator)


numbers = Locked(shared())
taken = []
threads = [threading.Thread(target=lambda: taken.extend(itertools.islice(numbers, 50))) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(taken) == [*range(1, 401)])


def generator(n):
    for i in range(n):
        yield leaf(i)


def advance(g, out): out.append(next(g))


moved, out = generator(30), []
for _ in range(30):
    thread = threading.Thread(target=advance, args=(moved, out))
    thread.start()
    thread.join()
print(out == [*range(1, 31)], next(moved, "end"))

local = threading.local()
local.x = "main"


def locally():
    try:
        local.x
    except AttributeError as error:
        out.append(type(error).__name__)
    local.x = "other"


thread = threading.Thread(target=locally)
thread.start()
thread.join()
print(local.x, out[-1])
tasks, done = queue.Queue(), queue.Queue()


def consume():
    while (item := tasks.get()) is not None:
        done.put(work(item))


threads = [threading.Thread(target=consume) for _ in range(4)]
for thread in threads: thread.start()
for i in range(40): tasks.put(i)
for _ in threads: tasks.put(None)
for thread in threads: thread.join()
print(sum(done.get() for _ in range(40)))
with concurrent.futures.ThreadPoolExecutor(5) as pool:
    print(sum(pool.map(work, range(30))), pool.submit(fib, 10).result(), [f.result() for f in [pool.submit(leaf, i) for i in range(5)]])
    print(type(pool.submit(lambda: 1 / 0).exception()).__name__)
for size in (65536, 1 << 20):
    threading.stack_size(size)
    thread = threading.Thread(target=store, args=("sized", 5))
    thread.start()
    thread.join()
threading.stack_size(0)
event = threading.Event()
_thread.start_new_thread(lambda: (leaf(1), event.set()), ())
event.wait()
variable = contextvars.ContextVar("v", default=0)


def in_context(n):
    variable.set(n)
    return variable.get()


print([contextvars.copy_context().run(in_context, i) for i in range(3)], variable.get())


def raising(n):
    leaf(n)
    raise ValueError(n)


caught = []
threading.excepthook = lambda info: caught.append((info.exc_type.__name__, str(info.exc_value)))
threads = [threading.Thread(target=raising, args=(i,)) for i in range(5)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(caught))


def exiting(n):
    leaf(n)
    sys.exit(n)


thread = threading.Thread(target=exiting, args=(3,))
thread.start()
thread.join()
barrier = threading.Barrier(6, action=lambda: caught.append("all here"))


def meet():
    barrier.wait()
    leaf(0)


threads = [threading.Thread(target=meet) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(caught[-1])
condition, ready = threading.Condition(), []


def wait_for_it():
    with condition:
        condition.wait_for(lambda: ready)
        ready.append(leaf(1))


thread = threading.Thread(target=wait_for_it)
thread.start()
with condition:
    ready.append(0)
    condition.notify_all()
thread.join()
timer = threading.Timer(0.001, leaf, (1,))
timer.start()
timer.join()
print(ready, threading.active_count())


# Daemon threads that are at it when the interpreter ends.
def endless():
    n = 0
    while True:
        n = leaf(n)
        if n == 1000:
            started.release()


def sleeping():
    started.release()
    threading.Event().wait()


started = threading.Semaphore(0)
for target in (endless, endless, sleeping):
    threading.Thread(target=target, daemon=True).start()
for _ in range(3):
    started.acquire()
print("end")
