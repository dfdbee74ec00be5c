"""Runs one program under plain python3 and under the host, and says where they differ.

A case is a script and how to call it. It runs three times in a folder of the same name that is made anew each time: under
python3, under pyprof-tui without a collector, and counting functions and lines. Standard output, standard error and the
way it ended must be the same byte for byte. Guards against cases that compare nothing: plain python3 must end with
the status the case names, and must print something.
"""
import difflib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKBENCH = os.environ.get("PYPROF_TEST_WORKBENCH") or str(ROOT / "pyprof-tui")
PYTHON = os.environ.get("PYPROF_TEST_PYTHON", "/usr/bin/python3")
COLLECTORS = ("none", "function,line", "function,line,memory")
TIME_LIMIT = 60  # seconds for one run


class Case:
    """One program and how to call it.

    script     its text
    how        script: python3 prog.py      module: python3 -m prog     package: python3 -m prog (prog/__main__.py)
               code: python3 -c TEXT        stdin: python3 - < TEXT     folder: python3 prog (prog/__main__.py)
               zip: python3 prog.zip        target: `target` as it is, no file is made of the script
    args       behind the script             stdin   bytes it reads
    env        added to the environment; None takes a variable away
    files      name -> text of more files in the working folder
    shell      bash text that runs the command as "$@"
    status     what plain python3 must end with; negative: that signal; a tuple: one of them, as versions differ
    silent     plain python3 prints nothing, and that is right
    venv       run by the python of a virtual environment
    collectors which runs to compare; default: both
    """

    def __init__(self, name, script="", *, how="script", args=(), stdin=b"", env=None, files=None, shell=None,
                 status=0, silent=False, venv=False, target=None, collectors=COLLECTORS):
        self.name, self.how, self.args, self.stdin = name, how, list(args), stdin
        self.script = textwrap.dedent(script).lstrip("\n")
        self.env, self.files, self.shell = env or {}, files or {}, shell
        self.statuses = status if isinstance(status, tuple) else (status,)
        self.silent, self.venv, self.target = silent, venv, target
        self.collectors = collectors

    def prepare(self, folder):
        """Writes the case's files; returns what stands behind the interpreter on the command line."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode())
        text = self.script.encode("utf-8", "surrogateescape")
        if self.how == "script":
            (folder / "prog.py").write_bytes(text)
            return ["prog.py", *self.args]
        if self.how == "module":
            (folder / "prog.py").write_bytes(text)
            return ["-m", "prog", *self.args]
        if self.how in ("package", "folder"):
            (folder / "prog").mkdir(exist_ok=True)
            (folder / "prog" / "__main__.py").write_bytes(text)
            if self.how == "package":
                (folder / "prog" / "__init__.py").touch()
                return ["-m", "prog", *self.args]
            return ["prog", *self.args]
        if self.how == "zip":
            with zipfile.ZipFile(folder / "prog.zip", "w") as archive:
                archive.writestr("__main__.py", text)
            return ["prog.zip", *self.args]
        if self.how == "code":
            return ["-c", self.script, *self.args]
        if self.how == "stdin":
            return ["-", *self.args]
        return [*self.target, *self.args]

    def input(self):
        return self.script.encode() if self.how == "stdin" else self.stdin


class Outcome:
    """How a run ended and what it printed; addresses of objects and the numbers of processes in warnings, which differ from run
    to run, are made equal."""

    def __init__(self, status, output, errors):
        self.status = status
        self.output, self.errors = (re.sub(rb"\(pid=\d+\)", b"(pid=NUMBER)", re.sub(rb"\b0x[0-9a-f]{8,}", b"0xADDRESS", text))
                                    for text in (output, errors))


class Workplace:
    """A folder that each run finds at the same path, and one beside it for sessions and virtual environments."""

    def __init__(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="pyprof-host-"))
        self.folder = self.base / "work"
        self.session = self.base / "session.pyprof"
        self.environment_folder = self.base / "venv"

    def close(self):
        shutil.rmtree(self.base, ignore_errors=True)

    def fresh(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.session.unlink(missing_ok=True)

    def environment(self, case):
        """What both see: the interpreter is the first python3 in PATH, as where a virtual environment is active."""
        environment = {"PATH": f"{os.path.dirname(PYTHON)}:/usr/bin:/bin", "HOME": str(self.base), "LC_ALL": "C.UTF-8",
                       "TERM": "dumb"}
        if case.venv:
            if not self.environment_folder.exists():
                subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(self.environment_folder)], check=True)
            environment["VIRTUAL_ENV"] = str(self.environment_folder)
            environment["PATH"] = f"{self.environment_folder}/bin:{environment['PATH']}"
        for key, value in case.env.items():
            if value is None:
                environment.pop(key, None)
            else:
                environment[key] = value.replace("@WORK@", str(self.folder))
        return environment

    def run(self, case, collectors=None, options=()):
        """Runs a case: under plain python3 when collectors is None."""
        self.fresh()
        behind = case.prepare(self.folder)
        environment = self.environment(case)
        if collectors is None:
            command = ["python3", *behind]
        else:
            command = [WORKBENCH, "--headless", "-k", collectors, *options, "-o", str(self.session), *behind]
        if case.shell:
            command = ["/bin/bash", "-c", case.shell, "bash", *command]
        process = subprocess.Popen(command, executable=shutil.which(command[0], path=environment["PATH"]),
                                   cwd=self.folder, env=environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            output, errors = process.communicate(case.input(), TIME_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            raise AssertionError(f"still running after {TIME_LIMIT} s: {command}\n{output!r}\n{errors!r}") from None
        return Outcome(process.returncode, output, errors)


def explain(case, plain, hosted, collectors):
    """A text of all differences, or None."""
    parts = []
    if plain.status != hosted.status:
        parts.append(f"exit status: python3 {plain.status}, host {hosted.status}")
    for name, one, other in (("stdout", plain.output, hosted.output), ("stderr", plain.errors, hosted.errors)):
        if one != other:
            texts = [text.decode(errors="backslashreplace").splitlines() for text in (one, other)]
            parts += difflib.unified_diff(*texts, f"python3 {name}", f"host {name}", n=2, lineterm="")
    return f"{case.name} with -k {collectors}\n" + "\n".join(parts) if parts else None


class ComparisonTest(unittest.TestCase):
    """Filled with one test for each case and set of collectors by `cases`."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.workplace = Workplace()
        cls.plain = {}

    @classmethod
    def tearDownClass(cls):
        cls.workplace.close()

    def plain_outcome(self, case):
        if case.name not in self.plain:
            outcome = self.workplace.run(case)
            self.plain[case.name] = outcome
        outcome = self.plain[case.name]
        self.assertIn(outcome.status, case.statuses,
                      f"the case itself is wrong under python3:\n{outcome.output!r}\n{outcome.errors.decode()}")
        if not case.silent:
            self.assertTrue(outcome.output or outcome.errors, "the case compares nothing: no output")
        return outcome

    def compare(self, case, collectors):
        plain = self.plain_outcome(case)
        difference = explain(case, plain, self.workplace.run(case, collectors), collectors)
        if difference:
            self.fail(difference)


class InWorkplace(unittest.TestCase):
    """Tests that share a folder to run programs in."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.workplace = Workplace()

    @classmethod
    def tearDownClass(cls):
        cls.workplace.close()


def cases(table):
    """A test case class for a table of cases."""
    members = {}
    for case in table:
        for collectors in case.collectors:
            name = f"test_{case.name.replace(' ', '_')}__{collectors.replace(',', '_')}"
            assert name not in members, f"two cases are called {case.name!r}"
            members[name] = lambda self, case=case, collectors=collectors: self.compare(case, collectors)
    return type("Comparison", (ComparisonTest,), members)


def main():
    if not os.access(WORKBENCH, os.X_OK):
        sys.exit(f"{WORKBENCH} is not built; run make")
    unittest.main(module="__main__")
