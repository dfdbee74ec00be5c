"""The motion of the outer planets by a symplectic integrator: arithmetic on floats in one loop."""
import math

SOLAR_MASS = 4 * math.pi ** 2
DAYS = 365.24


def body(mass, position, velocity):
    return list(position), [component * DAYS for component in velocity], mass * SOLAR_MASS


def make_bodies():
    return [
        body(1.0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        body(9.5479e-4, (4.8414, -1.1603, -0.1036), (0.001660, 0.007699, -0.0000690)),
        body(2.8589e-4, (8.3434, 4.1248, -0.4035), (-0.002767, 0.004999, 0.0000230)),
        body(4.3662e-5, (12.8944, -15.1112, -0.2233), (0.002965, 0.002378, -0.0000297)),
        body(5.1514e-5, (15.3797, -25.9193, 0.1793), (0.002681, 0.001628, -0.0000952)),
    ]


def pairs_of(bodies):
    return [(first, second) for i, first in enumerate(bodies) for second in bodies[i + 1:]]


def advance(bodies, pairs, step, count):
    for _ in range(count):
        for (at, velocity, mass), (other_at, other_velocity, other_mass) in pairs:
            x = at[0] - other_at[0]
            y = at[1] - other_at[1]
            z = at[2] - other_at[2]
            strength = step * (x * x + y * y + z * z) ** -1.5
            pull = mass * strength
            other_pull = other_mass * strength
            velocity[0] -= x * other_pull
            velocity[1] -= y * other_pull
            velocity[2] -= z * other_pull
            other_velocity[0] += x * pull
            other_velocity[1] += y * pull
            other_velocity[2] += z * pull
        for at, velocity, _ in bodies:
            at[0] += step * velocity[0]
            at[1] += step * velocity[1]
            at[2] += step * velocity[2]


def energy(bodies, pairs):
    total = 0.0
    for at, velocity, mass in bodies:
        total += 0.5 * mass * sum(component * component for component in velocity)
    for (at, _, mass), (other_at, _, other_mass) in pairs:
        total -= mass * other_mass / math.dist(at, other_at)
    return total


if __name__ == "__main__":
    planets = make_bodies()
    couples = pairs_of(planets)
    advance(planets, couples, 0.01, 90_000)
    print(f"{energy(planets, couples):.9f}")
