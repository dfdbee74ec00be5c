#!/usr/bin/env python3
"""CPython's own regression suite with the exact collectors on, compared with plain python3, file by file and test by test.

usage: cpython.py [--matrix VERSION] [--part K/N | --list FILE] [--jobs N] [--collect NAMES] [TEST...]

Every test file runs twice by `python3 -m test`, without and with pyprof-tui; how it ends and the result of each test in it must
be the same. What differs is run a second time, as some tests depend on time or load. Tests that cannot be the same (they
look at the interpreter's own doings) are named with the reason in excluded-VERSION.txt, one by one. Without TEST all files run;
--part K/N every N-th of them, beginning with the K-th, --list those that the file names. --matrix VERSION runs with a later
version in the Debian root of tests/matrix, --collect under other collectors. PYPROF_TEST_PYTHON names the interpreter (/usr/bin/python3).
Ends with `N passed, N failed`, counted in test files; one that plain python3 fails as well has passed.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORKBENCH = ROOT / "pyprof-tui"
PYTHON = os.environ.get("PYPROF_TEST_PYTHON", "/usr/bin/python3")
LIMIT = 1800  # seconds for one run of a file; profiled it may take so many times what it takes plain, and a little more
SLOWER, MORE = 8, 120
# Not run at all, as whether they end at all depends on the machine, under plain python3, too: {file: patterns of tests}.
UNSUITED = {"test_socket": ["*ThreadedVSOCKSocketStreamTest*"]}  # asks the virtual machine's monitor, which need not answer
COLLECT = ["--set", "collectors.line.include=['**']", "--set", "collectors.bytecode.include=['**']", "-k"]


class Outcome:
    """One run of a file: how it ended and the result of each test (a test that is there twice has both)."""

    def __init__(self, ended, tests, output):
        self.ended, self.tests, self.output = ended, tests, output


def read_results(path):
    """{test name: sorted results}; a test that neither failed nor was skipped is "passed"."""
    tests = {}
    try:
        tree = xml.etree.ElementTree.parse(path)
    except (OSError, xml.etree.ElementTree.ParseError):
        return tests
    for case in tree.iter("testcase"):
        if case.get("name") is None:  # a part of a test that has a name
            continue
        kinds = sorted(child.tag for child in case if child.tag in ("failure", "error", "skipped"))
        # Names may hold what differs from run to run: addresses, the number of the process, temporary names.
        name = re.sub(r"0x[0-9a-f]+|\d{5,}", "#", case.get("name"))
        tests.setdefault(name, []).append("+".join(kinds) or "passed")
    return {name: sorted(results) for name, results in tests.items()}


def run_file(name, collectors, limit=LIMIT):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pyprof-cpython-"))
    try:
        results, session = folder / "results.xml", folder / "session.pyprof"
        (folder / "work").mkdir()
        (folder / "home").mkdir()
        unsuited = [word for pattern in UNSUITED.get(name, ()) for word in ("-i", pattern)]
        tail = ["-m", "test", *unsuited, "--junit-xml", str(results), name]
        command = [str(WORKBENCH), "--headless", "--python", PYTHON, *COLLECT, collectors, "-o", str(session), *tail] if collectors \
            else [PYTHON, *tail]
        environment = {"PATH": f"{os.path.dirname(PYTHON)}:/usr/bin:/bin", "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8",
                       "TERM": "dumb", "TMPDIR": str(folder / "work")}
        with open(folder / "output", "wb") as output:
            process = subprocess.Popen(command, cwd=folder / "work", env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                ended = f"status {process.wait(limit)}"
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                ended = f"ran longer than {limit:.0f} s"
        return Outcome(ended, read_results(results), (folder / "output").read_text(errors="replace"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def python_version():
    return subprocess.run([PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True,
                          check=True).stdout.strip()


def excluded_tests():
    """{file: {part of a test's name: reason}} for the interpreter's version; the name `*` stands for the whole file."""
    excluded, path = {}, HERE / f"excluded-{python_version()}.txt"
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.strip() and not line.startswith("#"):
            where, reason = line.split(": ", 1)
            file, _, test = where.partition(" ")
            excluded.setdefault(file, {})[test or "*"] = reason
    return excluded


def differences(plain, profiled, excluded):
    """What is not the same, a line each. With tests left out, how the file ended need not be the same."""
    lines, known = [], False
    for name in sorted({*plain.tests, *profiled.tests}):
        one, other = plain.tests.get(name, ["absent"]), profiled.tests.get(name, ["absent"])
        if one == other:
            continue
        if any(test in name for test in excluded):
            known = True
        else:
            lines.append(f"{name}: {','.join(one)} under python3, {','.join(other)} profiled")
    if plain.ended != profiled.ended and not (known and profiled.tests):
        lines.append(f"{plain.ended} under python3, {profiled.ended} profiled")
    return lines


def compare(name, excluded, collectors):
    """(summary, differences, the profiled run's output)"""
    if "*" in excluded:
        return f"left out: {excluded['*']}", [], ""
    started, tries = time.monotonic(), ""
    for number in (1, 2):
        begun = time.monotonic()
        plain = run_file(name, None)
        profiled = run_file(name, collectors, min(LIMIT, MORE + SLOWER * (time.monotonic() - begun)))
        found = differences(plain, profiled, excluded)
        if not found:
            break
        tries = ", at the second try"
    counts = sum(len(results) for results in plain.tests.values())
    return f"{counts} tests, {plain.ended}{tries if not found else ''}  {time.monotonic() - started:.1f} s", found, profiled.output


def all_files():
    done = subprocess.run([PYTHON, "-m", "test", "--list-tests"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{PYTHON} has no test suite; install it (libpython{python_version()}-testsuite):\n{done.stderr[-1000:]}")
    return done.stdout.split()


def install_suite():
    """Debian has CPython's test suite in a package of its own."""
    if subprocess.run([PYTHON, "-c", "import test.test_grammar"], stderr=subprocess.DEVNULL).returncode == 0:
        return
    version = python_version()
    sudo = ["sudo"] if os.geteuid() != 0 else []
    for command in (["apt-get", "-q", "update"], ["apt-get", "-q", "install", "-y", f"libpython{version}-testsuite"]):
        subprocess.run([*sudo, *command], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def chosen_files(options):
    if options.tests:
        return options.tests
    files = all_files()
    if options.list:
        named = pathlib.Path(options.list).read_text().split()
        return [name for name in files if name in named]
    if options.part:
        first, step = map(int, options.part.split("/"))
        return files[first - 1::step]
    return files


def run_in_matrix(version, arguments):
    sys.path.insert(0, str(ROOT / "tests" / "matrix"))
    import sid_root
    sid_root.become_root()
    root = sid_root.SidRoot()
    try:
        root.prepare()
    except sid_root.CannotPrepare as error:
        print(f"matrix: {error}\n0 passed, 1 failed")
        return 1
    folder, python = root.copy_tree(f"-{version}"), root.add_python(version)
    environment = {"PYPROF_TEST_PYTHON": python}
    build = root.run(["make", "-s", f"PYTHON={python}", "all"], folder=folder, environment=environment)
    if build.returncode != 0:
        print("0 passed, 1 failed")
        return 1
    return root.run([python, "tests/cpython/cpython.py", *arguments], folder=folder, environment=environment).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", metavar="TEST", help="files of Lib/test, such as test_bisect")
    parser.add_argument("--matrix", metavar="VERSION")
    parser.add_argument("--part", metavar="K/N")
    parser.add_argument("--list", metavar="FILE")
    parser.add_argument("--collect", metavar="NAMES", default="function,line", help="collectors, such as function,line,memory")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if options.matrix:
        kept = [text for name in ("part", "list", "jobs", "collect") if getattr(options, name) is not None
                for text in (f"--{name}", str(getattr(options, name)))]
        return run_in_matrix(options.matrix, [*kept, *options.tests])
    install_suite()
    excluded = excluded_tests()
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = {pool.submit(compare, name, excluded.get(name, {}), options.collect): name for name in chosen_files(options)}
        for run in concurrent.futures.as_completed(runs):
            summary, found, output = run.result()
            print(f"{'FAILED ' if found else 'ok     '} {runs[run]:32} {summary}", flush=True)
            for line in found[:40]:
                print(f"    | {line[:300]}", flush=True)
            if found:
                log = ROOT / "build" / "test-logs" / "cpython" / f"{runs[run]}.log"
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_text(output)
            passed, failed = passed + (not found), failed + bool(found)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
