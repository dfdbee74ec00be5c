"""Code objects with line tables, exception tables and unreachable instructions that are random bytes: what runs is as without probes."""
# crashes: 3.12 3.13 3.15
# counts: attempt=1800 base+left_alone=1800
import dis
import random
import types

op = dis.opmap


def base(x):
    y = [i for i in range(x)]
    try:
        z = y[5] + 1
    except IndexError as e:
        z = len(y)
    for k in y:
        if k % 2:
            continue
        z += k
    return z + 1 // (x - 3)


def attempt(code, *args):
    f = types.FunctionType(code, globals())
    try:
        return f(*args)
    except Exception as e:
        return type(e).__name__, str(e)


random.seed(7)
plain = base.__code__
out = []
# garbage line tables
for n in range(400):
    table = bytes(random.randrange(256) for _ in range(random.randrange(60)))
    out.append(attempt(plain.replace(co_linetable=table), n % 9))
    table = bytearray(plain.co_linetable)
    for _ in range(3): table[random.randrange(len(table))] = random.randrange(256)
    out.append(attempt(plain.replace(co_linetable=bytes(table)), n % 9))
    out.append(attempt(plain.replace(co_linetable=plain.co_linetable[:random.randrange(len(plain.co_linetable))]), n % 9))
print(len(out), out[:8], out.count(("ZeroDivisionError", 'integer division or modulo by zero')))
# garbage behind the end, and exception tables that point nowhere near what runs
start = bytes([op["RESUME"], 0, op["LOAD_CONST"], 1, op["RETURN_VALUE"], 0])
for n in range(600):
    garbage = bytes(random.randrange(256) for _ in range(2 * random.randrange(40)))
    table = bytes(random.randrange(256) for _ in range(random.randrange(12)))
    code = plain.replace(co_code=start + garbage, co_exceptiontable=table if n % 2 else b"", co_consts=(None, n), co_linetable=bytes(random.randrange(256) for _ in range(20)) if n % 3 else plain.co_linetable)
    assert attempt(code, 1) == n, n
print("behind")
