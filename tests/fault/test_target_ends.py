"""However the target ends, its session has all its counts and says how it ended; the exit status is the target's."""
import os
import pty
import select
import signal
import unittest

from workbench import PYTHON, TIME_LIMIT, WORKBENCH, FaultTest

# 1234 calls of step, 30 of walk (recursive), then the end under test.
COUNTED = """
import ctypes, os, signal, sys, threading, time

def step(n):
    return n + 1

def walk(depth):
    if depth:
        walk(depth - 1)

for i in range(1234):
    step(i)
walk(29)
"""


class TargetEnds(FaultTest):
    def script(self, end):
        return self.write("target.py", COUNTED + end + "\n")

    def check(self, end, status, how, **options):
        self.script(end)
        process = self.record("target.py", status=status, **options)
        session = self.session()
        self.assertEqual(session["exit"], how)
        self.assert_counts(session)
        return process, session

    def assert_counts(self, session):
        self.assert_calls(session, step=1234, walk=30)
        walk = [row for row in session["functions"] if row["name"] == "walk"]
        self.assertEqual([row["primitive_calls"] for row in walk], [1])
        hits = {row["line"]: row["hits"] for row in session["lines"]}
        self.assertEqual({line: hits[line] for line in (4, 7, 8, 10, 11, 12)},
                         {4: 1234, 7: 30, 8: 29, 10: 1235, 11: 1234, 12: 1})

    def test_normal_end(self):
        self.check("", 0, {"status": 0})

    def test_exit_status(self):
        self.check("sys.exit(7)", 7, {"status": 7})

    def test_exit_without_clean_up(self):
        self.check("os._exit(3)", 3, {"status": 3})

    def test_uncaught_exception(self):
        process, _ = self.check("raise ValueError('thrown')", 1, {"status": 1})
        plain = self.run_workbench("target.py", command=[PYTHON])
        self.assertEqual(process.err, plain.err)

    def test_sigkill(self):
        process, _ = self.check("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, {"signal": 9})
        self.assertEqual((process.out, process.err), ("", ""))

    def test_segmentation_fault(self):
        self.check("ctypes.string_at(0)", -signal.SIGSEGV, {"signal": 11})
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("core")], [])

    def test_abort(self):
        self.check("os.abort()", -signal.SIGABRT, {"signal": 6})

    def test_killed_while_in_a_call(self):
        self.check("def last():\n    os.kill(os.getpid(), signal.SIGKILL)\nlast()", -9, {"signal": 9})
        self.assert_calls(self.session(), last=1)

    def test_killed_by_another_thread(self):
        self.check("threading.Thread(target=lambda: os._exit(4)).start()\ntime.sleep(60)", 4, {"status": 4})

    def test_target_closes_every_descriptor(self):
        self.script("os.closerange(0, 256)\nfor i in range(6):\n    step(i)\nos._exit(5)")
        self.record("target.py", status=5)
        self.assert_calls(self.session(), step=1240, walk=30)

    def test_exec_of_another_program(self):
        self.script("sys.stdout.flush()\nos.execv('/bin/sh', ['sh', '-c', 'echo from sh; exit 9'])")
        process = self.record("target.py", status=9)
        self.assertEqual(process.out, "from sh\n")
        self.assert_counts(self.session())


class Signals(FaultTest):
    """What is sent to the recorder was meant for the target."""

    def start_target(self, rest, **options):
        self.write("target.py", COUNTED + rest)
        process = self.start("--headless", "-k", "function,line", "-o", "run.pyprof", "target.py", **options)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def finish(self, process, status, how):
        out, err = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual(process.returncode, status, err)
        session = self.session()
        self.assertEqual(session["exit"], how)
        self.assert_calls(session, step=1234, walk=30)
        return out, err

    def test_sigterm_ends_target_and_recorder(self):
        process = self.start_target("print('ready', flush=True)\ntime.sleep(60)\n")
        process.send_signal(signal.SIGTERM)
        self.finish(process, -signal.SIGTERM, {"signal": 15})

    def test_sigterm_handled_by_the_target(self):
        process = self.start_target("signal.signal(signal.SIGTERM, lambda *_: sys.exit(21))\n"
                                    "print('ready', flush=True)\ntime.sleep(60)\n")
        process.send_signal(signal.SIGTERM)
        self.finish(process, 21, {"status": 21})

    def test_user_signals_are_passed_on(self):
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
            with self.subTest(number.name):
                process = self.start_target(f"signal.signal(signal.{number.name}, lambda *_: os._exit(30))\n"
                                            "print('ready', flush=True)\ntime.sleep(60)\n")
                process.send_signal(number)
                self.finish(process, 30, {"status": 30})

    def test_sigint_is_a_keyboard_interrupt(self):
        process = self.start_target("print('ready', flush=True)\ntime.sleep(60)\n")
        process.send_signal(signal.SIGINT)
        _, err = self.finish(process, -signal.SIGINT, {"signal": 2})
        self.assertEqual(err.splitlines()[-1], "KeyboardInterrupt")

    def test_target_stopped_and_continued(self):
        process = self.start_target("print('ready', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)\nsys.exit(6)\n")
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), "the recorder stops with its target, for the shell to see")
        process.send_signal(signal.SIGCONT)
        self.finish(process, 6, {"status": 6})

    def test_ignored_signals_stay_ignored(self):
        code = ("import signal; print([signal.getsignal(n).name for n in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, "
                "signal.SIGCHLD, signal.SIGTERM, signal.SIGXFSZ)], signal.pthread_sigmask(signal.SIG_BLOCK, []))")
        script = 'trap "" HUP INT; exec "$@"'
        seen = [self.run_workbench(*arguments, "-c", code, command=["sh", "-c", script, "sh", program])
                for program, arguments in ((PYTHON, ()), (WORKBENCH, ("--headless", "-o", "run.pyprof")))]
        self.assertTrue(seen[0].out.startswith("['SIG_IGN', 'SIG_IGN', "), seen[0].out + seen[0].err)
        self.assertEqual(seen[1].out, seen[0].out)

    def test_interrupt_from_the_terminal_arrives_once(self):
        self.write("target.py", COUNTED + "count = 0\ndef interrupted(*_):\n    global count\n    count += 1\n"
                   "signal.signal(signal.SIGINT, interrupted)\nprint('ready', flush=True)\n"
                   "sys.stdin.readline()\nprint('interrupts:', count)\nsys.exit(count)\n")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve(WORKBENCH, ["pyprof-tui", "--headless", "-k", "function,line", "-o", "run.pyprof", "target.py"],
                      self.environment)
        self.addCleanup(os.close, terminal)
        self.read_terminal(terminal, b"ready")
        os.write(terminal, b"\x03")
        self.read_terminal(terminal, b"^C")
        os.write(terminal, b"\n")
        self.read_terminal(terminal, b"interrupts: 1")
        _, status = os.waitpid(pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 1)
        self.assert_calls(self.session(), step=1234, interrupted=1)

    def read_terminal(self, terminal, expected):
        seen = b""
        while expected not in seen:
            self.assertTrue(select.select([terminal], [], [], TIME_LIMIT)[0], seen)
            seen += os.read(terminal, 4096)


if __name__ == "__main__":
    unittest.main()
