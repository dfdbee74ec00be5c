"""What counting memory costs: julia, fib and programs that do little but allocate, beside the peers; and the profiler's own memory.

memory_profiler reads RSS at every line, so it gets a small julia of its own, whose functions are all decorated; what it measures
there is held against the same functions running plain, without what starting takes.
"""
import json
import re
import subprocess

from measure import FOLDER, ROOT, WORKBENCH, Cost, Failed, Ratios, hosted, measure_one, run, table
from peers import Peer, has_module, install, prepare

PROGRAMS = ROOT / "tests" / "bench" / "programs"
MEMORY_COLLECTORS = {"memory": ["-k", "memory"], "function+line+memory": ["-k", "function,line,memory"]}
PEERS = ("memray", "memray, Python's allocator")
ALONE = ("julia", "fib")  # programs that are no part of the allocation-heavy set

JULIA_LIMITS = {"memory": 1.5, "function+line+memory": 2.2}
SET_MEAN_LIMIT, SET_WORST_LIMIT = 1.6, 2.5
OWN_LIMIT = 64  # MiB above one byte for each live byte


def memory_programs(python):
    """[(path, interpreter)]; numpy's only where that could be installed."""
    inside = install(python, print)
    found = [(PROGRAMS / f"{name}.py", python) for name in ALONE]
    for path in sorted((PROGRAMS / "memory").glob("*.py")):
        if not path.stem.startswith("numpy"):
            found.append((path, python))
        elif has_module(inside, "numpy"):
            found.append((path, inside))
        else:
            print(f"({path.stem} is left out: numpy could not be installed)")
    return found


def memory_peers(python):
    peers = {"tracemalloc": Peer("tracemalloc", python, None, ["-X", "tracemalloc", "{target}"])}
    peers.update((name, peer) for name, peer in prepare(python).items() if name in PEERS)
    return peers


def measure(programs, peers, rounds, peer_rounds):
    """Ratios of all, each round beside plain python3."""
    ratios = Ratios()
    for path, python in programs:
        for turn in range(rounds):
            plain, wanted = run([python, str(path)])
            runs = [(tool, hosted(options, python, path, FOLDER / "run.pyprof")) for tool, options in MEMORY_COLLECTORS.items()]
            if turn < peer_rounds:
                runs += [(name, peer._replace(python=python if name == "tracemalloc" else peer.python)
                          .command(path, FOLDER / "peer.out")) for name, peer in peers.items()]
            for tool, command in runs:
                for left in ("run.pyprof", "peer.out"):
                    (FOLDER / left).unlink(missing_ok=True)
                measure_one(ratios, tool, path, command, plain, wanted, MEMORY_COLLECTORS)
        print(f"{path.stem:20} " + "  ".join(f"{tool} {ratios.median(tool, path.stem):.2f}" for tool in ratios.tools()
                                             if (tool, path.stem, "cpu") in ratios.values))
    return ratios


def own_memory(path, python):
    """The most MiB that the profiler took above the program's live bytes then, of all points of the timeline."""
    session = FOLDER / "own.pyprof"
    session.unlink(missing_ok=True)
    run(hosted([*MEMORY_COLLECTORS["memory"], "--set", "collectors.memory.interval_ms=10"], python, path, session))
    done = subprocess.run([WORKBENCH, "--export", "json", str(session)], capture_output=True, check=True)
    samples = [sample for sample in json.loads(done.stdout)["timeline"] if "own" in sample]
    if not samples:
        raise Failed(f"the session of {path.name} does not say what the profiler took itself")
    return max(sample["own"] - sample.get("heap", 0) - sample.get("native", 0) for sample in samples) / (1 << 20)


def small_julia():
    """julia.py with every function decorated, on 400 points, that prints the processor seconds of it."""
    source = (PROGRAMS / "julia.py").read_text()
    body = re.sub(r"^def ", "@profile\ndef ", source[:source.index("if __name__")], flags=re.M)
    path = FOLDER / "small_julia.py"
    path.write_text("import builtins, time\nif not hasattr(builtins, 'profile'):\n    builtins.profile = lambda function: function\n"
                    + body + "started = time.process_time()\nescape_times(grid(20), complex(-0.62772, -0.42193), 300)\n"
                    "print('seconds', time.process_time() - started)\n")
    return path


def printed_seconds(command):
    _, printed = run(command)
    return float(re.search(r"^seconds (\S+)$", printed, re.M)[1])


def measure_memory_profiler(python, ratios):
    """Adds memory_profiler's ratio for the small julia, where it could be installed."""
    inside, path = install(python, print), small_julia()
    if not has_module(inside, "memory_profiler"):
        print("(memory_profiler is left out: it could not be installed)")
        return
    plain = min(printed_seconds([inside, str(path)]) for _ in range(3))
    theirs = printed_seconds([inside, "-m", "memory_profiler", str(path)])
    ratios.add("memory_profiler", "julia, 400 points", Cost(theirs, theirs), Cost(plain, plain))


def bench_memory(python, rounds, peer_rounds, verdict, names=()):
    """The ratios; the limits go to the verdict. names: programs to run, all by default; None: there is none of that name here."""
    programs = [row for row in memory_programs(python) if not names or row[0].stem in names]
    if not programs:
        return None
    ratios = measure(programs, memory_peers(python), rounds, peer_rounds)
    if peer_rounds:
        measure_memory_profiler(python, ratios)
    print(f"\ncpu time / plain python3: median (least-most)\n\n{table(ratios, 'cpu')}\n")
    judge(programs, ratios, verdict)
    return ratios


def judge(programs, ratios, verdict):
    heavy = [path.stem for path, _ in programs if path.stem not in ALONE]
    if any(path.stem == "julia" for path, _ in programs):
        for tool, limit in JULIA_LIMITS.items():
            verdict.figure(f"julia, {tool} (CPU time)", ratios.median(tool, "julia"), limit)
    if heavy:
        costs = {name: ratios.median("memory", name) for name in heavy}
        worst = max(costs, key=costs.get)
        verdict.figure(f"geometric mean over {len(heavy)} allocating programs, memory (CPU time)",
                       ratios.geometric_mean("memory", programs=heavy), SET_MEAN_LIMIT)
        verdict.figure(f"worst of them, {worst}, memory (CPU time)", costs[worst], SET_WORST_LIMIT)
    own = {path.stem: own_memory(path, python) for path, python in programs}
    most = max(own, key=own.get)
    verdict.figure(f"the profiler's own memory above the live bytes, {most}", own[most], OWN_LIMIT, "{:.1f} MiB")
