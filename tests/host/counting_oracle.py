"""Counts a program's lines and calls by its text alone, for comparing: a program rewritten so that it counts itself.

`rewrite` puts a call of a counter in front of every statement and into every function. What is counted, as the engine
defines a line hit:
  - a statement: each time it starts; one with decorators starts at the first of them
  - `for`: its set-up, and each further try for an item: n + 1 over n items, k when left during the k-th
  - `while`: each evaluation of its test; where that is constant, each time the body begins
  - `except`: each time it is asked whether it is meant; `case`: each time its pattern is tried
Statements that make no code (`global`, texts, annotations alone, `assert True`) are not there. Lines of which the compiler
keeps no instruction are left out by `lines_with_code`.
"""
import ast


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
        self.counters, self.key, self.iterator, self.tried = counters, key, iterable.__aiter__(), False

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.tried:
            self.counters.hit(self.key)
        self.tried = True
        return await self.iterator.__anext__()


class Counters:
    """What a rewritten program calls, as `_count`; keys are numbers of `rewrite`'s list."""

    def __init__(self, keys):
        self.keys, self.counts = keys, [0] * len(keys)

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
        lines, calls = {}, {}
        for (kind, function, line), count in zip(self.keys, self.counts):
            if kind == "call":
                calls[function] = calls.get(function, 0) + count
            else:
                lines[function, line] = lines.get((function, line), 0) + count
        return lines, calls


def makes_no_code(statement, in_function):
    if isinstance(statement, (ast.Global, ast.Nonlocal)):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Constant) and statement.test.value:
        return True
    return isinstance(statement, ast.AnnAssign) and statement.value is None and in_function


class Rewriter:
    def __init__(self):
        self.keys = []
        self.function = "<module>"

    def counter(self, method, kind, line, *arguments):
        self.keys.append((kind, self.function, line))
        return ast.Call(ast.Attribute(ast.Name("_count", ast.Load()), method, ast.Load()),
                        [ast.Constant(len(self.keys) - 1), *arguments], [])

    def hit(self, line, kind="line"):
        return ast.Expr(self.counter("hit", kind, line))

    def block(self, statements):
        done = []
        for number, statement in enumerate(statements):
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            text = number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if not (future or text or isinstance(statement, ast.While) or makes_no_code(statement, self.function != "<module>")):
                done.append(self.hit(self.start(statement)))
            done.append(self.statement(statement))
        return done

    @staticmethod
    def start(statement):
        decorators = getattr(statement, "decorator_list", None)
        return decorators[0].lineno if decorators else statement.lineno

    def inside(self, node, counts_calls):
        outer, self.function = self.function, node.name
        node.body = self.block(node.body)
        if counts_calls:
            node.body.insert(0, self.hit(node.lineno, "call"))
        self.function = outer
        return node

    def statement(self, node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return self.inside(node, True)
        if isinstance(node, ast.ClassDef):
            return self.inside(node, False)
        if isinstance(node, ast.For):
            node.iter = self.counter("loop", "line", node.lineno, node.iter)
        elif isinstance(node, ast.AsyncFor):
            node.iter = self.counter("async_loop", "line", node.lineno, node.iter)
        elif isinstance(node, ast.While) and isinstance(node.test, ast.Constant):
            node.body = [self.hit(node.lineno), *self.block(node.body)]
            node.orelse = self.block(node.orelse)
            return node
        elif isinstance(node, ast.While):
            node.test = ast.BoolOp(ast.And(), [self.counter("hit", "line", node.lineno), node.test])
        elif isinstance(node, (ast.Try, getattr(ast, "TryStar", ast.Try))):
            for handler in node.handlers:
                if handler.type is None:
                    handler.body = [self.hit(handler.lineno), *self.block(handler.body)]
                else:
                    handler.type = ast.BoolOp(ast.And(), [self.counter("hit", "line", handler.lineno), handler.type])
                    handler.body = self.block(handler.body)
            node.finalbody = self.block(node.finalbody)
        elif isinstance(node, ast.Match):
            cases = []
            for case in node.cases:
                cases.append(ast.match_case(ast.MatchAs(), self.counter("miss", "line", case.pattern.lineno), [ast.Pass()]))
                case.body = self.block(case.body)
                cases.append(case)
            node.cases = cases
            return node
        for name in ("body", "orelse"):
            if isinstance(getattr(node, name, None), list):
                setattr(node, name, self.block(getattr(node, name)))
        return node


def rewrite(tree):
    """Changes a module's tree; returns the keys of its counters."""
    rewriter = Rewriter()
    tree.body = rewriter.block(tree.body)
    ast.fix_missing_locations(tree)
    return rewriter.keys


def lines_with_code(code):
    """(function, line) of everything in a code object and those it holds."""
    found = {(code.co_name, line) for _, _, line in code.co_lines() if line}
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            found |= lines_with_code(constant)
    return found


def count(text, file_name, space):
    """Runs a program; returns ({(function, line): hits}, {function: calls}, the exception it ended by or None)."""
    tree = ast.parse(text, file_name)
    counters = Counters(rewrite(tree))
    space["_count"] = counters
    ended = None
    try:
        exec(compile(tree, file_name, "exec"), space)
    except BaseException as error:
        ended = error
    lines, calls = counters.result()
    known = lines_with_code(compile(text, file_name, "exec"))
    return {key: hits for key, hits in lines.items() if key in known}, calls, ended
