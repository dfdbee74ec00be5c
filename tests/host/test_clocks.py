"""The clocks of a run: what counts as time. Bounds are ratios, wide enough for a machine that is busy with other things."""
from comparison import Case, main
from test_counts import Counting

SLEEPING = """
import time
def nap(): time.sleep(0.3)
def work():
    total = 0
    for i in range(300000): total += i
nap()
work()
"""

COMPETING = """
import threading
def work():
    total = 0
    for i in range(1500000): total += i
def wait(threads):
    for thread in threads: thread.join()
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
wait(threads)
"""

COLLECTORS = ("function", "line", "function,line")


class Clocks(Counting):
    def run_with(self, program, clock, collectors):
        export = self.export(Case("clock", program), collectors, ["--set", f"collectors.function.clock={clock}"])
        self.assertEqual(export["clock"], clock)
        if "function" in collectors:
            times = {f["name"]: f["total_ns"] for f in export["functions"]}
        else:
            times = {}
            for line in export["lines"]:
                name = {f["id"]: f["name"] for f in export["functions"]}[line["function"]]
                times[name] = times.get(name, 0) + line["self_ns"]
        return times, export

    def test_sleeping_is_no_processor_time(self):
        for collectors in COLLECTORS:
            with self.subTest(collectors=collectors):
                wall, _ = self.run_with(SLEEPING, "wall", collectors)
                cpu, export = self.run_with(SLEEPING, "cpu", collectors)
                running, _ = self.run_with(SLEEPING, "running", collectors)
                self.assertGreaterEqual(wall["nap"], 0.3e9)
                self.assertGreaterEqual(running["nap"], 0.3e9)
                self.assertLess(cpu["nap"], 0.03e9)
                self.assertGreater(cpu["work"], cpu["nap"])
                self.assertLess(sum(f.get("self_ns", 0) for f in export["functions"]), export["wall_ns"])

    def test_hits_and_calls_are_the_same_by_every_clock(self):
        counts = []
        for clock in ("wall", "cpu", "running"):
            export = self.run_with(SLEEPING, clock, "function,line")[1]
            counts.append(({f["qualname"]: f["calls"] for f in export["functions"]},
                           [(line["line"], line["hits"]) for line in export["lines"]]))
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(counts[0], counts[2])

    def busy_threads(self, clock, collectors):
        """How many threads were at work at a time, by the sum of their times; the probes' cost is part of it."""
        times, export = self.run_with(COMPETING, clock, collectors)
        return (times["work"] + export["overhead_ns"]) / times["wait"]

    def test_waiting_for_the_lock_is_not_running(self):
        """Two threads take turns, each waits half of the time. A thread that has the lock but no processor runs all the same, so
        on a busy machine there is more than one: the best of three attempts counts."""
        for collectors in ("function", "function,line"):
            with self.subTest(collectors=collectors):
                attempts = [(self.busy_threads("wall", collectors), self.busy_threads("running", collectors))
                            for _ in range(3)]
                self.assertGreater(max(wall for wall, _ in attempts), 1.7)
                self.assertGreater(max(running for _, running in attempts), 0.8)
                self.assertLess(min(running / wall for wall, running in attempts), 0.85)


if __name__ == "__main__":
    main()
