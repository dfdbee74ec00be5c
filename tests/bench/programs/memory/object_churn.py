"""Small objects that are made and dropped all the time, with and without __slots__, some of them kept for a while."""


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Record:
    def __init__(self, name, point):
        self.name = name
        self.point = point
        self.tags = []


def churn(rounds, kept):
    window = [None] * kept
    total = 0
    for i in range(rounds):
        record = Record(i, Point(i, i + 1))
        record.tags.append(i)
        total += record.point.y
        window[i % kept] = record
    return total + sum(record.name for record in window)


if __name__ == "__main__":
    print(churn(2_400_000, 2_000))
