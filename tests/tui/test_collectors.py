"""Collectors switched while a real program runs, and running it again with others, over a real terminal; marks go along."""
import re
import unittest

from terminal import SPIN, Terminal, Workplace

ARGUMENTS = """
    import sys, time
    print("given", sys.argv[1:], flush=True)
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        sum(range(1000))
    """


def row_of(screen, name):
    """The row of a function in the table, as far as its name."""
    found = re.search(rf"(?m)^[> a-z*].*\b{name}\b", screen)
    return found.group(0) if found else ""


def pid_of(screen):
    found = re.search(r"pid (\d+) RUN ", screen)
    return found.group(1) if found else ""


class CollectorsTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(spin=SPIN, arguments=ARGUMENTS)
        self.addCleanup(self.workplace.clean)

    def workbench(self, *arguments, **options):
        terminal = Terminal(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal

    def choose(self, terminal, *keys):
        """Opens the list of collectors and types into it."""
        terminal.keys("K")
        terminal.wait_for("[Collectors (Space: on or off")
        for key in keys:
            terminal.keys(key)


class TestSwitching(CollectorsTest):
    def test_off_and_on_again_while_it_runs(self):
        terminal = self.workbench("-k", "function,line", "spin.py", columns=130)
        terminal.wait_for(lambda screen: " RUN " in screen and row_of(screen, "spin"))
        self.choose(terminal, "j", "j", "Space", "Enter")
        terminal.wait_for("  function OFF:line ")
        terminal.wait_for(lambda screen: re.search(r"\[2\].*OFF \S+s", screen))
        self.choose(terminal, "j", "j", "Space", "Enter")
        terminal.wait_for("  function+line in parts ")
        terminal.keys("a")
        terminal.wait_for(lambda screen: re.search(r" line +was off for \S+: its numbers are of the rest", screen))

    def test_one_that_was_not_on_at_the_start(self):
        terminal = self.workbench("-k", "function", "spin.py", columns=130)
        terminal.wait_for(lambda screen: " RUN " in screen and row_of(screen, "spin"))
        self.choose(terminal, "j", "j", "Space", "Enter")
        terminal.wait_for("function+line in parts")
        terminal.wait_for(lambda screen: re.search(r"\[2\].*off:\S+", screen))
        terminal.wait_for(lambda screen: re.search(r" [1-9]\d+ +6 +total \+= number", screen))

    def test_by_name_at_80x24(self):
        terminal = self.workbench("-k", "function,line", "spin.py", columns=80, rows=24)
        terminal.wait_for(lambda screen: " RUN " in screen and row_of(screen, "spin"))
        terminal.text(":collectors function\n")
        terminal.wait_for("fn -ln  ")
        terminal.wait_for(lambda screen: re.search(r"spin.*\d calls/s", screen.splitlines()[1]))  # what runs, and how fast

    def test_nothing_runs_any_more(self):
        terminal = self.workbench("-k", "function", "arguments.py", "0.1", columns=100)
        terminal.wait_for("END exit 0")
        terminal.text(":collectors function,line\n")
        terminal.wait_for("the target does not run any more")


class TestRunningAgain(CollectorsTest):
    def test_with_other_collectors_and_arguments(self):
        terminal = self.workbench("-k", "function", "arguments.py", "0.1", columns=100)
        terminal.wait_for("END exit 0")
        self.choose(terminal, "j", "j", "Space", "r")
        terminal.wait_for("This run is not saved. Run again with function,line without it?")
        terminal.keys("y")
        terminal.wait_for(lambda screen: "END exit 0" in screen and "  function+line  " in screen)
        terminal.keys("A")
        terminal.wait_for("Run again with the arguments: 0.1")
        terminal.text(" 'two words'\n")
        terminal.wait_for("Run again with arguments 0.1 'two words' without it?")
        terminal.keys("y")
        screen = terminal.wait_for(lambda screen: "given ['0.1', 'two words']" in screen and "END exit 0" in screen)
        self.assertIn("  function+line  ", screen)  # what was chosen before stays

    def test_marks_are_there_in_the_next_run(self):
        terminal = self.workbench("-k", "function,line", "spin.py", columns=100)
        terminal.wait_for(lambda screen: " RUN " in screen and row_of(screen, "spin"))
        terminal.text(":goto spin\n")
        terminal.wait_for("=[2]=spin.py:")
        terminal.text(":line 6\n")
        terminal.wait_for("=[2]=spin.py:6 spin")
        terminal.keys("m")
        terminal.wait_for("mark a: spin line 6")
        before = pid_of(terminal.screen())
        terminal.keys("r")
        terminal.wait_for("End it and run again?")
        terminal.keys("y")
        terminal.keys("1")
        terminal.wait_for(lambda screen: pid_of(screen) not in ("", before) and row_of(screen, "spin"))
        terminal.keys("'")
        terminal.wait_for("=[2]=spin.py:6 spin")


if __name__ == "__main__":
    unittest.main()
