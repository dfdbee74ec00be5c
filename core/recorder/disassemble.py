"""Run by disassembler.c with the Python of the profiled program: disassembles code objects, one after the other.

stdin: for each, the number of bytes (all numbers are little-endian, of 4 bytes) and what core/host/code_object.h says.
stdout: first "dis1", the version and, by opcode, the names of specialised forms; then for each code object the number of bytes of an
answer: how many instructions and handlers there are, then these. No bytes: this one cannot be disassembled.
A text is its length (2 bytes) and UTF-8.
"""
import dis
import gc
import marshal
import opcode
import struct
import sys
from types import CodeType

MOST_TEXT = 1000  # characters of an operand
NO_OFFSET = 0xFFFFFFFF
JUMP_TARGET, PREFIX = 1, 2


class Shown:
    """A constant that is not there: repr() says what it would of the constant."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


def make_code(data):
    parts = list(marshal.loads(data))
    missing = parts.pop(8)
    constants = list(parts[7])
    for index, text in zip(missing[::2], missing[1::2]):
        constants[index] = Shown(text)
    parts[7] = tuple(constants)
    return CodeType(*parts)


def pack_text(text):
    if len(text) > MOST_TEXT:
        text = text[:MOST_TEXT - 1] + "\u2026"
    encoded = text.replace("\0", "\\x00").encode("utf-8", "backslashreplace")
    return struct.pack("<H", len(encoded)) + encoded


def line_of_offsets(code):
    lines = [0] * (len(code.co_code) // 2)
    for start, end, line in code.co_lines():
        lines[start // 2:end // 2] = [line or 0] * ((end - start) // 2)
    return lines


def stack_effect(instruction, jump):
    try:
        return dis.stack_effect(instruction.opcode, instruction.arg, jump=jump)
    except ValueError:
        return 0


def jump_target(instruction):
    if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
        return instruction.argval
    return None


def disassemble(code):
    # As dis.dis() prints it: in its labels are the targets of the exception table, which get_instructions() leaves out.
    lines = line_of_offsets(code)
    instructions = [
        struct.pack("<IIIIiiI", each.offset, lines[each.offset // 2], (each.arg or 0) & 0xFFFFFFFF,
                    NO_OFFSET if (target := jump_target(each)) is None else target,
                    stack_effect(each, False), stack_effect(each, True),
                    (JUMP_TARGET if each.is_jump_target else 0) | (PREFIX if each.opname == "EXTENDED_ARG" else 0))
        + pack_text(each.opname) + pack_text(each.argrepr)
        for each in dis.Bytecode(code)]
    handlers = [struct.pack("<IIIII", start, end, target, depth, bool(keeps_offset))
                for start, end, target, depth, keeps_offset in dis._parse_exception_table(code)]
    return struct.pack("<II", len(instructions), len(handlers)) + b"".join(instructions) + b"".join(handlers)


def specialized_names():
    names = [""] * 256
    known = getattr(opcode, "_specialized_opmap", None)
    if known is None:  # 3.11, 3.12: they have the numbers that are free, in this order
        free = (number for number, name in enumerate(opcode.opname) if name.startswith("<"))
        known = dict(zip(opcode._specialized_instructions, free))
    for name, number in known.items():
        names[number] = name
    return names


def main():
    gc.disable()
    sys.set_int_max_str_digits(0)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(b"dis1" + pack_text(sys.version.split()[0]) + b"".join(map(pack_text, specialized_names())))
    sink.flush()
    while len(size := source.read(4)) == 4:
        data = source.read(int.from_bytes(size, "little"))
        try:
            answer = disassemble(make_code(data))
        except Exception:
            answer = b""
        sink.write(struct.pack("<I", len(answer)) + answer)
        sink.flush()


main()
