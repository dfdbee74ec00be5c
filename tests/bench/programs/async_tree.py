"""A tree of asyncio tasks, each awaiting its children: coroutines, tasks, futures, the event loop."""
import asyncio

BRANCHES, DEPTH = 6, 4


async def leaf(number, cache):
    if number % 3 == 0:
        await asyncio.sleep(0)
    if number % 7 == 0:
        return cache.setdefault(number % 50, number)
    return number


async def node(depth, number, cache):
    if depth == 0:
        return await leaf(number, cache)
    children = [asyncio.create_task(node(depth - 1, number * BRANCHES + i, cache)) for i in range(BRANCHES)]
    return sum(await asyncio.gather(*children)) % 1_000_003


async def main():
    total = 0
    for turn in range(28):
        total += await node(DEPTH, turn, {})
    print(total)


if __name__ == "__main__":
    asyncio.run(main())
