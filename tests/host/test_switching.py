"""Collectors that are switched off and on while the program runs: what was counted is exactly what ran in the windows they were on.

The programs switch themselves (pyprof.collectors), so every window begins and ends at a known call.
"""
import textwrap

from comparison import main
from test_pyprof_module import Running

WORK = """
    import pyprof
    def leaf(x):
        return x + 1
    def work(n):
        t = 0
        for i in range(n):
            t = leaf(t)
        return t
    def values(n):
        for i in range(n):
            yield leaf(i)
"""
ALL = "function,line,memory,bytecode"
SETS = ("function", "line", "bytecode", "memory", "function,line", ALL)


def calls_of(session):
    return {row["qualname"]: row["calls"] for row in session["functions"]}


def hits_of(session, name):
    ids = [row["id"] for row in session["functions"] if row["qualname"] == name]
    return {row["line"]: row.get("hits") for row in session["lines"] if row["function"] in ids}


def instructions_of(session, name):
    ids = [row["id"] for row in session["functions"] if row["qualname"] == name]
    return [row for row in session["bytecode"] if row["function"] in ids]


def switched(session):
    return {row["collector"]: row for row in session.get("switched", [])}


class Switching(Running):
    def run_and_check(self, text, collectors, **more):
        """The session, whose times are consistent in themselves."""
        done, session = self.run_program(textwrap.dedent(WORK) + textwrap.dedent(text), collectors, **more)
        self.assertEqual(done.stderr, "")
        self.printed_text = done.stdout
        for rows in [thread["functions"] for thread in session["threads"] if "functions" in thread] or [session["functions"]]:
            for row in rows: # of one thread: several that wait at once wait for longer than the run takes, in sum
                if row.get("calls"):
                    self.assertLessEqual(row["self_ns"], row["total_ns"] + 1, row)
                    self.assertLessEqual(row["total_ns"], session["wall_ns"], row)
        return session

    def check_calls(self, session, **expected):
        calls = calls_of(session)
        self.assertEqual({name: calls.get(name) for name in expected}, expected)

    def test_off_and_on_again(self):
        for collectors in SETS:
            with self.subTest(collectors):
                session = self.run_and_check("""
                    def run():
                        work(10)
                        before = pyprof.collectors()
                        work(100)
                        print(",".join(before), pyprof.collectors(*before))
                        work(1000)
                        pyprof.collectors()
                        work(10000)
                    run()
                """, collectors)
                self.assertEqual(self.printed_text, f"{collectors} ()\n")
                if "function" in collectors:
                    self.check_calls(session, work=2, leaf=1010, run=1)
                if "line" in collectors:
                    self.assertEqual(list(hits_of(session, "leaf").values())[-1], 1010)
                if "bytecode" in collectors:
                    self.assertEqual({row["count"] for row in instructions_of(session, "leaf")}, {1010})
                for name, row in switched(session).items():
                    late = name == "memory" # at the end a paused collector's time is that of the pauses that are over
                    self.assertEqual((row["off_count"], row["on"]), (2, 0), name)
                    self.assertTrue(late or 0 < row["off_ns"] < session["wall_ns"], row)
                self.assertEqual(sorted(switched(session)), sorted(collectors.split(",")))

    def test_lines_in_their_windows(self):
        session = self.run_and_check("""
            def run():
                work(10)
                pyprof.collectors("function")
                work(100)
                pyprof.collectors("function", "line")
                work(1000)
                pyprof.collectors()
                work(10000)
                pyprof.collectors("line")
                work(100000)
            run()
        """, "function,line")
        self.check_calls(session, work=4, leaf=101110)
        first = min(hits_of(session, "leaf"))
        self.assertEqual(hits_of(session, "leaf"), {first: 101010})
        lines = sorted(hits_of(session, "work").items())
        self.assertEqual([hits for _, hits in lines], [3, 101013, 101010, 3])

    def test_what_runs_already_counts_no_lines_while_they_are_off(self):
        session = self.run_and_check("""
            def run():
                for i in range(10):
                    if i == 3: pyprof.collectors("function")
                    if i == 7: pyprof.collectors("function", "line")
                    leaf(i)
            run()
        """, "function,line")
        self.check_calls(session, leaf=10)
        hits = sorted(hits_of(session, "run").items())
        # The loop's line is on from its begin to the third round, and from behind the seventh's first statement on.
        self.assertEqual([count for _, count in hits], [4 + 3, 4 + 2, 3 + 2, 3 + 3])
        self.assertEqual(list(hits_of(session, "leaf").values()), [6])

    def test_what_the_run_did_not_begin_with(self):
        for collectors in ("function", "line", "memory", "bytecode"):
            with self.subTest(collectors):
                session = self.run_and_check("""
                    def run():
                        work(10)
                        pyprof.collectors("function", "line", "memory", "bytecode")
                        work(1000)
                        kept.append(bytearray(100000))
                    kept = []
                    run()
                """, collectors)
                self.assertEqual(sorted(session["collectors"]), sorted(ALL.split(",")))
                self.check_calls(session, work=2, leaf=1010)
                lines = 10 if collectors == "line" else 0
                self.assertEqual(list(hits_of(session, "leaf").values())[-1], 1000 + lines)
                begun = switched(session)
                self.assertEqual(sorted(begun), sorted(set(ALL.split(",")) - {collectors}))
                for row in begun.values():
                    self.assertEqual((row["off_count"], row["on"]), (1, 1))
                    self.assertTrue(0 < row["off_ns"] < session["wall_ns"], row)
                self.assertGreaterEqual(session["heap"]["live_bytes"], 100000)

    def test_instructions_in_their_windows(self):
        program = """
            def run():
                {0}
                work(10)
                {1}
                work(100)
                {2}
                work(1000)
            run()
        """
        def of(session, name):
            return [(row["offset"], row["opname"], row["count"]) for row in instructions_of(session, name)]

        switched_off = self.run_and_check(program.format("pass", "pyprof.collectors('function')", "pyprof.collectors('bytecode')"),
                                          "function,bytecode")
        switched_on = self.run_and_check(program.format("pyprof.collectors('function', 'bytecode')", "pyprof.collectors()",
                                                        "pyprof.collectors('bytecode')"), "line")
        plain = self.run_and_check(program.format("pass", "pass", "pass"), "bytecode")
        leaf = [(offset, name, count // 1110 * 1010) for offset, name, count in of(plain, "leaf")]
        self.assertTrue(leaf)
        for session in (switched_off, switched_on):
            self.assertEqual(of(session, "leaf"), leaf)
            counts = dict.fromkeys((count for _, _, count in of(session, "work")))
            self.assertEqual(set(counts) - {0}, {2, 1010, 1012}, of(session, "work"))

    def test_many_times(self):
        session = self.run_and_check("""
            def run():
                for i in range(60):
                    pyprof.collectors()
                    work(7)
                    pyprof.collectors("function", *["line"] * (i % 2), *["bytecode"] * (i % 3 == 0), *["memory"] * (i % 5 == 0))
                    work(3)
            run()
        """, "function")
        self.check_calls(session, work=60, leaf=180)
        self.assertEqual(list(hits_of(session, "leaf").values())[-1], 90)
        self.assertEqual(switched(session)["function"]["off_count"], 60)

    def test_generators_that_wait_over_a_switch(self):
        session = self.run_and_check("""
            def run():
                begun, waiting = values(100), values(100)
                for i in range(5): next(begun)
                pyprof.collectors()
                for i in range(7): next(begun)
                next(waiting)                # its call was not counted, as it began while nothing was
                pyprof.collectors("function", "line")
                for i in range(11): next(begun); next(waiting)
                later = values(3)
                print(sum(later), begun.gi_frame.f_lineno - values.__code__.co_firstlineno)
            run()
        """, "function,line")
        self.check_calls(session, values=2, leaf=5 + 22 + 3)
        self.assertEqual(self.printed_text, "6 2\n")
        self.assertEqual(sorted(hits_of(session, "values").values()), sorted([5 + 22 + 3, 5 + 22 + 4]))

    def test_coroutines(self):
        session = self.run_and_check("""
            import asyncio
            async def step(n):
                await asyncio.sleep(0)
                return leaf(n)
            async def run():
                tasks = [asyncio.create_task(step(i)) for i in range(4)]
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                pyprof.collectors()
                print(sum(await asyncio.gather(*tasks, step(10))))
                pyprof.collectors("function")
                print(await step(20))
            asyncio.run(run())
        """, "function")
        self.assertEqual(self.printed_text, "21\n21\n")
        self.check_calls(session, step=5, run=1)

    def test_recursion(self):
        session = self.run_and_check("""
            import pyprof
            def down(n):
                if n == 60: pyprof.collectors()
                if n == 30: pyprof.collectors("function", "line")
                if n == 0: return 0
                return 1 + down(n - 1)
            def fail(n):
                if n == 5: pyprof.collectors()
                if n == 3: pyprof.collectors("function")
                if n == 0: raise ValueError
                fail(n - 1)
            print(down(100))
            for i in range(3):
                try: fail(10)
                except ValueError: pass
        """, "function,line")
        self.assertEqual(self.printed_text, "100\n")
        self.check_calls(session, down=41 + 30, fail=3 * (6 + 3))
        self.assertEqual(max(hits_of(session, "down").values()), 41 + 30)

    def test_threads(self):
        session = self.run_and_check("""
            import threading
            begin, end = threading.Barrier(4), threading.Barrier(4)
            def thread(amounts):
                for amount in amounts:
                    begin.wait(); work(amount); end.wait()
            amounts = 10, 100, 1000, 10000
            threads = [threading.Thread(target=thread, args=(amounts,)) for i in range(3)]
            for each in threads: each.start()
            for set in ("function", "line"), (), ("function",), ("line",):
                pyprof.collectors(*set)
                begin.wait(); end.wait()
            for each in threads: each.join()
        """, "function,line")
        self.check_calls(session, work=9, leaf=3 * 11010, thread=3)
        self.assertEqual(list(hits_of(session, "leaf").values()), [3 * 10010])

    def test_functions_that_running_code_makes(self):
        session = self.run_and_check("""
            import pyprof
            def make(n):
                def inner(): return [i for i in (1, 2)]
                class Inner:
                    def method(self): return (lambda: n)()
                inner(); Inner().method()
            def run():
                for windows in range(3):
                    pyprof.collectors("function")
                    def made(): return 1
                    made(); make(1)
                    pyprof.collectors()
                    def made(): return 2
                    made(); make(2); make(3)
            run()
        """, "function,line")
        calls = calls_of(session)
        self.assertEqual(sum(count for name, count in calls.items() if name.endswith(".made")), 3)
        self.check_calls(session, make=3, **{"make.<locals>.inner": 3, "make.<locals>.Inner": 3,
                                             "make.<locals>.Inner.method": 3, "make.<locals>.Inner.method.<locals>.<lambda>": 3})

    def test_code_that_comes_while_all_is_off(self):
        session = self.run_and_check("""
            import pyprof
            pyprof.collectors()
            import other
            space = {}
            exec("def text(): return other.f()\\ntext()", {"other": other}, space)
            other.f()
            pyprof.collectors("function", "line")
            other.f(); other.f()
            pyprof.collectors()
            other.f()
            pyprof.collectors("function")
            other.f(); import another
        """, "function", files={"other.py": "def f():\n    return 1\n", "another.py": "def g(): pass\ng()\n"})
        self.check_calls(session, f=3, g=1)
        self.assertEqual(list(hits_of(session, "f").values()), [2])

    def test_time_that_is_off_is_nobodys(self):
        for options in ((), ("--set", "collectors.function.clock=cpu"), ("--set", "collectors.function.clock=running")):
            session = self.run_and_check("""
                import pyprof, time
                def spin(seconds):
                    end = time.perf_counter() + seconds
                    while time.perf_counter() < end: pass
                def run():
                    spin(0.05)
                    pyprof.collectors()
                    spin(0.4)
                    pyprof.collectors("function")
                    spin(0.05)
                run()
            """, "function", options=options)
            total = max(row["total_ns"] for row in session["functions"])
            self.assertLess(total, 300_000_000, options)
            self.assertGreater(total, 5_000_000, options)
            self.assertGreater(switched(session)["function"]["off_ns"], 400_000_000)

    def test_sums_are_consistent(self):
        session = self.run_and_check("""
            def run():
                for i in range(20):
                    pyprof.collectors("function", "line")
                    work(50)
                    pyprof.collectors()
                    work(500)
            run()
        """, "function,line", options=("--set", "collectors.function.builtins=no"))
        for name in ("work", "leaf"):
            id = next(row["id"] for row in session["functions"] if row["qualname"] == name)
            lines = sum(row["self_ns"] for row in session["lines"] if row["function"] == id)
            function = session["functions"][[row["id"] for row in session["functions"]].index(id)]["self_ns"]
            self.assertAlmostEqual(lines, function, delta=max(2000, function // 50), msg=name)

    def test_forked_and_spawned_children(self):
        session = self.run_and_check("""
            import os, subprocess, sys
            def child(n):
                pid = os.fork()
                if pid == 0:
                    work(n)
                    os._exit(0)
                os.waitpid(pid, 0)
            child(10)
            pyprof.collectors()
            child(100)
            subprocess.run([sys.executable, "-c", "def other(): pass\\nother()"])
            pyprof.collectors("function", "line")
            child(1000)
            subprocess.run([sys.executable, "-c", "def another(): pass\\nanother()"])
            work(10000)
        """, "function")
        self.check_calls(session, leaf=11010, another=1)
        self.assertNotIn("other", calls_of(session))

    def test_memory(self):
        session = self.run_and_check("""
            import pyprof
            kept = []
            def allocate(): kept.append(bytearray(1000000))
            allocate()
            pyprof.collectors("memory")
            allocate(); allocate()
            pyprof.collectors()
            allocate()
            pyprof.collectors("memory", "function")
            allocate()
        """, "function")
        allocated = sum(row["alloc_bytes"] for row in session["functions"] if row["qualname"] == "allocate")
        self.assertAlmostEqual(allocated, 3000000, delta=1000)
        self.check_calls(session, allocate=4)

    def test_the_profile_decorator(self):
        session = self.run_and_check("""
            import pyprof, other
            def run():
                for i in range(3): other.marked()
                pyprof.collectors()
                for i in range(5): other.marked()
                pyprof.collectors("line")
                for i in range(7): other.marked()
            run()
        """, "line", files={"other.py": "@profile\ndef marked():\n    return 1\n"},
            options=("--set", "collectors.line.include=[]"))
        self.assertEqual(list(hits_of(session, "marked").values())[-1], 10)

    def test_what_cannot_be(self):
        self.assertIn("ValueError: pyprof.collectors(): 'lines' is none of", self.printed("""
            import pyprof
            try: pyprof.collectors("lines")
            except ValueError as error: print("ValueError:", error)
        """, "function"))
        self.assertIn("RuntimeError: pyprof.collectors() needs a run that began with a collector", self.printed("""
            import pyprof
            try: pyprof.collectors("line")
            except RuntimeError as error: print("RuntimeError:", error)
        """, "none"))

    def test_the_program_sees_nothing_of_it(self):
        self.assertEqual(self.printed("""
            import pyprof, sys, inspect
            def f(a, b=2): return [x for x in (a, b)]
            code = f.__code__
            for set in (), ("function",), ("line",), ("bytecode",), ():
                pyprof.collectors(*set)
                assert f.__code__ is code and f(1) == [1, 2], set
                assert code.co_consts == f.__code__.co_consts and not any("probe" in repr(c) for c in code.co_consts)
            def g(): yield sys._getframe().f_code
            assert next(g()) is g.__code__
            print("ok")
        """, "function"), "ok\n")


if __name__ == "__main__":
    main()
