"""Functions compared from the workbench: marked in the table, with arguments, and what is said when it fails or is ended."""
import unittest

from terminal import Terminal, Workplace

PROGRAM = """
    import time

    def first(upper):
        total = 0
        for number in range(upper):
            total += number
        return total

    def second(upper):
        return sum(range(upper))

    def waits(upper):
        while upper > 5:
            pass

    if __name__ == "__main__":
        first(5)
        second(5)
        waits(5)
    """


class CompareTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(sums=PROGRAM)
        self.addCleanup(self.workplace.clean)
        self.terminal = Terminal(self.workplace, "-k", "function,line", "sums.py", columns=120, rows=36)
        self.addCleanup(self.terminal.close)
        self.terminal.wait_for("END exit 0")

    def mark(self, name, message):
        self.terminal.text(f"/{name}")
        self.terminal.keys("Enter")
        self.terminal.wait_for(f" {name}-")  # the source pane has it
        self.terminal.text("w")
        self.terminal.wait_for(message)

    def ask(self, *names):
        self.mark(names[0], f"{names[0]} is marked")
        self.mark(names[1], "2 functions are marked")
        self.terminal.text("W")
        self.terminal.wait_for("Compare, with these arguments of each call")

    def test_two_functions(self):
        self.ask("first", "second")
        self.terminal.text("100")
        self.terminal.keys("Enter")
        self.terminal.wait_for("Esc ends it")
        screen = self.terminal.wait_for("[Comparison]")
        self.assertIn("Comparison of first(100) and second(100)", screen)
        self.assertRegex(screen, r"95 % interval [\d.]+ to [\d.]+\)")
        self.assertRegex(screen, r"def first\(upper\): +\| +\d+ def second\(upper\):")
        self.terminal.keys("G")
        self.terminal.wait_for(lambda screen: "Comparison of" not in screen and "RETURN_VALUE" in screen)
        self.terminal.keys("Escape")
        self.terminal.wait_gone("[Comparison]")
        self.terminal.text("W")  # once more
        self.terminal.wait_for("[Comparison]")

    def test_without_the_arguments_they_need(self):
        self.ask("first", "second")
        self.terminal.keys("Enter")
        self.terminal.wait_for("first(upper) cannot be called without arguments")

    def test_ended(self):
        self.ask("first", "waits")
        self.terminal.text("6")
        self.terminal.keys("Enter")
        self.terminal.wait_for("comparing: calling each function once")
        self.terminal.keys("Escape")
        self.terminal.wait_for("the comparison was ended")
        self.terminal.keys("q")
        self.terminal.wait_for("Quit:")


if __name__ == "__main__":
    unittest.main()
