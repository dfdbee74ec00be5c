"""Many objects with three floats each, normalised and maximised."""
import math


class Point:
    __slots__ = ("x", "y", "z")

    def __init__(self, i):
        self.x = sine = math.sin(i)
        self.y = math.cos(i) * 3
        self.z = sine * sine / 2

    def normalize(self):
        norm = math.sqrt(self.x ** 2 + self.y ** 2 + self.z ** 2)
        self.x /= norm
        self.y /= norm
        self.z /= norm

    def maximize(self, other):
        self.x = self.x if self.x > other.x else other.x
        self.y = self.y if self.y > other.y else other.y
        self.z = self.z if self.z > other.z else other.z
        return self


def benchmark(count):
    points = [Point(i) for i in range(count)]
    for point in points:
        point.normalize()
    highest = points[0]
    for point in points[1:]:
        highest = highest.maximize(point)
    return highest


if __name__ == "__main__":
    best = benchmark(400_000)
    print(f"{best.x:.9f} {best.y:.9f} {best.z:.9f}")
