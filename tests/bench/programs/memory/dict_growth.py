"""Dictionaries and sets that grow from nothing, again and again: their tables are allocated anew and moved."""


def grow(rounds, size):
    total = 0
    for turn in range(rounds):
        by_number, by_text, seen = {}, {}, set()
        for i in range(size):
            by_number[i * 7] = i
            by_text[str(i)] = [i]
            seen.add(i * i)
        for i in range(0, size, 3):
            del by_number[i * 7]
        total += len(by_number) + len(by_text) + len(seen)
    return total


if __name__ == "__main__":
    print(grow(9, 100_000))
