"""The chaos game on a spline: random points, tuples of floats, methods."""
import random
import zlib


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def between(self, other, part):
        return Point(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)


class Spline:
    """A curve through de Boor's algorithm, reduced to three nested interpolations."""

    def __init__(self, points):
        self.points = points

    def at(self, where):
        span = where * (len(self.points) - 3)
        first = min(int(span), len(self.points) - 4)
        part = span - first
        control = self.points[first:first + 4]
        while len(control) > 1:
            control = [a.between(b, part) for a, b in zip(control, control[1:])]
        return control[0]


class Game:
    def __init__(self, splines, width, height, seed):
        self.splines = splines
        self.width, self.height = width, height
        self.source = random.Random(seed)
        self.image = [bytearray(width) for _ in range(height)]

    def move(self, point):
        spline = self.splines[self.source.randrange(len(self.splines))]
        base = spline.at(self.source.random())
        return base.between(point, 0.4)

    def play(self, steps):
        point = Point(0.5, 0.5)
        for _ in range(steps):
            point = self.move(point)
            x = int(point.x * self.width)
            y = int(point.y * self.height)
            if 0 <= x < self.width and 0 <= y < self.height:
                row = self.image[y]
                row[x] = min(255, row[x] + 1)


def main():
    source = random.Random(1234)
    splines = [Spline([Point(source.random(), source.random()) for _ in range(7)]) for _ in range(3)]
    game = Game(splines, 200, 200, 99)
    game.play(130_000)
    print(zlib.crc32(b"".join(game.image)))


if __name__ == "__main__":
    main()
