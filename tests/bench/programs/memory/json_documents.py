"""JSON read and written by the C code of the standard library: many objects from few calls."""
import json


def document(rows):
    return {"rows": [{"id": i, "name": f"name {i}", "tags": ["a", "b", str(i)], "price": i / 7} for i in range(rows)]}


def convert(rounds, rows):
    length = 0
    for _ in range(rounds):
        text = json.dumps(document(rows))
        length += len(text) + len(json.loads(text)["rows"])
    return length


if __name__ == "__main__":
    print(convert(60, 5_000))
