"""Modules of the standard library, run by their own tests: line hits and calls against copies that count themselves.

Of each module a copy is imported instead of it; once it is rewritten to count itself, once it runs under the engine. What tests do
must not depend on time or chance.
"""
import os
import shutil
import subprocess
import unittest

from exact_counts import PYTHON, Comparing, main

LINES = ["--set", "collectors.line.include=['**']"]

# Modules and the tests that run them. Not there: what sorts by addresses (pprint), or waits (asyncio, email), or goes down to the
# recursion limit, which the counters take frames of (json.test_recursion, pickletools; single tests: LEFT_OUT).
LIBRARY = {
    "textwrap": ["test_textwrap"],
    "heapq": ["test_heapq"],
    "bisect": ["test_bisect"],
    "fractions": ["test_fractions"],
    "statistics": ["test_statistics"],
    "difflib": ["test_difflib"],
    "json": [f"test_json.test_{part}" for part in ("decode", "dump", "fail", "float", "indent", "pass1", "scanstring", "unicode")],
    "argparse": ["test_argparse"],
    "dataclasses": ["test_dataclasses"],
    "string": ["test_string"],
    "shlex": ["test_shlex"],
    "configparser": ["test_configparser"],
    "csv": ["test_csv"],
    "colorsys": ["test_colorsys"],
    "copy": ["test_copy"],
    "reprlib": ["test_reprlib"],
    "graphlib": ["test_graphlib"],
    "calendar": ["test_calendar"],
    "html": ["test_html", "test_htmlparser"],
    "fnmatch": ["test_fnmatch"],
    "_pydecimal": ["test_decimal"],
    "ipaddress": ["test_ipaddress"],
    "gettext": ["test_gettext"],
    "getopt": ["test_getopt"],
    "optparse": ["test_optparse"],
    "tokenize": ["test_tokenize"],
    "plistlib": ["test_plistlib"],
    "quopri": ["test_quopri"],
    "contextlib": ["test_contextlib", "test_contextlib_async"],
    "urllib": ["test_urlparse"],
    "enum": ["test_enum"],
    "typing": ["test_typing"],
}

LEFT_OUT = ["test_deep_nesting"]

RUN = f"LEFT_OUT = {LEFT_OUT!r}" + """
import ast, builtins, importlib.machinery, json, os, random, sys, unittest, warnings
counting, module, tests = sys.argv[1] == "count", sys.argv[2], sys.argv[3:]
folder = os.path.abspath("library")
random.seed(0)
seed = random.Random.seed
random.Random.seed = lambda self, a=None, version=2: seed(self, 0 if a is None else a, version)  # new ones are all the same, too
vars(builtins).pop("profile", None)  # the decorator; dataclasses' tests go through the builtins
sys.path.insert(0, HERE)
import counting_oracle  # also when not counting: what it imports shall be the same
if counting:
    counters, known, codes = counting_oracle.Counters(), {}, {}
    class Loader(importlib.machinery.SourceFileLoader):
        def source_to_code(self, data, path, fullname=None, *, _optimize=-1):  # a name from 3.15 on
            file = os.path.relpath(path, folder)
            plain = counting_oracle.lines_with_code(compile(data, path, "exec", dont_inherit=True), file)
            known[file] = plain
            if file not in codes:  # some tests import a module anew
                tree = counting_oracle.rewrite(ast.parse(data, path), file, counters)
                codes[file] = compile(tree, path, "exec", dont_inherit=True)
            return codes[file]
    find = importlib.machinery.FileFinder.path_hook((Loader, [".py"]))
    def hook(path):
        if not os.path.abspath(path).startswith(folder):
            raise ImportError
        return find(path)
    sys.path_hooks.insert(0, hook)
sys.path.insert(0, folder)
sys.path_importer_cache.clear()
for name in list(sys.modules):
    if name.split(".")[0] == module:
        del sys.modules[name]
__import__(module)
assert sys.modules[module].__file__.startswith(folder), sys.modules[module].__file__
def flat(suite):
    return [test for part in suite for test in (flat(part) if isinstance(part, unittest.TestSuite) else [part])]
suite = unittest.defaultTestLoader.loadTestsFromNames(["test." + test for test in tests])
suite = unittest.TestSuite(test for test in flat(suite) if test.id().rpartition(".")[2] not in LEFT_OUT)
with open(os.devnull, "w") as nothing:
    result = unittest.TextTestRunner(stream=nothing, verbosity=0, warnings="ignore").run(suite)
print(result.testsRun, len(result.failures), len(result.errors), len(result.skipped))
if counting:
    lines, calls = counters.result()
    lines = {key: hits for key, hits in lines.items() if key in known[key[0].file]}
    json.dump({"lines": [[f.file, f.name, f.line, line, hits, known[f.file][f, line]] for (f, line), hits in lines.items()],
               "calls": [[f.file, f.name, f.line, number] for f, number in calls.items()]}, open("oracle.json", "w"))
"""


class Library(Comparing):
    """Filled with a test for each module."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        asked = "import sysconfig, test.test_bisect; print(sysconfig.get_path('stdlib'))"
        done = subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest("CPython's test suite is not there (package libpython...-testsuite)")
        cls.library = done.stdout.strip()

    def copy_module(self, name):
        source, target = os.path.join(self.library, name), self.place.folder / "library"
        target.mkdir()
        if os.path.isdir(source):
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source + ".py", target)

    def engine(self, name, tests):
        """What it printed; ({(file, function, its line, line): hits}, {(file, function, its line): calls})"""
        self.place.session.unlink(missing_ok=True)
        printed = self.run_script("run.py", RUN, {}, collectors="function,line", options=LINES, arguments=["plain", name, *tests])
        export, folder, lines, calls = self.exported(), str(self.place.folder / "library") + "/", {}, {}
        functions = {f["id"]: f for f in export["functions"]}
        for f in export["functions"]:
            if f.get("file", "").startswith(folder):
                key = f["file"][len(folder):], f["name"], f["line"]
                calls[key] = calls.get(key, 0) + f["calls"]
        for row in export["lines"]:
            f = functions[row["function"]]
            if f["file"].startswith(folder):
                key = f["file"][len(folder):], f["name"], f["line"], row["line"]
                lines[key] = lines.get(key, 0) + row["hits"]
        return printed, lines, calls

    def check(self, name, tests):
        self.place.fresh()
        self.copy_module(name)
        counted = self.run_script("run.py", RUN, {}, arguments=["count", name, *tests])
        printed, lines, calls = self.engine(name, tests)
        oracle, wrong = self.load("oracle.json"), []
        for file, function, first, line, hits, works in oracle["lines"]:
            got = lines.get((file, function, first, line), 0)
            if got != hits:
                text = (self.place.folder / "library" / file).read_text().splitlines()[line - 1].strip()
                wrong.append(f"{file}:{line} in {function}: {hits} hits, not {got}{'' if works else ' (idle)'}: {text}")
        for file, function, first, number in oracle["calls"]:
            got = calls.get((file, function, first), 0)
            if got != number:
                wrong.append(f"{file}:{first} {function}: {number} calls, not {got}")
        self.assertEqual(counted, printed)
        self.assertFalse(wrong, "\n" + "\n".join(wrong[:40]))
        self.assertGreater(len(oracle["lines"]), 20)


for module, names in LIBRARY.items():
    setattr(Library, f"test_{module}", lambda self, module=module, names=names: self.check(module, names))


if __name__ == "__main__":
    main()
