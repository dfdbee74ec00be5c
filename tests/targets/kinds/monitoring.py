# counts: none
"""sys.monitoring (3.12) tells of the program's own code, offsets and instructions; the probes are none of them."""
import sys


def helper(n):
    return n + 1


def generate(n):
    for i in range(n):
        yield i


class Context:
    def __enter__(self): return self
    def __exit__(self, *error): return True


def busy(call):
    total = 0
    for i in range(3):
        if i % 2:
            total += call(i)
        else:
            total -= len("abc")
        while total > 100:
            total -= 50
    try:
        call(None)
    except (TypeError, ValueError) as error:
        total += len(error.args)
    try:
        raise KeyError(1)
    except ValueError:
        pass
    except LookupError:
        total += 1
    finally:
        total += 2
    with Context():
        raise ValueError
    try:
        raise ExceptionGroup("group", [ValueError(1)])
    except* ValueError:
        total += 1
    match total:
        case 0: total = 1
        case [first, *rest]: total = first
        case _: pass
    return sum(n for n in generate(total)) + sum([n for n in range(4) if n]), call(2) if total else None


# More constants than fit into one byte, calls behind all of them.
space = {}
exec("def many(call):\n    total = 0\n" + "".join(f"    total += {n} + call({n + 1000})\n" for n in range(300, 700, 2)) +
     "    return total\n", space)
many = space["many"]


def unwinds(call):
    call()


def record(tool, names, functions, call):
    """Runs the functions with events on; everything that their callbacks are given."""
    events, seen, local = sys.monitoring.events, [], {f.__code__: f.__name__ for f in (busy, many, helper, generate, unwinds)}

    def follow(name):
        def seen_event(code, *rest):
            if code in local:
                where = local[code] if any(code is known for known in local) else "another code object"
                numbers = [x for x in rest if isinstance(x, int)]
                if name == "PY_UNWIND":  # where an exception left an activation is not told exactly
                    del numbers[0]
                seen.append((name, where, *numbers, type(rest[-1]).__name__))
        return seen_event
    followers = {name: follow(name) for name in names}
    for name in names:
        print(name, sys.monitoring.register_callback(tool, getattr(events, name), followers[name]))
    local_events = 0
    for name in names:
        local_events |= getattr(events, name)
    sys.monitoring.set_events(tool, local_events)
    results = []
    for function in functions:
        try:
            results.append(function(call))
        except Exception as error:
            results.append(repr(error))
    sys.monitoring.set_events(tool, 0)
    for name in names:
        print(name, sys.monitoring.register_callback(tool, getattr(events, name), None) is followers[name])
    return results, seen


def disable_once(tool):
    events, counts = sys.monitoring.events, []

    def called(code, line):
        if code is busy.__code__:
            counts.append(line - code.co_firstlineno)
        return sys.monitoring.DISABLE
    sys.monitoring.register_callback(tool, events.LINE, called)
    for _ in range(2):
        sys.monitoring.set_local_events(tool, busy.__code__, events.LINE)
        busy(helper)
    sys.monitoring.restart_events()
    busy(abs)
    print(sys.monitoring.get_local_events(tool, busy.__code__) == events.LINE, counts)
    sys.monitoring.set_local_events(tool, busy.__code__, 0)
    sys.monitoring.register_callback(tool, events.LINE, None)


print(busy(helper), many(helper))
if hasattr(sys, "monitoring"):
    monitoring, tool = sys.monitoring, 3
    monitoring.use_tool_id(tool, "test")
    jumps = [name for name in ("JUMP", "BRANCH", "BRANCH_LEFT", "BRANCH_RIGHT") if hasattr(monitoring.events, name)]
    if "BRANCH_LEFT" in jumps:
        jumps.remove("BRANCH")
    exceptions = ["RAISE", "RERAISE", "EXCEPTION_HANDLED", "PY_UNWIND"]
    starts = ["PY_START", "PY_RESUME", "PY_YIELD", "PY_RETURN", "PY_THROW"]
    # Call ends that sleep are woken by the first C function, with an event for each instruction and without.
    for names in ["INSTRUCTION"], ["LINE"], jumps, exceptions, starts, ["CALL", "C_RETURN", "C_RAISE"], ["LINE", *jumps, *exceptions, *starts]:
        for call in helper, abs:
            results, seen = record(tool, names, (busy, many, unwinds), call)
            print(results, len(seen))
            for entry in seen:
                print(*entry)
    disable_once(tool)
    monitoring.free_tool_id(tool)

    def trace(frame, event, argument):
        if frame.f_code in (busy.__code__, helper.__code__):
            frame.f_trace_opcodes = True
            print(event, frame.f_code.co_name, frame.f_lineno, frame.f_lasti)
            return trace
    sys.settrace(trace)
    busy(helper)
    sys.settrace(None)
print(busy(abs), many(abs), busy(helper), many(helper))
