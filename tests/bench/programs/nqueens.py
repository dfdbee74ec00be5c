"""All ways to put queens on a board, through permutations made by a recursive generator."""


def permutations(items):
    if len(items) <= 1:
        yield items
        return
    for i, item in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield (item,) + rest


def queens(n):
    columns = range(n)
    for places in permutations(tuple(columns)):
        if n == len({places[i] + i for i in columns}) == len({places[i] - i for i in columns}):
            yield places


if __name__ == "__main__":
    solutions = list(queens(9))
    print(len(solutions), sum(hash(solution) & 0xFF for solution in solutions))
