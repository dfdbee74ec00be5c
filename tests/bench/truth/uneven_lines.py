"""Lines whose time varies: a list that grows, now and then a long one, calls of Python functions, short ones between."""

COUNT = 40_000


def helper(value):
    return (value * 3 + 1) & 1023


def work(count):
    kept = []
    big = list(range(400))
    a = n = 0
    for i in range(count):
        kept.append(a)  #: append
        a = helper(a)  #: call
        n += sum(big) if i % 64 == 0 else 1  #: seldom long
        a = a * 5 % 1021  #: arithmetic
        n += (i * 7) % 13 + (i * 11) % 17 + (i * 3) % 19  #: longer arithmetic
    return n, a


def main(rounds=25):
    for _ in range(rounds):
        work(COUNT)


if __name__ == "__main__":
    main()
