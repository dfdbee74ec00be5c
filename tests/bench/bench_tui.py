#!/usr/bin/env python3
"""The viewer's figures against their limits: bytes, times, memory; live and on a session as large as a large program's.

usage: bench_tui.py [--python PATH] [--only live,large,running]

Ends with one line for each figure, `reached` or `MISSED`; the status is 1 when one is missed.
"""
import argparse
import shutil
import sys

from bench import Verdict
from measure import FOLDER, Failed
from viewer import measure_large, measure_live, measure_running


def main():
    sys.stdout.reconfigure(line_buffering=True)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--only", default="live,large,running")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    verdict = Verdict()
    try:
        if "live" in options.only:
            measure_live(verdict, options.python)
        if "large" in options.only:
            measure_large(verdict)
        if "running" in options.only:
            measure_running(verdict, options.python)
    except Failed as failed:
        sys.exit(f"bench_tui: {failed}")
    print("\n".join(["", *verdict.lines]))
    return 1 if verdict.missed else 0


if __name__ == "__main__":
    sys.exit(main())
