"""Everything that leaves a basic block in its middle: exceptions of all instructions, throwing into generators, signals, with."""
import sys
def raises(n):
    a = n + 1
    b = [1, 2][n]
    return a + b
def handle(n):
    try:
        return raises(n)
    except IndexError:
        x = n
    except TypeError as e:
        x = str(e)
    finally:
        y = 2
    return x
def reraise(n):
    try:
        try:
            z = raises(n) + 1
            return z
        except IndexError:
            q = 1
            raise
    except IndexError as e:
        w = e
        return 5
def chain(n):
    try:
        try:
            1 / (n - n)
        except ZeroDivisionError as e:
            raise ValueError(n) from e
    except ValueError:
        return [k for k in range(n)]
class M:
    def __init__(self, eat): self.eat = eat
    def __enter__(self): return self
    def __exit__(self, *a): return self.eat
def withs(n, eat):
    with M(True) as a, M(eat) as b:
        c = 10 // n
        d = c + 1
    with M(False):
        for i in range(3):
            if i == n: return i
    return 0
def gen(n):
    try:
        for i in range(n):
            try:
                x = yield i
                if x: y = x + 1
            except KeyError:
                yield -1
            finally:
                q = 3
    finally:
        r = 1
def outer(n):
    v = yield from gen(n)
    w = yield from [1, 2]
    return v
def use():
    never = gen(3)
    g = gen(3); next(g); g.close()
    g = gen(3); next(g); print(g.throw(KeyError)); list(g)
    g = gen(4); next(g); g.send(1)
    try: g.send('a')
    except TypeError: pass
    g = outer(3); next(g); g.throw(KeyError()); list(g)
    g = outer(2); next(g); g.close()
    g = outer(2)
    try: g.throw(ValueError)
    except ValueError: pass
    g = outer(2); next(g)
    try: g.throw(ValueError)
    except ValueError: pass
    del never
    def f():
        g = gen(10)
        next(g)
        return g
    f()
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
    def __getattr__(self, name):
        if name == 'bad': raise AttributeError(name)
        return 1
def iters():
    s = 0
    for a in It(): s += a
    for k, v in {1: 2, 3: 4}.items(): s += k * v
    else: s += 1
    while s < 40:
        s += 1
        if s % 7 == 0: continue
        if s == 39: break
    else: s = 0
    try:
        It().bad
    except AttributeError: s += 1
    try: (lambda: undefined)()
    except NameError: pass
    try:
        del s2
    except UnboundLocalError: pass
    a, *b = range(5)
    try: a, b = range(5)
    except ValueError: pass
    s2 = {x: y for x in range(3) for y in range(x) if y}
    return s, a if s else b, s and a or b, not s, a < s < 100
import asyncio
async def aw(n):
    if n == 3: raise KeyError(n)
    await asyncio.sleep(0)
    return n
async def agen():
    for i in range(3):
        yield i
        await aw(i)
class ACM:
    async def __aenter__(self): return await aw(1)
    async def __aexit__(self, *a): await aw(2); return True
async def amain():
    async for x in agen():
        await aw(x)
    y = [z async for z in agen() if z]
    async with ACM() as c:
        await aw(3)
        print('no')
    async with ACM() as c:
        pass
    try:
        await asyncio.gather(aw(1), aw(3))
    except KeyError: pass
    t = asyncio.ensure_future(asyncio.sleep(10)); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: pass
    async def slow():
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0)
    t = asyncio.ensure_future(slow()); await asyncio.sleep(0); t.cancel()
    try: await t
    except asyncio.CancelledError: pass
    g = agen(); await g.__anext__(); await g.aclose()
def groups():
    try:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2), KeyError(3)])
    except* ValueError as e: a = 1
    except* TypeError: b = 1
    except* KeyError: c = 2
    try:
        try: raise ExceptionGroup('g', [ValueError(1), OSError(2)])
        except* ValueError: pass
    except ExceptionGroup: pass
def match(x):
    match x:
        case [a, b, *c]: return a
        case {'k': v, **r}: return v
        case M(eat=e): return e
        case int() | str(): return 'x'
        case _: return None
def cells(n):
    k = n
    def inner():
        nonlocal k
        k += 1
        def g2():
            yield k
            yield n
        return list(g2())
    class C:
        z = k
        def m(self): return __class__
    return inner(), C().m()
def unbound(n):
    if n > 99: a = b = c = 1
    try:
        d = [n, a]
        e = d
    except UnboundLocalError: pass
    try:
        c = a
    except UnboundLocalError: pass
    try:
        x = (1, a)
    except UnboundLocalError: pass
    try:
        a, b
    except UnboundLocalError: pass
    try:
        n = 3
        a
    except UnboundLocalError: pass
    a = 1
    try:
        q = n + b
        return q
    except UnboundLocalError: pass
def calls(n):
    try: len(n)
    except TypeError: pass
    try: [].append(1, 2)
    except TypeError: pass
    try: int('x')
    except ValueError: pass
    try: raises(n, 1)
    except TypeError: pass
    try: M(1, n=2)
    except TypeError: pass
    try: isinstance(n, 3)
    except TypeError: pass
    try: x = [].pop(); y = x
    except IndexError: pass
    try: x = {}[n]; y = x
    except KeyError: pass
    try: x = n.foo; y = x
    except AttributeError: pass
    try: x = n + 'a'; y = x
    except TypeError: pass
    try: x = n < 'a'; y = x
    except TypeError: pass
    try:
        for i in n: pass
        y = 1
    except TypeError: pass
    try:
        with n: y = 1
    except TypeError: pass
    try: print(*n); y = 2
    except TypeError: pass
    try: s = 'a'; s += n; y = 2
    except TypeError: pass
    try: from sys import nothere; y = 3
    except ImportError: pass
    try: assert n > 100, n; y = 3
    except AssertionError: pass
    try: f = f'{n:zz}'; y = f
    except ValueError: pass
class P:
    @property
    def p(self): return self.q
    def __getitem__(self, i): return [][i]
    def __len__(self): return -1
    def __bool__(self): raise ValueError
    def __lt__(self, o): raise KeyError
    def __del__(self): pass
def props(p):
    try: x = p.p; y = x
    except AttributeError: pass
    try: x = p[1]; y = x
    except IndexError: pass
    try: x = not p; y = x
    except ValueError: pass
    try:
        if p: y = 1
        else: y = 2
        y = 3
    except ValueError: pass
    try: x = p < p < p; y = 1
    except KeyError: pass
    try: x = len(p); y = 1
    except ValueError: pass
    try: x = sorted([p, p]); y = 1
    except KeyError: pass
    try: x = [z for z in p]; y = 1
    except ZeroDivisionError: pass
class BadIter:
    def __iter__(self): raise KeyError
def badgen():
    try: (q for q in 5)
    except TypeError: pass
    try: (q for q in BadIter())
    except KeyError: pass
    g = (q for q in [1])
    try: g.throw(ValueError)
    except ValueError: pass
    g = gen(1)
    try: g.throw(ValueError)
    except ValueError: pass
def deep(n):
    return deep(n - 1) + 1 if n else [][0]
def main():
    for n in (0, 1, 2, 'a', -5):
        for f in (raises, handle, reraise):
            try: f(n)
            except Exception as e: print(type(e).__name__)
    chain(3); withs(0, True); withs(1, False)
    try: withs(0, False)
    except ZeroDivisionError: pass
    withs(2, True)
    badgen(); use(); print(iters()); asyncio.run(amain()); groups()
    for x in ([1, 2], {'k': 1}, M(3), 5, 's', 2.0): match(x)
    cells(1);
    try: deep(50)
    except IndexError: pass
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
        finally: q = i
    import threading
    t = threading.Thread(target=lambda: handle(5)); t.start(); t.join()
    exec("def dyn(n):\n  return n*2\nfor i in range(3): dyn(i)", {})
    try: sys.exit(3)
    except SystemExit: pass
    import signal
    def onsig(*a): raise InterruptedError
    signal.signal(signal.SIGUSR1, onsig)
    try:
        a = 1
        signal.raise_signal(signal.SIGUSR1)
        b = 2
    except InterruptedError: c = 3
    def rec(n): return rec(n + 1)
    for i in range(40): unbound(i); calls(i); props(P()); calls(i)
    big()
def big():
    g = {}
    exec("def f(a):\n" + "".join(f"  if a > {i}: b = a + {i}; c{i} = {i}.5\n" for i in range(400)) +
        "  b = 3\n  try:\n" +
        "".join(f"    x{i} = a < {i}\n" for i in range(300)) + "    raise ValueError(b)\n  except ValueError: return b\n", g)
    for k in range(5): g['f'](k * 100)
main()
