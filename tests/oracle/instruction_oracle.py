"""Counts every instruction that a program executes, by sys.settrace with f_trace_opcodes. No part of it comes from the engine.

usage: instruction_oracle.py OUTPUT PROGRAM [ARGUMENT...]

Writes a list of the code objects of the program's file: {"name", "line", "generator", "rows": [[offset, opname, count], ...]};
count is null where the tracer cannot tell. Code objects of one name, first line and sequence of instructions are one. What is
not told one to one by the tracer, and how it is:

  - The RESUME of an activation that begins or goes on is a `call` event, no `opcode` event.
  - A generator that is thrown into looks the same, but it executes no RESUME: an `exception` event follows at the same place.
  - What stands in front of a function's first RESUME is not traced: an activation has not begun there.
  - In 3.11 an instruction with prefixes (EXTENDED_ARG) is an event at the first of them.
  - Superinstructions and specialised forms of 3.11 are switched off while a tracer is there; from 3.12 on an instruction of its own
    stands in place of each that is traced, so those are not used either.
  - From 3.13 on the interpreter closes a generator that waits in no `try` without running it. With a tracer it runs it, to an end
    that nobody without a tracer sees: those events are left out.
"""
import collections
import dis
import gc
import inspect
import json
import os
import sys
import threading
import types

RESUME = dis.opmap["RESUME"]
BY_PREFIX = sys.version_info < (3, 12)
IN_NO_TRY = 0x4 if sys.version_info >= (3, 13) and sys.version_info < (3, 15) else 0x8  # in the operand of a RESUME
CLOSED_AT_ONCE = sys.version_info >= (3, 13)


class Tracer:
    def __init__(self, file):
        self.file = file
        self.counts = collections.Counter()  # (code, offset) -> events
        self.code = {}                       # id -> code object, kept alive
        self.closing = set()                 # frames of generators that are closed
        self.begun = {}                      # frame -> (code, offset) of a `call` event that nothing has followed yet

    def __call__(self, frame, event, argument):
        code = frame.f_code
        if code.co_filename != self.file:
            return None
        frame.f_trace_opcodes = True
        self.code[id(code)] = code
        place = id(code), frame.f_lasti
        begun = self.begun.pop(frame, None)
        if event == "opcode" and frame not in self.closing:
            self.counts[place] += 1
        elif event == "call" and code.co_code[frame.f_lasti] == RESUME:
            self.counts[place] += 1
            self.begun[frame] = place
        elif event == "exception" and begun == place:
            self.counts[place] -= 1
            if CLOSED_AT_ONCE and argument[0] is GeneratorExit and self.waits_in_no_try(frame):
                self.closing.add(frame)
        elif event == "return":
            self.closing.discard(frame)
        return self

    @staticmethod
    def waits_in_no_try(frame):
        """An asynchronous generator is thrown into, not closed."""
        code = frame.f_code
        return code.co_code[frame.f_lasti + 1] & IN_NO_TRY and not code.co_flags & inspect.CO_ASYNC_GENERATOR

    def rows(self, code):
        """[offset, opname, count] of all instructions."""
        rows, traced, prefix = [], False, None
        for item in dis.get_instructions(code):
            prefix = item.offset if prefix is None else prefix
            if item.opname == "EXTENDED_ARG":
                continue
            traced = traced or (item.opname == "RESUME" and item.arg == 0)
            event = prefix if BY_PREFIX else item.offset
            rows.append([item.offset, item.opname, self.counts[id(code), event] if traced else None])
            prefix = None
        return rows


def nested(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from nested(constant)


def merged(tracer, codes):
    """The rows of code objects; of those that look the same, together."""
    known = {}
    for code in codes:
        rows = tracer.rows(code)
        key = code.co_qualname, code.co_firstlineno, tuple((offset, name) for offset, name, _ in rows)
        if key in known:
            for row, other in zip(known[key]["rows"], rows):
                row[2] = None if row[2] is None else row[2] + other[2]
        else:
            known[key] = {"name": code.co_qualname, "line": code.co_firstlineno, "generator": bool(code.co_flags & 0x2a0),
                          "rows": rows}
    return list(known.values())


def main():
    output, path = sys.argv[1:3]
    sys.argv = sys.argv[2:]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    with open(path) as file:
        program = compile(file.read(), path, "exec")
    module = types.ModuleType("__main__")
    module.__file__, module.__builtins__ = path, __builtins__
    sys.modules["__main__"] = module
    tracer, process = Tracer(path), os.getpid()
    threading.settrace(tracer)
    sys.settrace(tracer)
    try:
        try:
            exec(program, module.__dict__)
        finally:  # generators that are still there end while the tracer sees it
            module.__dict__.clear()
            gc.collect()
    finally:
        sys.settrace(None)
        codes = {id(code): code for code in nested(program)} | tracer.code
        if os.getpid() == process:
            with open(output, "w") as file:
                json.dump(merged(tracer, codes.values()), file)


if __name__ == "__main__":
    main()
