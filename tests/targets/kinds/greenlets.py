"""Greenlets that switch in the middle of everything: deep in calls, in generators, in callbacks from C, with exceptions."""
# needs: greenlet
# counts: leaf work producer consumer deep ping pong key in_generator catching unwound child numbers thread_work never
import gc
import threading
from greenlet import GreenletExit, getcurrent, greenlet


def leaf(x):
    return x + 1


def work(n):
    total = 0
    for i in range(n):
        total += leaf(i)
    return total


def producer(n):
    for i in range(n):
        leaf(i)  #: 30
        consuming.switch(i)  #: 30
    return "produced"  #: 1


def consumer(first):
    total = first
    while True:
        total += leaf(getcurrent().parent.switch(total))  #: 30


consuming = greenlet(consumer)
print(producer(30), work(5))


def deep(n, then):
    return then(n) if n == 0 else deep(n - 1, then) + 1


def ping(n):
    for i in range(n):
        deep(i % 7, lambda _: pong_greenlet.switch(i) or 0)
        leaf(i)  #: 40
    return "ping done"  #: 1


def pong(first):
    while True:
        first = deep(first % 5, lambda _: ping_greenlet.switch(leaf(0)) or 0)


ping_greenlet, pong_greenlet = greenlet(ping), greenlet(pong)
print(ping_greenlet.switch(40), work(3))


def key(x):
    getcurrent().parent.switch(leaf(x))
    return -x


sorting = greenlet(lambda: sorted([3, 1, 2], key=key))
steps = [sorting.switch()]
while not sorting.dead:
    steps.append(sorting.switch())
print(steps)


def numbers(n):
    for i in range(n):
        getcurrent().parent.switch("from generator")  #: 20
        yield leaf(i)  #: 20


def in_generator(n):
    return [x for x in numbers(n)], sum(numbers(2))


several = [greenlet(in_generator) for _ in range(4)]
results = [g.switch(3) for g in several]
while several:
    for g in several[:]:
        result = g.switch()
        if g.dead:
            several.remove(g)
            results.append(result)
print(results)


def catching():
    caught = 0
    while True:
        try:
            getcurrent().parent.switch(work(2))
        except ValueError:
            caught = leaf(caught)  #: 3
            if caught == 3:
                return caught


catcher = greenlet(catching)
catcher.switch()
print([catcher.throw(ValueError("x")) for _ in range(3)], catcher.dead)


def unwound(depth):
    if depth:
        return unwound(depth - 1)
    getcurrent().parent.switch()
    raise LookupError("inside")


failing = greenlet(unwound)
failing.switch(10)
try:
    failing.switch()
except LookupError as error:
    print(error, work(2))


def child(n, log):
    try:
        if n:
            inner = greenlet(child)
            inner.switch(n - 1, log)
        deep(4, lambda _: getcurrent().parent.switch() or 0)
    except GreenletExit:
        log.append(leaf(n))
        work(1)
    finally:
        leaf(0)


log = []
killed = greenlet(child)
killed.switch(3, log)
work(1)
del killed
gc.collect()
print(sorted(log), work(4))
several = [greenlet(work) for _ in range(100)]
print(sum(g.switch(i) for i, g in enumerate(several)))


def never(): print("never")


unstarted = greenlet(never)
unstarted.throw()
print(unstarted.dead)


def thread_work(out):
    inner = greenlet(lambda n: [getcurrent().parent.switch(leaf(i)) for i in range(n)])
    out.append([inner.switch(5)] + [inner.switch() for _ in range(4)])


out = []
threads = [threading.Thread(target=thread_work, args=(out,)) for _ in range(5)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(out)


def chain(n):
    """Each greenlet runs in one that was started by the one before."""
    return greenlet(chain).switch(n - 1) + 1 if n else getcurrent().parent is not None


print(chain(50), work(6))
