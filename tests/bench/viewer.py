"""How fast the program starts, and the viewer: how soon it paints and answers keys, how many bytes a refresh takes, what it costs."""
import os
import pathlib
import select
import statistics
import subprocess
import sys
import time

from measure import COLLECTORS, FOLDER, ROOT, Failed, hosted, run

sys.path.insert(0, str(ROOT / "tests" / "tui"))
from terminal import Pty, Workplace  # noqa: E402

TARGET = ROOT / "tests" / "targets" / "julia.py"
PROGRAM = ROOT / "tests" / "bench" / "large_program.py"
GENERATOR = ROOT / "build" / "large_session"  # `make bench-tui` builds it
QUIET = 0.04  # seconds without a byte: the screen is as it should be
LIMITS = {"paint": 100, "key": 50, "bytes": 700, "core": 3, "memory": 200}

# What is typed on the large session, and what is typed before and behind it, untimed.
KEYS = {
    "functions: next row": (b"", b"j", b"k"), "functions: a page down": (b"", b"\x1b[6~", b"g"),
    "functions: last row": (b"", b"G", b"g"), "functions: another column": (b"", b">", b"<"),
    "functions: order inverted": (b"", b"I", b"I"), "functions: filter": (b"&thod_77", b"\r", b"\\"),
    "functions: regular expression": (b"&~(foo|od_7).*77", b"\r", b"\\"),
    "functions: costly regular expression": (b"&~s.*s.*s.*s.*q", b"\r", b"\\"),
    "functions: regular expression that all match": (b"&name:~[a-z]+_[0-9]+$", b"\r", b"\\"),
    "functions: a letter of a regular expression": (b"&~od_7+\r&", b"7", b"\x1b\\"),
    "functions: search, one more letter": (b"/thod_7777", b"7", b"\x1b"), "functions: standard library": (b"", b"x", b"x"),
    "functions: percent or absolute": (b"", b"%", b"%"), "functions: callers and callees": (b"", b"c", b"c1"),
    "functions: into the source": (b"/413.method_4321\r", b"\r", b"1"), "functions: redraw": (b"", b"\x0c", b""),
    "help": (b"", b"?", b"\x1b"), "palette": (b"", b":", b"\x1b"),
    "source: next row": (b"2", b"j", b"1"), "source: last row": (b"2", b"G", b"g1"), "source: zoomed": (b"2", b"2", b"21"),
    "source: search": (b"2/step", b"\r", b"\x1b1"),
    "RAM: shorter time": (b"4", b"z", b"Z1"), "memory pane": (b"", b"6", b"1"), "memory: next row": (b"6", b"j", b"g1"),
    "call tree": (b"", b"7", b"1"), "call tree: next row": (b"7", b"j", b"g1"), "flame graph": (b"", b"8", b"1"),
    "memory: tree": (b"6", b"V", b"V1"), "memory: call opened": (b"6V", b"l", b"hgV1"),
}


def measure_start(verdict, python, rounds):
    """An empty script: how much later it ends than under python3."""
    script = FOLDER / "empty.py"
    script.write_text("")
    for tool in ("none", "function+line"):
        differences = []
        for _ in range(max(10, 3 * rounds)):
            plain, _ = run([python, str(script)])
            ours, _ = run(hosted(COLLECTORS[tool], python, script, FOLDER / "empty.pyprof"))
            differences.append((ours.wall - plain.wall) * 1000)
        verdict.figure(f"start-up above python3, {tool}", statistics.median(differences), 40, "{:.0f} ms")


def cpu_seconds(process):
    """Of all its threads, to the nanosecond."""
    tasks = pathlib.Path(f"/proc/{process}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def resident_mib(process):
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


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


def first_paint(place, arguments, wanted, rounds=5):
    """Milliseconds until that stands on the screen, at best: what else the machine does is not the viewer's."""
    best = float("inf")
    for _ in range(rounds):
        terminal = Pty(place, *arguments)
        try:
            terminal.read_until(wanted, limit=20)
            best = min(best, (time.monotonic() - terminal.started) * 1000)
        finally:
            terminal.close()
    return best


def answer(terminal, keys, limit=2.0):
    """Milliseconds from a key to the last byte that it has written."""
    started = time.monotonic()
    last = None
    terminal.write(keys)
    while select.select([terminal.master], [], [], QUIET if last else limit)[0]:
        os.read(terminal.master, 1 << 16)
        last = time.monotonic()
    return ((last or started + limit) - started) * 1000


def settle(terminal, keys):
    for key in keys.split(b"\x1b") if keys.startswith(b"\x1b") else [keys]:
        terminal.write((b"\x1b" if keys.startswith(b"\x1b") and not key else b"") + key)
        while select.select([terminal.master], [], [], 2 * QUIET)[0]:
            os.read(terminal.master, 1 << 16)


def measure_live(verdict, python):
    place = Workplace()
    place.environment["PATH"] = f"/usr/bin:/bin:{os.environ['PATH']}"
    run_julia = ["--python", python, "-o", str(FOLDER / "viewer.pyprof"), str(TARGET)]
    verdict.figure("live: first paint", first_paint(place, [*run_julia, "60", "50"], b"Functions"), LIMITS["paint"], "{:.0f} ms")
    terminal = Pty(place, *run_julia, "2000", "5000")
    try:
        terminal.read_until(b"Functions", limit=10)
        terminal.read(4)
        before, since = cpu_seconds(terminal.process), time.monotonic()
        sizes = refreshes(terminal, 10) or [0]
        share = (cpu_seconds(terminal.process) - before) / (time.monotonic() - since) * 100
        # The largest is one in which the table is sorted anew, as julia's first phase ends: every row has another function.
        print(f"julia at 100x30, function+line+memory: {len(sizes)} refreshes in 10 s, the largest of {max(sizes)} bytes")
        verdict.figure("live: bytes of a refresh, mean", statistics.mean(sizes), LIMITS["bytes"], "{:.0f}")
        verdict.figure("live: bytes of a refresh, nine of ten", statistics.quantiles(sizes, n=10)[-1], LIMITS["bytes"], "{:.0f}")
        verdict.figure("live: share of a core at 2 Hz", share, LIMITS["core"], "{:.1f} %")
        terminal.write(b" ")
        terminal.read(1.5)
        verdict.figure("frozen: bytes in 3 s", len(terminal.read(3)), 0, "{:.0f}")
        terminal.write(b" ")
        terminal.read(1)
        terminal.write(b"\x03")
        terminal.read(3)
        verdict.figure("ended: bytes in 3 s", len(terminal.read(3)), 0, "{:.0f}")
    finally:
        terminal.close()
        place.clean()


def answers(place, session):
    """Of a viewer that was just started: milliseconds by what was done for the first time, and the most memory it took."""
    terminal = Pty(place, str(session))
    try:
        terminal.read_until(b"4121", limit=30)
        settle(terminal, b"jk")
        times = {}
        for name, (before, key, behind) in KEYS.items():
            settle(terminal, before)
            times[name] = answer(terminal, key)
            settle(terminal, behind)
        return times, resident_mib(terminal.process)
    finally:
        terminal.close()


def measure_large(verdict):
    """100,000 functions, 1,000,000 call nodes, 50,000 lines of source."""
    session = FOLDER / "large.pyprof"
    if not GENERATOR.exists():
        raise Failed(f"{GENERATOR} is not built; `make bench-tui` builds it")
    subprocess.run([GENERATOR, session], check=True)
    place = Workplace()
    try:
        verdict.figure("large session: first paint", first_paint(place, [str(session)], b"Functions"), LIMITS["paint"], "{:.0f} ms")
        print(f"large session: all there after {first_paint(place, [str(session)], b'4121', 3):.0f} ms")
        rounds = [answers(place, session) for _ in range(3)]  # the best: what else the machine does is not the viewer's
        for name in KEYS:
            verdict.figure(f"large session: {name}", min(times[name] for times, _ in rounds), LIMITS["key"], "{:.0f} ms")
        verdict.figure("large session: memory, at most", max(memory for _, memory in rounds), LIMITS["memory"], "{:.0f} MiB")
    finally:
        place.clean()


def measure_running(verdict, python):
    """A program of that size while it goes on, counted without and with memory: first the functions alone, then with the call tree
    and the flame graph seen in turn."""
    folder = FOLDER / "running"
    folder.mkdir()
    subprocess.run([python, PROGRAM, folder], check=True)
    for collectors, name in (("function,line", "running large program"), ("function,line,memory", "with memory")):
        measure_running_with(verdict, python, folder, collectors, name)


def measure_running_with(verdict, python, folder, collectors, title):
    place = Workplace()
    terminal = Pty(place, "--python", python, "-k", collectors, "-o", str(FOLDER / "running.pyprof"),
                   str(folder / "project" / "main.py"), "600")
    try:
        terminal.read_until(b"all paths walked", limit=300)
        terminal.read(30)  # sites that came faster than they were taken in
        for name, key in (("functions", b""), ("call tree", b"7"), ("flame graph", b"8")):
            settle(terminal, key)
            terminal.read(12)  # what the growth has cost, and showing the pane for the first time, is not what it costs then
            before, since = cpu_seconds(terminal.process), time.monotonic()
            looks = len(refreshes(terminal, 15))
            share = (cpu_seconds(terminal.process) - before) / (time.monotonic() - since) * 100
            print(f"{title}, {name}: {looks} refreshes in 15 s")
            verdict.figure(f"{title}: share of a core, {name}", share, LIMITS["core"], "{:.1f} %")
            times = [answer(terminal, moved) for moved in (b"j", b"k") * 5]
            verdict.figure(f"{title}: key, median of ten, {name}", statistics.median(times), LIMITS["key"], "{:.0f} ms")
            verdict.figure(f"{title}: memory so far, at most, {name}", resident_mib(terminal.process), LIMITS["memory"], "{:.0f} MiB")
    finally:
        terminal.close()
        place.clean()


def measure_viewer(verdict, python):
    measure_live(verdict, python)
    if GENERATOR.exists():
        measure_large(verdict)
