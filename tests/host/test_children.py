"""Child processes of every kind: what they print, and that each one's own counts are in the session."""
import json
import os
import subprocess

from comparison import InWorkplace, TIME_LIMIT, WORKBENCH, Case, cases, main

SHELLS = """
import os, subprocess, sys
def show(*what, **how):
    print(what, subprocess.run(*what, capture_output=True, text=True, **how), flush=True)
python = [sys.executable, "-c", "import os; print(sorted(os.environ))"]
"""

BEHAVIOUR = [
    Case("environment of a program", SHELLS + "show(['env'])\n"),
    Case("environment of a program through a shell", SHELLS + "show('env | sort; echo $LD_PRELOAD', shell=True)\n"),
    Case("environment of a python", SHELLS + "show(python)\n"),
    Case("environment of a python through shells", SHELLS +
         "show(['sh', '-c', 'bash -c \"$0 -c \\'import os; print(sorted(os.environ))\\'\"', sys.executable])\n"),
    Case("environment given", SHELLS + "show(['env'], env={})\nshow(['/usr/bin/env'], env={'A': '1', 'LD_PRELOAD': ''})\n"
         "show(python, env={'B': '2'})\n"),
    Case("preloaded by the user", SHELLS + "library = '/lib/x86_64-linux-gnu/libm.so.6'\n"
         "show(['env'], env={'LD_PRELOAD': library})\nshow(python, env={'LD_PRELOAD': library, 'C': '3'})\n"
         "show(['sh', '-c', 'LD_PRELOAD=%s env; env' % library])\n"),
    Case("environment changed", SHELLS + "os.environ['NEW'] = 'x'\ndel os.environ['HOME']\nshow(['env'])\nprint(os.system('env | sort'))\n"
         "print(os.popen('env | sort').read())\n"),
    Case("environment of exec", "import os, sys\nos.execv('/usr/bin/env', ['env'])\n"),
    Case("environment of exec with one", "import os, sys\nos.execve('/usr/bin/env', ['env'], {'A': 'b'})\n"),
    Case("environment of exec by name", "import os, sys\nos.execvp('env', ['env', '-u', 'HOME', 'env'])\n"),
    Case("exec of a script", "import os\nos.chmod('run', 0o755)\nos.execv('./run', ['run', 'a'])\n",
         files={"run": "#!/bin/sh\necho $0 $1\nenv | sort\n"}),
    Case("exec of what is none", """
        import os
        for path in ("/nowhere", "prog.py", "/", "/etc/passwd", "empty"):
            try:
                os.execv(path, ["x"])
            except OSError as error:
                print(path, error)
        """, files={"empty": ""}),
    Case("exec of a script without an interpreter", """
        import ctypes, os
        os.chmod("plain", 0o755)
        try:
            os.execv("./plain", ["plain"])
        except OSError as error:
            print(error)
        ctypes.CDLL(None).execlp(b"./plain", b"plain", b"one", None)
        """, files={"plain": "echo by the shell $1\n"}),
    Case("exec functions of c", """
        import ctypes, os, sys
        libc = ctypes.CDLL(None, use_errno=True)
        def strings(*texts):
            return (ctypes.c_char_p * (len(texts) + 1))(*texts, None)
        env = b"/usr/bin/env"
        calls = [lambda: libc.execl(env, b"env", b"-u", b"HOME", None),
                 lambda: libc.execle(env, b"env", None, strings(b"A=1")),
                 lambda: libc.execlp(b"env", b"env", b"B=2", None),
                 lambda: libc.execv(env, strings(b"env")),
                 lambda: libc.execve(env, strings(b"env"), strings(b"A=1", b"B=2")),
                 lambda: libc.execvp(b"env", strings(b"env")),
                 lambda: libc.execvpe(b"env", strings(b"env"), strings(b"C=3")),
                 lambda: libc.fexecve(os.open(env, os.O_RDONLY), strings(b"env"), strings(b"D=4")),
                 lambda: libc.execveat(-100, env, strings(b"env"), strings(b"E=5"), 0),
                 lambda: libc.execveat(os.open(env, os.O_RDONLY), b"", strings(b"env"), strings(b"F=6"), 0x1000),
                 lambda: libc.execvpe(b"not-there", strings(b"env"), None),
                 lambda: libc.execve(env, strings(b"env"), None)]
        for number, call in enumerate(calls):
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                call()
                os._exit(ctypes.get_errno())
            print(number, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """),
    Case("spawn functions", """
        import os
        def end(pid):
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        end(os.posix_spawn("/usr/bin/env", ["env"], os.environ))
        end(os.posix_spawn("/usr/bin/env", ["env"], {"A": "1"}))
        end(os.posix_spawnp("env", ["env"], {"PATH": "/usr/bin", "B": "2"}))
        end(os.spawnl(os.P_NOWAIT, "/usr/bin/env", "env"))
        end(os.spawnvpe(os.P_NOWAIT, "env", ["env"], {"PATH": "/usr/bin:/bin", "C": "3"}))
        try:
            os.posix_spawn("/nowhere", ["x"], {})
        except OSError as error:
            print(error)
        """),
    Case("system", """
        import ctypes, os, signal, sys
        for command in ("exit 3", "kill -9 $$", "env | sort", "", "not-there 2>/dev/null", "grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status",
                        "cat", "ls /proc/self/fd"):
            sys.stdout.flush()
            print(command, os.system(command))
        print(ctypes.CDLL(None).system(None) != 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout.flush()
        os.system("grep SigIgn /proc/self/status; kill -INT $$; echo ignored")
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        print(os.system("kill -INT $$; echo not reached"))
        print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGQUIT), signal.pthread_sigmask(signal.SIG_BLOCK, []))
        """, stdin=b"through\n"),
    Case("system in threads", """
        import os, signal, threading
        statuses = []
        def run(n):
            statuses.append(os.waitstatus_to_exitcode(os.system("exit %d" % n)))
        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(sorted(statuses), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
        """),
    Case("popen of c", """
        import ctypes
        libc = ctypes.CDLL(None)
        libc.popen.restype = ctypes.c_void_p
        libc.fgets.restype = ctypes.c_char_p
        for command in (b"env | grep -E 'PRELOAD|PYPROF' || echo clean", b"exit 7"):
            stream = libc.popen(command, b"r")
            line = ctypes.create_string_buffer(100)
            print(libc.fgets(line, 100, ctypes.c_void_p(stream)), libc.pclose(ctypes.c_void_p(stream)) >> 8)
        """),
    Case("privileges", "import subprocess\nprint(subprocess.run(['su', '--version'], capture_output=True))\n"
         "print(subprocess.run(['mount', '--version'], capture_output=True))\n"),
    Case("double fork", """
        import os
        r, w = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            os.write(w, b"from the daemon")
            os._exit(0)
        os.close(w)
        os.wait()
        print(os.read(r, 100))
        """),
    Case("fork in a thread", """
        import os, threading
        def work():
            child = os.fork()
            if child == 0:
                print("child", sum(range(10)), threading.active_count(), flush=True)
                os._exit(5)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
            thread.join()
        """, env={"PYTHONWARNINGS": "ignore"}),
    Case("pty fork", """
        import os, pty
        pid, terminal = pty.fork()
        if pid == 0:
            print("in the terminal", os.isatty(0), flush=True)
            os.execlp("sh", "sh", "-c", "tty >/dev/null && echo still")
        text = b""
        try:
            while data := os.read(terminal, 1000):
                text += data
        except OSError:
            pass
        print(text, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """),
    Case("processes of every method", """
        import concurrent.futures, multiprocessing
        def square(n):
            return n * n
        if __name__ == "__main__":
            for method in ("fork", "spawn", "forkserver"):
                context = multiprocessing.get_context(method)
                with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
                    print(method, list(pool.map(square, range(5))))
                queue = context.Queue()
                process = context.Process(target=queue.put, args=(method,))
                process.start()
                print(queue.get(), process.join(), process.exitcode)
        """),
    Case("shared memory and managers", """
        import multiprocessing
        from multiprocessing import shared_memory
        def add(numbers, lock, total):
            for n in numbers:
                with lock:
                    total.value += n
        if __name__ == "__main__":
            memory = shared_memory.SharedMemory(create=True, size=10)
            memory.close()
            memory.unlink()
            with multiprocessing.Manager() as manager:
                lock, total = manager.Lock(), manager.Value("i", 0)
                workers = [multiprocessing.Process(target=add, args=(range(5), lock, total)) for _ in range(3)]
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                print(total.value)
        """),
    Case("limits of file sizes in a child", """
        import os, resource, subprocess, sys
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        print(subprocess.run([sys.executable, "-c", "print('limited')"], preexec_fn=limit, capture_output=True))
        limit()
        if os.fork() == 0:
            print("forked", flush=True)
            os._exit(0)
        print(os.wait()[1])
        """),
    Case("too few descriptors in a child", """
        import os, resource, subprocess
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 4))
        if os.fork() == 0:
            print("forked", sum(range(5)), flush=True)
            os._exit(0)
        print(os.wait()[1], flush=True)
        resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
        os.execv("/bin/echo", ["echo", "executed"])
        """),
]

Comparison = cases(BEHAVIOUR)


class ChildrenTest(InWorkplace):
    def record(self, script, collectors="function,line", status=0, options=(), files=None, **environment):
        """Runs a program and exports its session; self.out is what it printed."""
        place = self.workplace
        place.fresh()
        case = Case("children", script, files=files, env=environment)
        behind = case.prepare(place.folder)
        run = subprocess.run([WORKBENCH, "--headless", "-k", collectors, *options, "-o", str(place.session), *behind],
                             cwd=place.folder, env=place.environment(case), capture_output=True, text=True, timeout=TIME_LIMIT)
        self.assertEqual((run.returncode, run.stderr), (status, ""))
        self.out = run.stdout
        done = subprocess.run([WORKBENCH, "--export", "json", str(place.session)], env=place.environment(case),
                              cwd=place.base, capture_output=True, text=True, timeout=TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def counts(self, session, *names):
        """The calls of these functions in each process, in the order of their start."""
        found = []
        for process in session.get("processes", [session]):
            calls = {name: 0 for name in names}
            for function in process["functions"]:
                if function["name"] in calls:
                    calls[function["name"]] += function["calls"]
            found.append(tuple(calls.values()))
        return found

    def parents(self, session):
        """Which process each one comes from, as its place in the list; None: the recorder."""
        pids = [process["pid"] for process in session["processes"]]
        return [pids.index(process["parent"]) if "parent" in process else None for process in session["processes"]]


class Forked(ChildrenTest):
    def test_each_counts_its_own(self):
        session = self.record("""
            import os
            def f(n):
                return abs(n)
            def work(times):
                for n in range(times):
                    f(n)
            work(7)
            child = os.fork()
            if child == 0:
                work(1000)
                os._exit(3)
            work(500)
            os.waitpid(child, 0)
            """)
        self.assertEqual(self.counts(session, "work", "f", "abs", "fork", "waitpid"), [(2, 507, 507, 1, 1), (1, 1000, 1000, 0, 0)])
        self.assertEqual(self.parents(session), [None, 0])
        self.assertEqual([process["exit"] for process in session["processes"]], [{"status": 0}, {"status": 3}])

    def lines_of(self, process):
        return {line["line"]: line["hits"] for line in process["lines"] if line["hits"] and line["file"].endswith("prog.py")}

    def test_lines_of_each(self):
        session = self.record("""
            import os
            def f(n):
                total = 0
                for i in range(n):
                    total += i
                return total
            def work():
                child = os.fork()
                f(10 if child else 20)
                if child == 0:
                    os._exit(0)
                os.wait()
            work()
            """)
        program, child = session["processes"]
        self.assertEqual(self.lines_of(program), {1: 1, 2: 1, 3: 1, 4: 11, 5: 10, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 12: 1, 13: 1})
        self.assertEqual(self.lines_of(child), {3: 1, 4: 21, 5: 20, 6: 1, 9: 1, 10: 1, 11: 1})

    def test_what_was_active_goes_on(self):
        """Calls are the parent's, what is called from there on hangs below them, returns find their frames."""
        session = self.record("""
            import os
            def leaf():
                pass
            def inner(depth):
                if depth:
                    return inner(depth - 1)
                child = os.fork()
                leaf()
                return child
            def outer():
                child = inner(5)
                leaf()
                leaf()
                return child
            def generate():
                yield 1
                yield outer()
                leaf()
                yield 3
            def use():
                for value in generate():
                    if value != 1 and value != 3:
                        child = value
                return child
            if use():
                os.wait()
            """)
        self.assertEqual(self.counts(session, "leaf", "inner", "outer", "generate", "use", "<module>")[1], (4, 0, 0, 0, 0, 0))
        child = session["processes"][1]
        edges = {}
        names = {function["id"]: function["name"] for function in child["functions"]}
        for edge in child["edges"]:
            if names[edge["callee"]] == "leaf":
                edges[names[edge["caller"]]] = edge["calls"]
        self.assertEqual(edges, {"inner": 1, "outer": 2, "generate": 1})
        self.assertEqual(child["exit"], {"status": 0})

    def test_time_begins_at_the_fork(self):
        session = self.record("""
            import os, time
            def nap(seconds):
                time.sleep(seconds)
            def work():
                nap(0.4)
                child = os.fork()
                nap(0.1 if child == 0 else 0.2)
                if child == 0:
                    os._exit(0)
                os.wait()
            work()
            """, "function")
        program, child = ({function["name"]: function["total_ns"] / 1e9 for function in process["functions"]}
                          for process in session["processes"])
        lived = [process["wall_ns"] / 1e9 for process in session["processes"]]
        self.assertGreaterEqual(program["nap"], 0.6)
        self.assertGreaterEqual(child["nap"], 0.1)
        self.assertLess(lived[1], lived[0] - 0.4)
        self.assertLessEqual(child["nap"], child["work"])
        self.assertLessEqual(child["work"], child["<module>"])
        self.assertLessEqual(child["<module>"], lived[1])

    def test_forks_in_forks(self):
        session = self.record("""
            import os
            def f():
                pass
            def family(depth):
                for _ in range(10 ** depth):
                    f()
                if depth and os.fork() == 0:
                    family(depth - 1)
                    os._exit(0)
                if depth:
                    os.wait()
            family(3)
            """)
        self.assertEqual(self.counts(session, "family", "f"), [(1, 1000), (1, 100), (1, 10), (1, 1)])
        self.assertEqual(self.parents(session), [None, 0, 1, 2])

    def test_fork_in_a_thread(self):
        """Only the thread that forks lives on in the child; it and new threads count, those that are gone do not."""
        session = self.record("""
            import os, threading
            def f():
                pass
            def other(event):
                f()
                event.wait()
            def late():
                for _ in range(50):
                    f()
            def forking():
                f()
                child = os.fork()
                if child == 0:
                    for _ in range(300):
                        f()
                    threads = [threading.Thread(target=late) for _ in range(3)]
                    for thread in threads:
                        thread.start()
                    for thread in threads:
                        thread.join()
                    os._exit(0)
                for _ in range(20):
                    f()
                os.waitpid(child, 0)
            event = threading.Event()
            waiting = [threading.Thread(target=other, args=(event,)) for _ in range(3)]
            for thread in waiting:
                thread.start()
            thread = threading.Thread(target=forking)
            thread.start()
            thread.join()
            event.set()
            """, PYTHONWARNINGS="ignore")
        self.assertEqual(self.counts(session, "f", "late", "other", "forking"), [(24, 0, 3, 1), (450, 3, 0, 0)])

    def test_many_children(self):
        session = self.record("""
            import os
            def f(n):
                pass
            children = []
            for n in range(200):
                child = os.fork()
                if child == 0:
                    for _ in range(n):
                        f(n)
                    os._exit(0)
                children.append(child)
            for child in children:
                os.waitpid(child, 0)
            """)
        self.assertEqual(sorted(self.counts(session, "f")), sorted([(0,)] + [(n,) for n in range(200)]))
        self.assertEqual(set(self.parents(session)), {None, 0})

    def test_new_code_after_the_fork(self):
        """Functions, lines and call paths that only one of them meets."""
        session = self.record("""
            import os
            child = os.fork()
            kind = "parent" if child else "child"
            exec("def %s_function():\\n    return len(str(1))\\n" % kind)
            for _ in range(30):
                globals()[kind + "_function"]()
            if child:
                os.wait()
            """)
        self.assertEqual(self.counts(session, "parent_function", "child_function"), [(30, 0), (0, 30)])

    def test_killed_keeps_its_counts(self):
        session = self.record("""
            import os, signal
            def f():
                pass
            r, w = os.pipe()
            child = os.fork()
            if child == 0:
                for _ in range(1234):
                    f()
                os.write(w, b"x")
                signal.pause()
            os.read(r, 1)
            os.kill(child, signal.SIGKILL)
            os.wait()
            f()
            """)
        self.assertEqual(self.counts(session, "f"), [(1,), (1234,)])

    def test_deep_stacks(self):
        session = self.record("""
            import os, sys
            sys.setrecursionlimit(20000)
            def deep(n):
                if n:
                    even(n - 1)
                elif os.fork():
                    os.wait()
            def even(n):
                deep(n)
            deep(3000)
            deep.__name__
            """)
        self.assertEqual(self.counts(session, "deep", "even"), [(3001, 3000), (0, 0)])

    def test_switched_off(self):
        session = self.record("""
            import os, subprocess, sys
            def f():
                pass
            if os.fork() == 0:
                f()
                os._exit(0)
            os.wait()
            print(subprocess.run([sys.executable, "-c", "print(open('/proc/self/environ').read().count('PYPROF'))"],
                  capture_output=True, text=True).stdout)
            """, options=["--set", "collectors.children=false"])
        self.assertEqual(self.out.strip(), "0")
        self.assertNotIn("processes", session)
        self.assertNotIn("f", {function["name"] for function in session["functions"] if function["calls"]})


class Executed(ChildrenTest):
    CHILD = {"child.py": """
        import sys
        def g():
            pass
        for _ in range(int(sys.argv[1])):
            g()
        """}

    def test_ways_to_a_python(self):
        session = self.record("""
            import ctypes, os, subprocess, sys
            def g():
                pass
            g()
            python = sys.executable
            os.chmod("script", 0o755)
            subprocess.run([python, "child.py", "1"])
            subprocess.run(f"{python} child.py 2; true", shell=True)
            subprocess.run(["/usr/bin/env", "-i", python, "child.py", "3"], env={})
            subprocess.run([python, "child.py", "4"], close_fds=False)
            subprocess.run([python, "child.py", "5"], preexec_fn=g)
            os.system(f"{python} child.py 6")
            os.popen(f"{python} child.py 7").read()
            os.waitpid(os.posix_spawn(python, [python, "child.py", "8"], {}), 0)
            os.waitpid(os.posix_spawnp(python, [python, "child.py", "9"], {}), 0)
            os.spawnl(os.P_WAIT, python, python, "child.py", "10")
            libc = ctypes.CDLL(None)
            libc.popen.restype = ctypes.c_void_p
            libc.pclose(ctypes.c_void_p(libc.popen(f"{python} child.py 11".encode(), b"r")))
            subprocess.run(["bash", "-c", f"sh -c '{python} child.py 12; exit 0' & wait"])
            subprocess.run(["./script", "13"])
            subprocess.run([python, "-I", "-S", "-E", "-B", "child.py", "14"])
            subprocess.run([python, "child.py", "15"], env={"LD_LIBRARY_PATH": "/nowhere", "PYTHONHASHSEED": "1"})
            os.symlink(python, "linked")
            subprocess.run(["./linked", "child.py", "16"], start_new_session=True)
            """, files={**self.CHILD, "script": "#!/bin/sh\nexec python3 child.py $1\n"})
        counted = [calls for calls, in self.counts(session, "g")]
        # The forked children that ran g before they executed (preexec_fn), and nothing (spawnl), are processes of their own.
        self.assertEqual(sorted(counted), sorted([1, 1, 0, *range(1, 17)]))
        commands = {tuple(process["argv"][1:]): index for index, process in enumerate(session["processes"]) if index}
        self.assertEqual(counted[commands["child.py", "12"]], 12)
        self.assertEqual(self.parents(session), [None] + [0] * 18)
        self.assertEqual({process["exit"].get("status") for process in session["processes"] if process["argv"][1:]}, {0})

    def test_ways_to_end(self):
        session = self.record("""
            import os, signal, subprocess, sys
            text = "import os, sys\\ndef g(): pass\\n[g() for _ in range(21)]\\n"
            for end in ("", "sys.exit(3)", "os._exit(4)", "1 / 0", "os.kill(os.getpid(), 9)", "os.abort()"):
                print(subprocess.run([sys.executable, "-c", text + end], stderr=subprocess.DEVNULL).returncode)
            """)
        self.assertEqual(self.out.split(), ["0", "3", "4", "1", "-9", "-6"])
        self.assertEqual(self.counts(session, "g"), [(0,)] + [(21,)] * 6)
        self.assertEqual([process.get("exit", {}).get("status") for process in session["processes"]], [0, 0, 3, 4, 1, None, None])

    def test_exec_in_place(self):
        """The same process twice: the counts of both programs, and the time of the first ends with it."""
        session = self.record("""
            import os, sys
            def f():
                pass
            if len(sys.argv) == 1:
                for _ in range(40):
                    f()
                os.execv(sys.executable, [sys.executable, *sys.argv, "again"])
            for _ in range(60):
                f()
            import time
            time.sleep(0.5)
            raise SystemExit(7)
            """, status=7)
        self.assertEqual(self.counts(session, "f"), [(40,), (60,)])
        program, again = session["processes"]
        self.assertEqual(program["pid"], again["pid"])
        self.assertNotIn("parent", again)
        self.assertLess(sum(function["self_ns"] for function in program["functions"]), 0.5e9)
        self.assertEqual(session["exit"], {"status": 7})

    def test_exec_that_fails_goes_on(self):
        session = self.record("""
            import os, time
            def f():
                time.sleep(0.2)
            try:
                os.execv("/nowhere", ["x"])
            except OSError:
                f()
            """, "function")
        f = [function for function in session["functions"] if function["name"] == "f"]
        self.assertGreaterEqual(f[0]["total_ns"], 0.2e9)
        self.assertGreaterEqual(session["wall_ns"], 0.2e9)

    def test_families(self):
        session = self.record("""
            import os, subprocess, sys
            def g():
                pass
            depth = int(sys.argv[1]) if len(sys.argv) > 1 else 3
            for _ in range(10 * depth):
                g()
            if depth:
                if os.fork() == 0:
                    g()
                    subprocess.run([sys.executable, __file__, str(depth - 1)])
                    os._exit(0)
                os.wait()
            """)
        self.assertEqual(self.counts(session, "g"), [(30,), (1,), (20,), (1,), (10,), (1,), (0,)])
        self.assertEqual(self.parents(session), [None, 0, 1, 2, 3, 4, 5])

    def test_multiprocessing(self):
        for method in ("fork", "spawn", "forkserver"):
            with self.subTest(method):
                session = self.record(f"""
                    import multiprocessing
                    def f(n):
                        return n
                    def work(times):
                        for n in range(times):
                            f(n)
                    if __name__ == "__main__":
                        context = multiprocessing.get_context({method!r})
                        processes = [context.Process(target=work, args=(times,)) for times in (100, 200, 300)]
                        for process in processes:
                            process.start()
                        for process in processes:
                            process.join()
                        work(50)
                    """)
                counted = [calls for calls, in self.counts(session, "f") if calls]
                self.assertEqual(sorted(counted), [50, 100, 200, 300])
                self.assertEqual(counted[0], 50)

    def test_pools(self):
        session = self.record("""
            import concurrent.futures, multiprocessing
            def f(n):
                return n
            if __name__ == "__main__":
                with multiprocessing.Pool(3) as pool:
                    pool.map(f, range(1000), chunksize=7)
                for method in ("fork", "spawn"):
                    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
                        assert list(pool.map(f, range(500), chunksize=5)) == list(range(500))
            """)
        calls = [calls for calls, in self.counts(session, "f")]
        self.assertEqual((calls[0], sum(calls)), (0, 2000))

    def test_what_is_no_target_is_as_it_was(self):
        """A program that was handed nothing finds nothing; one in a run of its own has only that one's."""
        session = self.record(f"""
            import os, subprocess, sys
            def f():
                pass
            f()
            os.environ["PATH"] = os.path.dirname(sys.executable) + ":" + os.environ["PATH"]
            subprocess.run([{WORKBENCH!r}, "--headless", "-k", "function", "-o", "inner.pyprof", "inner.py"], check=True)
            print(os.path.exists("inner.pyprof"))
            """, files={"inner.py": "def f():\n    pass\nfor _ in range(99): f()\n"})
        self.assertEqual(self.out, "True\n")
        self.assertEqual(self.counts(session, "f"), [(1,)])

    def test_settings_are_those_of_the_program(self):
        session = self.record("""
            import subprocess, sys, helper
            subprocess.run([sys.executable, "-c", "import helper, sub.other; helper.h(); sub.other.o()"])
            """, options=["--set", "collectors.line.include=[helper.py]"],
            files={"helper.py": "def h():\n    return len('')\n", "sub/other.py": "def o():\n    pass\n"})
        child = session["processes"][1]
        self.assertEqual({(os.path.basename(line["file"]), line["line"]): line["hits"] for line in child["lines"] if line["hits"]},
                         {("helper.py", 1): 1, ("helper.py", 2): 1})
        self.assertEqual(self.counts(session, "h", "o"), [(0, 0), (1, 1)])


if __name__ == "__main__":
    main()
