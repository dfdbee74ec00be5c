"""gevent: greenlets that switch from within C code, with timeouts, pools, queues, a patched standard library."""
# needs: gevent
# counts: fetch producer leaf worker
from gevent import monkey
monkey.patch_all()
import gevent
import gevent.event
import gevent.pool
import gevent.queue
import queue
import socket
import subprocess
import threading
import time


def leaf(x):
    return x + 1


def fetch(n):
    time.sleep(0.001 * (n % 3))
    return leaf(n)  #: 40


def producer(q, n):
    for i in range(n):
        q.put(leaf(i))  #: 30
        gevent.sleep(0)  #: 30
    q.put(StopIteration)


def consumer(q):
    return sum(q)


print(sum(job.value for job in gevent.joinall([gevent.spawn(fetch, i) for i in range(40)])))
q = gevent.queue.Queue(3)
jobs = [gevent.spawn(consumer, q), gevent.spawn(producer, q, 30)]
gevent.joinall(jobs)
print(jobs[0].value)
pool = gevent.pool.Pool(4)
print(sorted(pool.imap_unordered(lambda x: leaf(x) * 2, range(10))), pool.map(leaf, range(5)))
try:
    with gevent.Timeout(0.01):
        while True:
            gevent.sleep(0.001)
except gevent.Timeout as late:
    print("late", late.seconds)


def failing():
    gevent.sleep(0)
    raise ValueError("inside")


gevent.get_hub().print_exception = lambda *_: None
job = gevent.spawn(failing)
job.join()
print(type(job.exception).__name__)
killed = gevent.spawn(gevent.sleep, 1000)
gevent.sleep(0)
killed.kill()
print(killed.dead, killed.value)
results = queue.Queue()


def worker(n):
    for i in range(5):
        time.sleep(0)
        results.put(leaf(n * i))


threads = [threading.Thread(target=worker, args=(n,)) for n in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(results.get() for _ in range(30)))
left, right = socket.socketpair()


def serve():
    while data := right.recv(10):
        right.send(data.upper())


server = gevent.spawn(serve)
for word in (b"a", b"bc"):
    left.send(word)
    print(left.recv(10))
left.close()
server.join()
print(subprocess.run(["echo", "sub"], capture_output=True).stdout)
event = gevent.event.AsyncResult()
gevent.spawn_later(0.001, event.set, "set")
print(event.get(), gevent.getcurrent().dead)
