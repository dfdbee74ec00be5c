"""Functions of C called over and over beside arithmetic and long calls of C."""

DATA = list(range(300, 0, -1))


def short_builtins():
    found = []
    append = found.append
    for i in range(25_000):
        append(abs(len(DATA) - i))
        isinstance(i, int)
    return found


def text_methods():
    words = 0
    for i in range(12_000):
        words += len(" ".join(["a", str(i), "b"]).upper().split())
    return words


def arithmetic():
    x = 0.5
    for i in range(60_000):
        x = x * (2.5 - x) + 0.125 - i * 1e-9
    return x


def long_calls():
    size = 0
    for _ in range(150):
        size += len(sorted(DATA)) + sum(DATA)
    return size


PARTS = [short_builtins, text_methods, arithmetic, long_calls]


def main(rounds=20):
    for _ in range(rounds):
        for part in PARTS:
            part()


if __name__ == "__main__":
    main()
