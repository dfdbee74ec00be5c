"""A Julia set computed the plain way: complex arithmetic, abs, a short while loop; the worst case for line counts."""


def escape_times(points, constant, most):
    output = [0] * len(points)
    for i in range(len(points)):
        n = 0
        z = points[i]
        while abs(z) < 2 and n < most:
            z = z * z + constant
            n += 1
        output[i] = n
    return output


def grid(width):
    points = []
    for y in range(width):
        for x in range(width):
            points.append(complex(3.6 * x / width - 1.8, 3.6 * y / width - 1.8))
    return points


if __name__ == "__main__":
    print(sum(escape_times(grid(420), complex(-0.62772, -0.42193), 300)))
