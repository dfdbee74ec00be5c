"""The most flips that turn a permutation's first element to 1: lists, slices and integers."""


def fannkuch(n):
    most = checksum = 0
    order = list(range(n))
    count = [0] * n
    position = n
    sign = 1
    while True:
        while position != 1:
            count[position - 1] = position
            position -= 1
        if order[0]:
            flips = 0
            flipped = order[:]
            first = flipped[0]
            while first:
                flipped[:first + 1] = flipped[first::-1]
                flips += 1
                first = flipped[0]
            most = max(most, flips)
            checksum += sign * flips
        while True:
            if position == n:
                return checksum, most
            order.insert(position, order.pop(0))
            count[position] -= 1
            if count[position] > 0:
                break
            position += 1
        sign = -sign


if __name__ == "__main__":
    print(*fannkuch(9))
