#!/usr/bin/env python3
"""What profiling costs: ratios to plain python3, side by side in one run, and the counts that must be exact.

usage: bench.py [--rounds N] [--python PATH] [--only PART,...]      parts: counts, julia, fib, start, viewer

Each round runs every tool once, one after the other, plain python3 first; a tool's ratio is the median over the rounds of
its time by that round's plain time. Only ratios are printed: absolute times say more about the machine. The peers come
from PyPI into build/bench-venv; without network they are left out. Ends with the figures that must be reached, each
`reached` or `MISSED`; the exit status is 1 only when a count is wrong.
"""
import argparse
import json
import os
import pathlib
import pstats
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tui"))
from terminal import Pty, Workplace  # noqa: E402

WORKBENCH = str(ROOT / "pyprof-tui")
TARGETS = ROOT / "tests" / "targets"
FOLDER = ROOT / "build" / "bench"
PEERS = ROOT / "build" / "bench-venv"
PARTS = ("julia", "fib", "start", "viewer")

JULIA_CALLS = {"builtins.abs": 34_219_980, "list.append": 2_002_000}
JULIA_LINES = {
    "while abs(z) < 2 and n < max_iterations:": 34_219_980,
    "z = z * z + c": 33_219_980,
    "n += 1": 33_219_980,
    "for i in range(len(zs)):": 1_000_001,
}
FIB_CALLS = 7_049_155

COLLECTORS = {  # name in the table -> options
    "no collector": ["-k", "none"],
    "function, builtins timed": ["-k", "function"],
    "function, Python only": ["-k", "function", "--set", "collectors.function.builtins=false"],
    "line": ["-k", "line"],
    "function + line": ["-k", "function,line"],
}
# (part, row) -> (must reach, goal)
WANTED = {
    ("julia", "no collector"): (1.08, 1.06),
    ("julia", "function, builtins timed"): (1.5, 1.35),
    ("julia", "line"): (1.8, 1.6),
    ("fib", "no collector"): (1.08, 1.06),
    ("fib", "function, builtins timed"): (2.2, 1.9),
}


class Report:
    def __init__(self):
        self.wrong = 0
        self.reached = []

    def count(self, what, got, wanted):
        if got != wanted:
            self.wrong += 1
            print(f"WRONG COUNT  {what}: {got} instead of {wanted}")

    def figure(self, what, value, limit, form="{:.2f}", goal=None):
        met = value <= limit
        self.reached.append(f"{'reached' if met else 'MISSED '}  {what}: {form.format(value)}, at most {form.format(limit)}"
                            + (f" (goal {form.format(goal)})" if goal else ""))


def run(command, environment=None):
    """Wall time in seconds of a command that must end with status 0."""
    started = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=FOLDER,
                          env=environment)
    elapsed = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return elapsed


def hosted(options, python, target, session):
    return [WORKBENCH, "--headless", "--python", python, *options, "-o", str(session), str(target)]


def find_peers(python):
    """Commands of the peers by name; {target} and {out} are filled in. Installs them when they are not there."""
    peers = {"cProfile": [python, "-m", "cProfile", "-o", "{out}", "{target}"]}
    kernprof = PEERS / "bin" / "kernprof"
    if not kernprof.exists():
        subprocess.run([python, "-m", "venv", str(PEERS)], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([str(PEERS / "bin" / "pip"), "-q", "--disable-pip-version-check", "install", "line_profiler"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if kernprof.exists():
        peers["line_profiler"] = [str(kernprof), "-q", "-l", "-p", "{target}", "-o", "{out}", "{target}"]
    else:
        print("(line_profiler could not be installed from PyPI; left out)")
    return peers


def export(session):
    done = subprocess.run([WORKBENCH, "--export", "json", str(session)], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def check_julia_functions(report, profile, stats):
    calls = {f["qualname"]: f["calls"] for f in profile["functions"]}
    for name, wanted in JULIA_CALLS.items():
        report.count(f"julia, calls of {name}", calls.get(name), wanted)
    total = 0
    for (file, line, name), (_, wanted, *_) in stats.items():
        if file == "~":
            function = name.removeprefix("<built-in method ").removesuffix(">")
            if name.startswith("<method '"):
                method, owner = name.split("'")[1], name.split("'")[3]
                function = f"{owner}.{method}"
            if function.startswith("_lsprof.") or function == "builtins.exec":
                continue  # cProfile's own: it starts the program by exec
        elif file.endswith("julia.py"):
            function = name
        else:
            continue
        total += wanted
        report.count(f"julia, calls of {function} as by cProfile", calls.get(function), wanted)
    print(f"julia: {total:,} calls in all, each function's and builtin's count compared with cProfile's")


def check_julia_lines(report, profile):
    hits = {row["line"]: row["hits"] for row in profile["lines"] if row["file"].endswith("julia.py")}
    for number, text in enumerate((TARGETS / "julia.py").read_text().splitlines(), 1):
        if text.strip() in JULIA_LINES:
            report.count(f"julia, hits of line {number} `{text.strip()}`", hits.get(number), JULIA_LINES[text.strip()])


def check_counts(report, part, row, session):
    profile = export(session)
    if part == "julia":
        if row in ("function, builtins timed", "function + line"):
            check_julia_functions(report, profile, pstats.Stats(str(FOLDER / "julia-cProfile.out")).stats)
        if row in ("line", "function + line"):
            check_julia_lines(report, profile)
    elif row.startswith("function"):
        calls = {f["qualname"]: (f["calls"], f["primitive_calls"]) for f in profile["functions"]}
        report.count("fib(32), calls of fib", calls.get("fib"), (FIB_CALLS, 1))


def measure(report, part, options, peers):
    """Ratios by row, over all rounds; the counts of the first round are checked."""
    target = TARGETS / f"{part}.py"
    ratios = {row: [] for row in [*COLLECTORS, *peers]}
    for turn in range(options.rounds):
        plain = run([options.python, str(target)])
        for name, command in peers.items():
            if name != "cProfile" and turn >= 2:
                continue  # ten times as slow as the rest together; twice is enough to know
            out = FOLDER / f"{part}-{name}.out"
            ratios[name].append(run([word.format(target=target, out=out) for word in command]) / plain)
        for row, collectors in COLLECTORS.items():
            session = FOLDER / f"{part}.pyprof"
            session.unlink(missing_ok=True)
            ratios[row].append(run(hosted(collectors, options.python, target, session)) / plain)
            if turn == 0:
                check_counts(report, part, row, session)
    return {row: values for row, values in ratios.items() if values}


def show_ratios(report, results):
    parts = list(results)
    print("\n| " + " | ".join(["ratio to plain python3", *parts]) + " |")
    print("|---" * (len(parts) + 1) + "|")
    for row in dict.fromkeys(row for ratios in results.values() for row in ratios):
        cells = []
        for part in parts:
            values = results[part].get(row)
            cells.append(f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})" if values else "-")
        print("| " + " | ".join([row, *cells]) + " |")
    print()
    for (part, row), (limit, goal) in WANTED.items():
        if part in results:
            report.figure(f"{part}, {row}", statistics.median(results[part][row]), limit, goal=goal)


def measure_start(report, options):
    """An empty script: how much later it ends than under python3."""
    script = FOLDER / "empty.py"
    script.write_text("")
    for row in ("no collector", "function + line"):
        differences = []
        for _ in range(max(10, 3 * options.rounds)):
            plain = run([options.python, str(script)])
            ours = run(hosted(COLLECTORS[row], options.python, script, FOLDER / "empty.pyprof"))
            differences.append((ours - plain) * 1000)
        report.figure(f"start-up above python3, {row}", statistics.median(differences), 40, "{:.0f} ms")


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def refreshes(terminal, seconds):
    """Sizes of what is written within that time, split where nothing comes for 60 ms."""
    sizes, end = [], time.monotonic() + seconds
    current = 0
    while time.monotonic() < end:
        got = terminal.read(0.06)
        if got:
            current += len(got)
        elif current:
            sizes.append(current)
            current = 0
    return sizes + ([current] if current else [])


def measure_viewer(report, options):
    place = Workplace()
    place.environment["PATH"] = f"/usr/bin:/bin:{os.environ['PATH']}"
    started = time.monotonic()
    terminal = Pty(place, "--python", options.python, "-k", "function,line", "-o", str(FOLDER / "viewer.pyprof"),
                   str(TARGETS / "julia.py"), "1000", "5000")
    try:
        terminal.read_until(b"Functions", limit=10)
        report.figure("viewer, first paint", (time.monotonic() - started) * 1000, 100, "{:.0f} ms")
        terminal.read(1.5)
        before, since = cpu_seconds(terminal.process), time.monotonic()
        sizes = refreshes(terminal, 6)
        share = (cpu_seconds(terminal.process) - before) / (time.monotonic() - since) * 100
        print(f"viewer at 100x30 while julia runs: {len(sizes)} refreshes in 6 s, {statistics.median(sizes or [0]):.0f} bytes "
              f"in the median, {max(sizes, default=0)} at most")
        report.figure("viewer, bytes of a refresh (median)", statistics.median(sizes or [0]), 700, "{:.0f}")
        report.figure("viewer, bytes of a refresh (largest)", max(sizes, default=0), 700, "{:.0f}")
        report.figure("viewer, share of a core", share, 2, "{:.1f} %")
        terminal.write(b" ")
        terminal.read(1.5)
        report.figure("viewer, bytes in 3 s while frozen", len(terminal.read(3)), 0, "{:.0f}")
        terminal.write(b" ")
        terminal.read(1)
        terminal.write(b"\x03")
        terminal.read(3)
        report.figure("viewer, bytes in 3 s when nothing changes", len(terminal.read(3)), 0, "{:.0f}")
    finally:
        terminal.close()
        place.clean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run: " + ",".join(PARTS))
    options = parser.parse_args()
    parts = options.only.split(",")
    if options.rounds < 1 or not set(parts) <= set(PARTS):
        parser.error(f"at least one round; parts are {', '.join(PARTS)}")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)

    report = Report()
    timed = [part for part in ("julia", "fib") if part in parts]
    if timed:
        peers = find_peers(options.python)
        show_ratios(report, {part: measure(report, part, options, peers) for part in timed})
    if "start" in parts:
        measure_start(report, options)
    if "viewer" in parts:
        measure_viewer(report, options)
    print()
    print("\n".join(report.reached))
    print(f"counts: {'all exact' if not report.wrong else f'{report.wrong} WRONG'}" if timed else "counts: not checked")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
