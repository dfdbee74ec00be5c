#!/usr/bin/env python3
"""Runs a program and counts its calls by CPython's own means, as a check of the counts of the function collector.

usage: count_calls.py cProfile|setprofile OUT PROGRAM

cProfile counts by its engine (_lsprof), all but generators and coroutines, whose every resumption it takes for a call;
setprofile counts the first starts of those. Counting ends behind the last of the program's atexit functions. OUT gets a marshalled list of (file, first line, name, calls); a function written in C has file "" and the name that _lsprof
gives it. Nothing but builtin modules is imported here, as what a program imports must run under the count.
"""
import _lsprof
import atexit
import marshal
import sys

sys.modules.pop("atexit")  # so that the program's import of it is the first one

GENERATOR_FLAGS = 0x20 | 0x80 | 0x200  # generator, coroutine, asynchronous generator


def counted_by_cprofile(profiler):
    rows = []
    for entry in profiler.getstats():
        code = entry.code
        if isinstance(code, str):
            rows.append(("", 0, code, entry.callcount))
        elif not code.co_flags & GENERATOR_FLAGS:
            rows.append((code.co_filename, code.co_firstlineno, code.co_name, entry.callcount))
    return rows


def count_starts(starts):
    """A profile function that counts first starts: they are at a RESUME whose argument's low bits are 0."""
    resume = (lambda: None).__code__.co_code[0]

    def profile(frame, event, argument):
        code = frame.f_code
        if event != "call" or not code.co_flags & GENERATOR_FLAGS:
            return
        at = frame.f_lasti
        if code.co_code[at] == resume and code.co_code[at + 1] & 3 == 0:
            starts[code] = starts.get(code, 0) + 1
    return profile


def main():
    how, out, program = sys.argv[1:]
    file = open(out, "wb")
    with open(program, "rb") as source:
        code = compile(source.read(), program, "exec")
    module = type(sys)("__main__")
    module.__dict__.update(__file__=program, __builtins__=__builtins__)
    sys.modules["__main__"] = module
    sys.argv[:] = [program]
    sys.path[0] = program.rpartition("/")[0]
    if how == "cProfile":
        profiler = _lsprof.Profiler()
        enable, disable = profiler.enable, profiler.disable
    else:
        starts = {}
        enable, disable = lambda: sys.setprofile(count_starts(starts)), lambda: sys.setprofile(None)

    def finish():
        disable()
        if how == "cProfile":
            rows = counted_by_cprofile(profiler)
        else:
            rows = [(c.co_filename, c.co_firstlineno, c.co_name, calls) for c, calls in starts.items()]
        marshal.dump(rows, file)
        file.close()

    atexit.register(finish)
    enable()
    exec(code, module.__dict__)


if __name__ == "__main__":
    main()
