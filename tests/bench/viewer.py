"""How fast the program starts, how soon the viewer paints, and how many bytes a refresh of it takes."""
import os
import pathlib
import statistics
import sys
import time

from measure import COLLECTORS, FOLDER, ROOT, hosted, run

sys.path.insert(0, str(ROOT / "tests" / "tui"))
from terminal import Pty, Workplace  # noqa: E402

TARGET = ROOT / "tests" / "targets" / "julia.py"


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


def measure_viewer(verdict, python):
    place = Workplace()
    place.environment["PATH"] = f"/usr/bin:/bin:{os.environ['PATH']}"
    started = time.monotonic()
    terminal = Pty(place, "--python", python, "-k", "function,line", "-o", str(FOLDER / "viewer.pyprof"), str(TARGET),
                   "1000", "5000")
    try:
        terminal.read_until(b"Functions", limit=10)
        verdict.figure("viewer, first paint", (time.monotonic() - started) * 1000, 100, "{:.0f} ms")
        terminal.read(1.5)
        before, since = cpu_seconds(terminal.process), time.monotonic()
        sizes = refreshes(terminal, 6)
        share = (cpu_seconds(terminal.process) - before) / (time.monotonic() - since) * 100
        print(f"viewer at 100x30 while julia runs: {len(sizes)} refreshes in 6 s, {statistics.median(sizes or [0]):.0f} bytes "
              f"in the median, {max(sizes, default=0)} at most")
        verdict.figure("viewer, bytes of a refresh (median)", statistics.median(sizes or [0]), 700, "{:.0f}")
        verdict.figure("viewer, bytes of a refresh (largest)", max(sizes, default=0), 700, "{:.0f}")
        verdict.figure("viewer, share of a core", share, 2, "{:.1f} %")
        terminal.write(b" ")
        terminal.read(1.5)
        verdict.figure("viewer, bytes in 3 s while frozen", len(terminal.read(3)), 0, "{:.0f}")
        terminal.write(b" ")
        terminal.read(1)
        terminal.write(b"\x03")
        terminal.read(3)
        verdict.figure("viewer, bytes in 3 s when nothing changes", len(terminal.read(3)), 0, "{:.0f}")
    finally:
        terminal.close()
        place.clean()
