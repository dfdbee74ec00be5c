"""Makes random Python programs from a grammar: the same seed, the same program, by every version of Python.

A program is one module. It ends by itself: loops are bounded, and every function first spends of a common allowance, which
raises once it is used up. It may raise at any place. Each statement stands on a line of its own; expressions may go over
several lines. Functions have names of their own (f0, f1, ...), so that a line's function is known by its name.
"""
import random

HEAD = '''"""Program {seed}."""
import asyncio


class OutOfAllowance(BaseException):
    pass


allowance = 300


def spend():
    global allowance
    allowance -= 1
    if allowance < 0:
        raise OutOfAllowance


class Manager:
    def __init__(self, swallows):
        self.swallows = swallows

    def __enter__(self):
        return self.swallows

    def __exit__(self, kind, value, trace):
        return self.swallows and kind is not None and issubclass(kind, Exception)

    async def __aenter__(self):
        return self.swallows

    async def __aexit__(self, kind, value, trace):
        return self.swallows and kind is not None and issubclass(kind, Exception)


class Later:
    def __init__(self, count):
        self.count = count

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.count -= 1
        if self.count < 0:
            raise StopAsyncIteration
        return self.count


def through(function):
    return function


def given(*values, **named):
    return through


class Base:
    def __init__(self, *values):
        self.value = len(values)

    def method(self, a, b=1):
        return self.value


def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value


'''
FAILURES = ("ValueError", "KeyError", "ZeroDivisionError", "IndexError")


class Scope:
    """What may stand where the generator is."""

    def __init__(self, kind, number):
        self.kind = kind          # module, function, generator, async
        self.number = number      # it may call functions of lower numbers, and itself
        self.loops = 0
        self.serial = 0           # for names of loop counters


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed
        self.lines = []
        self.functions = []       # (name, kind) of what may be called
        self.indent = 0
        self.names = 0

    # --- expressions: text that may have line breaks, always inside parentheses ---------------------------

    def name(self, scope):
        return self.random.choice(["a", "b", "x", "y"])

    def wrap(self, *parts):
        """Parts of a parenthesised expression, on one line or on several."""
        gap = self.random.choice([" ", " ", " ", "\n" + "    " * (self.indent + 2)])
        begin = self.random.choice(["", "", "", "\n" + "    " * (self.indent + 1)]) if "\n" in gap else ""
        end = self.random.choice(["", "", "\n" + "    " * self.indent]) if "\n" in gap else ""
        return "(" + begin + gap.join(parts) + end + ")"

    def expression(self, scope, depth=0):
        pick = self.random.random()
        if depth > 2 or pick < 0.25:
            return self.random.choice([self.name(scope), str(self.random.randrange(6))])
        more = lambda: self.expression(scope, depth + 1)
        if pick < 0.40:
            return self.wrap(more(), self.random.choice(["+ ", "- ", "* ", "% 7 +", "^ ", "& "]) + more())
        if pick < 0.52:
            return self.wrap(more(), "if " + self.condition(scope, depth + 1), "else " + more())
        if pick < 0.60:
            return self.wrap(self.condition(scope, depth + 1), self.random.choice(["and ", "or "]) + more(),
                             self.random.choice(["and ", "or "]) + more())
        if pick < 0.72:
            return self.call(scope, depth)
        if pick < 0.80:
            function = self.random.choice(["abs", "max", "min", "sum", "len"])
            if function == "abs":
                return "abs" + self.wrap(more())
            if function in ("max", "min"):
                return function + self.wrap(more() + ",", more())
            return function + self.wrap("[" + more() + ",", more() + "]")
        if pick < 0.86:
            variable = f"i{depth}"
            kind = self.random.choice(["sum([%s])", "len({%s})", "sum(%s)", "len({%s: 1 for k in 'ab'})"])
            if "'ab'" in kind:
                return kind % (more())
            return kind % self.wrap(f"{variable} + {more()}" if not kind.startswith("sum(%") else f"{variable}",
                                    f"for {variable} in range({self.random.randrange(4)})",
                                    f"if {variable} != {self.random.randrange(3)}")[1:-1]
        if pick < 0.90:
            return self.wrap("(lambda p, q:", f"p + q)({more()},", more() + ")")
        if pick < 0.92:
            return self.wrap(f"y := {more()},", "1") + "[0]" if scope.kind != "class" else "3"
        if pick < 0.96:
            return self.odd_expression(scope, more)
        if self.random.random() < 0.7:
            return self.name(scope)
        return self.random.choice([f"(6 // {self.name(scope)})", f"[1, 2, 3][{self.name(scope)}]",
                                   f"{{1: 2, 0: 3}}[{self.name(scope)}]", f"int({self.name(scope)})"])

    def odd_expression(self, scope, more):
        """What stands in few programs; has the value of a number."""
        kinds = ["text", "slice", "unpacked", "mapping", "method", "lambda", "nested", "attribute"]
        kind = self.random.choice(kinds + ["asynchronous"] if scope.kind == "async" else kinds)
        if kind == "text":
            return f"len(f'{{{self.name(scope)}}} {{{self.name(scope)}!r:>4}}')"
        if kind == "slice":
            return self.wrap(f"[{more()},", f"{more()},", "5][1:][0]")
        if kind == "unpacked":
            return "len" + self.wrap(f"[*[{more()},", f"{more()}],", "3]")
        if kind == "mapping":
            return "len" + self.wrap(f"{{1: {more()},", f"{self.name(scope)}: {more()},", "**{7: 8}}")
        if kind == "method":
            return "Base" + self.wrap(more() + ",", "1") + ".method" + self.wrap(more() + ",", "b=2")
        if kind == "lambda":
            return self.wrap("(lambda p=" + more() + ",", "*q: p + len(q))(" + more() + ",", more() + ")")
        if kind == "nested":
            return "sum" + self.wrap("i8 * i9", "for i8 in range(2)", f"for i9 in (i8, {self.random.randrange(3)})", "if i9")
        if kind == "asynchronous":
            return "sum" + self.wrap("[i7", "async for i7 in Later(2)", "if i7]")
        return f"({more()}).real"

    def condition(self, scope, depth=0):
        pick = self.random.random()
        one = lambda: self.expression(scope, max(depth + 1, 2))
        if depth > 1 or pick < 0.5:
            return f"{one()} {self.random.choice(['<', '>', '==', '!=', '<='])} {one()}"
        if pick < 0.6:
            return f"{one()} < {one()} < {one()}"
        if pick < 0.7:
            return "not " + self.wrap(self.condition(scope, depth + 1))
        if pick < 0.9:
            return self.wrap(self.condition(scope, depth + 1),
                             self.random.choice(["and ", "or "]) + self.condition(scope, depth + 1),
                             self.random.choice(["and ", "or "]) + self.condition(scope, depth + 1))
        return self.random.choice(["True", "a", "b", "x", "len('ab') == 2"])

    def call(self, scope, depth):
        targets = [function for function in self.functions if function[2] < scope.number]
        if not targets:
            return self.name(scope)
        name, kind, _ = self.random.choice(targets)
        arguments = [self.expression(scope, depth + 1) + ",", self.expression(scope, depth + 1)]
        shape = self.random.random()
        if shape < 0.2:
            arguments = [arguments[0], "b=" + arguments[1]]
        elif shape < 0.3:
            arguments = ["*[" + arguments[0], arguments[1] + "]"]
        text = name + self.wrap(*arguments)
        if kind == "generator":
            return self.random.choice(["sum(%s)", "len(list(%s))", "next(%s, 0)"]) % text
        if kind == "async":
            return f"(await {text})" if scope.kind == "async" else f"run({text})" if scope.kind == "module" else "2"
        return text

    # --- statements ----------------------------------------------------------------------------------------

    def put(self, text):
        self.lines.append("    " * self.indent + text)

    def block(self, scope, size, depth):
        self.indent += 1
        for _ in range(self.random.randint(1, size)):
            self.statement(scope, depth + 1)
        self.indent -= 1

    def statement(self, scope, depth):
        simple = [self.assign, self.assign, self.augmented, self.bare, self.raising, self.leave, self.deleting,
                  self.asserting, self.passing, self.one_line, self.odd, self.odd]
        compound = [self.branch, self.branch, self.loop, self.loop, self.counted, self.endless, self.attempt, self.attempt,
                    self.manage, self.choose, self.nested, self.class_inside, self.groups, self.one_line]
        kinds = simple if depth > 3 else simple + compound + compound
        if scope.kind in ("generator", "async"):
            kinds = kinds + [self.giving, self.giving, self.giving]
        self.random.choice(kinds)(scope, depth)

    def assign(self, scope, depth):
        shape = self.random.random()
        if shape < 0.7:
            self.put(f"{self.random.choice('xy')} = {self.expression(scope)}")
        elif shape < 0.85:
            self.put(f"x, y = {self.wrap(self.expression(scope) + ',', self.expression(scope))}")
        else:
            self.put(f"x = y = {self.expression(scope)}")

    def augmented(self, scope, depth):
        self.put(f"x {self.random.choice(['+=', '-=', '^='])} {self.expression(scope)}")

    def bare(self, scope, depth):
        self.put(self.call(scope, 0))

    def one_line(self, scope, depth):
        """A compound statement with its body behind it, or two statements on a line."""
        self.names += 1
        kind = self.random.randrange(7)
        if kind == 0:
            self.put(f"if {self.condition(scope, 1)}: x = {self.expression(scope, 2)}")
            if self.random.random() < 0.5:
                self.put(f"else: x = {self.expression(scope, 2)}")
        elif kind == 1:
            self.put(f"for y in range({self.random.randrange(4)}): x += {self.expression(scope, 2)}")
        elif kind == 2:
            self.put(f"class D{self.names}: a = {self.expression(scope, 2)}")
        elif kind == 3:
            self.put(f"x = {self.expression(scope, 1)}; y = {self.expression(scope, 1)}; x = y")
        elif kind == 4:
            self.put(f"try: x = {self.expression(scope, 1)}")
            self.put("except Exception: pass")
        elif kind == 5:
            self.put(f"with Manager(True): x = {self.expression(scope, 1)}")
        else:
            self.put(f"g{self.names} = lambda p: p + {self.expression(scope, 2)}")
            self.put(f"x = g{self.names}({self.expression(scope, 2)})")

    def odd(self, scope, depth):
        kind = self.random.randrange(8)
        if kind == 0:
            self.put(f"x: int = {self.expression(scope)}" if scope.kind != "module" else f"x = {self.expression(scope)}")
        elif kind == 1:
            self.put(f"z = [{self.expression(scope)}, 1]")
            self.put(f"z[0] {self.random.choice(['+=', '=', '-='])} {self.expression(scope)}")
            self.put("z[1], *y = z + z")
            self.put("y = len(y)")
        elif kind == 2:
            self.put("import math")
            self.put("from sys import (maxsize,")
            self.put("                 version)")
        elif kind == 3:
            self.put(f"x = y = {self.expression(scope)}")
        elif kind == 4 and depth > 1:
            self.put(f"raise {self.random.choice(FAILURES)}{self.wrap('1')} from ValueError{self.wrap(self.expression(scope))}")
        elif kind == 5 and scope.kind != "class":
            self.put("z = Base" + self.wrap(self.expression(scope) + ",", "2"))
            self.put(f"z.value {self.random.choice(['+=', '='])} {self.expression(scope)}")
            self.put("x = z.method(1)")
        elif kind == 6:
            self.put('"""A text that',)
            self.put('nobody reads."""')
        else:
            self.put(self.wrap(self.expression(scope) + ",", self.expression(scope)))

    def groups(self, scope, depth):
        """try with except*; what leaves such a handler may not stand in it."""
        self.put("try:")
        self.block(scope, 2, depth)
        self.indent += 1
        if self.random.random() < 0.5:
            self.put(f"raise ExceptionGroup('', [{self.random.choice(FAILURES)}(1), {self.random.choice(FAILURES)}(2)])")
        self.indent -= 1
        for _ in range(self.random.randint(1, 2)):
            self.put(f"except* {self.random.choice(FAILURES)}{self.random.choice(['', ' as error'])}:")
            self.indent += 1
            self.put(f"x = {self.expression(scope, 2)}")
            self.put(f"if {self.condition(scope, 1)}:")
            self.put(f"    y = {self.expression(scope, 2)}")
            self.indent -= 1
        if self.random.random() < 0.3:
            self.put("else:")
            self.block(scope, 2, depth)
        if self.random.random() < 0.3:
            self.put("finally:")
            self.block(scope, 2, depth)

    def passing(self, scope, depth):
        self.put("pass")

    def deleting(self, scope, depth):
        self.put(f"z = [{self.expression(scope)}]")
        self.put(self.random.choice(["del z", "del z[0]"]))

    def asserting(self, scope, depth):
        self.put(f"assert {self.condition(scope)}, {self.wrap(self.expression(scope) + ',', '1')}")

    def raising(self, scope, depth):
        if self.random.random() < 0.5 and depth > 1:
            self.put(f"raise {self.random.choice(FAILURES)}{self.wrap(self.expression(scope))}")
        else:
            self.assign(scope, depth)

    def leave(self, scope, depth):
        pick = self.random.random()
        if scope.loops and pick < 0.6:
            self.put(self.random.choice(["break", "continue"]))
        elif scope.kind == "module" or depth < 2:
            self.augmented(scope, depth)
        elif scope.kind == "generator":
            self.put("return")
        else:
            self.put(f"return {self.expression(scope)}")

    def giving(self, scope, depth):
        if scope.kind == "async":
            self.put(f"x = await asyncio.sleep(0, {self.expression(scope)})")
            return
        generators = [f for f in self.functions if f[1] == "generator" and f[2] < scope.number]
        if generators and self.random.random() < 0.3:
            self.put(f"x = yield from {self.random.choice(generators)[0]}{self.wrap('a,', 'b')}")
            self.put("x = 1")
        elif self.random.random() < 0.6:
            self.put(f"yield {self.expression(scope)}")
        else:
            self.put(f"x = ((yield {self.expression(scope)}) or 1)")

    def branch(self, scope, depth):
        self.put(f"if {self.condition(scope)}:")
        self.block(scope, 2, depth)
        while self.random.random() < 0.3:
            self.put(f"elif {self.condition(scope)}:")
            self.block(scope, 2, depth)
        if self.random.random() < 0.5:
            self.put("else:")
            self.block(scope, 2, depth)

    def loop_body(self, scope, depth, first=()):
        scope.loops += 1
        self.indent += 1
        for line in first:
            self.put(line)
        self.indent -= 1
        self.block(scope, 3, depth)
        scope.loops -= 1

    def loop_else(self, scope, depth):
        if self.random.random() < 0.35:
            self.put("else:")
            self.block(scope, 2, depth)

    def loop(self, scope, depth):
        generators = [f for f in self.functions if f[1] == "generator" and f[2] < scope.number]
        pick = self.random.random()
        if scope.kind == "async" and pick < 0.4:
            self.put(f"async for y in Later({self.random.randrange(4)}):")
        elif generators and pick < 0.5:
            self.put(f"for y in {self.random.choice(generators)[0]}{self.wrap('a,', self.expression(scope))}:")
        elif pick < 0.7:
            self.put(f"for y in {self.wrap(self.expression(scope) + ',', self.expression(scope) + ',', '2')}:")
        else:
            self.put(f"for y in range({self.random.randrange(5)}):")
        self.loop_body(scope, depth)
        self.loop_else(scope, depth)

    def counted(self, scope, depth):
        self.names += 1
        counter = f"n{self.names}"
        self.put(f"{counter} = {self.random.randrange(4)}")
        if self.random.random() < 0.5:
            self.put(f"while {counter}:")
        else:
            self.put(f"while {self.wrap(f'{counter} > 0', 'and ' + self.condition(scope, 1))}:")
        self.loop_body(scope, depth, [f"{counter} -= 1"])
        self.loop_else(scope, depth)

    def endless(self, scope, depth):
        self.names += 1
        counter = f"n{self.names}"
        self.put(f"{counter} = {self.random.randrange(4)}")
        self.put("while True:")
        self.loop_body(scope, depth, [f"{counter} -= 1", f"if {counter} < 0:", "    break"])

    def attempt(self, scope, depth):
        self.put("try:")
        self.block(scope, 3, depth)
        handlers = self.random.randrange(3)
        for number in range(handlers):
            shape = self.random.random()
            if shape < 0.5:
                self.put(f"except {self.random.choice(FAILURES)}:")
            elif shape < 0.75:
                self.put(f"except {self.random.choice(FAILURES)} as error:")
            elif shape < 0.9 or number < handlers - 1:
                self.put(f"except {self.wrap(self.random.choice(FAILURES) + ',', self.random.choice(FAILURES))}:")
            else:
                self.put("except Exception:")
            self.block(scope, 2, depth)
        if handlers and self.random.random() < 0.3:
            self.put("else:")
            self.block(scope, 2, depth)
        if not handlers or self.random.random() < 0.5:
            self.put("finally:")
            self.block(scope, 2, depth)

    def manage(self, scope, depth):
        swallows = lambda: f"Manager({self.random.choice(['True', 'False', self.expression(scope, 2)])})"
        word = "async with" if scope.kind == "async" and self.random.random() < 0.7 else "with"
        shape = self.random.random()
        if shape < 0.5:
            self.put(f"{word} {swallows()} as x:")
        elif shape < 0.75:
            self.put(f"{word} {swallows()}, {swallows()} as y:")
        else:
            gap = "\n" + "    " * (self.indent + 1)
            self.put(f"{word} ({swallows()} as x,{gap}{swallows()}):")
        self.block(scope, 3, depth)

    def choose(self, scope, depth):
        self.put(f"match {self.random.choice(['a', 'x', '(a, b)', '[x, y, 1]', '{1: a}'])}:")
        self.indent += 1
        for _ in range(self.random.randint(1, 3)):
            pattern = self.random.choice(["Base(value=1)", "[x, y, *_]", "{1: x, **more}", "(1 | 2) as y", "0", "1 | 2", "(x, y)", "[x, *_]", "{1: y}", "int()", "(0, 1)", "int(real=2)"])
            guard = f" if {self.condition(scope, 2)}" if self.random.random() < 0.3 else ""
            self.put(f"case {pattern}{guard}:")
            self.block(scope, 2, depth)
        if self.random.random() < 0.5:
            self.put("case _:")
            self.block(scope, 2, depth)
        self.indent -= 1

    def function(self, kind, number):
        name = f"f{len(self.functions)}"
        if self.random.random() < 0.2:
            self.put("@through")
            if self.random.random() < 0.5:
                self.put("@given" + self.wrap("1,", "b=2"))
        more = self.random.choice(["", "", ", *rest, c=2, **others", ", /", ", *, c: int = 3"])
        self.put(f"{'async ' if kind == 'async' else ''}def {name}" + self.wrap("a,", f"b=1{more}") + ":"
                 if more != ", /" else f"def {name}(a, b=1):" if kind != "async" else f"async def {name}(a, b=1):")
        self.functions.append((name, kind, 10**9))  # nobody calls it before it is whole
        place = len(self.functions) - 1
        scope = Scope(kind, number)
        self.indent += 1
        if self.random.random() < 0.2:
            self.put('"""What it is for."""')
        if self.random.random() < 0.1:
            self.put("global shared")
            self.put("shared = 1")
            self.put("shared += 1")
        self.put("x = y = 1")
        self.put("spend()")
        self.indent -= 1
        self.block(scope, 5, 1)
        self.indent += 1
        if kind == "generator":
            self.put("yield a")
        elif kind == "function" and self.random.random() < 0.4:
            self.put("if a > 0:")
            self.put(f"    return {name}(a - 1, b) + {name}(a - 2, x)" if self.random.random() < 0.3
                     else f"    x = {name}(a - 1, b)")
        if kind != "generator":
            self.put(f"return {self.expression(scope)}")
        self.indent -= 1
        return place, (name, kind, number)

    def nested(self, scope, depth):
        if depth > 2 or scope.kind == "module":
            self.assign(scope, depth)
            return
        if self.random.random() < 0.3 and scope.kind in ("function", "generator"):
            self.names += 1
            self.put(f"v{self.names} = 1")
            self.put(f"def h{self.names}(p):")
            self.put(f"    nonlocal v{self.names}")
            self.put(f"    v{self.names} += p")
            self.put(f"    return v{self.names}")
            self.put(f"x = h{self.names}({self.expression(scope, 2)})")
        place, _ = self.function("function", scope.number)
        self.put(f"x = {self.functions[place][0]}({self.name(scope)}, {self.expression(scope, 2)})")

    def class_inside(self, scope, depth):
        if depth > 2:
            self.assign(scope, depth)
            return
        self.names += 1
        if self.random.random() < 0.3:
            self.put("@through")
        self.put(f"class C{self.names}{self.random.choice(['', '(Base)', '(Base,' + chr(10) + '    ' * (self.indent + 2) + 'object)'])}:")
        inner = Scope("class", 0)
        self.indent += 1
        self.put("a = b = x = y = 1")
        self.indent -= 1
        self.block(inner, 2, 3)

    def program(self):
        for number in range(1, self.random.randint(2, 5)):
            kind = self.random.choice(["function", "function", "function", "generator", "async"])
            place, function = self.function(kind, number)
            self.functions[place] = function
            self.put("")
            self.put("")
        self.put("a, b, x, y = 2, 3, 1, 1")
        scope = Scope("module", 10**6)
        for name, kind, number in [f for f in self.functions if f[2] < 10**6]:
            for argument in range(3):
                self.put("try:")
                call = f"{name}({argument}, {self.random.randrange(4)})"
                call = {"function": call, "generator": f"list({call})", "async": f"run({call})"}[kind]
                self.put(f"    x = {call}")
                self.put("except (Exception, OutOfAllowance) as error:")
                self.put("    print(type(error).__name__)")
                self.put("else:")
                self.put("    print(x)")
        for _ in range(4):
            self.statement(scope, 0)
        return HEAD.replace("{seed}", str(self.seed)) + "\n".join(self.lines) + "\n"


def generate(seed):
    """The program of a seed; a few seeds give text that is not Python (a name bound twice in one pattern, ...): the next."""
    for attempt in range(100):
        text = Generator(f"{seed}/{attempt}").program()
        try:
            compile(text, "generated", "exec")
            return text
        except SyntaxError:
            continue
    raise ValueError(f"no program of seed {seed}")
