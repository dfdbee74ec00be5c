"""Deep copies of nested containers and objects, one with its own __reduce__, one a dataclass."""
import copy
import dataclasses


@dataclasses.dataclass
class Item:
    names: list
    size: int
    parent: object = None


class Reduced:
    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        return Reduced, (self.state,)


def make_data():
    items = [Item([f"n{i}", f"m{i}"], i) for i in range(5)]
    for first, second in zip(items, items[1:]):
        second.parent = first
    return {"list": [1, 2, 3, 43], "pair": ("t", (1, [2])), "items": items, "by name": {f"k{i}": items[i] for i in range(5)},
            "set": {1, 2, 3}, "none": None, "reduced": [Reduced(i) for i in range(3)]}


if __name__ == "__main__":
    data = make_data()
    total = 0
    for turn in range(7_000):
        twin = copy.deepcopy(data)
        twin["items"][0].size += turn
        total += twin["by name"]["k0"].size + len(copy.copy(twin["list"]))
    print(total, data["items"][0].size)
