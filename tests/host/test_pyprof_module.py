"""The module pyprof: what a profiled program can say and ask; and the RAM timeline's share of it: marks, collections, what grew."""
import json
import re
import subprocess
import unittest

from comparison import PYTHON, TIME_LIMIT, WORKBENCH, Case, InWorkplace, cases, main

FALLBACK = """
try: import pyprof
except ImportError: pyprof = None
"""

# Under plain python3 there is no such module, so what a program sees of it before it imports it must be nothing.
Comparison = cases([
    Case("not there until imported", """
        import sys
        print("pyprof" in sys.modules, "pyprof" in sys.builtin_module_names, len(sys.meta_path))
        import importlib.util
        print(importlib.util.find_spec("pyprof2"), importlib.util.find_spec("math").origin)
    """),
    Case("the program's own module", "import pyprof, sys\nprint(pyprof.mark, pyprof.__file__, 'pyprof' in sys.builtin_module_names)\n",
         files={"pyprof.py": "mark = 'mine'\n"}),
    Case("the program's own package", "import pyprof.inner\nprint(pyprof.inner.name, pyprof.__path__)\n",
         files={"pyprof/__init__.py": "", "pyprof/inner.py": "name = 'inner'\n"}),
    Case("the program's own folder", "import pyprof.inner\nprint(pyprof.inner.name)\n",
         files={"pyprof/inner.py": "name = 'inner'\n"}),
    Case("found by the program's own finder", """
        import sys, importlib.abc, importlib.machinery
        class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
            def find_spec(self, name, path, target=None):
                if name == "pyprof": return importlib.machinery.ModuleSpec(name, self)
            def create_module(self, spec): return None
            def exec_module(self, module): module.mark = "found"
        sys.meta_path.append(Finder())
        import pyprof
        print(pyprof.mark)
    """),
    Case("a finder that fails", """
        import sys
        class Broken:
            def find_spec(self, name, path, target=None):
                if name == "pyprof": raise KeyError(name)
        sys.meta_path.append(Broken())
        try: import pyprof
        except KeyError as error: print("KeyError", error)
    """),
    Case("the main program is called so", "print(__name__, __file__)\nimport pyprof\nprint(pyprof.__name__)\n", how="target",
         target=["pyprof.py"], files={"pyprof.py": "print(__name__, __file__)\nimport pyprof\nprint(pyprof.__name__)\n"}),
])


class Running(InWorkplace):
    def run_program(self, text, collectors="memory", options=(), **more):
        """The finished process and the exported session."""
        case, place = Case("program", text, **more), self.workplace
        place.fresh()
        command = [WORKBENCH, "--headless", "-k", collectors, *options, "-o", str(place.session), *case.prepare(place.folder)]
        done = subprocess.run(command, cwd=place.folder, env=place.environment(case), capture_output=True, text=True,
                              timeout=TIME_LIMIT)
        self.assertIn(done.returncode, case.statuses, done.stderr)
        export = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                                cwd=place.base, capture_output=True, timeout=TIME_LIMIT)
        self.assertEqual((export.returncode, export.stderr), (0, b""))
        return done, json.loads(export.stdout)

    def printed(self, text, collectors="memory", **more):
        done, _ = self.run_program(text, collectors, **more)
        self.assertEqual(done.stderr, "")
        return done.stdout


class Marks(Running):
    def test_marks_with_every_collector(self):
        for collectors in ("none", "function", "memory", "function,line,memory"):
            done, session = self.run_program("""
                import pyprof
                print(pyprof.mark("loaded"), pyprof.mark(), pyprof.mark(name="Lösung"), pyprof.mark("x" * 100), pyprof.mark("\\ud800"))
            """, collectors)
            self.assertEqual(done.stdout, "True True True True True\n")
            self.assertEqual([mark["name"] for mark in session["marks"]], ["loaded", "", "Lösung", "x" * 55, "?"])
            times = [mark["t_ns"] for mark in session["marks"]]
            self.assertEqual(times, sorted(times))
            self.assertTrue(0 < times[0] <= times[-1] <= session["wall_ns"])

    def test_there_is_an_end_of_marks(self):
        self.assertEqual(self.printed("import pyprof\nprint(sum(pyprof.mark('m') for i in range(5000)), pyprof.mark())\n"), "4096 False\n")

    def test_wrong_arguments(self):
        self.assertEqual(self.printed("""
            import pyprof
            for arguments in ((1,), ("a", "b"), (None,)):
                try: pyprof.mark(*arguments)
                except TypeError as error: print(type(error).__name__)
        """), "TypeError\n" * 3)

    def test_a_forked_child_marks_its_own_timeline(self):
        _, session = self.run_program("""
            import os, pyprof
            pyprof.mark("before")
            if os.fork() == 0:
                pyprof.mark("child")
                os._exit(0)
            os.wait()
            pyprof.mark("after")
        """)
        self.assertEqual([mark["name"] for mark in session["marks"]], ["before", "after"])

    def test_importing_it_is_no_puzzle_in_the_profile(self):
        _, session = self.run_program("import pyprof\npyprof.mark('a')\npyprof.mark('b')\n", "function")
        calls = {function["qualname"]: function["calls"] for function in session["functions"]}
        self.assertEqual(calls["pyprof.mark"], 2)
        self.assertFalse([name for name in calls if "pyprof" in name and name != "pyprof.mark"])


class Module(Running):
    def test_without_the_collector_it_says_what_to_turn_on(self):
        output = self.printed("""
            import pyprof
            for name in ("memory_off", "memory_on", "allocated", "census"):
                try: getattr(pyprof, name)()
                except RuntimeError as error: print(error)
            try: pyprof.assert_allocated("1M")
            except RuntimeError as error: print(error)
        """, "function")
        for name, line in zip(("memory_off", "memory_on", "allocated", "census", "assert_allocated"), output.splitlines(), strict=True):
            self.assertRegex(line, rf"^pyprof\.{name}\(\) needs the memory collector, .*-k memory.*collectors\.memory\.enabled: true")

    def test_it_documents_itself(self):
        output = self.printed("""
            import pyprof, inspect
            print(pyprof.__name__, bool(pyprof.__doc__))
            for name in sorted(vars(pyprof)):
                if not name.startswith("_"): print(name, inspect.signature(getattr(pyprof, name)), len(getattr(pyprof, name).__doc__) > 20)
        """)
        self.assertEqual(output.splitlines(), [
            "pyprof True", "allocated () True", "assert_allocated (at_most=None, peak=None) True", "census () True",
            "collectors (*names) True", "mark (name='') True", "memory_off () True", "memory_on () True"])

    def test_imported_again_it_is_the_same(self):
        self.assertEqual(self.printed("""
            import sys, importlib, pyprof
            first = pyprof
            del sys.modules["pyprof"]
            import pyprof
            print(first is pyprof, importlib.reload(pyprof) is first, pyprof.__spec__.name, pyprof.__spec__.origin)
            try: import pyprof.inner
            except ImportError as error: print(error)
        """), "True True pyprof built-in\nNo module named 'pyprof.inner'; 'pyprof' is not a package\n")

    def test_what_is_allocated_while_it_is_off_is_not_counted(self):
        done, session = self.run_program("""
            import pyprof
            def first(): return [bytes(1000) for i in range(100)]
            def second(): return [bytes(1000) for i in range(100)]
            def third(): return [bytes(1000) for i in range(100)]
            a = first()
            with pyprof.memory_off() as off:
                with pyprof.memory_off(): pass
                b = second()
            c = third()
            pyprof.memory_off()
            d = second()
            pyprof.memory_on()
            del a[:]
        """)
        total = {function["name"]: function for function in session["functions"]}
        for name in ("first", "third"):
            self.assertTrue(100_000 < total[name]["total_alloc_bytes"] < 110_000, total[name])
        self.assertLess(total.get("second", {}).get("total_alloc_bytes", 0), 500)
        self.assertLess(total["first"]["total_live_bytes"], 3000) # freed while it was on again
        self.assertGreater(total["third"]["total_live_bytes"], 100_000)
        self.assertEqual(session["heap"]["paused_count"], 2)

    def test_allocated(self):
        count, bytes_ = map(int, self.printed("""
            import pyprof
            keep = [None] * 10
            before = pyprof.allocated()
            for i in range(1000): keep[0] = bytes(967)
            after = pyprof.allocated()
            print(after[0] - before[0], after[1] - before[1])
        """).split())
        self.assertTrue(1000 <= count <= 1800, count) # numbers of the loop, too
        self.assertTrue(1000000 <= bytes_ <= 1000000 + 40 * (count - 1000) + 500, bytes_)


class Assertions(Running):
    def test_within_the_limits_nothing_happens(self):
        self.assertEqual(self.printed("""
            import pyprof, sys
            data = size = fits = more = text = None
            with pyprof.assert_allocated(0): pass
            with pyprof.assert_allocated(at_most="300K", peak="1.5K") as check:
                for i in range(200): bytes(1000)
            with check:
                pass
            for text, size in (("2KB", 2000), ("2K", 2048), ("2KiB", 2048), ("2k", 2048), ("2000", 2000), ("2000B", 2000), ("0.002 MB", 2000)):
                fits = size - sys.getsizeof(b"")
                more = fits + 1
                with pyprof.assert_allocated(text): data = bytes(fits)
                try:
                    with pyprof.assert_allocated(text): data = bytes(more)
                    print("not noticed", text)
                except AssertionError: pass
            with pyprof.assert_allocated(peak=2000):
                for i in range(200): bytes(1000)
            print("done")
        """), "done\n")

    def test_what_is_too_much_is_said_with_its_lines(self):
        output = self.printed("""
            import pyprof
            def build():
                return [bytes(967) for i in range(200)]
            try:
                with pyprof.assert_allocated(at_most="100K"):
                    kept = build()
            except AssertionError as error: print(error)
        """)
        first, where, *_ = output.splitlines()
        self.assertRegex(first, r"^allocated 20\d\.\d KiB \(2\d{5} bytes\) in 2\d\d blocks, at most 100\.0 KiB is allowed$")
        self.assertRegex(where, r"^  20\d\.\d KiB in 2\d\d blocks at .*/prog\.py:3 \(.*\)$")

    def test_the_peak_is_that_inside(self):
        output = self.printed("""
            import pyprof
            earlier = bytes(50_000_000)
            del earlier                    # the high-water mark of the run is far above
            def inner(): bytes(300_000)
            for limit in (500_000, 390_000, 200_000):
                try:
                    with pyprof.assert_allocated(peak=limit):
                        a = bytes(100_000)
                        inner()
                        del a
                    print(limit, "held")
                except AssertionError as error: print(limit, str(error).splitlines()[0])
        """)
        lines = output.splitlines()
        self.assertEqual(lines[0], "500000 held")
        for line in lines[1:]:
            self.assertRegex(line, r"^\d+ 390\.\d KiB \((399|400)\d{3} bytes\) more than at the beginning lived at once, at most .* is allowed$")

    def test_checks_inside_of_checks(self):
        self.assertEqual(self.printed("""
            import pyprof
            try:
                with pyprof.assert_allocated(peak=250_000):
                    a = bytes(100_000)
                    with pyprof.assert_allocated(peak=250_000):
                        b = bytes(100_000)
                        del b
                    with pyprof.assert_allocated(peak=250_000):
                        c = bytes(200_000)
                    print("inner ones held")
            except AssertionError as error: print(str(error)[:4])
            with pyprof.assert_allocated(peak=50_000): pass
        """), "inner ones held\n293.\n")

    def test_decorated_functions_stay_what_they_are(self):
        self.assertEqual(self.printed("""
            import pyprof, inspect
            @pyprof.assert_allocated(at_most="10K")
            def f(n, *, scale=1):
                "what it does"
                return len(bytes(n * scale))
            class A:
                @pyprof.assert_allocated(peak="10K")
                def method(self, n): return type(self).__name__, len(bytes(n))
            print(f(10, scale=3), f.__name__, f.__doc__, inspect.signature(f), f.__wrapped__(1))
            f.mine = 1
            print(f.mine, A().method(7))
            for call in (lambda: f(20000), lambda: A().method(20000)):
                try: call()
                except AssertionError as error: print(str(error)[:8])
        """), "30 f what it does (n, *, scale=1) 1\n1 ('A', 7)\n" + "allocate\n19.6 KiB\n")

    def test_an_exception_is_not_hidden(self):
        self.assertEqual(self.printed("""
            import pyprof
            @pyprof.assert_allocated(at_most=10)
            def f():
                x = bytes(10000)
                raise KeyError("mine")
            try: f()
            except KeyError as error: print(error, error.__context__)
            try:
                with pyprof.assert_allocated(at_most=10):
                    x = bytes(10000)
                    raise KeyError("mine")
            except KeyError as error: print(error, error.__context__)
        """), "'mine' None\n'mine' None\n")

    def test_what_makes_no_sense_is_refused(self):
        output = self.printed("""
            import pyprof
            for arguments in (("x",), ("1X",), ("",), (-1,), (1.5,), ("nan",), ("-5",), (), (None, None), ("1e30",)):
                try: pyprof.assert_allocated(*arguments)
                except (TypeError, ValueError) as error: print(type(error).__name__, error)
            def generator(): yield
            async def coroutine(): pass
            for function in (generator, coroutine, 1):
                try: pyprof.assert_allocated(1)(function)
                except TypeError as error: print("TypeError", "with statement" in str(error))
            try: pyprof.assert_allocated(1).__exit__(None, None, None)
            except RuntimeError as error: print(error)
        """)
        lines = output.splitlines()
        self.assertEqual([line.split()[0] for line in lines[:10]],
                         ["ValueError", "ValueError", "ValueError", "ValueError", "TypeError", "ValueError", "ValueError",
                          "TypeError", "TypeError", "ValueError"])
        self.assertEqual(lines[10:], ["TypeError True"] * 3 + ["this pyprof.assert_allocated() was left before it was entered"])

    def test_a_failure_ends_a_program_with_the_status_of_broken_limits(self):
        done, _ = self.run_program("import pyprof\nwith pyprof.assert_allocated(10):\n    x = bytes(5000)\n", status=3)
        self.assertRegex(done.stderr, r"AssertionError: allocated [45]\.\d KiB .*\n  [45]\.\d KiB in \d blocks? at .*/prog\.py:3 \(<module>\)\n$")

    def test_what_other_threads_allocate_counts(self):
        self.assertEqual(self.printed("""
            import pyprof, threading
            kept = []
            def work(): kept.append(bytes(1_000_000))
            try:
                with pyprof.assert_allocated(at_most="500K"):
                    thread = threading.Thread(target=work)
                    thread.start()
                    thread.join()
            except AssertionError as error: print(str(error).splitlines()[1].split(" in ")[0])
        """), "  976.6 KiB\n")


class Timeline(Running):
    LONG = """
        import gc, time, pyprof
        gc.disable()
        end = time.monotonic() + 0.5
        gc.collect(0); gc.collect(0); gc.collect(1); gc.collect(2)
        kept = []
        while time.monotonic() < end:
            kept.append(bytes(10000))
            time.sleep(0.002)
        gc.collect(0)
        time.sleep(0.1)
    """

    def test_collections_are_those_of_the_interpreter(self):
        for collectors in ("none", "memory"):
            _, session = self.run_program("""
                import gc, time, pyprof
                time.sleep(0.25)
                gc.disable()
                for i in range(30): gc.collect(0)
                for i in range(7): gc.collect(1)
                for i in range(3): gc.collect()
                time.sleep(0.25)
                pyprof.mark("end")
            """, collectors, ["--set", "collectors.memory.interval_ms=50"])
            end = session["marks"][0]["t_ns"]  # the interpreter collects when it ends, too
            late = [sample["collections"] for sample in session["timeline"]
                    if 150_000_000 < sample["t_ns"] < end and "collections" in sample]
            self.assertEqual([sum(column) for column in zip(*late)], [30, 7, 3])

    def test_what_grew_is_named(self):
        _, session = self.run_program(self.LONG, "memory")
        growth = session["timeline"][-1]["growth"]
        site = session["sites"][growth[0]["site"]]
        self.assertEqual(site["line"], 7)
        self.assertGreater(growth[0]["bytes"], 100_000)

    def test_rss_is_as_without_the_profiler(self):
        for held in (1, 500):
            program = f"""
                import time
                def hold():
                    kept = [bytes(50) for i in range(20_000)]
                    kept.append(bytearray({held} << 20))
                    for i in range(0, len(kept[-1]), 4096): kept[-1][i] = 1
                    rss = [int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmRSS")]
                    print(rss[0], flush=True)
                    time.sleep(0.3)
                hold()
            """
            case = Case("plain", program)
            plain = int(self.workplace.run(case).output)
            for collectors in ("memory", "function,line,memory"):
                _, session = self.run_program(program, collectors, ["--set", "collectors.memory.interval_ms=20"])
                highest = max(sample["rss"] for sample in session["timeline"] if "rss" in sample)
                self.assertAlmostEqual(highest / 2**20, plain / 2**20, delta=6, msg=f"{collectors}, {held} MiB")


if __name__ == "__main__":
    main()
