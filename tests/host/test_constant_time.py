"""The C functions that are said to take a constant time are called so by the engine: a row of another name would never be found."""
import re

from comparison import ROOT, main
from test_pyprof_module import Running

ROWS = set(re.findall(r'^    "([\w.]+)",$', (ROOT / "core" / "host" / "c_functions.c").read_text(), re.MULTILINE))

# A task shares functions with futures, which are called by the type that came first.
FUTURES = """
    import _asyncio, asyncio
    loop = asyncio.new_event_loop()
    future = _asyncio.Future(loop=loop)
    future.set_result(1)
    future.get_loop(); future.cancelled(); future.done(); future.exception(); future.result()
    loop.close()
"""
TASKS = """
    import _asyncio, asyncio
    async def nothing(): pass
    loop = asyncio.new_event_loop()
    task = _asyncio.Task(nothing(), loop=loop)
    get_loop = task.get_loop # bound, as asyncio does: it is called by the task's own type
    get_loop(); task.cancelled(); task.done()
    loop.run_until_complete(task)
    task.exception(); task.result()
    loop.close()
"""
OTHERS = """
    import _contextvars, _io, _operator, _random, _thread, collections, math, posix, re, sys, time
    class Mark: pass
    _contextvars.ContextVar("v").get(0); _io.BytesIO().tell(); _io.StringIO().tell(); _operator.index(1); _random.Random().random()
    _thread.get_ident()
    for lock in _thread.RLock(), _thread.allocate_lock():
        lock.acquire(); lock.release()
        lock.acquire(); lock.__exit__(None, None, None)
    abs(1); callable(1); chr(65); getattr(1, "real"); hasattr(1, "real"); id(1); isinstance(1, int); issubclass(int, int)
    len("a"); ord("a"); setattr(Mark, "a", 1)
    queue = collections.deque(); queue.append(1); queue.appendleft(1); queue.pop(); queue.popleft()
    1j.conjugate(); 1.5.is_integer(); (1).bit_length()
    table = {}; table.get(1); table.items(); table.keys(); table.values(); table.setdefault(1, 1); table.pop(1)
    row = []; row.append(1); row.pop()
    group = set(); group.add(1); group.discard(1); group.add(1); group.remove(1)
    "a".endswith("a"); "a".startswith("a")
    math.acos(1); math.asin(1); math.atan(1); math.atan2(1, 1); math.ceil(1.5); math.copysign(1, 1); math.cos(1); math.degrees(1)
    math.exp(1); math.fabs(1); math.floor(1.5); math.fmod(1, 1); math.hypot(1, 1); math.isclose(1, 1); math.isfinite(1)
    math.isinf(1); math.isnan(1); math.ldexp(1, 1); math.log(1); math.log10(1); math.log2(1); math.modf(1); math.pow(1, 1)
    math.radians(1); math.sin(1); math.sqrt(1); math.tan(1); math.tanh(1); math.trunc(1.5)
    posix.fspath("a"); sys._getframe(); sys.exc_info()
    match = re.match("a", "a"); match.start(); match.end(); match.span()
    time.monotonic(); time.monotonic_ns(); time.perf_counter(); time.perf_counter_ns(); time.time(); time.time_ns()
"""


class ConstantTime(Running):
    def test_names_are_those_of_the_engine(self):
        seen = set()
        for text in FUTURES, TASKS, OTHERS:
            done, session = self.run_program(text, "function")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            seen.update(row["qualname"] for row in session["functions"] if row["kind"] == "c" and row.get("calls"))
        self.assertGreater(len(ROWS), 50)
        self.assertEqual(sorted(ROWS - seen), [])


if __name__ == "__main__":
    main()
