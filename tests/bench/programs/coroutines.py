"""Coroutines that await each other without an event loop: recursion of the Fibonacci kind."""


async def fibonacci(n):
    if n <= 1:
        return n
    return await fibonacci(n - 1) + await fibonacci(n - 2)


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("it waits")


if __name__ == "__main__":
    print(run(fibonacci(31)))
