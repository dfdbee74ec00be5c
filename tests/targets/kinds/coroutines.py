"""Coroutines, async generators and asyncio's tasks: cancelled, gathered, timed out, in groups, and driven by hand."""
import asyncio
import contextlib
import types


async def leaf(n):
    await asyncio.sleep(0)
    return n


async def chain(depth):
    if depth == 0:
        return await leaf(1)
    return 1 + await chain(depth - 1)


async def numbers(n):
    try:
        for i in range(n):
            yield i
            await asyncio.sleep(0)
    finally:
        print("numbers end")


async def failing(n):
    await asyncio.sleep(0)
    raise ValueError(n)


async def forever(log):
    try:
        while True:
            await asyncio.sleep(3600)
    except asyncio.CancelledError:
        log.append("cancelled")
        raise
    finally:
        log.append("finally")


async def stubborn():
    for i in range(3):
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            print("not yet", i)
    return "at last"


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        await asyncio.sleep(0)
        return self.name

    async def __aexit__(self, kind, value, traceback):
        await asyncio.sleep(0)
        print("leave", self.name, kind and kind.__name__)
        return self.swallow


@contextlib.asynccontextmanager
async def managed(name):
    try:
        yield name
    finally:
        await asyncio.sleep(0)
        print("managed", name)


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        await asyncio.sleep(0)
        return self.n


class Awaitable:
    def __await__(self):
        got = yield from leaf(40).__await__()
        return got + 2


async def producer(queue, n):
    for i in range(n):
        await queue.put(i)
    await queue.put(None)


async def consumer(queue):
    total = 0
    while (item := await queue.get()) is not None:
        total += item
    return total


async def main():
    print(await chain(50), await Awaitable(), [x async for x in numbers(4)], [await leaf(i) for i in range(3)])
    print(await asyncio.gather(*(leaf(i) for i in range(20))), [x async for x in Countdown(4)])
    print(await asyncio.gather(leaf(1), failing(2), leaf(3), return_exceptions=True))
    async for x in numbers(10):
        if x == 2:
            break
    log = []
    task = asyncio.create_task(forever(log))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    print(log, task.cancelled())
    task = asyncio.create_task(stubborn())
    while not task.done():
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
    print(task.result() if not task.cancelled() else "gone")
    try:
        async with asyncio.timeout(0.005):
            await forever(log)
    except TimeoutError:
        print("late", log)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(leaf(i)) for i in range(5)]
            group.create_task(failing("a"))
            group.create_task(forever(log))
    except* ValueError as errors:
        print("group", errors.exceptions, [t.done() for t in tasks])
    async with Manager("outer"), Manager("inner", True):
        raise KeyError("swallowed")
    async with contextlib.AsyncExitStack() as stack:
        print(await stack.enter_async_context(managed("first")), await stack.enter_async_context(managed("second")))
    queue = asyncio.Queue(2)
    print((await asyncio.gather(producer(queue, 50), consumer(queue)))[1])
    lock, order = asyncio.Lock(), []

    async def locked(i):
        async with lock:
            order.append(i)
            await asyncio.sleep(0)
    await asyncio.gather(*map(locked, range(6)))
    print(order, await asyncio.to_thread(sum, range(10)))
    event = asyncio.Event()
    waiter = asyncio.ensure_future(event.wait())
    asyncio.get_running_loop().call_soon(event.set)
    print(await waiter, await asyncio.wait_for(leaf(3), 10), await asyncio.shield(leaf(4)))
    pending = asyncio.create_task(forever(log))
    await asyncio.sleep(0)
    print(len(log))
    return pending


pending = asyncio.run(main())
print(pending.cancelled())


@types.coroutine
def suspend(value):
    return (yield value)


async def by_hand():
    total = 0
    for i in range(3):
        try:
            total += await suspend(i)
        except RuntimeError as error:
            print("thrown in", error)
            total += 100
    return total


async def async_numbers():
    try:
        for i in range(5):
            try:
                got = yield i
                print("got", got)
            except KeyError as error:
                print("key", error)
                yield "from handler"
    finally:
        await suspend("closing")
        print("closed")


def drive(coroutine, *values):
    out = []
    try:
        out.append(coroutine.send(None))
        for value in values:
            out.append(coroutine.throw(value) if isinstance(value, BaseException) else coroutine.send(value))
    except StopIteration as stop:
        return out, "returned", stop.value
    except BaseException as error:
        return out, type(error).__name__, str(error)
    finally:
        coroutine.close()
    return out, "left"


print(drive(by_hand(), 1, 2, 3), drive(by_hand(), 1, RuntimeError("r"), 3), drive(by_hand(), ValueError("v")), drive(by_hand(), 1))
a = async_numbers()
print(drive(a.asend(None)), drive(a.asend("x")), drive(a.athrow(KeyError("k"))), drive(a.asend(None)), drive(a.aclose(), None))
a = async_numbers()
print(drive(a.aclose()), drive(a.__anext__()))
a = async_numbers()
print(drive(a.__anext__()), drive(a.athrow(OSError("o")), None))
c = by_hand()
c.close()
try:
    c.send(None)
except RuntimeError as error:
    print(error)


async def leaking():
    async for x in numbers(3):
        return x


print(asyncio.run(leaking()))
loop = asyncio.new_event_loop()
results = []
loop.call_later(0.001, results.append, "timer")
loop.call_soon(loop.call_later, 0.002, loop.stop)
loop.run_forever()
loop.close()
print(results)
