"""What threads are called in the session: as their Thread objects are, without a line of the program's code being run for it."""
import contextlib
import json
import sqlite3
import subprocess
import textwrap

from comparison import Case, WORKBENCH, cases, main
from test_pyprof_module import Running

ALL_TOGETHER = """
    import threading, _thread, sys
    go, ready = threading.Event(), threading.Semaphore(0)
    def step(x):
        return x + 1
    def work():
        step(1)
        ready.release()
        go.wait(30)
"""


class Names(Running):
    def names(self, text, collectors="function", table="threads", order="id"):
        """The names of all threads, in the order that they came."""
        done, _ = self.run_program(textwrap.dedent(ALL_TOGETHER) + textwrap.dedent(text), collectors)
        self.assertEqual(done.stderr, "")
        self.printed_text = done.stdout
        with contextlib.closing(sqlite3.connect(self.workplace.session)) as session:
            return [name for name, in session.execute(f"SELECT name FROM {table} ORDER BY {order}")]

    def test_the_names_of_threads(self):
        for collectors in ("function", "line", "memory", "bytecode", "function,line,memory,bytecode"):
            with self.subTest(collectors):
                self.assertEqual(self.names("""
                    threads = [threading.Thread(target=work, name=name) for name in ("reader", "writer", "Lösung")]
                    for thread in threads:
                        thread.start()
                        ready.acquire()
                    go.set()
                    for thread in threads: thread.join()
                """, collectors), ["MainThread", "reader", "writer", "Lösung"])

    def test_what_each_thread_did_is_exported(self):
        self.names("""
            def work_more(times):
                for _ in range(times):
                    work()
            threads = [threading.Thread(target=work_more, args=(times,), name=f"does {times}") for times in (3, 5)]
            for thread in threads:
                thread.start()
                ready.acquire()
            go.set()  # a thread that had ended would leave its place to the next one
            for thread in threads: thread.join()
        """, "function")
        exported = subprocess.run([WORKBENCH, "--export", "json", str(self.workplace.session)], capture_output=True, check=True)
        run = json.loads(exported.stdout)
        names = {function["id"]: function["qualname"] for function in run["functions"]}
        steps = {thread["name"]: sum(row["calls"] for row in thread["functions"] if names[row["function"]] == "step")
                 for thread in run["threads"]}
        self.assertEqual(steps, {"MainThread": 0, "does 3": 3, "does 5": 5})
        for thread in run["threads"]:
            self.assertEqual(thread["calls"], sum(row["calls"] for row in thread["functions"]))
            self.assertFalse(thread["running"])
        self.assertEqual(sum(thread["calls"] for thread in run["threads"]), sum(row["calls"] for row in run["functions"]))
        reported = subprocess.run([WORKBENCH, "--report", "threads", str(self.workplace.session)], capture_output=True, check=True)
        self.assertRegex(reported.stdout.decode(), r" ended +[0-9.]+ +[0-9.]+ +[0-9]+  does 5\n")

    def test_threads_that_threading_names(self):
        self.assertEqual(self.names("""
            from concurrent.futures import ThreadPoolExecutor
            with ThreadPoolExecutor(1, thread_name_prefix="pool") as pool:
                pool.submit(work)
                ready.acquire()
                thread = threading.Thread(target=work)
                thread.start()
                ready.acquire()
                go.set()
                thread.join()
        """), ["MainThread", "pool_0", "Thread-1 (work)"])

    def test_a_thread_that_only_calls_c(self):
        self.assertEqual(self.names("""
            thread = threading.Thread(target=ready.acquire, name="waits")
            thread.start()
            ready.release()
            thread.join()
        """), ["MainThread", "waits"])

    def test_long_and_odd_names(self):
        names = self.names("""
            threads = [threading.Thread(target=work, name=name)
                       for name in ("x" + "ä" * 299, "xx" + "\\U0001f40d" * 100, "a\\ud800b", "x" * 63, "")]
            before = [sys.getsizeof(thread.name) for thread in threads]
            for thread in threads:
                thread.start()
                ready.acquire()
            go.set()
            for thread in threads: thread.join()
            print(before == [sys.getsizeof(thread.name) for thread in threads])
        """)
        self.assertEqual(names[1:5], ["x" + "ä" * 31, "xx" + "\U0001f40d" * 15, "a?b", "x" * 63])
        self.assertEqual(self.printed_text, "True\n")

    def test_names_that_change(self):
        self.assertEqual(self.names("""
            thread = threading.Thread(target=work, name="before", daemon=True)
            thread.start()
            ready.acquire()
            thread.name = "after"
            threading.current_thread().name = "main"
        """), ["main", "after"])

    def test_a_thread_without_an_object(self):
        self.assertEqual(self.names("""
            _thread.start_new_thread(work, ())
            ready.acquire()
        """), ["MainThread", ""])

    def test_no_code_of_the_program_runs_for_it(self):
        self.assertEqual(self.names("""
            class Odd(threading.Thread):
                def _set_os_name(self): pass
                @property
                def name(self): raise KeyError("name was read")
                def __getattr__(self, name):
                    print("looked for", name)
                    raise AttributeError(name)
                def __getattribute__(self, name):
                    if name == "_name": print("_name was read")
                    return super().__getattribute__(name)
                def run(self): work()
            class Hidden(threading.Thread):
                @property
                def _name(self): print("hidden was read")
                @_name.setter
                def _name(self, name): pass
                def _set_os_name(self): pass
                def run(self): work()
            threads = [Odd(), Hidden()]
            threads[0].__dict__["_name"] = "odd"
            print("begin")
            for thread in threads:
                thread.daemon = True
                thread.start()
                ready.acquire()
        """), ["MainThread", "odd", ""])
        self.assertNotIn("read", self.printed_text.split("begin\n")[1])
        self.assertNotIn("looked for _name", self.printed_text)

    def test_a_place_that_threads_leave_to_the_next(self):
        ends = """
            import os
            def run(thread):
                thread.start()
                thread.join()
                while os.path.exists(f"/proc/self/task/{thread.native_id}"): pass
            go.set()
        """
        self.assertEqual(self.names(ends + """
            for i in range(50):
                run(threading.Thread(target=work, name=f"number {i}"))
        """), ["MainThread", "number 49"])
        self.assertEqual(self.names(ends + """
            run(threading.Thread(target=work, name="first"))
            _thread.start_new_thread(work, ())
            ready.acquire()
            ready.acquire()
        """), ["MainThread", ""])

    def test_a_forked_child(self):
        self.assertEqual(self.names("""
            import os, warnings
            warnings.simplefilter("ignore")
            go.set()
            def fork():
                child = os.fork()
                if child == 0:
                    work()
                    os._exit(0)
                os.waitpid(child, 0)
            fork()
            thread = threading.Thread(target=fork, name="forks")
            thread.start()
            thread.join()
        """, table="process_threads", order="process, id"), ["MainThread", "forks"])


Comparison = cases([
    Case("what threads do is as without", """
        import sys, threading
        sys.addaudithook(lambda event, arguments: print(event, flush=True) if event.startswith(("object.", "sys._")) else None)
        class Own(dict): pass
        def work(depth):
            if depth: work(depth - 1)
            else: print(threading.current_thread().name, len(threading._active), flush=True)
        for name in ("a", "ö" * 100):
            thread = threading.Thread(target=work, args=(200,), name=name)
            thread.start()
            thread.join()
        threading._active = Own(threading._active)
        sys.modules["threading"] = None
    """),
])


if __name__ == "__main__":
    main()
