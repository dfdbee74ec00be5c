"""Objects written as JSON, by the C encoder and, where a default function is called, with Python in between."""
import json
import random
import zlib


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


def as_dictionary(value):
    return {"x": value.x, "y": value.y}


def document(source):
    return {
        "name": "".join(source.choices("abcdefghijklmnopqrstuvwxyzäöü\n", k=20)),
        "numbers": [source.randrange(10 ** 9) for _ in range(20)],
        "ratios": [source.random() for _ in range(10)],
        "flags": {str(i): bool(i & 1) for i in range(10)},
        "nested": [{"a": None, "b": [[], {}, ""]} for _ in range(5)],
        "points": [Point(i, -i) for i in range(2)],
    }


def main():
    source = random.Random(11)
    documents = [document(source) for _ in range(100)]
    checksum = 0
    for turn in range(250):
        for item in documents:
            checksum = zlib.crc32(json.dumps(item, default=as_dictionary).encode(), checksum)
    for item in documents:
        checksum = zlib.crc32(json.dumps(item, default=as_dictionary, indent=1, sort_keys=True).encode(), checksum)
    print(checksum)


if __name__ == "__main__":
    main()
