"""Numerical kernels on lists: relaxation on a grid, a sparse matrix, LU factors, a Fourier transform, Monte Carlo."""
import cmath
import random


def relax(grid, omega, rounds):
    height, width = len(grid), len(grid[0])
    for _ in range(rounds):
        for i in range(1, height - 1):
            above, row, below = grid[i - 1], grid[i], grid[i + 1]
            for j in range(1, width - 1):
                row[j] = omega / 4 * (above[j] + below[j] + row[j - 1] + row[j + 1]) + (1 - omega) * row[j]


def sparse_multiply(values, columns, starts, vector):
    return [sum(values[k] * vector[columns[k]] for k in range(starts[i], starts[i + 1])) for i in range(len(starts) - 1)]


def factorize(matrix):
    size = len(matrix)
    for k in range(size):
        pivot = max(range(k, size), key=lambda row: abs(matrix[row][k]))
        matrix[k], matrix[pivot] = matrix[pivot], matrix[k]
        top = matrix[k]
        for row in matrix[k + 1:]:
            factor = row[k] = row[k] / top[k]
            for j in range(k + 1, size):
                row[j] -= factor * top[j]
    return matrix


def transform(values):
    if len(values) == 1:
        return values
    even, odd = transform(values[::2]), transform(values[1::2])
    half = len(values) // 2
    turned = [cmath.exp(-1j * cmath.pi * k / half) * odd[k] for k in range(half)]
    return [a + b for a, b in zip(even, turned)] + [a - b for a, b in zip(even, turned)]


def area(source, count):
    inside = 0
    for _ in range(count):
        x = source.random()
        y = source.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return inside


def main():
    source = random.Random(8)
    grid = [[source.random() for _ in range(50)] for _ in range(50)]
    relax(grid, 1.25, 350)
    values = [source.random() for _ in range(2000)]
    columns = [source.randrange(200) for _ in range(2000)]
    vector = [1.0] * 200
    for _ in range(240):
        vector = sparse_multiply(values, columns, range(0, 2001, 10), vector)
        largest = max(vector)
        vector = [value / largest for value in vector]
    factors = factorize([[source.random() for _ in range(110)] for _ in range(110)])
    spectrum = transform([complex(source.random()) for _ in range(16384)])
    print(f"{sum(map(sum, grid)):.6f} {sum(vector):.6f} {abs(sum(spectrum)):.6f} {area(source, 900_000)} "
          f"{sum(abs(row[i]) for i, row in enumerate(factors)):.6f}")


if __name__ == "__main__":
    main()
