"""Sudoku solved by constraint propagation and search, sets as bit masks; many short calls and early returns."""
PUZZLES = """
4.....8.5.3..........7......2.....6.....8.4......1.......6.3.7.5..2.....1.4......
52...6.........7.13...........4..8..6......5...........418.........3..2...87.....
6.....8.3.4.7.................5.4.7.3..2.....1.6.......2.....5.....8.6......1....
48.3............71.2.......7.5....6....2..8.............1.76...3.....4......5....
....14....3....2...7..........9...3.6.1.............8.2.....1.4....5.6.....7.8...
......52..8.4......3...9...5.1...6..2..7........3.....6...1..........7.4.......3.
""".split()
ALL = 0x1FF
UNITS = ([[row * 9 + column for column in range(9)] for row in range(9)]
         + [[row * 9 + column for row in range(9)] for column in range(9)]
         + [[(box // 3 * 3 + i // 3) * 9 + box % 3 * 3 + i % 3 for i in range(9)] for box in range(9)])
UNITS_OF = [[unit for unit in UNITS if field in unit] for field in range(81)]
PEERS_OF = [sorted({other for unit in UNITS_OF[field] for other in unit} - {field}) for field in range(81)]


def assign(values, field, bit):
    others = values[field] & ~bit
    while others:
        lowest = others & -others
        if not eliminate(values, field, lowest):
            return False
        others ^= lowest
    return True


def eliminate(values, field, bit):
    if not values[field] & bit:
        return True
    values[field] &= ~bit
    left = values[field]
    if not left:
        return False
    if left & (left - 1) == 0:
        for other in PEERS_OF[field]:
            if not eliminate(values, other, left):
                return False
    for unit in UNITS_OF[field]:
        places = [other for other in unit if values[other] & bit]
        if not places:
            return False
        if len(places) == 1 and not assign(values, places[0], bit):
            return False
    return True


def search(values):
    open_fields = [(value.bit_count(), field) for field, value in enumerate(values) if value & (value - 1)]
    if not open_fields:
        return values
    _, field = min(open_fields)
    left = values[field]
    while left:
        bit = left & -left
        attempt = values[:]
        if assign(attempt, field, bit):
            solved = search(attempt)
            if solved:
                return solved
        left ^= bit
    return None


def solve(text):
    values = [ALL] * 81
    for field, letter in enumerate(text):
        if letter != "." and not assign(values, field, 1 << (int(letter) - 1)):
            return None
    return search(values)


if __name__ == "__main__":
    print([sum(i * i * value for i, value in enumerate(solve(puzzle) or [])) % 9973 for puzzle in PUZZLES * 8])
