"""A program with tracers, profilers and debuggers of its own: they see the same events, and debuggers can do the same."""
# counts: work=13 helper=60 generator=14 delegate=1
import bdb
import cProfile
import contextlib
import io
import pdb
import profile
import pstats
import sys
import threading
import trace


def helper(x):
    return x + 1


def generator(n):
    for i in range(n):
        yield helper(i)


def work(n):
    total = 0
    for x in generator(n):
        if x % 2:
            continue
        total += helper(x)
    try:
        total += [][1]
    except IndexError:
        total += len("abc")
    return total


def delegate(n):
    yield from generator(n)


def tracer(events):
    def local(frame, event, argument):
        if frame.f_code.co_filename == __file__ and frame.f_code.co_name in ("work", "helper", "generator", "delegate"):
            events.append((frame.f_code.co_name, event, frame.f_lineno - work.__code__.co_firstlineno,
                           argument if isinstance(argument, int) else type(argument).__name__))
            return local
    return local


for start, stop in ((sys.settrace, sys.gettrace), (sys.setprofile, sys.getprofile)):
    events = []
    start(function := tracer(events))
    print(stop() is function)
    work(4)
    start(None)
    print(len(events), *events, sep="\n")

events = []  # CPython 3.11 tells of jumps back as of lines, but for that of `yield from`
sys.settrace(tracer(events))
print([*delegate(2)])
sys.settrace(None)
print(*events, sep="\n")

events = []
threading.settrace(tracer(events))
thread = threading.Thread(target=work, args=(3,))
thread.start()
thread.join()
threading.settrace(None)
print(len(events), events[-1])
events = []
threading.setprofile(tracer(events))
thread = threading.Thread(target=work, args=(3,))
thread.start()
thread.join()
threading.setprofile(None)
print(len(events), events[-1])


def rows(stats):
    return sorted((key[1:], value[:2], sorted((k[2], v[:2] if isinstance(v, tuple) else v) for k, v in value[4].items()))
                  for key, value in stats.stats.items() if key[0] == __file__ or key[0] == "~" and "append" in key[2])


for kind in (cProfile, profile) if sys.version_info < (3, 12) else (cProfile, cProfile):
    profiler = kind.Profile()
    profiler.runcall(work, 5)
    with contextlib.redirect_stdout(io.StringIO()):
        stats = pstats.Stats(profiler)
    print(rows(stats))
profiler = cProfile.Profile()
profiler.enable()
work(2)
profiler.disable()
print(sorted((e.code.co_name, e.callcount, e.code is globals()[e.code.co_name].__code__ or e.code == globals()[e.code.co_name].__code__)
             for e in profiler.getstats() if not isinstance(e.code, str)))

counting = trace.Trace(count=1, trace=0, countfuncs=0)
counting.runfunc(work, 4)
print(sorted((line - work.__code__.co_firstlineno, n) for (file, line), n in counting.results().counts.items() if file == __file__))
called = trace.Trace(count=0, trace=0, countfuncs=1)
called.runfunc(work, 2)
print(sorted(f[2] for f in called.results().calledfuncs))
callers = trace.Trace(count=0, trace=0, countcallers=1)
callers.runfunc(work, 2)
print(sorted((a[2], b[2]) for a, b in callers.results().callers))


class Debugger(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.seen = []

    def user_call(self, frame, _): self.note("call", frame)
    def user_line(self, frame): self.note("line", frame); self.set_step()
    def user_return(self, frame, value): self.note("return", frame)
    def user_exception(self, frame, info): self.note(info[0].__name__, frame)

    def note(self, event, frame):
        if frame.f_code.co_filename == __file__:
            self.seen.append((event, frame.f_code.co_name, frame.f_lineno - work.__code__.co_firstlineno))


debugger = Debugger()
debugger.runcall(work, 2)
print(debugger.seen)
commands = io.StringIO("b helper\nc\np x\nw\nup\np n\ndown\nr\ntbreak 40\ncl 1\nc\nl\nargs\nunt\nq\n")
output = io.StringIO()
session = pdb.Pdb(stdin=commands, stdout=output, nosigint=True, readrc=False)
session.use_rawinput = False
with contextlib.suppress(bdb.BdbQuit):
    session.runcall(work, 3)
print(output.getvalue())


# Jumps.
def jumped():
    seen = []
    seen.append(1)
    seen.append(2)
    for i in range(3):
        seen.append(i)
    try:
        seen.append("try")
    finally:
        seen.append("finally")
    return seen


def jump(start, to):
    done = []

    def local(frame, event, argument):
        if frame.f_code is not jumped.__code__:
            return None
        if event == "line" and frame.f_lineno - first == start and not done:
            done.append(1)
            frame.f_lineno = first + to
        return local
    first = jumped.__code__.co_firstlineno
    sys.settrace(local)
    try:
        return jumped()
    except ValueError as error:
        return error
    finally:
        sys.settrace(None)


print([jump(a, b) for a, b in ((2, 4), (3, 2), (2, 6), (4, 9), (5, 9), (2, 5), (2, 9), (7, 3), (8, 4), (9, 2), (4, 0), (3, 0), (8, 99))])

# Opcode events.
opcodes = []
def by_opcode(frame, event, argument):
    if frame.f_code is helper.__code__:
        frame.f_trace_opcodes = True
        opcodes.append((event, frame.f_lasti))
        return by_opcode
sys.settrace(by_opcode)
helper(1)
sys.settrace(None)
print([event for event, at in opcodes if event != "opcode"])
if hasattr(sys, "monitoring"):
    tool, monitoring, seen = 3, sys.monitoring, []
    monitoring.use_tool_id(tool, "test")
    monitoring.register_callback(tool, monitoring.events.PY_START, lambda code, at: seen.append((code.co_name, at, code == work.__code__)))
    monitoring.register_callback(tool, monitoring.events.LINE, lambda code, line: seen.append((code.co_name, line - work.__code__.co_firstlineno)))
    monitoring.set_events(tool, monitoring.events.PY_START)
    monitoring.set_local_events(tool, work.__code__, monitoring.events.LINE)
    work(1)
    monitoring.set_events(tool, 0)
    monitoring.free_tool_id(tool)
    print(seen, monitoring.get_local_events(tool, work.__code__))
else:
    work(1)
