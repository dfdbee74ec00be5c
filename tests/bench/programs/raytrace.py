"""A picture of spheres over a plane by tracing rays: small objects with operators, closures, recursion."""
import math
import zlib


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def scale(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def normalized(self):
        return self.scale(1 / math.sqrt(self.dot(self)))

    def reflected(self, normal):
        return self - normal.scale(2 * self.dot(normal))


class Ray:
    def __init__(self, origin, direction):
        self.origin, self.direction = origin, direction.normalized()

    def at(self, distance):
        return self.origin + self.direction.scale(distance)


class Sphere:
    def __init__(self, centre, radius, colour, mirror):
        self.centre, self.radius, self.colour, self.mirror = centre, radius, colour, mirror

    def intersect(self, ray):
        to_centre = self.centre - ray.origin
        along = to_centre.dot(ray.direction)
        inside = self.radius ** 2 - to_centre.dot(to_centre) + along * along
        if inside < 0:
            return None
        distance = along - math.sqrt(inside)
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return (point - self.centre).normalized()

    def colour_at(self, point):
        return self.colour


class Floor:
    mirror = 0.1

    def __init__(self, height):
        self.height = height

    def intersect(self, ray):
        if abs(ray.direction.y) < 1e-9:
            return None
        distance = (self.height - ray.origin.y) / ray.direction.y
        return distance if distance > 1e-6 else None

    def normal(self, point):
        return Vector(0, 1, 0)

    def colour_at(self, point):
        return (0.9, 0.9, 0.9) if (math.floor(point.x) + math.floor(point.z)) % 2 else (0.1, 0.1, 0.1)


class Scene:
    def __init__(self, things, light):
        self.things, self.light = things, light

    def nearest(self, ray):
        best = None
        for thing in self.things:
            distance = thing.intersect(ray)
            if distance is not None and (best is None or distance < best[0]):
                best = distance, thing
        return best

    def colour(self, ray, depth=0):
        hit = self.nearest(ray)
        if hit is None or depth > 3:
            return (0.3, 0.5, 0.8)
        distance, thing = hit
        point = ray.at(distance)
        normal = thing.normal(point)
        to_light = self.light - point
        shadow = self.nearest(Ray(point, to_light)) is not None
        brightness = 0.2 if shadow else 0.2 + 0.8 * max(0.0, normal.dot(to_light.normalized()))
        own = tuple(part * brightness for part in thing.colour_at(point))
        if thing.mirror:
            seen = self.colour(Ray(point, ray.direction.reflected(normal)), depth + 1)
            own = tuple(a * (1 - thing.mirror) + b * thing.mirror for a, b in zip(own, seen))
        return own


def main(width=176, height=132):
    scene = Scene([Floor(-1)] + [Sphere(Vector(i - 2, i % 2 - 0.3, 5 + i % 3), 0.7, (1 - i / 5, i / 5, 0.5), 0.3)
                                 for i in range(5)], Vector(-5, 8, -3))
    picture = bytearray()
    for y in range(height):
        for x in range(width):
            ray = Ray(Vector(0, 0.5, -1), Vector(x / width - 0.5, 0.4 - y / height, 0.8))
            picture += bytes(int(255 * min(1.0, part)) for part in scene.colour(ray))
    print(zlib.crc32(picture))


if __name__ == "__main__":
    main()
