"""Arrays of numpy, small and large: memory that native code allocates itself."""
import numpy


def large(rounds):
    total = 0.0
    for i in range(rounds):
        a = numpy.arange(300_000, dtype=float) + i
        b = a * a - a
        total += float(b[::7].sum())
    return total


def small(rounds):
    total = 0
    for i in range(rounds):
        a = numpy.full(20, i)
        total += int((a + a).sum())
    return total


if __name__ == "__main__":
    print(large(250), small(120_000))
