"""The game of Go played by Monte Carlo tree search on a small board: lists of integers, sets, objects, randomness."""
import math
import random

SIZE = 7
FIELDS = SIZE * SIZE
EMPTY, BLACK, WHITE = 0, 1, 2
NEIGHBOURS = [[y * SIZE + x for x, y in ((i % SIZE - 1, i // SIZE), (i % SIZE + 1, i // SIZE),
                                         (i % SIZE, i // SIZE - 1), (i % SIZE, i // SIZE + 1))
               if 0 <= x < SIZE and 0 <= y < SIZE] for i in range(FIELDS)]


class Board:
    def __init__(self, fields=None, to_move=BLACK, ko=-1):
        self.fields = fields or [EMPTY] * FIELDS
        self.to_move = to_move
        self.ko = ko

    def copy(self):
        return Board(self.fields[:], self.to_move, self.ko)

    def group(self, start):
        """Stones of a chain, and whether it can breathe."""
        colour = self.fields[start]
        stones = {start}
        waiting = [start]
        while waiting:
            for near in NEIGHBOURS[waiting.pop()]:
                if self.fields[near] == EMPTY:
                    return stones, True
                if self.fields[near] == colour and near not in stones:
                    stones.add(near)
                    waiting.append(near)
        return stones, False

    def is_eye(self, field):
        return all(self.fields[near] == self.to_move for near in NEIGHBOURS[field])

    def play(self, field):
        """False, and nothing changed, where that is no legal move."""
        other = BLACK + WHITE - self.to_move
        self.fields[field] = self.to_move
        taken = []
        for near in NEIGHBOURS[field]:
            if self.fields[near] == other:
                stones, alive = self.group(near)
                if not alive:
                    taken.extend(stones)
                    for stone in stones:
                        self.fields[stone] = EMPTY
        if not taken and not self.group(field)[1]:
            self.fields[field] = EMPTY
            return False
        self.ko = taken[0] if len(taken) == 1 else -1
        self.to_move = other
        return True

    def random_move(self, source):
        choices = [i for i, what in enumerate(self.fields) if what == EMPTY and i != self.ko]
        while choices:
            at = source.randrange(len(choices))
            field = choices[at]
            choices[at] = choices[-1]
            choices.pop()
            if not self.is_eye(field) and self.play(field):
                return True
        self.to_move = BLACK + WHITE - self.to_move
        return False

    def play_out(self, source):
        passes = 0
        for _ in range(FIELDS * 2):
            passes = 0 if self.random_move(source) else passes + 1
            if passes == 2:
                break
        return self.fields.count(BLACK) - self.fields.count(WHITE) > 3


class Node:
    def __init__(self, board, parent=None):
        self.board, self.parent = board, parent
        self.children = []
        self.untried = [i for i, what in enumerate(board.fields) if what == EMPTY]
        self.visits = self.wins = 0

    def best_child(self):
        logarithm = math.log(self.visits)
        return max(self.children, key=lambda child: child.wins / child.visits + math.sqrt(2 * logarithm / child.visits))

    def expand(self, source):
        while self.untried:
            board = self.board.copy()
            if board.play(self.untried.pop(source.randrange(len(self.untried)))):
                child = Node(board, self)
                self.children.append(child)
                return child
        return self

    def record(self, black_won):
        node = self
        while node is not None:
            node.visits += 1
            node.wins += black_won == (node.board.to_move == WHITE)
            node = node.parent


def search(rounds, seed):
    source = random.Random(seed)
    root = Node(Board())
    for _ in range(rounds):
        node = root
        while not node.untried and node.children:
            node = node.best_child()
        node = node.expand(source)
        node.record(node.board.copy().play_out(source))
    return [child.visits for child in root.children], root.wins


if __name__ == "__main__":
    visits, wins = search(600, 2)
    print(sum(i * count for i, count in enumerate(visits)), wins)
