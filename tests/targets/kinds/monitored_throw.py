# counts: none
"""An exception thrown into a generator that has not begun makes sys.monitoring look into its code before any of it has run."""
import gc
import sys

MANY = 200


def generator_function(lines):
    """A function of so many lines, of which one ends in a handler; nothing of it has run."""
    body = "".join(f"        total += {n}\n" for n in range(lines))
    space = {}
    exec(f"def generate(total):\n    try:\n{body}        yield total\n    except KeyError:\n        yield -1\n    yield 0\n", space)
    return space["generate"]


def throw_into_new(generate):
    generator = generate(1)
    try:
        generator.throw(KeyError("first"))
    except KeyError as error:
        return error.__traceback__.tb_next.tb_lineno, generator.gi_frame


def run_through(generate):
    generator = generate(2)
    first = next(generator)
    return first, generator.throw(KeyError("second")), list(generator)


def run_all():
    told = []
    functions = [generator_function(n % 40) for n in range(MANY)]
    for generate in functions:
        told.append(throw_into_new(generate))
        told.append(run_through(generate))
        told.append(throw_into_new(generate))
    return told


print(hash(str(run_all())) == hash(str(run_all())), run_all()[:9])
if hasattr(sys, "monitoring"):
    monitoring, tool = sys.monitoring, 3
    monitoring.use_tool_id(tool, "test")
    for names in ["LINE"], ["INSTRUCTION"], ["PY_THROW", "PY_UNWIND"], ["LINE", "INSTRUCTION", "PY_START", "PY_THROW", "RAISE"]:
        events, seen = 0, []
        for name in names:
            def tell(code, *rest, name=name):
                if code.co_name == "generate" and name != "PY_UNWIND":
                    seen.append((name, *[x for x in rest if isinstance(x, int)]))
            monitoring.register_callback(tool, getattr(monitoring.events, name), tell)
            events |= getattr(monitoring.events, name)
        monitoring.set_events(tool, events)
        told = run_all()
        monitoring.set_events(tool, 0)
        told += run_all()
        gc.collect()
        print(names, len(told), told[-3:], len(seen), seen)
        for name in names:
            monitoring.register_callback(tool, getattr(monitoring.events, name), None)
    monitoring.free_tool_id(tool)


def trace(frame, event, argument):
    if frame.f_code.co_name == "generate":
        print(event, frame.f_lineno)
        return trace


fresh = generator_function(3)
sys.settrace(trace)
print(throw_into_new(fresh), run_through(fresh))
sys.settrace(None)
