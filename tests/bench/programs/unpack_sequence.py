"""Sequences taken apart: tuples and lists, stars, nested targets."""


def tuples(count):
    packed = 1, 2, 3, 4, 5, 6
    total = 0
    for _ in range(count):
        a, b, c, d, e, f = packed
        f, e, d, c, b, a = packed
        a, b = b, a
        total += a
    return total


def lists(count):
    packed = [1, 2, [3, 4], 5]
    total = 0
    for _ in range(count):
        a, b, (c, d), e = packed
        first, *rest = packed
        *some, last = packed
        total += a + d + last + len(rest) + len(some)
    return total


if __name__ == "__main__":
    print(tuples(1_600_000), lists(1_200_000))
