"""A program as large as large ones are: some 100,000 functions, 1,000,000 call nodes, a file of 50,000 lines; it then runs on with a
few thousand of the paths. What the viewer is measured with while it goes on (viewer.py).

usage: large_program.py FOLDER              writes its modules and itself, as FOLDER/project/main.py
       FOLDER/project/main.py [SECONDS]    runs it

The functions of one file belong to the project, 93,000 others to modules beside it. They stand in twelve levels; each calls one of
four of the next level, which one its argument says, so that an argument is a path.
"""
import importlib
import pathlib
import shutil
import sys
import time

LEVELS, WIDTH, CHOICES = 12, 8192, 4
OF_PROJECT = 5000  # functions of the file of 50,000 lines, all of the last level
WALKS = 99_500  # paths that are walked once: 1,000,000 call nodes
ACTIVE = 200  # paths that are walked again and again
MULTIPLIER, INCREMENT, MASK = 6364136223846793005, 1442695040888963407, (1 << 64) - 1


def function_text(level, number):
    calls_next = f"return NEXT[{number} * {CHOICES} + (state >> 62) & {WIDTH - 1}](state)"
    body = calls_next if level + 1 < LEVELS else "return state"
    return f"def level_{level}_{number}(state):\n    state = state * {MULTIPLIER} + {INCREMENT} & {MASK}\n    {body}\n"


def project_text(number):
    lines = "".join(f"    total = total * 3 + {line} & 0xffff\n" for line in range(7))
    return f"def step_{number}(state):\n    total = state & 0xffff\n{lines}    return total\n"


def write(folder):
    for level in range(LEVELS):
        first = OF_PROJECT if level + 1 == LEVELS else 0
        texts = ["NEXT = []\n"] + [function_text(level, number) for number in range(first, WIDTH)]
        (folder / f"level_{level}.py").write_text("\n\n".join(texts))
    project = folder / "project"
    project.mkdir()
    shutil.copy(__file__, project / "main.py")
    (project / "generated.py").write_text("".join(project_text(number) for number in range(OF_PROJECT)))


def load(folder):
    """The functions of the first level."""
    sys.path.append(str(folder))
    behind = None
    for level in reversed(range(LEVELS)):
        module = importlib.import_module(f"level_{level}")
        first = OF_PROJECT if level + 1 == LEVELS else 0
        functions = [getattr(module, f"level_{level}_{number}") for number in range(first, WIDTH)]
        if first:
            generated = importlib.import_module("generated")
            functions = [getattr(generated, f"step_{number}") for number in range(first)] + functions
        if behind:
            module.NEXT.extend(behind)
        behind = functions
    return behind


def walk(functions, count):
    for number in range(count):
        state = number * 0x9E3779B97F4A7C15 & MASK
        functions[state >> 51](state)


def work(seconds):
    end = time.monotonic() + seconds
    total = 0
    while time.monotonic() < end:
        for number in range(1000):
            total += number
    return total


def run(seconds):
    end = time.monotonic() + seconds
    functions = load(pathlib.Path(__file__).resolve().parent.parent)
    walk(functions, WALKS)
    print("all paths walked", flush=True)
    while time.monotonic() < end:
        walk(functions, ACTIVE)
        work(0.01)


if pathlib.Path(__file__).name == "main.py":
    run(float(sys.argv[1]) if len(sys.argv) > 1 else 600)
else:
    write(pathlib.Path(sys.argv[1]))
