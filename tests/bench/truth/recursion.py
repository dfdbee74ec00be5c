"""Direct and mutual recursion beside a loop and few long calls."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def direct():
    return fib(19)


def mutual():
    for _ in range(20):
        even(300)


def collatz():
    most = 0
    for start in range(1, 900):
        n, steps = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        most = max(most, steps)
    return most


PARTS = [direct, mutual, collatz]


def main(rounds=20):
    for _ in range(rounds):
        for part in PARTS:
            part()


if __name__ == "__main__":
    main()
