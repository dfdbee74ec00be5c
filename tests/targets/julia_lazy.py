"""The Julia set as in julia.py, but the coordinates are made one by one when they are needed: two lists less in memory.

    pyprof-tui --headless -k memory -o plain.pyprof tests/targets/julia.py 300 50
    pyprof-tui --headless -k memory -o lazy.pyprof tests/targets/julia_lazy.py 300 50
    pyprof-tui --report memory plain.pyprof lazy.pyprof

usage: julia_lazy.py [WIDTH [ITERATIONS]]
"""
import sys
import time

X_MIN, X_MAX, Y_MIN, Y_MAX = -1.8, 1.8, -1.8, 1.8
C_REAL, C_IMAG = -0.62772, -0.42193


def calculate_z(max_iterations, zs, c):
    """How many steps each point takes to escape, at most max_iterations."""
    output = []
    for z in zs:
        n = 0
        while abs(z) < 2 and n < max_iterations:
            z = z * z + c
            n += 1
        output.append(n)
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
    """Start values of all points of a square grid, each made when it is asked for."""
    xs = build_axis(X_MIN, X_MAX, (X_MAX - X_MIN) / width)
    ys = build_axis(Y_MAX, Y_MIN, (Y_MIN - Y_MAX) / width)
    for y in ys:
        for x in xs:
            yield complex(x, y)


def main(width=1000, max_iterations=300):
    started = time.time()
    output = calculate_z(max_iterations, build_grid(width), complex(C_REAL, C_IMAG))
    print("points:", len(output))
    print("calculate_z took %.2f s" % (time.time() - started))
    checksum = sum(output)
    print("checksum:", checksum)
    if (width, max_iterations) == (1000, 300) and checksum != 33219980:
        sys.exit("wrong checksum, expected 33219980")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
