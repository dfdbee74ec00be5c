"""A million calls of a tiny function beside a loop without calls: where tracers report a multiple of the callers' share."""


def tiny(value):
    return value + 1


def calling():
    total = 0
    for i in range(60_000):
        total = tiny(total)
    return total


def looping():
    total = 0
    for i in range(160_000):
        total = total * 3 % 1000003
    return total


PARTS = [calling, looping]


def main(rounds=20):
    for _ in range(rounds):
        for part in PARTS:
            part()


if __name__ == "__main__":
    main()
