#!/usr/bin/env python3
"""Checks what a compiler does not: layering, headers that stand alone, sizes, words, the top level. `make lint` runs it.

usage: lint.py [FOLDER]      prints one line for each violation and, last, `N passed, N failed` (one check each)

CC may name the compiler. Python itself is asked for its include folder (PYTHON). Files considered are those git knows or
would add; without git all files outside of build/.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MOST_LINES = 800
MOST_BYTES = 300_000
MOST_COLUMNS = 132  # 120 are aimed at
TOP_LEVEL = {"tui", "core", "include", "tests", "configs", "Makefile", "README.md", "LICENSE"}

# A library's header, and the only folders that may include it (tests/unit may include what it tests through).
OUTSIDE_HEADERS = {
    r"Python\.h|internal/pycore_.*|pycore_.*|opcode\.h|frameobject\.h|structmember\.h|marshal\.h": ["core/host", "tests/host"],
    r"sqlite3\.h": ["core/session", "tests/unit"],
    r"yaml\.h": ["core/config", "tests/unit"],
    r"(ncurses\w*/)?n?curses\.h|term\.h": ["tui/term"],
    r"cmocka\.h": ["tests/unit"],
}

# Which of our folders each folder may include besides itself; the longest matching prefix counts.
MAY_INCLUDE = {
    "include": ["include"],
    "core/base": ["include"],
    "core/profile": ["include", "core/base"],
    "core/probe": ["include", "core/base", "core/profile/arena_writer.h", "core/profile/arena_marks.h",
                   "core/profile/child_arena.h"],
    "core/inject": ["include", "core/base", "core/profile/arena_writer.h", "core/profile/child_arena.h"],
    "core/native": ["include"],
    "core/host": ["include", "core/base", "core/probe", "core/profile/arena_writer.h", "core/profile/child_arena.h"],
    "core/config": ["include", "core/base", "core/profile"],
    "core/session": ["include", "core/base", "core/profile"],
    "core/compare": ["include", "core/base", "core/profile", "core/config", "core/recorder"],
    "core/report": ["include", "core/base", "core/profile", "core/compare"],
    "core/recorder": ["include", "core/base", "core/profile", "core/config", "core/session"],
    "tui/term": ["include", "core/base"],
    "tui/layout": ["include", "core/base", "tui/term/grid.h"],
    "tui/view": ["include", "core/base", "core/profile", "core/compare", "tui/term/grid.h", "tui/layout",
                 "tui/app/request.h"],
    "tui/app": ["include", "core/base", "core/profile", "core/config", "core/recorder", "core/report", "core/session",
                "core/compare", "tui"],
    "tests": ["include", "core", "tui", "tests"],
}
LIBC_HEADERS = set("""assert ctype errno fcntl inttypes limits locale poll pthread signal spawn stdarg stdatomic stdbool
    stddef stdint stdio stdlib string strings termios time unistd sys/types sys/stat sys/mman sys/wait sys/socket sys/un
    sys/ioctl sys/time sys/resource wchar""".split())

# What only main may do, and what it hands the whole process to (a headless run; a viewer that has ended): everything
# else gives errors back as values. core/host/engine.c takes the place of python3's main.
ONLY_IN_MAIN = re.compile(r"\b(?:exit|_exit|_Exit|abort|err|errx|perror|printf|puts|putchar|vprintf)\s*\(|"
                          r"\bf(?:printf|puts)\s*\([^;]*\bstd(?:err|out)\b|\bfputs\s*\([^;]*,\s*std(?:err|out)\b")
MAY_END_OR_PRINT = {"core/host/engine.c", "tui/app/main.c", "tui/app/headless.c", "tui/app/headless_comparison.c",
                    "tui/app/headless_diff.c", "tui/app/application.c"}
# A process of its own ends itself: after fork, in a signal handler, or because it is told to end as the target did.
MAY_END = {"core/recorder", "core/host", "core/inject", "tui/term", "tui/app/"}
ENDS = re.compile(r"\b(?:_exit|_Exit|abort|exit)\s*\(")

LEFT_OVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
SLEEPS = re.compile(r"\b(?:usleep|nanosleep|time\.sleep)\s*\(|(?<![\w.])sleep\s*\(|^\s*sleep\s+[\d.]+", re.M)

WARNINGS = ["-std=gnu17", "-Wall", "-Wextra", "-Wshadow", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Werror",
            "-D_GNU_SOURCE", "-Iinclude", "-I."]


class Tree:
    """The files of one checkout, read once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.names = sorted(self.find())
        self.texts = {}

    def find(self):
        done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=self.folder, capture_output=True)
        if done.returncode == 0 and (self.folder / ".git").exists():
            names = done.stdout.decode().split("\0")
        else:
            names = [str(path.relative_to(self.folder)) for path in self.folder.rglob("*")]
        return [name for name in names if name and (self.folder / name).is_file() and not name.startswith("build/")]

    def text(self, name):
        if name not in self.texts:
            self.texts[name] = (self.folder / name).read_text(errors="replace")
        return self.texts[name]

    def c_files(self, *folders):
        return [n for n in self.names if n.endswith((".c", ".h")) and (not folders or n.startswith(folders))]


def without_comments(text):
    """C text with comments and string contents blanked out, lines kept."""
    def blank(match):
        found = match.group(0)
        if found.startswith(('"', "'")):
            return found[0] + found[-1]
        return re.sub(r"[^\n]", " ", found)
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def numbered(text):
    return enumerate(text.splitlines(), 1)


def includes_of(tree, name):
    """(line, header as written, True for <...>)"""
    for number, line in numbered(tree.text(name)):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(2), match.group(1) == "<"


def check_outside_headers(tree):
    for name in tree.c_files():
        for number, header, _ in includes_of(tree, name):
            for pattern, folders in OUTSIDE_HEADERS.items():
                if re.fullmatch(pattern, header) and not name.startswith(tuple(f + "/" for f in folders)):
                    yield f"{name}:{number}: <{header}> may be included only in {', '.join(folders)}"


def folder_of(name):
    """The rule that holds for a file: its longest prefix in MAY_INCLUDE."""
    found = [folder for folder in MAY_INCLUDE if name.startswith(folder + "/")]
    return max(found, key=len) if found else None


def our_file(tree, name, header):
    """Where one of our own headers lies, or None."""
    beside = os.path.normpath(os.path.join(os.path.dirname(name), header))
    for candidate in (header, "include/" + header, beside):
        if candidate in tree.names:
            return candidate
    return None


def check_layers(tree):
    for name in tree.c_files("core/", "tui/", "include/", "tests/"):
        folder = folder_of(name)
        if folder is None:
            yield f"{name}:1: its folder has no row in the table of layers; add one to tests/lint/lint.py"
            continue
        for number, header, angled in includes_of(tree, name):
            target = our_file(tree, name, header)
            if target is None:
                if not angled:
                    yield f"{name}:{number}: \"{header}\" is no file of ours; write <{header}>"
                continue
            allowed = [folder, *MAY_INCLUDE[folder]]
            if not any(target == rule or target.startswith(rule + "/") for rule in allowed):
                yield f"{name}:{number}: {folder} may not include {target}"


def check_contract_headers(tree):
    for name in tree.c_files("include/"):
        for number, header, angled in includes_of(tree, name):
            if angled and header.removesuffix(".h") not in LIBC_HEADERS:
                yield f"{name}:{number}: contract headers include only libc and each other, not <{header}>"


def compilers():
    wanted = [os.environ.get("CC", "cc").split(), ["clang"]]
    return [command for command in wanted if shutil.which(command[0])]


def python_flags():
    python = os.environ.get("PYTHON", sys.executable)
    done = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('include'))"], capture_output=True, text=True)
    include = done.stdout.strip()
    return ["-I" + include, "-I" + include + "/internal"] if include else []


def compile_error(tree, compiler, source, flags=()):
    done = subprocess.run([*compiler, *WARNINGS, *flags, "-fsyntax-only", source], cwd=tree.folder,
                          capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return None
    errors = [line for line in done.stderr.splitlines() if "error" in line]
    return (errors or done.stderr.splitlines() or ["no message"])[0]


def check_headers_alone(tree):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "alone.c")
        for name in (n for n in tree.c_files("core/", "tui/", "include/", "tests/") if n.endswith(".h")):
            flags = python_flags() if name.startswith("core/host/") else []
            guarded = name.removeprefix("include/")
            pathlib.Path(source).write_text(f'#include "{guarded}"\n#include "{guarded}"\nextern int alone;\nint alone;\n')
            for compiler in compilers():
                error = compile_error(tree, compiler, source, flags)
                if error:
                    yield f"{name}:1: does not compile alone with {compiler[0]}: {error}"


def check_clang(tree):
    if not shutil.which("clang"):
        return
    for name in (n for n in tree.c_files("core/", "tui/", "tests/") if n.endswith(".c")):
        error = compile_error(tree, ["clang"], name, python_flags() if name.startswith(("core/host/", "tests/host/")) else [])
        if error:
            yield f"{name}:1: clang: {error}"


def check_sizes(tree):
    for name in tree.names:
        size = (tree.folder / name).stat().st_size
        if size > MOST_BYTES:
            yield f"{name}:1: {size} bytes; no file may have more than {MOST_BYTES}"
        elif name.endswith((".c", ".h")):
            lines = tree.text(name).count("\n")
            if lines > MOST_LINES:
                yield f"{name}:1: {lines} lines; a file has at most {MOST_LINES}"


def check_text(tree):
    for name in tree.names:
        if not name.endswith((".c", ".h", ".py", ".yaml", ".sh")) and name not in ("Makefile", ".ci/run", ".ci/deps", "tests/run"):
            continue
        for number, line in numbered(tree.text(name)):
            if line != line.rstrip():
                yield f"{name}:{number}: white space at the end of the line"
            if "\t" in line and name.endswith((".c", ".h", ".py", ".yaml")):
                yield f"{name}:{number}: a tab; indent with 4 spaces"
            if name.endswith((".c", ".h")) and len(line) > MOST_COLUMNS:
                yield f"{name}:{number}: {len(line)} columns; a line has at most {MOST_COLUMNS}"
        if tree.text(name) and not tree.text(name).endswith("\n"):
            yield f"{name}:1: no newline at the end"


def check_left_overs(tree):
    for name in tree.names:
        for number, line in numbered(tree.text(name)):
            if LEFT_OVER.search(line):
                yield f"{name}:{number}: a word that marks unfinished work: {LEFT_OVER.search(line).group(0)}"


def check_sleeps(tree):
    for name in tree.names:
        if name.startswith("tests/") and not name.startswith(("tests/targets/", "tests/lint/")):
            text = without_comments(tree.text(name)) if name.endswith((".c", ".h")) else without_python_strings(tree.text(name))
            for match in SLEEPS.finditer(text):
                number = text.count("\n", 0, match.start()) + 1
                yield f"{name}:{number}: a test waits for a condition with a limit, it does not sleep"


def without_python_strings(text):
    """Python or shell text without string contents (programs under test stand there) and comments."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'"""(?:\\.|.)*?"""|\'\'\'(?:\\.|.)*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*', blank, text,
                  flags=re.S)


def check_prints_and_exits(tree):
    for name in tree.c_files("core/", "tui/"):
        if name in MAY_END_OR_PRINT:
            continue
        for number, line in numbered(without_comments(tree.text(name))):
            match = ONLY_IN_MAIN.search(line)
            if match is None or "__attribute__" in line:
                continue
            if ENDS.match(match.group(0)) and name.startswith(tuple(MAY_END)):
                continue
            yield f"{name}:{number}: {match.group(0).strip()}...: below main nothing prints or exits"


def check_top_level(tree):
    for top in sorted({name.split("/")[0] for name in tree.names}):
        if not top.startswith(".") and top not in TOP_LEVEL:
            yield f"{top}:1: the top level holds only {', '.join(sorted(TOP_LEVEL))} and dot files"


def check_executables(tree):
    for name in tree.names:
        first = tree.text(name)[:2]
        if os.access(tree.folder / name, os.X_OK) and first != "#!":
            yield f"{name}:1: is executable but has no #! line"


CHECKS = [check_outside_headers, check_layers, check_contract_headers, check_headers_alone, check_clang, check_sizes,
          check_text, check_left_overs, check_sleeps, check_prints_and_exits, check_top_level, check_executables]


def main():
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
    if not tree.names:
        sys.exit(f"lint: {tree.folder} holds no files to check")
    failed = 0
    for check in CHECKS:
        name = check.__name__.removeprefix("check_").replace("_", " ")
        violations = list(check(tree))
        print(f"{'FAILED' if violations else 'ok    '}  {name}")
        for violation in violations:
            print("    " + violation)
        failed += bool(violations)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
