"""Runs with memory: limits decide the exit status, and reports and exports say what was allocated where."""
import re
import unittest

from workbench import FaultTest

# 20 MB at its highest on line 4, 1 MB left over.
TARGET = """
import sys

def fill():
    data = [bytes(1000000) for _ in range(20)]
    return data[:1]

left = fill()
print("done")
"""


class Limits(FaultTest):
    def limited(self, *arguments, end="", target=TARGET):
        self.write("target.py", target + end)
        return self.run_workbench("--headless", "-o", "run.pyprof", *arguments, "target.py")

    def own(self, process):
        return [line for line in process.err.splitlines() if line.startswith("pyprof-tui: ")]

    def test_heap_above_the_limit(self):
        process = self.limited("--max-heap", "10M", "-k", "function")
        self.assertEqual((process.returncode, process.out), (3, "done\n"))
        sentence, = self.own(process)
        peak = int(re.search(r"was 19\.\d MiB \((\d+) bytes\), above the 10M that limits\.heap \(--max-heap\) allows$", sentence)[1])
        self.assertTrue(20000000 < peak < 20500000, peak)
        self.assertIn("<listcomp>  " + str(self.folder / "target.py") + ":4  data = [bytes(1000000)", process.err)
        self.assertEqual(self.session()["exit"], {"status": 0})

    def test_heap_within_the_limit(self):
        process = self.limited("--max-heap", "21M")
        self.assertEqual((process.returncode, process.out, process.err), (0, "done\n", ""))

    def test_a_limit_of_the_config(self):
        self.write(".pyprof.yaml", "limits: {heap: 15MB}\n")
        self.assertEqual(self.limited().returncode, 3)
        self.assertEqual(self.limited("--set", "limits.heap=null").returncode, 0)

    def test_a_broken_limit_comes_before_the_status_of_the_target(self):
        self.assertEqual(self.limited("--max-heap", "10M", end="sys.exit(7)\n").returncode, 3)
        self.assertEqual(self.limited("--max-heap", "1G", end="sys.exit(7)\n").returncode, 7)

    def test_a_signal_comes_before_a_broken_limit(self):
        process = self.limited("--max-heap", "10M", end="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
        self.assertEqual(process.returncode, -9)
        self.assertIn("above the 10M that limits.heap", process.err)

    def test_assert_allocated_that_nobody_caught(self):
        end = "import pyprof\nwith pyprof.assert_allocated(at_most='1M'):\n    b = bytes(2000000)\n"
        process = self.limited("-k", "memory", end=end)
        self.assertEqual(process.returncode, 3, process.err)
        self.assertRegex(process.err, r"AssertionError: .*allocated 1\.9 MiB .* at most")
        caught = "import pyprof\ntry:\n    with pyprof.assert_allocated(at_most=1):\n        b = bytes(2000)\n" \
                 "except AssertionError:\n    pass\n"
        self.assertEqual(self.limited("-k", "memory", end=caught).returncode, 0)
        self.assertEqual(self.limited("-k", "memory", end="import pyprof\nwith pyprof.assert_allocated(at_most='1G'):\n"
                                      "    sys.exit(5)\n").returncode, 5)

    def test_resident_memory(self):
        end = "data = bytearray(b'x') * 60000000\nimport time\nwhile time.process_time() < 0.4:\n    len(data)\n"
        interval = ("--set", "collectors.memory.interval_ms=10", "-k", "none")
        process = self.limited("--max-rss", "50M", *interval, end=end)
        self.assertEqual(process.returncode, 3, process.err)
        sentence, hint = self.own(process)
        self.assertRegex(sentence, r"the highest RSS was \d+\.\d MiB .* above the 50M that limits\.rss \(--max-rss\) allows")
        self.assertIn("with memory in -k", hint)
        self.assertEqual(self.limited("--max-rss", "500M", *interval, end=end).returncode, 0)

    def test_children_are_held_against_it_each(self):
        process = self.limited("--max-heap", "30M", end="""
import multiprocessing

def work(size):
    return len([bytes(1000000) for _ in range(size)])

if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(1) as pool:
        print(pool.map(work, [50]))
""")
        self.assertEqual((process.returncode, process.out), (3, "done\n[50]\n"), process.err)
        self.assertRegex(self.own(process)[0], r"the heap's high-water mark of process \d+ was 4\d\.\d MiB")
        self.assertIn("bytes(1000000) for _ in range(size)", process.err)


class ReportsAndExports(FaultTest):
    MARKED = """
@profile
def work():
    a = bytearray(3 << 20)
    b = bytearray(8 << 20)
    del b
    return len(a)

def other():
    return bytearray(100)

print(work(), len(other()))
"""

    def record_memory(self, script, name="run.pyprof"):
        process = self.run_workbench("--headless", "-k", "function,line,memory", "-o", name, script)
        self.assertEqual((process.returncode, process.err), (0, ""))

    def output(self, *arguments):
        process = self.run_workbench(*arguments)
        self.assertEqual((process.returncode, process.err), (0, ""))
        return process.out

    def test_reports(self):
        self.write("marked.py", self.MARKED)
        self.record_memory("marked.py")
        reports = self.output("--report", "memory,peak,leaks,types", "run.pyprof")
        peak = int(11.0 * (1 << 20))
        self.assertRegex(reports, r"(?m)^at peak +11\.\d MiB in \d+ blocks")
        self.assertRegex(reports, r"(?m)^  8\.0 MiB +72\.\d +\d+  work  \S+marked\.py:4  b = bytearray\(8 << 20\)$")
        self.assertRegex(reports, r"(?m)^     5 +-8\.0 MiB +1       0 B   8\.0 MiB       0 B +    del b$")
        self.assertTrue(peak < self.session()["heap"]["peak_bytes"] < 1.02 * peak)

    def test_the_table_of_memory_profiler(self):
        """Read as its readers do: by blanks."""
        self.write("marked.py", self.MARKED)
        self.record_memory("marked.py")
        text = self.output("--export", "memory_profiler", "run.pyprof")
        self.assertEqual(text.count("Filename: "), 1)
        rows = [line.split() for line in text.splitlines() if re.match(r" +\d+ +\S+ MiB", line)]
        self.assertEqual([(int(row[0]), float(row[3]), int(row[5])) for row in rows],
                         [(3, 3.0, 1), (4, 8.0, 1), (5, -8.0, 1), (6, 0.0, 1)])
        usage = [float(row[1]) for row in rows]
        self.assertEqual([round(value - usage[0], 1) for value in usage], [0, 8.0, 0, 0])

    def test_the_plot_data_of_mprof(self):
        """Read as mprof does: a word, a blank, fields parted by single blanks."""
        self.write("marked.py", self.MARKED)
        self.record_memory("marked.py")
        timeline = [sample for sample in self.session()["timeline"] if "rss" in sample]
        read = {"MEM": [], "FUNC": [], "CMDLINE": []}
        for line in self.output("--export", "mprof", "run.pyprof").splitlines():
            word, value = line.split(" ", 1)
            read[word].append(value.split(" "))
        self.assertEqual(read["CMDLINE"], [["python3", "marked.py"]])
        self.assertEqual([size for size, _ in read["MEM"]], [f"{sample['rss'] / (1 << 20):.6f}" for sample in timeline])
        times = [float(moment) for _, moment in read["MEM"]]
        self.assertEqual(times, sorted(times))
        for name, _, start, _, end, level in read["FUNC"]:
            self.assertTrue(times[0] <= float(start) < float(end) <= times[-1], name)
            self.assertEqual(level, "0")

    def test_two_ways_of_writing_side_by_side(self):
        self.write("eager.py", "def rows():\n    return [bytes(10000) for _ in range(1000)]\nprint(sum(map(len, rows())))\n")
        self.write("lazy.py", "def rows():\n    return (bytes(10000) for _ in range(1000))\nprint(sum(map(len, rows())))\n")
        for name in ("eager", "lazy"):
            self.record_memory(f"{name}.py", f"{name}.pyprof")
        text = self.output("--report", "memory", "eager.pyprof", "lazy.pyprof")
        change = re.search(r"(?m)^heap at peak +9\.\d+ MiB +\d+\.\d+ KiB +(-\d+\.\d) %$", text)
        self.assertLess(float(change[1]), -98)
        self.assertIn("before: eager.pyprof: eager.py, Python", text)

    def test_memory_that_was_not_counted(self):
        self.write("marked.py", self.MARKED)
        self.record("marked.py", status=0)
        process = self.run_workbench("--export", "memory_profiler", "run.pyprof")
        self.assert_refused(process, 2, "memory was not counted in this run", "-k")
        process = self.run_workbench("--report", "memory", "run.pyprof", "run.pyprof")
        self.assert_refused(process, 2, "memory was not counted on both sides")
        process = self.run_workbench("--export", "memory_profiler", "marked.py")
        self.assertEqual(process.returncode, 0, process.err)
        self.assertIn("Line Contents", process.out)


if __name__ == "__main__":
    unittest.main()
