"""Pickling and unpickling by the C implementation: containers, strings, and objects with their own state."""
import pickle
import random
import zlib


class Account:
    def __init__(self, name, amount):
        self.name, self.amount = name, amount

    def __getstate__(self):
        return (self.name, self.amount)

    def __setstate__(self, state):
        self.name, self.amount = state


def make_data():
    source = random.Random(7)
    return {
        "accounts": [Account(f"account {i}", source.randrange(10 ** 6)) for i in range(30)],
        "table": {i: (str(i), i * 0.5, [i] * 5) for i in range(500)},
        "text": ["".join(source.choices("abcdef", k=30)) for _ in range(500)],
    }


def main():
    data = make_data()
    checksum = 0
    for turn in range(1_500):
        packed = pickle.dumps(data, turn % 5 + 1)
        checksum = zlib.crc32(str(pickle.loads(packed)["table"][turn % 500]).encode(), checksum)
    print(checksum)


if __name__ == "__main__":
    main()
