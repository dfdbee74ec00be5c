#!/usr/bin/env python3
"""What profiling costs, as ratios to plain python3, with the peers beside it; and whether the counts are exact.

usage: bench.py [options] [PROGRAM...]      programs: names of files in tests/bench/programs; default: all
    --python PATH      the interpreter to measure                  --root DIR     in that root, on a copy of the project
    --rounds N         plain python3 and every tool, N times       --peer-rounds N   rounds that run the peers, too
    --only PART,...    programs, memory, counts, truth, imports, start, viewer    --check   status 1 where a limit is missed
    --tables           print the Markdown tables of what was measured so far, for every Python, and end

Only ratios are printed: absolute times say more about the machine. Ends with the figures that must be reached, each `reached`
or `MISSED`. The status is 1 when a count is wrong, or with --check when a figure is missed. A root is one that tests/matrix/sid_root.py
made; what was measured there is brought back for --tables.
"""
import argparse
import json
import os
import shutil
import sys

from counts import check_counts, check_lines
from imports import measure_imports
from measure import CLOCKS, COLLECTORS, FOLDER, ROOT, Failed, Ratios, markdown, measure_programs, table
from memory import bench_memory
from peers import prepare, version_of
from truth import LIMIT as TRUTH_LIMIT, bench_truth
from viewer import measure_start, measure_viewer

sys.path.insert(0, str(ROOT / "tests" / "matrix"))
from sid_root import SidRoot  # noqa: E402

PARTS = ("programs", "memory", "counts", "truth", "imports", "start", "viewer")
PROGRAMS = ROOT / "tests" / "bench" / "programs"
RESULTS = ROOT / "build" / "bench-results"

# The geometric mean's limits, by the first Python that they hold for.
LIMITS = {(3, 11): {"function": 1.5, "line": 1.6}, (3, 14): {"function": 1.4, "line": 1.4}}
IMPORT_LIMIT = 1.15


class Verdict:
    """Figures against their limits."""

    def __init__(self):
        self.lines = []
        self.missed = 0

    def figure(self, what, value, limit, form="{:.2f}"):
        met = value <= limit
        self.missed += not met
        self.lines.append(f"{'reached' if met else 'MISSED '}  {what}: {form.format(value)}, at most {form.format(limit)}")


def limits_of(version):
    number = tuple(map(int, version.split(".")))
    return LIMITS[max(first for first in LIMITS if first <= max(number, min(LIMITS)))]


def store(version, part, ratios):
    """Adds a part's ratios to what is known of this Python; --tables prints it."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{version}.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[part] = ratios.as_json()
    path.write_text(json.dumps(known))


def show_tables(say=print):
    """For the README: geometric means of all Pythons, then every program of the first one."""
    known = {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("3.*.json"))}
    measured = {version: Ratios.from_json(parts["programs"]) for version, parts in known.items() if "programs" in parts}
    if not measured:
        sys.exit("bench: nothing has been measured yet; run it without --tables")
    tools = list(dict.fromkeys(tool for ratios in measured.values() for tool in ratios.tools()))
    rows = [["geometric mean", *measured]]
    for tool in tools:
        rows.append([tool, *(f"{ratios.geometric_mean(tool):.2f}" if tool in ratios.tools() else "-"
                             for ratios in measured.values())])
    for case in ("package, project", "package, site-packages", "standard library"):
        imports = {version: Ratios.from_json(parts.get("imports", [])) for version, parts in known.items()}
        rows.append([f"importing: {case}, function+line",
                     *(f"{imports[version].median('function+line', case):.2f}" if imports[version].values else "-"
                       for version in measured)])
    say(markdown(rows))
    for version, ratios in measured.items():
        say(f"\nCPython {version}\n\n{table(ratios, 'cpu', spread=False)}")
    for version, parts in known.items():
        if "memory" in parts:
            say(f"\nCPython {version}, memory\n\n{table(Ratios.from_json(parts['memory']), 'cpu', spread=False)}")


def bench_programs(options, version, programs, verdict):
    peers = prepare(options.python)
    ratios = measure_programs(programs, options.python, options.rounds, peers, options.peer_rounds, print)
    for clock in CLOCKS:
        print(f"\n{clock} time / plain python3 {version}: median (least-most)\n\n{table(ratios, clock)}")
    print()
    if len(programs) == len(find_programs([])):
        store(version, "programs", ratios)
    for tool, limit in limits_of(version).items():
        verdict.figure(f"geometric mean over {len(programs)} programs, {tool} (CPU time)", ratios.geometric_mean(tool), limit)


def bench_imports(options, version, verdict):
    ratios = measure_imports(options.python, max(10, 3 * options.rounds))
    print(f"\nimporting, CPU time / plain python3 {version}: median (least-most)\n\n{table(ratios, 'cpu')}\n")
    store(version, "imports", ratios)
    for case in ratios.programs():
        verdict.figure(f"importing under function+line: {case}", ratios.median("function+line", case), IMPORT_LIMIT)


def find_programs(names):
    found = {path.stem: path for path in sorted(PROGRAMS.glob("*.py"))}
    allocating = {path.stem for path in sorted((PROGRAMS / "memory").glob("*.py"))}
    unknown = [name for name in names if name not in found and name not in allocating]
    if unknown:
        sys.exit(f"bench: there is no program {unknown[0]}; there are {', '.join([*found, *sorted(allocating)])}")
    return [found[name] for name in names if name in found] if names else list(found.values())


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--root")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=2)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run: " + ",".join(PARTS))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tables", action="store_true")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if options.rounds < 1 or options.peer_rounds < 0 or not set(options.only) <= set(PARTS):
        parser.error(f"at least one round; parts are {', '.join(PARTS)}")
    return options


def run_in_root(options):
    """The same command, without --root, on a copy of the project in that root; its status."""
    root = SidRoot(options.root)
    folder = root.copy_tree("-bench")
    copy = root.folder / folder.lstrip("/")
    environment = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    certificates = environment.get("PIP_CERT")
    if certificates:
        environment["PIP_CERT"] = f"{folder}/build/certificates"
        (copy / "build").mkdir(exist_ok=True)
        shutil.copy(certificates, copy / "build" / "certificates")
    arguments = [word for before, word in zip(sys.argv, sys.argv[1:])
                 if not word.startswith("--root") and before != "--root"]
    for command in (["make", "-s", f"PYTHON={options.python}", "all"],
                    [options.python, "tests/bench/bench.py", *arguments]):
        status = root.run(command, folder=folder, environment=environment).returncode
        if status:
            break
    RESULTS.mkdir(parents=True, exist_ok=True)
    for results in (copy / "build" / RESULTS.name).glob("*.json"):
        shutil.copy(results, RESULTS)
    return status


def main():
    sys.stdout.reconfigure(line_buffering=True)
    options = parse_arguments()
    if options.root:
        return run_in_root(options)
    if options.tables:
        show_tables()
        return 0
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    programs = find_programs(options.programs)
    version = version_of(options.python)
    verdict, wrong = Verdict(), 0
    try:
        if "counts" in options.only and programs:
            wrong = check_counts(programs, options.python) + check_lines(programs, options.python)
        if "programs" in options.only and programs:
            bench_programs(options, version, programs, verdict)
        if "memory" in options.only:
            ratios = bench_memory(options.python, options.rounds, min(options.peer_rounds, 1), verdict, options.programs)
            if ratios and not options.programs:
                store(version, "memory", ratios)
        if "truth" in options.only:
            for program, collectors, points in bench_truth(options.python, options.rounds, min(options.peer_rounds, 1)):
                verdict.figure(f"truth, {program}, {collectors}, worst share", points, TRUTH_LIMIT, "{:.1f} points")
        if "imports" in options.only:
            bench_imports(options, version, verdict)
        if "start" in options.only:
            measure_start(verdict, options.python, options.rounds)
        if "viewer" in options.only:
            measure_viewer(verdict, options.python)
    except Failed as failed:
        sys.exit(f"bench: {failed}")
    print("\n".join(["", *verdict.lines]))
    if "counts" in options.only:
        print(f"{'reached' if not wrong else 'MISSED '}  counts: {wrong} programs differ from cProfile or from known line hits")
    return 1 if wrong or (options.check and verdict.missed) else 0


if __name__ == "__main__":
    sys.exit(main())
