#!/usr/bin/env python3
"""The other profilers that benchmarks run beside this one: where they are, how they are called, what they found.

    peers = prepare("/usr/bin/python3")            # {name: Peer}; installs what is missing from PyPI into build/peers/X.Y
    subprocess.run(peers["yappi"].command("target.py", "out", "argument"))
    peers["yappi"].functions("out")                # what it measured, or None where the peer has no times by function

usage: peers.py [PYTHON]                 names the peers there are for it
       peers.py --read FORMAT FILE       one peer's output as JSON; run by the peer's own interpreter

Each peer runs with what makes it comparable: wall time, and functions written in C where it can see them.
"""
import collections
import functools
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "peers"
PACKAGES = ("line_profiler", "yappi", "pyinstrument", "memray", "memory_profiler", "numpy")

# name -> (module it needs, format of what it writes, command)
TABLE = {
    "cProfile": ("cProfile", "pstats", "-m cProfile -o {out} {target}"),
    "line_profiler": ("line_profiler", "lprof", "-m kernprof -q -l -p {target} -o {out} {target}"),
    "yappi": ("yappi", "pstats", "-m yappi -b -c wall -f pstat -o {out} {target}"),
    "pyinstrument": ("pyinstrument", "pyinstrument", "-m pyinstrument -r json -o {out} {target}"),
    "Tachyon": ("profiling.sampling", "samples", "-m profiling.sampling run --pstats -o {out} {target}"),
    "memray": ("memray", None, "-m memray run -q -f -o {out} {target}"),
    "memray, Python's allocator": ("memray", None, "-m memray run -q -f --trace-python-allocators -o {out} {target}"),
}


class Peer(collections.namedtuple("Peer", "name python format words")):
    """One profiler under one interpreter."""

    def command(self, target, out, *arguments):
        return [self.python, *(word.format(target=target, out=out) for word in self.words), *map(str, arguments)]

    def functions(self, out):
        """[{"file", "line", "name", "calls", "self", "total"}] in seconds (calls and self are None where it has none)."""
        return self._read(out).get("functions") if self.format else None

    def lines(self, out):
        """[{"file", "function", "line", "hits", "total"}] in seconds, from peers that measure lines; else None."""
        return self._read(out).get("lines") if self.format else None

    def _read(self, out):
        done = subprocess.run([self.python, __file__, "--read", self.format, str(out)], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


def version_of(python):
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", ask], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def has_module(python, module):
    ask = f"import importlib.util as u; raise SystemExit(u.find_spec({module.partition('.')[0]!r}) is None or " \
          f"u.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", ask], stderr=subprocess.DEVNULL).returncode == 0


def install(python, say):
    """The interpreter of an environment that has the packages, as far as they could be had."""
    folder = FOLDER / version_of(python)
    inside = folder / "bin" / "python"
    if not inside.exists():
        done = subprocess.run([python, "-m", "venv", "--system-site-packages", str(folder)], capture_output=True, text=True)
        if done.returncode:
            say(f"(no environment for peers: {(done.stderr or done.stdout).strip().splitlines()[-1]})")
            return python
    for package in PACKAGES:
        if has_module(str(inside), package) or (folder / f"no-{package}").exists():
            continue
        done = subprocess.run([str(inside), "-m", "pip", "-q", "--disable-pip-version-check", "install", package],
                              capture_output=True, text=True)
        if done.returncode:  # asked once: without network or a wheel each attempt takes long
            (folder / f"no-{package}").write_text(done.stderr)
            say(f"({package} could not be installed; see {folder / f'no-{package}'}, remove it to try again)")
    return str(inside)


@functools.cache
def prepare(python, say=print):
    """{name: Peer} of all that run under this interpreter."""
    inside = install(python, say)
    return {name: Peer(name, inside, form, command.split())
            for name, (module, form, command) in TABLE.items() if has_module(inside, module)}


# --- reading what they wrote ------------------------------------------------------------------------------

def read_pstats(path):
    """Marshalled: {(file, line, name): (primitive calls, calls, self, total, callers)}."""
    import marshal
    with open(path, "rb") as file:
        stats = marshal.load(file)
    return {"functions": [
        {"file": key[0], "line": key[1], "name": key[2], "calls": row[1], "primitive_calls": row[0], "self": row[2],
         "total": row[3]} for key, row in stats.items() if isinstance(key, tuple) and len(key) == 3 and len(row) >= 4]}


def read_samples(path):
    """Tachyon's, whose calls are samples and whose names are qualified."""
    found = read_pstats(path)
    for row in found["functions"]:
        row.update(name=row["name"].rpartition(".")[2], calls=None, primitive_calls=None)
    return found


def read_lprof(path):
    import line_profiler
    stats = line_profiler.load_stats(path)
    functions, lines = [], []
    for (file, first_line, name), rows in stats.timings.items():
        total = sum(time for _, _, time in rows) * stats.unit
        functions.append({"file": file, "line": first_line, "name": name, "calls": None, "self": None, "total": total})
        lines += [{"file": file, "function": name, "line": line, "hits": hits, "total": time * stats.unit}
                  for line, hits, time in rows]
    return {"functions": functions, "lines": lines}


def read_pyinstrument(path):
    """A tree of frames; time of a frame that no child has is its own. `[self]` and the like are such children."""
    with open(path) as file:
        root = json.load(file)["root_frame"]
    found = {}

    def row(frame):
        key = frame.get("file_path") or "", frame.get("line_no") or 0, frame["function"]
        return found.setdefault(key, {"file": key[0], "line": key[1], "name": key[2], "calls": None, "self": 0.0,
                                      "total": 0.0})

    def walk(frame, above):
        own = row(frame)
        real = [child for child in frame["children"] if not child["function"].startswith("[")]
        own["self"] += frame["time"] - sum(child["time"] for child in real)
        if id(own) not in above:
            own["total"] += frame["time"]
        for child in real:
            walk(child, above | {id(own)})

    if root:
        sys.setrecursionlimit(100_000)
        walk(root, frozenset())
    return {"functions": list(found.values())}


READERS = {"pstats": read_pstats, "samples": read_samples, "lprof": read_lprof,
           "pyinstrument": read_pyinstrument}


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "--read":
        json.dump(READERS[arguments[1]](arguments[2]), sys.stdout)
        return
    for name, peer in prepare(arguments[0] if arguments else "/usr/bin/python3").items():
        print(f"{name}: {' '.join(peer.command('TARGET', 'OUT'))}")


if __name__ == "__main__":
    main(sys.argv[1:])
