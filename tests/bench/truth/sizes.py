"""The same work in calls of five sizes: from two long ones to a hundred thousand of a few instructions."""


def spin(count):
    total = 0
    for i in range(count):
        total += i ^ 3
    return total


def two_calls():
    spin(60_000)
    spin(60_000)


def hundred_calls():
    for _ in range(100):
        spin(1_000)


def thousands_of_calls():
    for _ in range(4_000):
        spin(20)


def tens_of_thousands_of_calls():
    for _ in range(25_000):
        spin(1)


def one(i):
    return i ^ 3


def inlined():
    total = 0
    for i in range(40_000):
        total += one(i)
    return total


PARTS = [two_calls, hundred_calls, thousands_of_calls, tens_of_thousands_of_calls, inlined]


def main(rounds=15):
    for _ in range(rounds):
        for part in PARTS:
            part()


if __name__ == "__main__":
    main()
