"""A program with child processes: shown together and one by one, live, in reports and from the session."""
import json
import os
import re
import signal
import subprocess
import unittest

from terminal import WORKBENCH, Terminal, Workplace

# The program, a fork that spins until it is stopped, and a command that ends at once. "go" is where they meet.
FAMILY = """\
    import os, signal, subprocess, sys, time

    def spin():
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for _ in range(20000):
                pass

    def tell(text):
        with open("go", "a") as go:
            go.write(text + "\\n")

    def main():
        subprocess.run([sys.executable, "-c", "def tool(): return 1\\nfor _ in range(7): tool()"])
        child = os.fork()
        if child == 0:
            spin()
        tell(str(child))
        os.waitpid(child, 0)
        time.sleep(60 if "stay" in sys.argv else 0)

    main()
    """


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(family=FAMILY)
        self.addCleanup(self.workplace.clean)

    def child(self):
        """The pid of the fork, once it is said."""
        text = (self.workplace.folder / "go").read_text()
        return int(text.split()[0]) if text.endswith("\n") else None

    def run_workbench(self, *arguments):
        done = subprocess.run([WORKBENCH, *arguments], cwd=self.workplace.folder, env=self.workplace.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class TestViewer(ProcessesTest):
    def start(self, *arguments):
        terminal = Terminal(self.workplace, *arguments)
        self.addCleanup(terminal.close)
        return terminal

    def test_processes_are_listed_and_chosen_while_they_run(self):
        terminal = self.start("-o", "run.pyprof", "family.py", "stay")
        terminal.wait_for(lambda s: " family.py  3 processes RUN" in s and " spin " in s)
        child = self.child()
        terminal.keys("P")
        screen = terminal.wait_for(lambda s: re.search(rf"\b{child} .* runs  ", s))
        self.assertRegex(screen, r">     all .* all processes together")
        self.assertRegex(screen, r"exit 0 .* -c def tool\(\)")
        def wall(text):
            return re.search(rf"\b{child} +(\S+) ", text).group(1)
        terminal.wait_for(lambda s: wall(s) != wall(screen))  # it goes on while it is looked at
        terminal.keys("G", "Enter")
        terminal.wait_for(lambda s: f"pid {child} (3 of 3) RUN" in s and re.search(r"^>.* spin ", s, re.M))
        os.kill(child, signal.SIGKILL)
        terminal.wait_for(f"pid {child} (3 of 3) END")
        terminal.keys("P", "g", "Enter")
        terminal.wait_for(" 3 processes RUN")
        terminal.keys("s", "Enter")
        terminal.wait_for("session saved")
        terminal.keys("q")
        terminal.wait_for("[d]iscard")
        terminal.keys("d")
        terminal.wait_for("[exit 0]")
        report = self.run_workbench("--report", "processes", "run.pyprof")
        self.assertRegex(report, rf"\n *{child} .* -   ")
        again = self.start("--process", str(child), "run.pyprof")
        again.wait_for(lambda s: f"pid {child} (3 of 3) END" in s and "[SESSION]" in s and " spin " in s)


class TestHeadless(ProcessesTest):
    def setUp(self):
        super().setUp()
        script = self.workplace.folder / "family.py"
        script.write_text(script.read_text().replace("+ 60", "+ 0.2"))

    def test_reports_json_and_the_session(self):
        text = self.run_workbench("-k", "function,line", "--report", "processes,functions", "-o", "run.pyprof",
                                  "family.py")
        self.assertIn("Processes of family.py, sum over 3 processes\n", text)
        self.assertIn("Functions of family.py, sum over 3 processes\n", text)
        rows = re.findall(r"^ +(\d+) +(\d*) +[0-9.]+ +[0-9.]+ +\d+  (\S+(?: \d+)?) +(.*)$", text, re.M)
        (main, no_parent, _, _), (tool, parent, _, command), (fork, fork_parent, _, _) = rows
        self.assertEqual((no_parent, parent, fork_parent), ("", main, main))
        self.assertEqual(int(fork), self.child())
        self.assertIn("-c def tool(): return 1", command)
        whole = json.loads(self.run_workbench("--export", "json", "run.pyprof"))
        self.assertEqual(whole["argv"], ["family.py"])
        calls = {function["qualname"]: function["calls"] for function in whole["functions"]}
        self.assertEqual((calls["tool"], calls["spin"], calls["main"]), (7, 1, 1))
        processes = {process["pid"]: process for process in whole["processes"]}
        self.assertEqual(sorted(processes), sorted(map(int, (main, tool, fork))))
        self.assertEqual(processes[int(tool)]["argv"][1:2], ["-c"])
        for name in ("calls", "self_ns", "total_ns"):
            self.assertEqual(sum(function[name] for function in whole["functions"]),
                             sum(function[name] for process in processes.values() for function in process["functions"]))
        self.assertEqual(sum(line["hits"] for line in whole["lines"]),
                         sum(line["hits"] for process in processes.values() for line in process["lines"]))
        one = json.loads(self.run_workbench("--export", "json", "--process", tool, "run.pyprof"))
        self.assertNotIn("processes", one)
        self.assertEqual(one["functions"], processes[int(tool)]["functions"])
        refused = subprocess.run([WORKBENCH, "--report", "lines", "--process", "1", "run.pyprof"],
                                 cwd=self.workplace.folder, env=self.workplace.environment, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
        self.assertEqual((refused.returncode, refused.stdout), (2, "pyprof-tui: --process: there was no process 1 in "
                                                                   "this run; --report processes lists those there were\n"))

    def test_children_can_be_left_out(self):
        text = self.run_workbench("--set", "collectors.children=false", "--report",
                                  "processes", "-o", "run.pyprof", "family.py")
        self.assertIn("Processes of family.py\n", text)
        self.assertEqual(len(re.findall(r"^ +\d+ ", text, re.M)), 1)


if __name__ == "__main__":
    unittest.main()
