"""Memory in the workbench, over a real terminal: the graph, its cursor and marks, what made the peak, types, off and on."""
import re
import unittest

from terminal import JULIA, Terminal, Workplace

BRAILLE = re.compile("[\u2801-\u28ff]")

# Keeps what it makes, a block with each call, and has something to do until it is stopped.
GROWING = """
    import time

    KEPT = []

    def keep(number):
        KEPT.append(bytes(5000))

    def main():
        end = time.monotonic() + 60
        number = 0
        while time.monotonic() < end:
            number += 1
            if number < 400:
                keep(number)
            time.sleep(0.002)

    main()
    """


def time_of(screen):
    """Where the cursor of the RAM graph stands."""
    found = re.search(r"RAM  at (\S+?):", screen)
    return found.group(1) if found else ""


def coordinates(screen):
    """MiB of the two lines that make julia's coordinates: 90,000 complex numbers of 32 bytes, and the list's room for them."""
    return [float(row) for row in re.findall(r"(?m)^[> ] *[\d.]+ +([\d.]+) +\d+ build_grid:4[56] ", screen)]


class MemoryTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(growing=GROWING)
        self.addCleanup(self.workplace.clean)

    def workbench(self, *arguments, **options):
        terminal = Terminal(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal


class TestJulia(MemoryTest):
    def test_the_lists_of_coordinates_made_the_peak(self):
        """From the pane of what made the peak to the source line; the graph with its cursor and a mark."""
        terminal = self.workbench("-k", "memory", JULIA, "300", "600", columns=120, rows=36)
        terminal.wait_for("calculate_z")
        terminal.keys(":moment mark 1")
        terminal.keys("Enter")
        terminal.keys("6")
        screen = terminal.wait_for(lambda screen: all(3.4 < size < 3.7 for size in coordinates(screen)) and coordinates(screen)[1:])
        self.assertIn("[peak] alive left types", screen)
        terminal.keys("V")
        terminal.wait_for("zs.append(complex(x, y))")
        terminal.keys("V")
        terminal.keys("g")
        terminal.keys("Enter")
        screen = terminal.wait_for(lambda screen: re.search(r"=\[2\]=julia.py:4[56] build_grid", screen))
        self.assertRegex(screen, r"All > julia.py > build_grid > line 4[56]")
        self.assertRegex(screen, r"\|>.*4[56].*[zc]s.append")
        terminal.wait_for("END exit 0")  # from now on the graph stays as it is
        terminal.keys("4")
        terminal.keys("4")
        terminal.wait_for("mark 1")
        terminal.keys("p")
        screen = terminal.wait_for("RAM  at ")  # what had grown then depends on when the mark was
        self.assertTrue(BRAILLE.search(screen))
        self.assertIn("heap", screen)
        terminal.keys("g")
        first = time_of(terminal.wait_for(lambda screen: time_of(screen).endswith(("us", "ms"))))
        terminal.keys("G")
        terminal.wait_for(lambda screen: time_of(screen) not in ("", first))
        terminal.keys("'")
        terminal.keys("z")
        terminal.wait_for("window:")
        terminal.keys("Escape")
        terminal.wait_gone("RAM  at ")


class TestCollector(MemoryTest):
    def test_off_and_on_again_and_types(self):
        terminal = self.workbench("-k", "memory", "growing.py", columns=120, rows=30)
        terminal.wait_for("keep")
        terminal.text(":collectors none\n")
        terminal.wait_for("no collector OFF:memory")
        terminal.text(":collectors memory\n")
        terminal.wait_for("memory in parts")
        terminal.keys("C")
        terminal.wait_for(lambda screen: re.search(r"\[types\]  \S+ @", screen) and re.search(r" bytes *\|", screen))
        terminal.keys("v")
        terminal.wait_for("[peak]")

    def test_what_each_call_leaves(self):
        terminal = self.workbench("-k", "memory", "growing.py", columns=100, rows=30)
        terminal.wait_for("keep")
        terminal.keys("6")
        terminal.keys("v")
        terminal.keys("v")
        screen = terminal.wait_for(lambda screen: re.search(r"[45]\.\dK keep:7", screen))
        self.assertIn("[left]", screen)

    def test_without_the_collector(self):
        terminal = self.workbench("-k", "function", "growing.py", columns=100, rows=30)
        terminal.wait_for("keep")
        self.assertNotIn("[6]", terminal.screen())
        terminal.keys("6")
        terminal.wait_for("This run does not count memory")

    def test_ascii_and_no_color_at_80x24(self):
        terminal = self.workbench("-k", "memory", "growing.py", columns=80, rows=24, LC_ALL="C", NO_COLOR="1")
        terminal.wait_for("keep")
        terminal.keys("4")
        screen = terminal.wait_for("grown since the start")
        self.assertTrue(screen.isascii())
        self.assertRegex(screen, r"\|:*[_/~#]")


if __name__ == "__main__":
    unittest.main()
