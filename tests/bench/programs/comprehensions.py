"""Comprehensions, lambdas, sorting by keys and grouping over records: short-lived inner functions."""
import collections
import itertools
import operator
import random

Record = collections.namedtuple("Record", "key size kind")


def make(count):
    source = random.Random(6)
    return [Record(f"k{source.randrange(1000)}", source.randrange(10_000), source.choice("abc")) for _ in range(count)]


def summarize(records, limit):
    large = [record for record in records if record.size > limit]
    by_kind = {kind: [record.size for record in large if record.kind == kind] for kind in "abc"}
    ordered = sorted(large, key=lambda record: (record.kind, -record.size))
    keys = {record.key for record in ordered if any(letter in "135" for letter in record.key)}
    best = max(records, key=operator.attrgetter("size"))
    groups = {kind: sum(1 for _ in group) for kind, group in itertools.groupby(ordered, key=lambda record: record.kind)}
    pairs = [(a, b) for a in range(10) for b in range(10) if a != b and (a + b) % 3 == 0]
    return len(keys) + sum(map(sum, by_kind.values())) + best.size + sum(groups.values()) + len(pairs)


if __name__ == "__main__":
    data = make(3_000)
    print(sum(summarize(data, limit) for limit in range(0, 9_000, 32)))
