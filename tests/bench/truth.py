#!/usr/bin/env python3
"""How far the shares of time that profilers report are from the true ones, in percentage points.

The programs in tests/bench/truth have parts. What share of the time each takes is found out without a profiler: in plain
python3 the parts are run in turn, many times, by a stopwatch outside of them; for lines the loop is run without a line and with it
twice, so that half the difference is the line's. Lines that work on each other's results, or whose objects are freed elsewhere,
cannot be told apart so; where their times add up to clearly more than the loop takes the program is refused. A profiler's shares are
those of the parts' total times (functions) or of the lines' total times. Both are medians over the rounds, as a part of a program
is faster in one process than in another; the error of a program is that of its worst part.

usage: truth.py [--rounds N] [--python PATH] [--only TEXT]    a table; status 1 where this program's error exceeds the limit
       truth.py --stopwatch PROGRAM                           the true shares as JSON; run by the interpreter in question
"""
import argparse
import ast
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(__file__).resolve().parent / "truth"
FOLDER = ROOT / "build" / "bench" / "truth"
WORKBENCH = str(ROOT / "pyprof-tui")
LIMIT = 2.0  # percentage points
OF_LOOP, MOST_OF_LOOP = "of the loop", 1.05  # times of lines together, of what the loop takes; the rest is measuring
OURS = {"function": "function", "function+line": "function,line", "line": "line"}
MARK = re.compile(r"#: (.*)$")


# --- the truth ------------------------------------------------------------------------------------------------

def shares(times):
    whole = sum(times.values())
    return {name: 100 * value / whole for name, value in times.items()}


def middle(values):
    """The interquartile mean: what disturbs the machine for a while is not in it."""
    values, skipped = sorted(values), len(values) // 4
    return statistics.mean(values[skipped:len(values) - skipped])


def in_turn(jobs, repetitions):
    """[{name: CPU seconds}] of callables that are run one after the other, so that what they are compared by lies close together."""
    found = []
    for _ in range(repetitions):
        times = {}
        for name, job in jobs.items():
            started = time.thread_time()
            job()
            times[name] = time.thread_time() - started
        found.append(times)
    return found


def load(path):
    space = {"__name__": "target", "__file__": str(path)}
    exec(compile(path.read_text(), str(path), "exec"), space)
    return space


def marked_lines(path):
    """{line number: name} of the lines with a mark."""
    return {number: match[1] for number, text in enumerate(path.read_text().splitlines(), 1)
            if (match := MARK.search(text))}


def repeated(path, number, times):
    """The program's function `work` with the statement of a line so many times in a row."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [copy for statement in body for copy in
                         [statement] * (times if statement.lineno == number and not hasattr(statement, "body") else 1)]
    space = {"__name__": "target"}
    exec(compile(tree, str(path), "exec"), space)
    return space["work"]


def true_shares_of_functions(path):
    parts = {part.__name__: part for part in load(path)["PARTS"]}
    found = [shares(times) for times in in_turn(parts, 60)]
    return shares({name: middle([turn[name] for turn in found]) for name in parts})


def true_shares_of_lines(path, marked):
    count = load(path)["COUNT"]
    versions = {(name, times): repeated(path, number, times) for number, name in marked.items() for times in (0, 1, 2)}
    found = in_turn({version: lambda work=work: work(count) for version, work in versions.items()}, 30)
    times = {name: max(0.0, middle([turn[name, 2] - turn[name, 0] for turn in found]) / 2) for name in marked.values()}
    loop = middle([turn[name, 1] for turn in found for name in times])
    return {**shares(times), OF_LOOP: sum(times.values()) / loop}


def true_shares(path):
    """{part: percent}; of lines also {OF_LOOP: what they take of the loop, all together}."""
    marked = marked_lines(path)
    return true_shares_of_lines(path, marked) if marked else true_shares_of_functions(path)


# --- what profilers say ---------------------------------------------------------------------------------------

def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=FOLDER)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-1000:]}")
    return done.stdout


def pick(rows, path, wanted, name_of, time_of):
    """{name: time} of the rows of this program that are wanted."""
    found = dict.fromkeys(wanted, 0.0)
    for row in rows:
        if pathlib.Path(row.get("file") or "").name == path.name and name_of(row) in found:
            found[name_of(row)] += time_of(row)
    return shares(found) if sum(found.values()) else None


def our_shares(path, python, collectors, wanted):
    session = FOLDER / "truth.pyprof"
    session.unlink(missing_ok=True)
    run([WORKBENCH, "--headless", "--python", python, "-k", collectors, "-o", str(session), str(path)])
    profile = json.loads(run([WORKBENCH, "--export", "json", str(session)]))
    marked = marked_lines(path)
    if marked:
        return pick(profile["lines"], path, wanted, lambda row: marked.get(row["line"]), lambda row: row["total_ns"])
    return pick(profile["functions"], path, wanted, lambda row: row["name"], lambda row: row["total_ns"])


def peer_shares(peer, path, wanted):
    out = FOLDER / "truth.out"
    out.unlink(missing_ok=True)
    run(peer.command(str(path), str(out)))
    marked = marked_lines(path)
    if marked:
        rows = peer.lines(out)
        return rows and pick(rows, path, wanted, lambda row: marked.get(row["line"]), lambda row: row["total"])
    rows = peer.functions(out)
    return rows and pick(rows, path, wanted, lambda row: row["name"], lambda row: row["total"])


def medians(rounds):
    """{name: median} of dictionaries with the same names."""
    return {name: statistics.median(found[name] for found in rounds) for name in rounds[0]}


def error(truth, said):
    return max(abs(truth[name] - said[name]) for name in said)


# --- the table ------------------------------------------------------------------------------------------------

def profilers_of(python, path):
    """{name: callable of the wanted names} that gives shares or None."""
    from peers import prepare
    found = {}
    for name, collectors in OURS.items():
        if ("line" if marked_lines(path) else "function") in collectors:
            found[name] = lambda wanted, collectors=collectors: our_shares(path, python, collectors, wanted)
    for name, peer in prepare(python).items():
        if peer.format and not (marked_lines(path) and peer.format != "lprof"):
            found[name] = lambda wanted, peer=peer: peer_shares(peer, path, wanted)
    return found


def measure(path, python, rounds, peer_rounds, verbose):
    """{profiler: error in points}"""
    profilers = profilers_of(python, path)
    truths, said = [], {name: [] for name in profilers}
    for turn in range(rounds):
        truths.append(json.loads(run([python, str(pathlib.Path(__file__).resolve()), "--stopwatch", str(path)])))
        for name, ask in profilers.items():
            if name not in OURS and turn >= peer_rounds:
                continue
            found = ask([part for part in truths[0] if part != OF_LOOP])
            if found:
                said[name].append(found)
    truth = medians(truths)
    if truth.get(OF_LOOP, 0) > MOST_OF_LOOP:
        raise RuntimeError(f"{path.name}: its lines are not independent, their times add up to {truth[OF_LOOP]:.2f} of the loop's")
    said = {name: medians(found) for name, found in said.items() if found}
    if verbose:
        for name, found in said.items():
            print(f"  {path.stem}, {name}: " + ", ".join(f"{part} {truth[part]:.1f} -> {found[part]:.1f}" for part in found),
                  flush=True)
    return {name: error(truth, found) for name, found in said.items()}


def show(results):
    names = list(dict.fromkeys(name for found in results.values() for name in found))
    print("\nworst error of a part's share of time, in percentage points\n")
    print("| program | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for program, found in results.items():
        print(f"| {program} | " + " | ".join(f"{found[name]:.1f}" if name in found else "-" for name in names) + " |")
    print()


def take_the_processor(policy):
    """Whatever else the machine does is not to stand in the middle of a part: where this may be asked for, it is."""
    try:
        os.sched_setscheduler(0, policy, os.sched_param(1 if policy == os.SCHED_FIFO else 0))
    except OSError:
        pass


def bench_truth(python, rounds=5, peer_rounds=1, only="", verbose=False):
    """Prints the table. [(program, collectors, error)] of this program, to be held against LIMIT."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    take_the_processor(os.SCHED_FIFO)
    try:
        results = {path.stem: measure(path, python, rounds, peer_rounds, verbose)
                   for path in sorted(PROGRAMS.glob("*.py")) if only in path.stem}
    finally:
        take_the_processor(os.SCHED_OTHER)
    show(results)
    return [(program, name, found[name]) for program, found in results.items() for name in OURS if name in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=1)
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--only", default="")
    parser.add_argument("--verbose", action="store_true", help="show every share")
    parser.add_argument("--stopwatch", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stopwatch:
        json.dump(true_shares(options.stopwatch), sys.stdout)
        return 0
    found = bench_truth(options.python, options.rounds, options.peer_rounds, options.only, options.verbose)
    for program, collectors, points in found:
        print(f"{'reached' if points <= LIMIT else 'MISSED '}  truth, {program}, {collectors}: {points:.1f} points, "
              f"at most {LIMIT:.1f}")
    return any(points > LIMIT for _, _, points in found)


if __name__ == "__main__":
    sys.exit(main())
