"""Code inside of other code gets its probes where a shell stands for it: there is room for them in all functions of modules of the
standard library, though none of these is called."""
import json
import subprocess
import unittest

from comparison import TIME_LIMIT, WORKBENCH, Case, InWorkplace, main

# Makes a function of every code object in a module as a module does it; who asks for its code has its shell filled.
SCRIPT = r"""
import os, types
MODULES = ["argparse", "ast", "asyncio.base_events", "asyncio.tasks", "collections", "contextlib", "dataclasses", "datetime",
           "difflib", "doctest", "email.message", "enum", "functools", "inspect", "json.encoder", "logging", "mailbox", "pdb",
           "pickle", "pydoc", "re", "statistics", "subprocess", "tarfile", "tempfile", "threading", "traceback", "turtle",
           "types", "typing", "unittest.mock", "urllib.request", "weakref", "xml.dom.minidom", "zipfile"]

def nested(code):
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from nested(constant)

def make_functions(code):
    codes = list(nested(code))
    source = "made = []\n" + "def function(): pass\nmade.append(function)\n" * len(codes)
    maker, left = compile(source, code.co_filename, "exec"), iter(codes)
    constants = tuple(next(left) if isinstance(each, types.CodeType) else each for each in maker.co_consts)
    scope = {}
    exec(maker.replace(co_filename=code.co_filename, co_consts=constants), scope)
    return scope["made"]

folder, made = os.path.dirname(os.__file__), 0
for name in MODULES:
    for path in (name.replace(".", "/") + ".py", name.replace(".", "/") + "/__init__.py"):
        path = os.path.join(folder, path)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                code = compile(file.read(), os.path.join(os.getcwd(), name + ".py"), "exec")
            for function in make_functions(code):
                made += function.__code__ is not None
print(made)
"""


class Rooms(InWorkplace):
    def test_nothing_is_left_alone(self):
        case, place = Case("rooms", SCRIPT), self.workplace
        outcome = place.run(case, "function,line")
        self.assertEqual((outcome.status, outcome.errors), (0, b""))
        self.assertGreater(int(outcome.output), 2000)
        done = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                              capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        export = json.loads(done.stdout)
        self.assertGreater(len(export["functions"]), 20)
        self.assertEqual(export.get("left_alone", []), [])


if __name__ == "__main__":
    main()
