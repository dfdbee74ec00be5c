"""Counts a program's lines and calls by its text alone, for comparing: a program rewritten so that it counts itself.

`rewrite` puts a call of a counter in front of every statement and into every function. What is counted, as the engine
defines a line hit:
  - a statement: each time it starts; one with decorators starts at the first of them
  - `for`: its set-up, and each further try for an item: n + 1 over n items, k when left during the k-th
  - `while`: each evaluation of its test; where that is constant, each time the body begins
  - `except`: each time it is asked whether it is meant; `case`: each time its pattern is tried
Where several statements stand on a line, or one begins on a line that another goes on to, the first is counted. Statements
that make no code (`global`, texts, annotations alone, `assert True`) are not there. Lines of which the compiler keeps no
instruction are left out by `lines_with_code`.
"""
import ast
import builtins
import collections
import dis

NAME = "__counters__"  # what rewritten programs call, found among the builtins; in classes it is not mangled
Function = collections.namedtuple("Function", "file name line")  # as its code object says: co_name, co_firstlineno


class Loop:
    """Iterates as `for` does, counting each try but the first, which belongs to the set-up."""

    def __init__(self, counters, key, iterable):
        self.counters, self.key, self.iterator, self.tried = counters, key, iter(iterable), False

    def __iter__(self):
        return self

    def __next__(self):
        if self.tried:
            self.counters.hit(self.key)
        self.tried = True
        return next(self.iterator)


class AsyncLoop:
    def __init__(self, counters, key, iterable):
        self.counters, self.key, self.iterator, self.tried = counters, key, aiter(iterable), False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.tried:
            self.counters.hit(self.key)
        self.tried = True
        return await anext(self.iterator)


class Counters:
    """What rewritten programs call. A key is (kind, function, line), kind "line" or "call"; programs hold its number."""

    def __init__(self):
        self.keys, self.counts = [], []
        setattr(builtins, NAME, self)

    def new(self, kind, function, line):
        self.keys.append((kind, function, line))
        self.counts.append(0)
        return len(self.keys) - 1

    def hit(self, key):
        self.counts[key] += 1
        return True

    def miss(self, key):
        self.counts[key] += 1
        return False

    def loop(self, key, iterable):
        return Loop(self, key, iterable)

    def async_loop(self, key, iterable):
        return AsyncLoop(self, key, iterable)

    def result(self):
        """({(function, line): hits}, {function: calls})"""
        lines, calls = collections.Counter(), collections.Counter()
        for (kind, function, line), count in zip(self.keys, self.counts):
            if kind == "call":
                calls[function] += count
            else:
                lines[function, line] += count
        return lines, calls


def is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def is_constant(test):
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return is_constant(test.operand)
    return isinstance(test, ast.Constant) or (isinstance(test, ast.Name) and test.id == "__debug__")


def makes_no_code(statement, in_function):
    if isinstance(statement, (ast.Global, ast.Nonlocal)) or is_text(statement):
        return True
    if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Constant) and statement.test.value:
        return True
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return True
    return isinstance(statement, ast.AnnAssign) and statement.value is None and \
        (in_function or not isinstance(statement.target, ast.Name))


def start_of(statement):
    decorators = getattr(statement, "decorator_list", None)
    return decorators[0].lineno if decorators else statement.lineno


def head_end(statement):
    """The last line of a statement, or of what stands before the body of a compound one."""
    body = getattr(statement, "body", None)
    if not isinstance(body, list):
        return statement.end_lineno
    parts = [node for name, value in ast.iter_fields(statement) if name not in ("body", "orelse", "finalbody", "handlers", "cases")
             for node in (value if isinstance(value, list) else [value]) if isinstance(node, ast.AST)]
    lines = [node.end_lineno for part in parts for node in ast.walk(part) if hasattr(node, "end_lineno")]
    return max([statement.lineno, *lines])


class Rewriter:
    def __init__(self, file, counters):
        self.file, self.counters = file, counters
        self.function = Function(file, "<module>", 1)
        self.in_function = False
        self.last_line = 0  # of what was before in this function: a statement that begins there is not counted

    def counter(self, method, kind, line, *arguments):
        return ast.Call(ast.Attribute(ast.Name(NAME, ast.Load()), method, ast.Load()),
                        [ast.Constant(self.counters.new(kind, self.function, line)), *arguments], [])

    def hit(self, line, kind="line"):
        return ast.Expr(self.counter("hit", kind, line))

    def is_new(self, line, end):
        """Whether a line is the first statement's that touches it; notes what this one touches."""
        new = line > self.last_line
        self.last_line = max(self.last_line, end)
        return new

    def block(self, statements):
        done = []
        for statement in statements:
            line = start_of(statement)
            counted = not makes_no_code(statement, self.in_function) and self.is_new(line, head_end(statement))
            if counted and not isinstance(statement, ast.While):
                done.append(self.hit(line))
            done.append(self.statement(statement, counted))
        return done

    def inside(self, node, is_function):
        outer = self.function, self.in_function, self.last_line
        self.function, self.in_function, self.last_line = Function(self.file, node.name, start_of(node)), is_function, 0
        texts = node.body[:1] if is_text(node.body[0]) else []
        calls = [self.hit(node.lineno, "call")] if is_function else []
        node.body = [*texts, *calls, *self.block(node.body[len(texts):])] or texts
        self.function, self.in_function, self.last_line = outer
        return node

    def expressions(self, node):
        """Counts the calls of the lambdas in what is not a statement of a node."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [self.expression(item) if isinstance(item, ast.AST) and not isinstance(item, (
                    ast.stmt, ast.excepthandler, ast.match_case)) else item for item in value]
            elif isinstance(value, ast.AST):
                setattr(node, name, self.expression(value))

    def expression(self, node):
        self.expressions(node)
        if isinstance(node, ast.Lambda):
            outer, self.function = self.function, Function(self.file, "<lambda>", node.lineno)
            node.body = ast.BoolOp(ast.And(), [self.counter("hit", "call", node.lineno), node.body])
            self.function = outer
        return node

    def statement(self, node, counted):
        self.expressions(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.inside(node, True)
        if isinstance(node, ast.ClassDef):
            return self.inside(node, False)
        if isinstance(node, (ast.For, ast.AsyncFor)) and counted:
            kind = "loop" if isinstance(node, ast.For) else "async_loop"
            node.iter = self.counter(kind, "line", node.lineno, node.iter)
        elif isinstance(node, ast.While):
            constant = is_constant(node.test)
            if counted and not constant:
                node.test = ast.BoolOp(ast.And(), [self.counter("hit", "line", node.lineno), node.test])
            node.body = [*([self.hit(node.lineno)] if counted and constant else []), *self.block(node.body)]
            node.orelse = self.block(node.orelse)
            return node
        elif isinstance(node, (ast.Try, ast.TryStar)):
            return self.attempt(node)
        elif isinstance(node, ast.Match):
            return self.match(node)
        for name in ("body", "orelse"):
            if isinstance(getattr(node, name, None), list):
                setattr(node, name, self.block(getattr(node, name)))
        return node

    def attempt(self, node):
        node.body = self.block(node.body)
        for handler in node.handlers:
            self.expressions(handler)
            counted = self.is_new(handler.lineno, head_end(handler))
            if counted and handler.type is not None:
                handler.type = ast.BoolOp(ast.And(), [self.counter("hit", "line", handler.lineno), handler.type])
            first = [self.hit(handler.lineno)] if counted and handler.type is None else []
            handler.body = [*first, *self.block(handler.body)]
        node.orelse = self.block(node.orelse)
        node.finalbody = self.block(node.finalbody)
        return node

    def match(self, node):
        cases = []
        for case in node.cases:
            self.expressions(case)
            end = (case.guard or case.pattern).end_lineno
            if self.is_new(case.pattern.lineno, end):
                cases.append(ast.match_case(ast.MatchAs(), self.counter("miss", "line", case.pattern.lineno), [ast.Pass()]))
            case.body = self.block(case.body)
            cases.append(case)
        node.cases = cases
        return node


def rewrite(tree, file, counters):
    """Changes a module's tree so that it counts itself."""
    rewriter = Rewriter(file, counters)
    texts = tree.body[:1] if tree.body and is_text(tree.body[0]) else []
    tree.body = [*texts, *rewriter.block(tree.body[len(texts):])]
    return ast.fix_missing_locations(tree)


# What the compiler leaves of a statement that does nothing (pass, break, continue, return), of one that is never reached, or
# where paths meet. Such an instruction bears the line of that statement though it may serve its neighbours.
IDLE = {"NOP", "EXTENDED_ARG", "CACHE", "RERAISE", "SWAP", "COPY", "POP_TOP", "POP_EXCEPT", "POP_ITER", "END_FOR", "RETURN_VALUE",
        "RETURN_CONST", "PUSH_EXC_INFO", "NOT_TAKEN"}


def is_idle(instruction):
    name = instruction.opname
    return name in IDLE or name.startswith("JUMP_") and "IF" not in name or name == "LOAD_CONST" and instruction.argval is None


def lines_with_code(code, file):
    """{(function, line): whether some instruction there does a statement's work} of a code object and those it holds."""
    found = {}
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno
        if line:
            key = Function(file, code.co_name, code.co_firstlineno), line
            found[key] = found.get(key, False) or not is_idle(instruction)
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            for key, works in lines_with_code(constant, file).items():
                found[key] = found.get(key, False) or works
    return found


def count(text, file, space):
    """Runs a program; returns ({(function, line): hits}, {function: calls}, the exception it ended by or None, the set of lines
    that do no work)."""
    counters = Counters()
    tree = rewrite(ast.parse(text, file), file, counters)
    ended = None
    try:
        exec(compile(tree, file, "exec"), space)
    except BaseException as error:
        ended = error
    lines, calls = counters.result()
    known = lines_with_code(compile(text, file, "exec"), file)
    return {key: hits for key, hits in lines.items() if key in known}, calls, ended, {key for key, works in known.items() if not works}
