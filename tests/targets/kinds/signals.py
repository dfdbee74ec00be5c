"""Signal handlers, raising ones among them, timers that fire all the time, an interrupt in the middle of anything."""
# status: -15
# counts: handler=12 interrupted=1 inner_loop=25 alarm=25 recursive=3280 wait_for_child=1
import os
import signal
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # from 3.12 on fork warns while an ended thread is not quite gone yet
signals = []


def handler(number, frame):
    signals.append((number, frame.f_code.co_name))


def interrupted(n):
    total = 0
    for i in range(n):
        total += i
        if i % 100 == 0:
            signal.raise_signal(signal.SIGUSR1)
    return total


signal.signal(signal.SIGUSR1, handler)
print(interrupted(1000), len(signals), set(signals) == {(int(signal.SIGUSR1), "interrupted")})


class Alarm(Exception):
    pass


def alarm(number, frame):
    raise Alarm(len(alarms))


alarms = []


def inner_loop():
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        while True:
            for x in map(abs, sorted(range(50), key=lambda v: -v)):
                len("abc")
    finally:
        alarms.append("left")


signal.signal(signal.SIGALRM, alarm)
for i in range(25):
    try:
        inner_loop()
    except Alarm:
        alarms.append("alarm")
print(alarms.count("alarm"), alarms.count("left"))


def storm(number, frame):
    global storms
    storms += 1


def recursive(n): return sum(recursive(n - 1) for _ in range(3)) if n else 1


storms = 0
signal.signal(signal.SIGALRM, storm)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
print(recursive(7))
while storms < 5:
    time.sleep(0.001)
signal.setitimer(signal.ITIMER_REAL, 0)
signal.signal(signal.SIGALRM, signal.SIG_IGN)
try:
    signal.raise_signal(signal.SIGINT)
    print("not here")
except KeyboardInterrupt:
    print("interrupted")


def interrupt_soon():
    running.wait()
    os.kill(os.getpid(), signal.SIGINT)


def spin(generator):
    for _ in generator:
        pass


left = []


def endless():
    try:
        running.set()
        while True:
            yield sum(x for x in range(20))
    finally:
        left.append("generator")


def wait_for_child():
    child = os.fork()
    if child == 0:
        os._exit(3)
    while not children:
        time.sleep(0.001)


running = threading.Event()
threading.Thread(target=interrupt_soon).start()
try:
    spin(endless())
except KeyboardInterrupt:
    print("interrupted in the middle")
print(left)
children = []
signal.signal(signal.SIGCHLD, lambda *_: children.append(os.waitstatus_to_exitcode(os.waitpid(-1, 0)[1])))
wait_for_child()
print(children, signal.getsignal(signal.SIGINT) is signal.default_int_handler)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.raise_signal(signal.SIGUSR1)
before = len(signals)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
print(len(signals) - before, signal.sigpending())


def reraising(number, frame):
    try:
        handler(number, frame)
    finally:
        raise LookupError(frame.f_code.co_name)


signal.signal(signal.SIGUSR1, reraising)


def in_with():
    class Manager:
        def __enter__(self): signal.raise_signal(signal.SIGUSR1)
        def __exit__(self, *a): print("never entered")
    with Manager():
        pass


try:
    in_with()
except LookupError as error:
    print(error, flush=True)
os.kill(os.getpid(), signal.SIGTERM)
