"""D and --diff over a real terminal: two runs of a program, edited in between, compared."""
import textwrap
import unittest

from terminal import Terminal, Workplace

BEFORE = textwrap.dedent("""\
    def work(count):
        total = 0
        for number in range(count):
            total += number
        return total

    def old_name(values):
        result = []
        for value in values:
            result.append(value * 2)
        return result

    work(20000)
    old_name(range(1000))
    """)
AFTER = "# edited\n" + BEFORE.replace("work(20000)", "work(400000)").replace("old_name", "new_name")


class DiffTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(program=BEFORE)
        self.addCleanup(self.workplace.clean)
        self.record("a.pyprof")
        (self.workplace.folder / "program.py").write_text(AFTER)

    def workbench(self, *arguments, **options):
        terminal = Terminal(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal

    def record(self, name):
        terminal = self.workbench("--headless", "--report", "functions", "-o", name, "program.py")
        terminal.wait_for("[exit 0]")

    def test_two_sessions(self):
        """--diff on a terminal opens the interface; from the table to the lines to the source, and back."""
        self.record("b.pyprof")
        terminal = self.workbench("--diff", "a.pyprof", "b.pyprof", columns=110)
        screen = terminal.wait_for("was old_name")
        self.assertRegex(screen, r"=\[D\]=Changes \d+/\d+  sort:self")
        self.assertRegex(screen, r"> .* work  program.py:2")
        terminal.keys("Enter")
        screen = terminal.wait_for("for number in range(count):")
        self.assertIn("=Changes  work  program.py:2", screen)
        self.assertRegex(screen, r"3 +4 .* for number in range\(count\):")
        terminal.keys("Enter")
        terminal.wait_for("All > changes > program.py > work > line")
        terminal.keys("Escape")
        terminal.wait_for("=[D]=Changes  work")
        terminal.keys("Escape")
        terminal.wait_for("was old_name")
        terminal.keys("v")
        terminal.wait_for("totals and notes")
        terminal.keys("Escape")
        terminal.wait_for("was old_name")
        terminal.keys("Escape")
        terminal.wait_for("=[1]=Functions")
        terminal.keys("q")
        terminal.wait_for("[exit 0]")

    def test_a_live_run_is_compared(self):
        """D while the viewer has a run that has just ended: it is compared as its arena is, sources from the disk."""
        terminal = self.workbench("program.py", columns=110)
        terminal.wait_for("END exit 0")
        terminal.keys("D")
        terminal.wait_for("Compare with the session (Tab completes): a.pyprof")
        terminal.keys("C-u")
        terminal.text("a.p")
        terminal.keys("Tab")
        terminal.wait_for("(Tab completes): a.pyprof")
        terminal.keys("Enter")
        screen = terminal.wait_for("was old_name")
        self.assertIn("=[D]=Changes", screen)
        terminal.keys("1")
        terminal.wait_for("=[1]=Functions")

    def test_not_a_terminal(self):
        """Into a pipe it is text, and so it is with a report asked for."""
        self.record("b.pyprof")
        terminal = self.workbench(columns=110, shell="{workbench} --diff a.pyprof b.pyprof | cat")
        terminal.wait_for("Lines of functions that changed")
        terminal = self.workbench("--diff", "a.pyprof", "b.pyprof", "--report", "functions", columns=80)
        screen = terminal.wait_for("What changed")
        self.assertNotIn("[D]", screen)

    def test_a_condition_decides_the_status(self):
        self.record("b.pyprof")
        terminal = self.workbench("--diff", "a.pyprof", "b.pyprof", "--report", "functions", "--fail-if", "calls:work>+0",
                                  "--fail-if", "self:work>+300%")
        screen = terminal.wait_for("[exit 3]")
        self.assertIn("pyprof-tui: self:work>+300%: ", screen)
        self.assertNotIn("calls:work", screen)


if __name__ == "__main__":
    unittest.main()
