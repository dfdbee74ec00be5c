"""Lines of one loop that take some ten nanoseconds each, and one that takes many of them."""

COUNT = 40_000


def work(count):
    a = b = c = 0
    x = 1.5
    table = list(range(256))
    text = "one two three"
    for i in range(count):
        a = a + i  #: add
        b = table[i & 255]  #: index
        x = x * 0.5 + 1.0 / (x + 2.0) - x * x * 0.125 + 0.25  #: arithmetic
        c += len(text.split(" "))  #: split
        a ^= b  #: xor
    return a, b, c, x


def main(rounds=25):
    for _ in range(rounds):
        work(COUNT)


if __name__ == "__main__":
    main()
