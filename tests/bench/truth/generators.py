"""Generators that are resumed for every value, exceptions for every third, callbacks from C, and a plain loop."""


def numbers(n):
    for i in range(n):
        yield i


def doubled(values):
    for value in values:
        yield value * 2


def pipeline():
    total = 0
    for value in doubled(numbers(15_000)):
        total += value
    return total


def check(value):
    if value % 3 == 0:
        raise ValueError
    return value


def failing():
    good = 0
    for i in range(15_000):
        try:
            good += check(i)
        except ValueError:
            pass
    return good


def callbacks():
    return sorted(range(15_000), key=lambda value: -value)


def plain_loop():
    total = 0
    for i in range(100_000):
        if i & 5:
            total += i
    return total


PARTS = [pipeline, failing, callbacks, plain_loop]


def main(rounds=20):
    for _ in range(rounds):
        for part in PARTS:
            part()


if __name__ == "__main__":
    main()
