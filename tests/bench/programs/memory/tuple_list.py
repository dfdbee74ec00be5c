"""A long list of tuples that is sorted, grouped and thrown away: many blocks alive at once."""
import itertools


def rows(count):
    return [(i * 7919 % 10007, str(i), float(i)) for i in range(count)]


def group(rounds, count):
    total = 0
    for _ in range(rounds):
        table = sorted(rows(count))
        for key, members in itertools.groupby(table, key=lambda row: row[0]):
            total += key + len(list(members))
    return total


if __name__ == "__main__":
    print(group(6, 120_000))
