#!/usr/bin/env python3
"""Builds the project for each later version of CPython and runs test suites with it. `make check-matrix` runs it.

usage: matrix.py [--versions 3.13,3.14,3.15] [--only TEXT] [SUITE...]      suites of tests/run; default: host

The versions come from a Debian root in build/matrix/sid (PYPROF_MATRIX_ROOT names another folder), see sid_root.py. Every
version has a copy of the project in it. A program of tests that fails is run once more. Ends with `N passed, N failed`, all
tests of all versions together.
"""
import argparse
import pathlib
import re
import sys
import time

from sid_root import ROOT, VERSIONS, CannotPrepare, SidRoot, become_root, say

LOGS = ROOT / "build" / "test-logs" / "matrix"


def run_version(root, version, suites, only):
    """(passed, failed, what was printed) of one version."""
    folder, python = root.copy_tree(f"-{version}"), root.add_python(version)
    environment = {"PYPROF_TEST_PYTHON": python}
    build = root.run(["make", "-s", f"PYTHON={python}", "all"], folder=folder, environment=environment, capture_output=True,
                     text=True)
    if build.returncode != 0:
        return 0, 1, build.stdout + build.stderr
    passed, failed, printed = run_tests(root, folder, environment, python, suites, only)
    # Pythons that change from week to week are not to stop others by a race of their own: what failed has one more try, shown.
    for suite, program in re.findall(r"^FAILED +(\w+)/(\w+) ", printed, re.M):
        good, bad, again = run_tests(root, folder, environment, python, [suite], program)
        printed += f"-- again: {suite}/{program}\n{again}"
        if not bad:
            first = re.search(rf"^FAILED +{suite}/{program} +(\d+) passed, (\d+) failed", printed, re.M)
            passed, failed = passed - int(first[1]) + good, failed - int(first[2])
    return passed, failed, printed


def run_tests(root, folder, environment, python, suites, only):
    """(passed, failed, what was printed) of programs of tests/run."""
    done = root.run([python, "tests/run", "--only", only, *suites], folder=folder, environment=environment,
                    capture_output=True, text=True)
    printed = done.stdout + done.stderr
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", printed, re.M)
    passed, failed = map(int, counts[-1]) if counts else (0, 1)
    return passed, failed or int(done.returncode != 0), printed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suites", nargs="*", default=["host"], metavar="SUITE")
    parser.add_argument("--versions", default=",".join(VERSIONS))
    parser.add_argument("--only", default="", metavar="TEXT", help="programs whose name contains the text")
    options = parser.parse_args()
    become_root()
    root = SidRoot()
    try:
        root.prepare()
    except CannotPrepare as error:
        say(str(error))
        print("0 passed, 1 failed")
        return 1
    LOGS.mkdir(parents=True, exist_ok=True)
    passed = failed = 0
    for version in options.versions.split(","):
        started = time.monotonic()
        good, bad, printed = run_version(root, version, options.suites, options.only)
        log = LOGS / f"{version}.log"
        log.write_text(printed)
        print(f"{'FAILED ' if bad else 'ok     '} CPython {version:6} {good:4} passed{f', {bad} failed' if bad else ''}"
              f"  {time.monotonic() - started:5.1f} s  {log.relative_to(ROOT)}", flush=True)
        if bad:
            print("\n".join(f"    | {line[:300]}" for line in printed.splitlines()[-80:]), flush=True)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
