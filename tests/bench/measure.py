"""Running commands side by side, and what their times say as ratios. Absolute times are never shown.

A round runs plain python3 and then every tool, so that a ratio compares what ran next to each other. CPU time is user and
system time of all processes that the command started, the profiler's own among them: it does not depend on what else runs
on the machine. Wall time is until the last of them has ended.
"""
import collections
import math
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKBENCH = str(ROOT / "pyprof-tui")
FOLDER = ROOT / "build" / "bench"

COLLECTORS = {  # column -> options
    "none": ["-k", "none"],
    "function": ["-k", "function"],
    "line": ["-k", "line"],
    "function+line": ["-k", "function,line"],
}

Cost = collections.namedtuple("Cost", "cpu wall")
CLOCKS = Cost._fields


class Failed(Exception):
    """A command did not end as it must."""


# Nothing that changes what Python does, such as not writing .pyc files.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def run(command):
    """(Cost, standard output) of a command that must end with status 0."""
    out_path, error_path = FOLDER / "stdout", FOLDER / "stderr"
    with open(out_path, "wb") as out, open(error_path, "wb") as error:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=error, cwd=FOLDER,
                                   env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(command)} ended with {process.returncode}: "
                     f"{error_path.read_text(errors='replace')[-1500:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall), out_path.read_text(errors="replace")


def hosted(options, python, target, session):
    return [WORKBENCH, "--headless", "--python", python, *options, "-o", str(session), str(target)]


class Ratios:
    """Ratios to plain python3: of each tool, program and clock those of all rounds."""

    def __init__(self):
        self.values = {}

    def add(self, tool, program, cost, plain):
        for clock, ours, theirs in zip(CLOCKS, cost, plain):
            self.values.setdefault((tool, program, clock), []).append(ours / theirs)

    def median(self, tool, program, clock="cpu"):
        return statistics.median(self.values[tool, program, clock])

    def tools(self):
        return list(dict.fromkeys(tool for tool, _, _ in self.values))

    def programs(self, tool=None):
        return list(dict.fromkeys(program for name, program, _ in self.values if tool in (None, name)))

    def geometric_mean(self, tool, clock="cpu", programs=None):
        medians = [self.median(tool, program, clock) for program in programs or self.programs(tool)]
        return math.exp(sum(map(math.log, medians)) / len(medians))

    def as_json(self):
        return [[*key, values] for key, values in self.values.items()]

    @classmethod
    def from_json(cls, rows):
        ratios = cls()
        ratios.values = {tuple(key): values for *key, values in rows}
        return ratios


def table(ratios, clock, spread=True):
    """Markdown: a row for each program, a column for each tool; medians, and least-most of the rounds where wanted."""
    tools = ratios.tools()

    def cell(tool, program):
        values = ratios.values.get((tool, program, clock))
        if not values:
            return "-"
        median = f"{statistics.median(values):.2f}"
        return f"{median} ({min(values):.2f}-{max(values):.2f})" if spread and len(values) > 1 else median

    rows = [["program", *tools]]
    rows += [[program, *(cell(tool, program) for tool in tools)] for program in ratios.programs()]
    rows.append(["**geometric mean**", *(f"**{ratios.geometric_mean(tool, clock):.2f}**" for tool in tools)])
    return markdown(rows)


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def measure_programs(programs, python, rounds, peers, peer_rounds, say=None):
    """Runs each program plain, under our collectors and under the peers; every output must be the plain one's."""
    ratios = Ratios()
    for path in programs:
        for turn in range(rounds):
            plain, wanted = run([python, str(path)])
            runs = [(tool, hosted(options, python, path, FOLDER / "run.pyprof")) for tool, options in COLLECTORS.items()]
            if turn < peer_rounds:
                runs += [(name, peer.command(path, FOLDER / "peer.out")) for name, peer in peers.items()]
            for tool, command in runs:
                for left in ("run.pyprof", "peer.out"):
                    (FOLDER / left).unlink(missing_ok=True)
                measure_one(ratios, tool, path, command, plain, wanted)
        if say:
            say(f"{path.stem:20} " + "  ".join(f"{tool} {ratios.median(tool, path.stem):.2f}" for tool in ratios.tools()
                                               if (tool, path.stem, "cpu") in ratios.values))
    return ratios


def measure_one(ratios, tool, path, command, plain, wanted, ours=COLLECTORS):
    """A peer that fails on a program leaves a gap in the table; this program must not fail."""
    try:
        cost, printed = run(command)
        if wanted not in printed:  # some peers add lines of their own
            raise Failed(f"{tool} changes what {path.name} prints: {printed[-300:]!r} instead of {wanted!r}")
    except Failed as failed:
        if tool in ours:
            raise
        print(f"({tool} left out for {path.name}: {failed})", file=sys.stderr)
        return
    ratios.add(tool, path.stem, cost, plain)
