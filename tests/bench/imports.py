"""What importing costs: a generated package of 200,000 instructions, and big packages of the standard library.

The package is made by a seeded generator: modules with classes, methods, nested functions, decorators, comprehensions and
tables, most of them never called, as in what people install. It lies once in the script's folder, where lines are counted,
and once in a folder site-packages, where they are not. The target measures the import itself, from .pyc files.
"""
import pathlib
import random
import shutil

from measure import COLLECTORS, FOLDER, Cost, Failed, Ratios, hosted, run

INSTRUCTIONS = 200_000
STANDARD_LIBRARY = """asyncio email.mime.multipart http.server xml.dom.minidom unittest.mock multiprocessing.pool
    logging.config argparse tarfile zipfile pydoc _pydecimal inspect ast ssl smtplib urllib.request xmlrpc.server doctest
    difflib pdb statistics mailbox imaplib ipaddress fractions""".split()

SCRIPT = """\
import sys, time
sys.path[1:1] = {path!r}
cpu, wall = time.process_time(), time.perf_counter()
import {modules}
print(time.process_time() - cpu, time.perf_counter() - wall)
"""

# --- the generated package ----------------------------------------------------------------------------------

NAMES = "alpha beta gamma delta value result total items index offset length buffer state source target option".split()


class Generator:
    """Text of functions and classes; what it makes compiles, and is never meant to be run."""

    def __init__(self, seed):
        self.source = random.Random(seed)
        self.serial = 0

    def name(self, kind):
        self.serial += 1
        return f"{kind}_{self.serial}"

    def operand(self):
        kind = self.source.randrange(6)
        word = self.source.choice(NAMES)
        if kind == 0:
            return str(self.source.randrange(1000))
        if kind == 1:
            return repr(word)
        if kind == 2:
            return f"{word}.{self.source.choice(NAMES)}"
        return word

    def expression(self):
        a, b, word = self.operand(), self.operand(), self.source.choice(NAMES)
        return self.source.choice([
            f"{a} + {b}", f"{word}({a}, {b})", f"{word}.{word}_of({a}, key={b})", f"{word}[{a}]", f"[{word} for {word} in {b}]",
            f"{{{a!r}: {b}, 'other': {a}}}", f"{a} if {b} else None", f"f'{{{word}}} of {{{word}!r}}'", f"({a}, {b}, {word})",
            f"len({word}) > {a} and not {b}", f"sum({word} * 2 for {word} in {b} if {word})", f"{word}[{a}:-1]",
            f"lambda {word}: {word} + {a}", f"isinstance({word}, (str, bytes)) or {b}"])

    def statement(self, depth):
        word, pad = self.source.choice(NAMES), "    " * depth
        kind = self.source.randrange(12 if depth < 4 else 6)
        if kind < 4:
            return [f"{pad}{word} = {self.expression()}"]
        if kind == 4:
            return [f"{pad}{word} += {self.operand()}"]
        if kind == 5:
            return [f"{pad}{word}.append({self.expression()})"]
        if kind == 6:
            return [f"{pad}if {self.expression()}:", *self.block(depth + 1), f"{pad}else:", *self.block(depth + 1)]
        if kind == 7:
            return [f"{pad}for {word} in {self.operand()}:", *self.block(depth + 1)]
        if kind == 8:
            return [f"{pad}try:", *self.block(depth + 1), f"{pad}except (KeyError, ValueError) as error:",
                    *self.block(depth + 1), f"{pad}    raise RuntimeError({word!r}) from error"]
        if kind == 9:
            return [f"{pad}with open({self.operand()}) as file:", *self.block(depth + 1)]
        if kind == 10:
            return [f"{pad}while {self.expression()}:", *self.block(depth + 1), f"{pad}    break"]
        return [f"{pad}return {self.expression()}"]

    def block(self, depth):
        return [line for _ in range(self.source.randrange(1, 3)) for line in self.statement(depth)]

    def function(self, depth=0, method=False):
        pad = "    " * depth
        arguments = (["self"] if method else []) + self.source.sample(NAMES, 2) + ["*, extra=None"]
        lines = [f"{pad}@property" if method and self.source.random() < 0.05 else f"{pad}@register"] \
            if self.source.random() < 0.15 else []
        if lines and lines[0].endswith("property"):
            arguments = ["self"]
        lines.append(f"{pad}def {self.name('function')}({', '.join(arguments)}):")
        lines.append(f'{pad}    """Says what {self.source.choice(NAMES)} is for."""')
        if self.source.random() < 0.1:
            lines += self.function(depth + 1)
        for _ in range(self.source.randrange(2, 7)):
            lines += self.statement(depth + 1)
        return lines + [f"{pad}    return {self.expression()}", ""]

    def a_class(self):
        lines = [f"class {self.name('Class')}(Base):", f'    """A {self.source.choice(NAMES)} that is kept."""',
                 f"    {self.source.choice(NAMES)} = {self.source.randrange(100)}",
                 "    __slots__ = ()", ""]
        for _ in range(self.source.randrange(3, 10)):
            lines += self.function(1, method=True)
        return lines

    def module(self):
        lines = ['"""A module of the generated package."""', "import collections", "import functools", "",
                 "Record = collections.namedtuple('Record', 'name value')" if self.source.random() < 0.2 else "",
                 f"TABLE = {{{', '.join(f'{i}: {self.source.random()!r}' for i in range(30))}}}", "",
                 "class Base:", "    __slots__ = ()", "",
                 "def register(function):", "    TABLE[function.__name__] = function", "    return function", ""]
        for _ in range(self.source.randrange(8, 20)):
            lines += self.a_class() if self.source.random() < 0.4 else self.function()
        return "\n".join(lines) + "\n"


def instructions_of(code):
    """Code units without what is behind a NUL opcode (inline caches), of a code object and all in it."""
    own = sum(1 for opcode in code.co_code[::2] if opcode)
    return own + sum(instructions_of(constant) for constant in code.co_consts if hasattr(constant, "co_code"))


def generate_package(folder):
    """Writes package/ into the folder; as many modules as it takes, counted by the Python that runs this."""
    generator = Generator(20)
    package = folder / "package"
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir(parents=True)
    count, names = 0, []
    while count < INSTRUCTIONS:
        text = generator.module()
        count += instructions_of(compile(text, "module", "exec"))
        names.append(f"module_{len(names)}")
        (package / f"{names[-1]}.py").write_text(text)
    (package / "__init__.py").write_text("".join(f"from package import {name}\n" for name in names))
    return count, len(names)


# --- measuring ----------------------------------------------------------------------------------------------

def import_cost(command):
    """The import's own time, as the target says it."""
    _, printed = run(command)
    return Cost(*map(float, printed.split()))


def measure_imports(python, rounds, say=print):
    """Ratios of importing, for each kind of package; the first runs write the .pyc files and are not counted."""
    base = FOLDER / "imports"
    application, installed = base / "application", base / "lib" / "site-packages"
    count, modules = generate_package(application)
    generate_package(installed)
    elsewhere = base / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    say(f"generated package: {count:,} instructions in {modules} modules")
    cases = {
        "package, project": (application, [], "package"),
        "package, site-packages": (elsewhere, [str(installed)], "package"),
        "standard library": (elsewhere, [], ", ".join(STANDARD_LIBRARY)),
    }
    ratios = Ratios()
    for name, (folder, path, imported) in cases.items():
        script = pathlib.Path(folder) / f"import_{imported.partition('.')[0].partition(',')[0]}.py"
        script.write_text(SCRIPT.format(path=path, modules=imported))
        import_cost([python, str(script)])
        if imported == "package" and len(list(base.rglob("package/__pycache__/*.pyc"))) <= modules:
            raise Failed(f"python3 writes no .pyc files below {base}, so imports cannot be measured")
        for _ in range(rounds):
            plain = import_cost([python, str(script)])
            for tool, options in COLLECTORS.items():
                session = FOLDER / "imports.pyprof"
                session.unlink(missing_ok=True)
                ratios.add(tool, name, import_cost(hosted(options, python, script, session)), plain)
    return ratios
