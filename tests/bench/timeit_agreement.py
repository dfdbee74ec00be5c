#!/usr/bin/env python3
"""Whether --compare and `python3 -m timeit` say the same: least time per call of both, run in turn.

usage: timeit_agreement.py [--rounds N] [--python PATH] [--cpu]     a table; status 1 where they differ by more than 5 percent

--cpu measures both by processor time, as `timeit -p` does: for a machine that does other work.
The least is what both call the best; what else the machine does only adds to it. The first pair is that of the example in README.md,
the others are short calls, where the loop itself is a large part.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKBENCH = str(ROOT / "pyprof-tui")
LIMIT = 5.0  # percent
CPU_CLOCK = "import timeit, time; timeit.Timer.__init__.__defaults__ = ('pass', 'pass', time.process_time, None)"
SECONDS = {"nsec": 1e-9, "usec": 1e-6, "msec": 1e-3, "sec": 1}
FUNCTIONS = ["fn_expressive", "fn_terse", "nothing", "thousand"]
PROGRAM = textwrap.dedent("""\
    def fn_expressive(upper=1000000):
        total = 0
        for n in range(upper):
            total += n
        return total

    def fn_terse(upper=1000000):
        return sum(range(upper))

    def nothing():
        pass

    def thousand():
        return [number * number for number in range(1000)]
    """)


def by_timeit(python, folder, function, clock):
    done = subprocess.run([python, "-m", "timeit", "-v", "-r", "3", *clock, "-s", f"from sums import {function}", f"{function}()"], cwd=folder,
                          capture_output=True, text=True, check=True)
    value, unit = re.search(r"best of \d+: ([\d.]+) (\w+) per loop", done.stdout).groups()
    return float(value) * SECONDS[unit]


def by_comparison(python, folder, functions, clock):
    setup = ["--setup", CPU_CLOCK] if clock else []
    done = subprocess.run([WORKBENCH, "--python", python, "--time", "1.2", "--export", "json", "--compare", *setup,
                           *(f"sums.py:{name}" for name in functions)],
                          cwd=folder, capture_output=True, text=True, check=True)
    return {candidate["name"]: candidate["best_ns"] / 1e9 for candidate in json.loads(done.stdout)["candidates"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    clock = ["-p"] if options.cpu else []
    timeit, ours = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "sums.py").write_text(PROGRAM)
        for _ in range(options.rounds):
            for name in FUNCTIONS:
                timeit[name] = min(timeit.get(name, 1e9), by_timeit(options.python, folder, name, clock))
            for pair in (FUNCTIONS[:2], FUNCTIONS[2:]):
                for name, seconds in by_comparison(options.python, folder, pair, clock).items():
                    ours[name] = min(ours.get(name, 1e9), seconds)
    worst = 0
    print(f"{'function':16} {'timeit':>12} {'--compare':>12} {'difference':>11}")
    for name in FUNCTIONS:
        difference = 100 * (ours[name] / timeit[name] - 1)
        worst = max(worst, abs(difference))
        print(f"{name:16} {timeit[name] * 1e6:9.3f} us {ours[name] * 1e6:9.3f} us {difference:+9.1f} %")
    return worst > LIMIT


if __name__ == "__main__":
    sys.exit(main())
