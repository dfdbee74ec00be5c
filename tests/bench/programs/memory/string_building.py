"""Strings built in every usual way: concatenation, join, format, slices, encoding, a growing buffer."""
import io


def words(count):
    return [f"word-{i % 977}-{i}" for i in range(count)]


def build(rounds):
    length = 0
    for turn in range(rounds):
        parts = words(2_000)
        text = " ".join(parts)
        for part in text.split(" "):
            length += len(part.upper() + "/" + part[:4])
        line = ""
        for part in parts[:300]:
            line += part
        buffer = io.StringIO()
        for part in parts:
            buffer.write(part)
        length += len(line) + len(buffer.getvalue().encode()) + len("%s and %r" % (turn, line))
    return length


if __name__ == "__main__":
    print(build(1_000))
