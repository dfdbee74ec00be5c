"""Lines whose time varies: a list that grows, now and then a long one, calls of Python functions, short ones between.

No line works on what another one makes, and none makes what is freed elsewhere: what a line takes is told by leaving it out."""

COUNT = 40_000


def helper(value):
    return (value * 3 + 1) & 1023


def work(count):
    kept = []
    big = list(range(400))
    a = b = c = d = 0
    for i in range(count):
        kept.append(None)  #: append
        a = helper(i)  #: call
        b += sum(big) if i % 64 == 0 else 1  #: seldom long
        c = i * 5 % 1021  #: arithmetic
        d += (i * 7) % 13 + (i * 11) % 17 + (i * 3) % 19  #: longer arithmetic
    return a, b, c, d


def main(rounds=25):
    for _ in range(rounds):
        work(COUNT)


if __name__ == "__main__":
    main()
