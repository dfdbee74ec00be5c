"""Methods, properties and constructors, thousands of small ones, beside one comprehension over as much data."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    @property
    def norm(self):
        return self.x * self.x + self.y * self.y

    def moved(self, by):
        return Point(self.x + by, self.y + by)

    def __lt__(self, other):
        return self.norm < other.norm


def construct():
    return [Point(i, -i) for i in range(12_000)]


def chain():
    point = Point(0, 0)
    for i in range(8_000):
        point = point.moved(i)
    return point.norm


def compare():
    return min(Point(i % 7, i % 11) for i in range(3_000))


def plain_values():
    return sum([x * x + y for x in range(300) for y in range(200)])


PARTS = [construct, chain, compare, plain_values]


def main(rounds=20):
    for _ in range(rounds):
        for part in PARTS:
            part()


if __name__ == "__main__":
    main()
