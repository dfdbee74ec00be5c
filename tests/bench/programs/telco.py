"""A telephone company's bills in decimal arithmetic: the C implementation called from a loop."""
import random
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

RATES = Decimal("0.0013"), Decimal("0.00894")
BASIC_TAX, DISTANCE_TAX = Decimal("0.0675"), Decimal("0.0341")
CENT = Decimal("0.01")


def bill(durations):
    even, down = Context(rounding=ROUND_HALF_EVEN), Context(rounding=ROUND_DOWN)
    total = basic_total = distance_total = Decimal(0)
    texts = []
    for duration in durations:
        distance = duration & 1
        price = (RATES[distance] * duration).quantize(CENT, context=even)
        tax = (price * BASIC_TAX).quantize(CENT, context=down)
        basic_total += tax
        price_with_tax = price + tax
        if distance:
            tax = (price * DISTANCE_TAX).quantize(CENT, context=down)
            distance_total += tax
            price_with_tax += tax
        total += price_with_tax
        texts.append(str(price_with_tax))
    return total, basic_total, distance_total, sum(map(len, texts))


if __name__ == "__main__":
    source = random.Random(4)
    print(*bill([int(source.expovariate(0.002)) + 1 for _ in range(250_000)]))
