"""The largest singular value of an infinite matrix, by the power method: generator expressions and tiny functions."""
import math


def element(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def multiply(vector):
    return [sum(element(i, j) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def multiply_transposed(vector):
    return [sum(element(j, i) * value for j, value in enumerate(vector)) for i in range(len(vector))]


def spectral_norm(n, rounds):
    u = [1.0] * n
    for _ in range(rounds):
        v = multiply_transposed(multiply(u))
        u = multiply_transposed(multiply(v))
    return math.sqrt(sum(a * b for a, b in zip(u, v)) / sum(b * b for b in v))


if __name__ == "__main__":
    print(f"{spectral_norm(190, 25):.9f}")
