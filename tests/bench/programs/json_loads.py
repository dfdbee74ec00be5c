"""JSON read by the C scanner, and once with a hook for every object."""
import json
import random


def make_text(source):
    rows = [{"id": i, "text": "word " * source.randrange(1, 6), "price": source.random() * 100,
             "tags": [str(source.randrange(1000)) for _ in range(5)], "unit": None, "sold": bool(i % 3)}
            for i in range(400)]
    return json.dumps(rows)


def count_members(pairs):
    count_members.total += len(pairs)
    return dict(pairs)


count_members.total = 0


def main():
    text = make_text(random.Random(3))
    length = 0
    for _ in range(800):
        length += len(json.loads(text))
    for _ in range(120):
        length += len(json.loads(text, object_pairs_hook=count_members))
    print(length, count_members.total)


if __name__ == "__main__":
    main()
