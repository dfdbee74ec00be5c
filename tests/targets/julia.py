"""The Julia set, computed the plain way: the program that `make run` profiles.

Grid, constants and the expected sum are those of the example in "High Performance Python" (Gorelick and Ozsvald);
usage: julia.py [WIDTH [ITERATIONS]]
"""
import sys
import time

X_MIN, X_MAX, Y_MIN, Y_MAX = -1.8, 1.8, -1.8, 1.8
C_REAL, C_IMAG = -0.62772, -0.42193


def calculate_z(max_iterations, zs, cs):
    """How many steps each point takes to escape, at most max_iterations."""
    output = [0] * len(zs)
    for i in range(len(zs)):
        n = 0
        z = zs[i]
        c = cs[i]
        while abs(z) < 2 and n < max_iterations:
            z = z * z + c
            n += 1
        output[i] = n
    return output


def build_axis(first, last, step):
    """Coordinates from first (included) in steps until last."""
    axis = []
    at = first
    while (at < last) if step > 0 else (at > last):
        axis.append(at)
        at += step
    return axis


def build_grid(width):
    """Start values and constants of all points of a square grid."""
    xs = build_axis(X_MIN, X_MAX, (X_MAX - X_MIN) / width)
    ys = build_axis(Y_MAX, Y_MIN, (Y_MIN - Y_MAX) / width)
    zs = []
    cs = []
    for y in ys:
        for x in xs:
            zs.append(complex(x, y))
            cs.append(complex(C_REAL, C_IMAG))
    return zs, cs


def main(width=1000, max_iterations=300):
    zs, cs = build_grid(width)
    print("points:", len(zs))
    started = time.time()
    output = calculate_z(max_iterations, zs, cs)
    print("calculate_z took %.2f s" % (time.time() - started))
    checksum = sum(output)
    print("checksum:", checksum)
    if (width, max_iterations) == (1000, 300) and checksum != 33219980:
        sys.exit("wrong checksum, expected 33219980")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
