"""A binary tree walked by `yield from`: generators resumed through every level."""


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def build(values):
    if not values:
        return None
    middle = len(values) // 2
    return Tree(build(values[:middle]), values[middle], build(values[middle + 1:]))


if __name__ == "__main__":
    tree = build(range(20_000))
    print(sum(i * value for _ in range(40) for i, value in enumerate(tree)) % 1_000_003)
