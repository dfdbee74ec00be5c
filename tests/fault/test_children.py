"""Child processes that are killed, outlive the program, find no room or are no Python an engine was built for."""
import os
import pathlib
import select
import signal
import subprocess
import time
import unittest

from workbench import PYTHON, TIME_LIMIT, WORKBENCH, FaultTest, arenas_of, can_mount, in_mount_namespace

NOT_COUNTED = "not counted, for want of room or of"

# What a Python exports, in a program that is none or one of another version.
STRANGER = r"""
#include <stdio.h>
#include <stdlib.h>
__attribute__((visibility("default"))) const char *Py_GetVersion(void) { return "9.9.0 (of a time to come) [C]"; }
__attribute__((visibility("default"))) int Py_BytesMain(int count, char **arguments) { return count + !arguments; }
int main(int count, char **arguments) {
    printf("%s has a main of its own: %d %s\n", arguments[0], count, getenv("LD_PRELOAD") ? "preloaded" : "clean");
    return 5;
}
"""


def calls_of(session, name):
    """How often each process called a function."""
    return [sum(row["calls"] for row in process["functions"] if row["name"] == name)
            for process in session.get("processes", [session])]


def wait_for(condition, what):
    end = time.monotonic() + TIME_LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        select.select([], [], [], 0.01)


def let_go(fifo):
    """Whoever waits for the other end of the fifo goes on; False: nobody does yet."""
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


class Killed(FaultTest):
    def test_one_by_one(self):
        """Each kind of child, killed while it works: it has counted to the last call it told of."""
        self.write("child.py", """
            import os, sys
            def f():
                pass
            def work(pipe, times):
                for _ in range(times):
                    f()
                os.write(pipe, b"x")
                while True:
                    pass
            if __name__ == "__main__":
                work(int(sys.argv[1]), int(sys.argv[2]))
            """)
        self.write("target.py", """
            import multiprocessing, os, signal, subprocess, sys
            from child import work
            def killed(start):
                r, w = os.pipe()
                os.set_inheritable(w, True)
                pid = start(w)
                os.read(r, 1)
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            def forked(w):
                pid = os.fork()
                if pid == 0:
                    work(w, 111)
                return pid
            def executed(w):
                return subprocess.Popen([sys.executable, "child.py", str(w), "222"], pass_fds=[w]).pid
            def spawned(w):
                return os.posix_spawn(sys.executable, [sys.executable, "child.py", str(w), "333"], os.environ)
            killed(forked)
            killed(executed)
            killed(spawned)
            """)
        self.record("target.py", status=0)
        session = self.session()
        self.assertEqual(calls_of(session, "f"), [0, 111, 222, 333])
        self.assertEqual([process.get("exit") for process in session["processes"][1:]], [None] * 3)

    def test_all_at_once(self):
        """The group is killed, the recorder is not in it: all that was counted is there."""
        self.write("target.py", """
            import os, signal
            def f():
                pass
            os.setpgid(0, 0)
            r, w = os.pipe()
            for n in range(1, 6):
                if os.fork() == 0:
                    for _ in range(n * 100):
                        f()
                    os.write(w, b"x")
                    signal.pause()
            for _ in range(5):
                os.read(r, 1)
            os.killpg(0, signal.SIGKILL)
            """)
        self.record("target.py", status=-signal.SIGKILL)
        session = self.session()
        self.assertEqual(sorted(calls_of(session, "f")), [0, 100, 200, 300, 400, 500])
        self.assertEqual(session["exit"], {"signal": 9})

    def test_parent_killed(self):
        """A child whose parent is gone is counted as long as the program runs."""
        self.write("target.py", """
            import os, signal
            def f():
                pass
            r, w = os.pipe()
            if os.fork() == 0:
                if os.fork():
                    os.kill(os.getpid(), signal.SIGKILL)
                while os.getppid() != 1 and not os.path.exists("/proc/1"):
                    pass
                for _ in range(700):
                    f()
                os.write(w, b"x")
                os._exit(0)
            os.wait()
            os.read(r, 1)
            """)
        self.record("target.py", status=0)
        self.assertEqual(sorted(calls_of(self.session(), "f")), [0, 0, 700])


class Outliving(FaultTest):
    def test_a_daemon(self):
        """The recorder does not wait for it; what it has counted is saved; it works on and leaves no file behind."""
        self.write("target.py", """
            import os, subprocess, sys
            def f():
                pass
            def work():
                for _ in range(400):
                    f()
            r, w = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork():
                    os._exit(0)
                work()
                os.write(w, b"x")
                null = os.open(os.devnull, os.O_RDWR)
                for n in range(3):
                    os.dup2(null, n)
                open("ended").close()  # a fifo: waits for who opens its other end
                work()
                if os.fork() == 0:
                    work()
                    os._exit(0)
                os.wait()
                exec("def later():\\n    pass\\nfor _ in range(5): later()\\n")
                done = subprocess.run([sys.executable, "-c", "print(1 + 1)"], capture_output=True, text=True)
                with open("result.new", "w") as result:
                    print(done.stdout, done.stderr, file=result)
                os.rename("result.new", "result")
                os._exit(0)
            os.close(w)
            os.wait()
            os.read(r, 1)
            """)
        os.mkfifo(self.folder / "ended")
        process = self.record("target.py", status=0)
        self.assertEqual(sorted(calls_of(self.session(), "f")), [0, 0, 400])
        wait_for(lambda: let_go(self.folder / "ended"), "the daemon at its fifo")
        wait_for((self.folder / "result").exists, "the daemon")
        self.assertEqual((self.folder / "result").read_text().strip(), "2")
        self.assertEqual(list(pathlib.Path("/dev/shm").glob(f"*-{process.pid}-*")), [])

    def test_what_a_killed_recorder_leaves(self):
        """The next run removes its arena, and those of the children."""
        self.write("target.py", """
            import os, sys
            if os.fork() == 0:
                sys.stdin.read()
                os._exit(0)
            print("begun", flush=True)
            sys.stdin.read()
            os.wait()
            """)
        recorder = self.start("--headless", "-o", "run.pyprof", "target.py", stdin=subprocess.PIPE)
        self.assertEqual(recorder.stdout.readline(), "begun\n")
        children = lambda: list(pathlib.Path("/dev/shm").glob(f"pyprof-*-{recorder.pid}-*.children/*"))  # noqa: E731
        wait_for(children, "the child's arena")
        os.kill(recorder.pid, signal.SIGKILL)
        self.assertEqual(len(arenas_of(recorder.pid)), 1)
        recorder.communicate()  # ends the target, too
        self.write("other.py", "")
        self.record("other.py", status=0)
        self.assertEqual(list(pathlib.Path("/dev/shm").glob(f"*-{recorder.pid}-*")), [])


class NotCounted(FaultTest):
    def lost(self, *counts):
        report = self.run_workbench("--report", "functions", "run.pyprof").out
        said = [line for line in report.splitlines() if NOT_COUNTED in line]
        self.assertEqual([line.split()[0] for line in said], [str(count) for count in counts], report)

    def test_limits(self):
        """Of file sizes, of descriptors, and of a user who may not write there."""
        self.write("target.py", """
            import os, resource
            def f():
                pass
            def child():
                if os.fork() == 0:
                    f()
                    if os.fork() == 0:
                        f()
                        os._exit(0)
                    os.wait()
                    os._exit(0)
                os.wait()
                f()
            limits = resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[0][1]))
            child()
            resource.setrlimit(resource.RLIMIT_NOFILE, limits[0])
            child()
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, limits[1][1]))
            child()
            """)
        self.record("target.py", status=0)
        self.assertEqual(calls_of(self.session(), "f"), [3, 1, 1])
        self.lost(4)

    @unittest.skipUnless(can_mount(), "mounting file systems needs user namespaces")
    def test_a_small_file_system(self):
        """Children stop being counted while there is still room for the program; what runs is as it was."""
        self.write("target.py", """
            import os
            def f():
                pass
            for n in range(200):
                if os.fork() == 0:
                    f()
                    os._exit(n)
                if os.waitstatus_to_exitcode(os.wait()[1]) != n:
                    print("wrong", n)
                f()
            """)
        process = self.run_workbench("--headless", "-k", "function,line", "-o", "run.pyprof", "target.py",
                                     command=[*in_mount_namespace({"/dev/shm": "34m"}), WORKBENCH])
        self.assertEqual((process.returncode, process.out, process.err), (0, "", ""))
        calls = calls_of(self.session(), "f")
        self.assertEqual(calls, [200] + [1] * (len(calls) - 1))
        self.assertTrue(20 < len(calls) < 200, len(calls))
        self.lost(201 - len(calls))

    def compile(self, name, *flags):
        self.write(f"{name}.c", STRANGER)
        subprocess.run([os.environ.get("CC", "cc"), "-o", name, f"{name}.c", "-rdynamic", *flags], cwd=self.folder, check=True)

    def test_a_python_without_an_engine(self):
        self.compile("python9.9")
        self.write("target.py", """
            import subprocess
            print(subprocess.run(["./python9.9", "a"], capture_output=True, text=True))
            """)
        process = self.record("target.py", status=0)
        self.assertIn("returncode=5, stdout='./python9.9 has a main of its own: 2 clean\\n', stderr=''", process.out)
        session = self.session()
        self.assertNotIn("processes", session)
        (row,) = session["unreadable"]
        self.assertRegex(row["name"], r"\A\d+-1\Z")
        self.assertIn(f"{self.folder}/python9.9 is Python 9.9, for which there is no engine", row["reason"])
        self.assertIn(f"child process {row['name']} not counted: {self.folder}/python9.9",
                      self.run_workbench("--report", "functions", "run.pyprof").out)
        self.lost()

    def test_a_python_by_another_name(self):
        """A copy of the program's own, and one without a name, are told by what they are made of."""
        self.write("target.py", """
            import os, shutil, subprocess, sys
            def f():
                pass
            python = os.path.realpath(sys.executable)
            shutil.copy(python, "interpreter")
            text = "import sys\\ndef f(): pass\\nfor _ in range(int(sys.argv[1])): f()\\n"
            subprocess.run(["./interpreter", "-c", text, "10"], check=True)
            unnamed = os.memfd_create("unnamed")
            with open(python, "rb") as file:
                os.write(unnamed, file.read())
            subprocess.run([f"/proc/self/fd/{unnamed}", "-c", text, "20"], pass_fds=[unnamed], check=True)
            """)
        self.record("target.py", status=0)
        self.assertEqual(calls_of(self.session(), "f"), [0, 10, 20])
        self.lost()

    def test_a_program_with_a_python_in_it(self):
        self.compile("editor")
        self.write("target.py", """
            import subprocess
            print(subprocess.run(["./editor", "a"], capture_output=True, text=True))
            """)
        process = self.record("target.py", status=0)
        self.assertIn("returncode=5, stdout='./editor has a main of its own: 2 clean\\n', stderr=''", process.out)
        self.assertNotIn(NOT_COUNTED, self.run_workbench("--report", "functions", "run.pyprof").out)

    def test_programs_that_cannot_be_preloaded(self):
        """Linked statically, with a sanitizer, with privileges of a user's: they are executed as they are."""
        self.compile("static", "-static")
        self.compile("sanitized", "-fsanitize=address")
        self.compile("privileged")
        (self.folder / "privileged").chmod(0o4755)
        self.write("target.py", """
            import subprocess
            for name in ("./static", "./sanitized", "./privileged"):
                print(subprocess.run([name], capture_output=True, text=True))
            """)
        plain = self.run_workbench("target.py", command=[PYTHON])
        process = self.record("target.py", status=0)
        self.assertEqual((process.out, process.err), (plain.out, plain.err))
        self.assertEqual(process.out.count("main of its own: 1 clean"), 3)


if __name__ == "__main__":
    unittest.main()
