"""Memory adds up: whatever a program does, all that a session says about it comes from its allocation sites, and nothing is lost.

Each program runs with the memory collector alone and with all; the sums of functions, lines and paths are made anew here from
"sites". Reports of the saved session must be those that were written when the program ended.
"""
import collections
import json
import subprocess

from comparison import InWorkplace, TIME_LIMIT, WORKBENCH, Case, main

KEYS = ("alloc_bytes", "alloc_count", "free_bytes", "live_bytes", "peak_bytes")
MORE_KEYS = KEYS + ("free_count", "live_count", "peak_count", "temporary_count")
TOTALS = tuple(f"total_{key}" for key in KEYS)
REPORTS = "functions,tree,memory,peak,leaks"

PROGRAMS = [
    Case("keeps and drops", """
        table = {}
        def keep(n):
            table[n] = bytes(1000 + n)
        for i in range(3000):
            keep(i)
        for i in range(0, 3000, 2):
            del table[i]
        print(len(table))
        """),
    Case("recursion", """
        import copy
        def tree(depth):
            return [tree(depth - 1), tree(depth - 1), bytearray(depth)] if depth else []
        def walk(node):
            return sum(map(walk, (part for part in node if isinstance(part, list))), len(node) * 1.5)
        first = tree(9)
        print(walk(first), walk(copy.deepcopy(first)))
        """),
    Case("threads", """
        import json, queue, threading
        work, results = queue.Queue(), []
        def serve():
            while (item := work.get()) is not None:
                results.append(json.loads(json.dumps({"item": [item] * 50})))
        threads = [threading.Thread(target=serve) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(500):
            work.put(i)
        for thread in threads:
            work.put(None)
        for thread in threads:
            thread.join()
        print(len(results))
        """),
    Case("generators and exceptions", """
        def words():
            for i in range(2000):
                yield "word%d" % i * 5
        def check(word):
            if "7" in word:
                raise ValueError(word * 3)
            return word.upper()
        kept = []
        for word in words():
            try:
                kept.append(check(word))
            except ValueError as error:
                kept.append(error)
        print(sum(isinstance(item, str) for item in kept))
        """),
    Case("forks", """
        import os
        inherited = [bytes(500) for _ in range(1000)]
        def grow(n):
            return [bytearray(100) for _ in range(n)]
        for n in (100, 2000):
            child = os.fork()
            if not child:
                inherited.clear()
                mine = grow(n)
                os._exit(0)
            os.waitpid(child, 0)
        mine = grow(50)
        print(len(mine))
        """),
    Case("a python behind a shell", """
        import subprocess, sys
        text = "x = [str(i) * 9 for i in range(3000)]; print(len(x))"
        subprocess.run(["/bin/sh", "-c", '"$0" -c "$1"; true', sys.executable, text])
        """),
    Case("switched off and on", """
        import pyprof
        before = [bytes(1000) for _ in range(100)]
        pyprof.memory_off()
        unknown = [bytes(1000) for _ in range(200)]
        del before
        pyprof.memory_on()
        after = [bytes(1000) for _ in range(50)]
        del unknown
        print(len(after))
        """),
    Case("killed", """
        import os, signal
        kept = [list(range(n)) for n in range(300)]
        print(len(kept), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """, status=-9),
    Case("nothing", "print()\n"),
]


def add(sums, row, keys):
    for key in keys:
        sums[key] += row[key]


def site_sums(sites):
    """What functions (their own and with what they called) and lines must have."""
    functions, totals, lines = (collections.defaultdict(collections.Counter) for _ in range(3))
    for site in sites:
        path = site.get("path", [])
        owner = path[-1] if path else site.get("function")
        add(functions[owner], site, KEYS)
        for function in {owner, *path}:
            add(totals[function], site, KEYS)
        add(lines[site.get("function"), site.get("line")], site, MORE_KEYS)
    return functions, totals, lines


class MemorySums(InWorkplace):
    def assert_sums(self, document):
        """Of one process, or of the sum over all."""
        functions, totals, lines = site_sums(document["sites"])
        whole = collections.Counter()
        for sums in functions.values():
            whole.update(sums)
        self.assertEqual(whole["live_bytes"], document["heap"]["live_bytes"])
        self.assertEqual(whole["peak_bytes"], document["heap"]["peak_bytes"])
        known = {row["id"]: row for row in document["functions"]}
        self.assertLessEqual({function for function in totals if function is not None}, known.keys())
        for number, row in known.items():
            name = row["qualname"]
            self.assertEqual({key: row[key] for key in KEYS}, {key: functions[number][key] for key in KEYS}, name)
            self.assertEqual({key: row[key] for key in TOTALS}, {f"total_{key}": totals[number][key] for key in KEYS}, name)
        seen = set()
        for row in document["lines"]:
            place = row["function"], row["line"]
            seen.add(place)
            self.assertEqual({key: row[key] for key in MORE_KEYS}, {key: lines[place][key] for key in MORE_KEYS}, row)
        self.assertLessEqual({place for place in lines if place[1] is not None}, seen)

    def assert_sane(self, document, *, inherits=False):
        """What is true of every process by itself."""
        limit, highest = document["heap"]["peak_bytes"], 0
        self.assertLessEqual(document["heap"]["live_bytes"], limit)
        for site in document["sites"]:
            for key in MORE_KEYS:
                self.assertLess(site[key], 1 << 40, (key, site))
            self.assertLessEqual(site["temporary_count"], site["alloc_count"])
            if site["alloc_count"]:
                self.assertLessEqual(site["lifetime_ns"], document["wall_ns"] + 1e9, site)
                highest = max(highest, site["highest_bytes"])
            if not inherits:
                self.assertLessEqual(site["live_bytes"], site["alloc_bytes"], site)
                self.assertLessEqual(site["peak_bytes"], site["alloc_bytes"], site)
        if not inherits:
            sums = {key: sum(site[key] for site in document["sites"]) for key in MORE_KEYS}
            self.assertEqual(sums["alloc_bytes"] - sums["free_bytes"], sums["live_bytes"])
            self.assertEqual(sums["alloc_count"] - sums["free_count"], sums["live_count"])
            self.assertEqual(highest, limit)

    def assert_processes(self, document):
        parts = document["processes"]
        for key in ("live_bytes", "peak_bytes", "unknown_frees"):
            self.assertEqual(document["heap"][key], sum(part["heap"][key] for part in parts), key)
        for key in MORE_KEYS:
            self.assertEqual(sum(site[key] for site in document["sites"]),
                             sum(site[key] for part in parts for site in part["sites"]), key)
        for part in parts:
            self.assert_sums(part)
            self.assert_sane(part, inherits=part["pid"] != parts[0]["pid"])

    def check(self, case, collectors):
        outcome = self.workplace.run(case, collectors, ["--report", REPORTS])
        self.assertIn(outcome.status, case.statuses, outcome.errors)
        opened = subprocess.run([WORKBENCH, "--report", REPORTS, str(self.workplace.session)], capture_output=True,
                                timeout=TIME_LIMIT, check=True)
        self.assertTrue(opened.stdout)
        self.assertIn(opened.stdout, outcome.output)
        exported = subprocess.run([WORKBENCH, "--export", "json", str(self.workplace.session)], capture_output=True,
                                  timeout=TIME_LIMIT, check=True)
        document = json.loads(exported.stdout)
        self.assertEqual(document["collectors"], collectors.split(","))
        self.assertTrue(any(site["alloc_bytes"] for site in document["sites"]))
        self.assert_sums(document)
        if "processes" in document:
            self.assert_processes(document)
        else:
            self.assert_sane(document)
        self.assertEqual("processes" in document, case.name in ("forks", "a python behind a shell"))


for program in PROGRAMS:
    for chosen in ("memory", "function,line,memory"):
        setattr(MemorySums, f"test_{program.name.replace(' ', '_')}__{chosen.replace(',', '_')}",
                lambda self, case=program, collectors=chosen: self.check(case, collectors))

if __name__ == "__main__":
    main()
