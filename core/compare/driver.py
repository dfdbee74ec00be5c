"""Runs the candidates of a comparison of functions, in the user's own Python. core/compare/worker.c starts it and says what to do.

arguments: COMMANDS REPLIES SETUP ARGUMENTS CANDIDATE...     the first two are descriptors; a candidate is PLACE:FUNCTION or
PLACE:FUNCTION(ARGUMENTS), its place a file or a module; ARGUMENTS stand for all candidates without arguments of their own

At first all candidates are found; `ready` or `fail` follows. Then each line of COMMANDS is done, and answered in the end with
`done` or `fail`:
    describe I      name, file, source, bytecode      call I      calls it and keeps what it returns
    agree           do all return the same?           time I N    N calls in timeit's own loop
    prepare I       evaluates the arguments           count I     one call, under the engine
A reply is a line `WORD NUMBER... LENGTH` and LENGTH bytes of text behind it. `fail`'s number is the exit status.
"""
import ast
import gc
import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import types

OWN = "<pyprof-compare>"  # core/compare/driver.c compiles this text under that name
CALL_NAME = "__pyprof_candidate__"
SPECIFICATION = re.compile(r"(?P<place>.+?):(?P<qualname>[^\W\d][\w.<>]*)\s*(?:\((?P<arguments>.*)\))?\s*", re.S)
MOST_TEXT = 1 << 20  # characters of one reply
MOST_SHOWN = 60      # characters of a value in a sentence
USAGE, FAILURE = 2, 1


class Failure(Exception):
    """What the user is told: a sentence, the exit status, and a traceback where the candidate's code raised."""

    def __init__(self, status, sentence, trace=""):
        super().__init__(sentence)
        self.status, self.sentence, self.trace = status, sentence, trace


class Channel:
    """The two pipes to pyprof-tui. A forked child that comes back from a candidate must not answer for its parent."""

    def __init__(self, commands, replies):
        self.commands, self.replies = open(commands, "rb", buffering=0), replies
        self.process, self.forks = os.getpid(), 0
        os.register_at_fork(after_in_parent=self.note_fork)

    def note_fork(self):
        self.forks += 1

    def command(self):
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = self.commands.read(1)
            if not byte:
                return []
            line += byte
        return line.decode().split()

    def send(self, word, *numbers, text=""):
        if os.getpid() != self.process:
            os._exit(0)
        data = text[:MOST_TEXT].encode("utf-8", "replace")
        data = b" ".join([word.encode(), *(b"%d" % number for number in numbers), b"%d\n" % len(data)]) + data
        while data:
            data = data[os.write(self.replies, data):]


def nearest(word, known):
    import difflib
    found = difflib.get_close_matches(word, [name for name in known if not name.startswith("__")], 1, 0.6)
    return f"; did you mean {found[0]}?" if found else ""


def shortened(value):
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN - 3] + "..."


def is_own(frame):
    name = frame.f_code.co_filename
    return name in (OWN, "<timeit-src>") or name.startswith("<frozen importlib") or name.endswith("/timeit.py")


def trace_of(error):
    """The traceback without the frames of this file and what it called the candidate by."""
    import traceback
    place = error.__traceback__
    while place is not None and is_own(place.tb_frame):
        place = place.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, place))
    except Exception:
        return f"{type(error).__name__}\n"


def described(error):
    return f"{type(error).__name__}: {shortened_text(error)}".removesuffix(": ")


def shortened_text(error):
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return text if len(text) <= 200 else text[:197] + "..."


# --- finding candidates ----------------------------------------------------------------------------------------

def package_of(path):
    """The folder that a file's outermost package stands in, and the module's dotted name; (None, None): it is in no package."""
    folder, name = os.path.split(path)
    parts = [name.removesuffix(".py")]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        if not name:
            break
        parts.insert(0, name)
    return (folder, ".".join(parts)) if len(parts) > 1 else (None, None)


def unused_name(name):
    number, free = 2, name
    while free in sys.modules:
        free, number = f"{name}_{number}", number + 1
    return free


def load_file(given, path):
    """A file as a module of its own: what stands below `if __name__ == "__main__"` does not run."""
    folder, dotted = package_of(path)
    if dotted is not None:
        sys.path.insert(0, folder)
        return importlib.import_module(dotted)
    sys.path.insert(0, os.path.dirname(path))
    name = unused_name(os.path.basename(path).removesuffix(".py") or "candidate")
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path, loader=loader))
    sys.modules[name] = module
    exec(loader.source_to_code(loader.get_data(path), path), module.__dict__)  # never an older .pyc
    return module


def check_file(given, path):
    folder, name = os.path.split(path)
    if os.path.isdir(path):
        raise Failure(USAGE, f"{given}: is a folder; name a file in it")
    if not os.path.exists(path):
        try:
            hint = nearest(name, os.listdir(folder))
        except OSError:
            hint = ""
        raise Failure(USAGE, f"{given}: there is no such file{hint or '; name one that is there'}")
    if not os.access(path, os.R_OK):
        raise Failure(USAGE, f"{given}: cannot be read; change its permissions")


def load_place(given):
    if given.endswith(".py") or "/" in given:
        path = os.path.abspath(given)
        check_file(given, path)
        return lambda: load_file(given, path)
    if given.startswith("."):
        raise Failure(USAGE, f"{given}: is neither a file nor a module; write FILE.py:FUNCTION or MODULE:FUNCTION")
    if os.path.exists(given + ".py") and importlib.util.find_spec(given.split(".")[0]) is None:
        raise Failure(USAGE, f"there is no module {given}; for the file write {given}.py:FUNCTION")
    return lambda: importlib.import_module(given)


def load(given, modules):
    """The module of a place, loaded once."""
    key = os.path.realpath(given) if given.endswith(".py") or "/" in given else given
    if key in modules:
        return modules[key]
    try:
        modules[key] = load_place(given)()
    except Failure:
        raise
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise Failure(USAGE, f"{error.filename or given}{line}: {error.msg}; correct it", trace_of(error)) from None
    except ModuleNotFoundError as error:
        if error.name and (given == error.name or given.startswith(error.name + ".")):
            raise Failure(USAGE, f"there is no module {error.name}; for a file write PATH.py:FUNCTION") from None
        raise Failure(FAILURE, f"{given}: cannot be imported: {described(error)}", trace_of(error)) from None
    except BaseException as error:
        raise Failure(FAILURE, f"{given}: cannot be imported: {described(error)}", trace_of(error)) from None
    return modules[key]


def inner_function(outer, name, namespace):
    """A function that is defined within another, made of its code. None: there is none of that name."""
    for constant in getattr(getattr(outer, "__code__", None), "co_consts", ()):
        if isinstance(constant, types.CodeType) and constant.co_name == name:
            if constant.co_freevars:
                names = ", ".join(constant.co_freevars)
                raise Failure(USAGE, f"{constant.co_qualname}: needs variables of the function around it ({names}) and cannot be "
                                     "called from outside; write it at the top level of the file")
            return types.FunctionType(constant, namespace)
    return None


def look_up(module, given, qualname):
    found, so_far = module, []
    for name in (part for part in qualname.split(".") if part != "<locals>"):
        try:
            found = getattr(found, name)
        except AttributeError:
            inner = inner_function(found, name, module.__dict__)
            if inner is None:
                where = ".".join([given, *so_far]) if not so_far else f"{'.'.join(so_far)} in {given}"
                raise Failure(USAGE, f"there is no {name} in {where}"
                                     f"{nearest(name, dir(found)) or '; name a function that is there'}") from None
            found = inner
        so_far.append(name)
    return found


def call_expression(arguments, option):
    """The call as an expression of one line, written with CALL_NAME."""
    try:
        tree = ast.parse(f"{CALL_NAME}({arguments}\n)", mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise Failure(USAGE, f"{option} '{arguments}': {getattr(error, 'msg', error)}; write what would stand between the "
                             "parentheses of a call") from None
    if not (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == CALL_NAME):
        raise Failure(USAGE, f"{option} '{arguments}': write what would stand between the parentheses of a call, such as "
                             "'1000, key=3'")
    return tree


class Candidate:
    def __init__(self, specification, arguments, modules):
        match = SPECIFICATION.fullmatch(specification)
        if match is None:
            raise Failure(USAGE, f"{specification}: names no function; write FILE.py:FUNCTION or MODULE:FUNCTION")
        own = match["arguments"]
        self.specification = specification
        self.arguments = arguments if own is None else own.strip()
        self.call_tree = call_expression(self.arguments, "--args" if own is None else specification)
        module = load(match["place"], modules)
        self.namespace = module.__dict__
        self.function = look_up(module, match["place"], match["qualname"])
        self.qualname = getattr(self.function, "__qualname__", match["qualname"])
        if not callable(self.function):
            raise Failure(USAGE, f"{match['qualname']} in {match['place']} is {shortened(self.function)}, which cannot be called; "
                                 "name a function")
        # The code as it is, whatever decorators stand around it.
        plain = getattr(self.function, "__func__", self.function)
        self.code = getattr(plain, "__code__", None)
        self.timer, self.call = None, None

    def check_arguments(self, call, values):
        """Does the function take them? A TypeError of its own could not be told from that."""
        import inspect
        try:
            signature = inspect.signature(self.function)
        except (ValueError, TypeError):
            return
        positional, keywords = self.evaluate(call, {**values, CALL_NAME: lambda *listed, **named: (listed, named)})
        try:
            signature.bind(*positional, **keywords)
        except TypeError as error:
            given = f"as ({self.arguments})" if self.arguments else "without arguments"
            raise Failure(USAGE, f"{self.qualname}{signature} cannot be called {given}: {error}; --args takes what stands between "
                                 "the parentheses of the call") from None

    def evaluate(self, expression, namespace=None):
        try:
            return eval(compile(expression, OWN, "eval"), self.namespace if namespace is None else namespace)
        except BaseException as error:
            raise Failure(USAGE, f"the arguments {self.arguments} of {self.qualname} raised {described(error)}; names come from "
                                 "its file and from --setup", trace_of(error)) from None

    def make_timer(self):
        """As `python3 -m timeit -s "from FILE import FUNCTION" "FUNCTION(ARGUMENTS)"` would."""
        if self.timer is None:
            import timeit
            self.namespace["__pyprof_function__"] = self.function
            self.timer = timeit.Timer(ast.unparse(self.call_tree), f"{CALL_NAME} = __pyprof_function__", globals=self.namespace)
        return self.timer

    def make_call(self):
        """A function that calls the candidate with arguments that are there already: nothing else is executed or allocated."""
        values = {}

        def keep(node):
            if isinstance(node, ast.Starred):
                return ast.Starred(keep(node.value), ast.Load())
            name = f"_{len(values)}"
            values[name] = self.evaluate(ast.unparse(node))
            return ast.Name(name, ast.Load())

        positional = [keep(node) for node in self.call_tree.args]
        keywords = [ast.keyword(keyword.arg, keep(keyword.value)) for keyword in self.call_tree.keywords]
        call = ast.unparse(ast.Call(ast.Name(CALL_NAME, ast.Load()), positional, keywords))
        self.check_arguments(call, values)
        self.call = eval(compile(f"lambda: {call}", OWN, "eval"), {**values, CALL_NAME: self.function})

    def run(self, action):
        try:
            return action()
        except Failure:
            raise
        except BaseException as error:
            raise Failure(FAILURE, f"{self.qualname} raised {described(error)}", trace_of(error)) from None


# --- what a candidate is ---------------------------------------------------------------------------------------

def source_of(code):
    import inspect
    try:
        lines, first = inspect.getsourcelines(code)
        return "".join(lines), first
    except (OSError, TypeError, IndexError, SyntaxError):
        return "", code.co_firstlineno


def send_bytecode(channel, code):
    """The code object's instructions and those of the code within it."""
    import dis
    channel.send("code", code.co_firstlineno, text=f"{code.co_filename}\0{code.co_qualname}")
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions else None
        inner = isinstance(instruction.argval, types.CodeType)  # whose repr has an address in it
        argument = f"<code object {instruction.argval.co_name}>" if inner else instruction.argrepr
        channel.send("instruction", instruction.offset, line or 0, int(instruction.is_jump_target),
                     text=f"{instruction.opname}\0{argument}")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            send_bytecode(channel, constant)


def describe(channel, candidate):
    code = candidate.code
    channel.send("name", text=candidate.qualname)
    channel.send("arguments", text=candidate.arguments)
    if code is None:
        return
    source, first = source_of(code)
    channel.send("file", text=code.co_filename)
    channel.send("source", first, text=source)
    send_bytecode(channel, code)
    kinds = ((0x80, "a coroutine"), (0x200, "an asynchronous generator"), (0x20, "a generator"))
    for flag, kind in kinds:
        if code.co_flags & flag:
            channel.send("warning", text=f"calling {candidate.qualname} only makes {kind}: nothing of its body is executed; compare "
                                         "functions that run it to its end")
            break


# --- do they do the same? --------------------------------------------------------------------------------------

def equal(left, right):
    """True, False, or None: cannot be said."""
    if left is right:
        return True
    if type(left).__eq__ is object.__eq__ and type(right).__eq__ is object.__eq__:
        return None if type(left) is type(right) else False
    try:
        same = left == right
        if isinstance(same, bool):
            return same
        if hasattr(same, "all"):  # arrays
            same = same.all()
            while hasattr(same, "all") and getattr(same, "shape", ()):
                same = same.all()
        return bool(same)
    except Exception:
        return None


def nearly_equal(left, right):
    import math
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    return numbers and math.isclose(left, right, rel_tol=1e-9)


def agree(channel, candidates, results):
    first, expected = candidates[0], results[0]
    for candidate, result in list(zip(candidates, results))[1:]:
        same = equal(expected, result)
        if same is False and nearly_equal(expected, result):
            channel.send("warning", text=f"{first.qualname} and {candidate.qualname} return nearly the same: {shortened(expected)} "
                                         f"and {shortened(result)}")
        elif same is False:
            channel.send("warning", text=f"they do not compute the same: {first.qualname} returns {shortened(expected)}, "
                                         f"{candidate.qualname} {shortened(result)}")
        elif same is None:
            channel.send("warning", text=f"whether {first.qualname} and {candidate.qualname} compute the same cannot be said: "
                                         f"objects of type {type(result).__name__} cannot be compared")


# --- commands --------------------------------------------------------------------------------------------------

class Worker:
    def __init__(self, channel, setup, arguments, specifications):
        self.channel, self.results, self.memory = channel, {}, None
        modules, self.candidates = {}, []
        for index, specification in enumerate(specifications):
            self.candidates.append(Candidate(specification, arguments, modules))
        self.set_up(setup, modules)

    def set_up(self, setup, modules):
        if not setup:
            return
        try:
            code = compile(setup, "<setup>", "exec")
        except (SyntaxError, ValueError) as error:
            raise Failure(USAGE, f"--setup: {getattr(error, 'msg', error)}; give Python statements", trace_of(error)) from None
        for module in modules.values():
            try:
                exec(code, module.__dict__)
            except BaseException as error:
                raise Failure(FAILURE, f"--setup raised {described(error)} in {module.__name__}", trace_of(error)) from None

    def describe(self, index):
        describe(self.channel, self.candidates[index])

    def call(self, index):
        candidate = self.candidates[index]
        candidate.make_call()
        self.results[index] = candidate.run(candidate.call)

    def agree(self):
        agree(self.channel, self.candidates, [self.results[index] for index in range(len(self.candidates))])
        self.results.clear()

    def time(self, index, loops):
        candidate = self.candidates[index]
        timer = candidate.make_timer()
        taken = candidate.run(lambda: timer.timeit(loops))
        self.channel.send("time", loops, round(taken * 1e9))

    def prepare(self, index):
        """A first call: what is made once, by imports inside of it and by caches, is not what is asked for."""
        import pyprof  # the engine
        candidate = self.candidates[index]
        candidate.make_call()
        candidate.run(candidate.call)
        self.memory = pyprof.assert_allocated(at_most=1 << 62)
        gc.collect()

    def count(self, index):
        """What it allocates is known of the engine; of instructions pyprof-tui reads the arena, before and behind this."""
        candidate, memory = self.candidates[index], self.memory
        gc.disable()
        try:
            with memory:
                result = candidate.run(candidate.call)
        finally:
            gc.enable()
        self.channel.send("memory", memory.allocated_count, memory.allocated_bytes, memory.peak)
        del result

    def work(self):
        actions = {name: getattr(self, name) for name in ("describe", "call", "agree", "time", "prepare", "count")}
        while command := self.channel.command():
            before = self.channel.forks
            actions[command[0]](*map(int, command[1:]))
            self.flush()
            if self.channel.forks > before and command[0] == "call":
                self.channel.send("warning", text=f"{self.candidates[int(command[1])].qualname} forks: what its child processes "
                                                  "do is counted only as long as it waits for them")
            self.channel.send("done")

    @staticmethod
    def flush():
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass


def main(commands, replies, setup, arguments, *specifications):
    channel = Channel(int(commands), int(replies))
    sys.argv = [specifications[0]]
    if sys.path[:1] != [""]:
        sys.path.insert(0, "")  # where modules are looked for, whatever -P and PYTHONSAFEPATH say
    try:
        if sys.version_info < (3, 11):
            raise Failure(USAGE, f"{sys.executable} is Python {sys.version.split()[0]}; functions are compared with 3.11 and newer")
        worker = Worker(channel, setup, arguments, specifications)
        worker.flush()
        channel.send("ready", text=sys.version.split()[0])
        worker.work()
    except BaseException as error:
        failure = error if isinstance(error, Failure) else Failure(FAILURE, f"cannot be compared: {described(error)}")
        Worker.flush()
        if failure.trace:
            channel.send("traceback", text=failure.trace)
        channel.send("fail", failure.status, text=failure.sentence)


main(*sys.argv[1:])
