"""The panes of call paths, threads and the run, on a run that goes on: they are in step, and kept in the config."""
import re
import unittest

from terminal import Terminal, Workplace

# The hot function is called along two paths, in two threads.
PATHS = """\
    import threading
    import time

    def burn(count):
        total = 0
        for number in range(count):
            total += number
        return total

    def parse():
        return burn(3000)

    def render():
        return burn(1000)

    def work(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            parse()
            render()

    def main():
        thread = threading.Thread(target=work, args=(60,))
        thread.start()
        work(60)
        thread.join()

    main()
    """


class PanesTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(paths=PATHS)
        self.addCleanup(self.workplace.clean)

    def workbench(self, *arguments, **options):
        terminal = Terminal(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal


class TestActions(PanesTest):
    def test_goto_and_grep(self):
        """Of a run that goes on, whose sources are read only then."""
        terminal = self.workbench("paths.py", columns=100, rows=30)
        terminal.wait_for("burn")
        terminal.keys(":")
        terminal.wait_for("[All actions]")
        terminal.text("grep count")
        terminal.wait_for("paths.py:6: for number in range(count):")
        terminal.text("er(")
        terminal.wait_for("grep counter(")
        for _ in range(3):
            terminal.keys("BSpace")
        terminal.text("):")
        terminal.wait_for(lambda screen: "paths.py:4: def burn(count):" in screen and "paths.py:11:" not in screen)
        terminal.keys("Down", "Enter")
        terminal.wait_for(lambda screen: re.search(r"=\[2\]=paths.py:6 burn", screen) and "for number" in screen)
        terminal.keys("[")
        terminal.wait_for("=[1]=Functions")
        terminal.keys(":")
        terminal.text("goto rend")
        terminal.wait_for("paths.py:13")
        terminal.keys("Enter")
        terminal.wait_for(lambda screen: re.search(r"=\[2\]=paths.py:\d+ render", screen))


class TestFirstRun(PanesTest):
    def test_a_hint_is_shown_once(self):
        (self.workplace.folder / "state" / "pyprof-tui" / "greeted").unlink()
        terminal = self.workbench("paths.py")
        terminal.wait_for("new here? ? lists the keys")
        terminal.wait_for("burn")
        terminal.keys("j")
        terminal.wait_for(": palette")
        terminal.close()
        terminal = self.workbench("paths.py")
        terminal.wait_for("burn")
        self.assertIn(": palette", terminal.wait_for("RUN"))


class TestLiveRun(PanesTest):
    def test_flame_graph(self):
        """Zoomed into, searched, inverted, while the run goes on."""
        terminal = self.workbench("paths.py", columns=100, rows=30)
        terminal.wait_for("burn")
        terminal.keys("f")
        terminal.wait_for(lambda screen: re.search(r"=\[8\]=Flame  self time", screen) and "parse" in screen)
        terminal.keys("/")
        terminal.text("parse")
        # burn has three times as much to do for parse as for render
        terminal.wait_for(lambda screen: re.search(r"matches (6\d|7\d|8\d)\.\d %", screen))
        terminal.keys("Enter")
        terminal.keys("Enter")
        terminal.wait_for(lambda screen: re.search(r"zoom:parse \d\d\.\d %", screen))
        terminal.keys("BSpace")
        terminal.wait_gone("matches")
        terminal.keys("BSpace")
        terminal.wait_for("zoom:work")
        terminal.keys("i")
        screen = terminal.wait_for("Flame  inverted")
        self.assertNotIn("zoom:", screen)
        self.assertRegex(screen, r"(?m)^.burn \d\d\.\d%")

    def test_call_tree_folds_and_leads_to_the_source(self):
        terminal = self.workbench("paths.py", columns=100, rows=30)
        terminal.wait_for("burn")
        terminal.keys("7")
        terminal.wait_for(lambda screen: re.search(r"=\[7\]=Call tree", screen) and re.search(r"▾ parse", screen))
        terminal.keys("/")
        terminal.text("parse")
        terminal.keys("Enter")
        terminal.keys("h")
        terminal.wait_for("▸ parse")
        terminal.keys("l")
        terminal.wait_for("▾ parse")
        terminal.keys("Enter")
        terminal.wait_for("=[2]=paths.py")
        terminal.wait_for("All > paths.py > parse")

    def test_threads(self):
        terminal = self.workbench("paths.py", columns=120, rows=30)
        terminal.wait_for("burn")
        terminal.keys("t")
        terminal.wait_for(lambda screen: re.search(r"=\[9\]=Threads 2, 2 run", screen))
        terminal.wait_for(lambda screen: re.search(r"runs +[\d.]+m?s +\d\d\.\d +MainThread", screen))

    def test_wide_screen_keeps_them_in_step(self):
        terminal = self.workbench("paths.py", columns=250, rows=60)
        panes = ("[1]=Functions", "-[7]-Call tree", "-[8]-Flame", "-[2]-paths.py")
        terminal.wait_for(lambda screen: all(pane in screen for pane in panes))
        terminal.keys("/")
        terminal.text("render")
        terminal.keys("Enter")
        terminal.wait_for(lambda screen: re.search(r"\|>.*▾? render", screen) and re.search(r"-\[2\]-paths.py:13 render", screen))


class TestConfig(PanesTest):
    def test_panes_and_sizes_are_kept(self):
        terminal = self.workbench("paths.py", columns=200, rows=50)
        terminal.wait_for("-[8]-Flame")
        terminal.keys("4")
        terminal.keys("X")
        terminal.wait_gone("-[4]-RAM")
        terminal.keys("f")
        terminal.keys("+", "+", "+")
        terminal.keys("S")
        terminal.wait_for(".pyprof.yaml")
        terminal.keys("Enter")
        screen = terminal.wait_for("config saved")
        kept = (self.workplace.folder / ".pyprof.yaml").read_text()
        self.assertRegex(kept, r"(?m)^ +flame: 3$")
        self.assertNotIn("ram", re.search(r"panes: .*", kept)[0])
        flame = [row for row, line in enumerate(screen.splitlines()) if "[8]=Flame" in line]
        terminal.close()
        again = self.workbench("paths.py", columns=200, rows=50)
        screen = again.wait_for("-[8]-Flame")
        self.assertNotIn("[4]-RAM", screen)
        self.assertEqual(flame, [row for row, line in enumerate(screen.splitlines()) if "[8]-Flame" in line])


SELF = re.compile(r"^.\s*([0-9.]+)\s+([0-9.]+|-)\s.*?([-+])\s(.+) \((\d+)\)", re.M)


class TestGroups(PanesTest):
    def groups(self, screen):
        """Of each group by its name: self time in percent, how many functions."""
        return {name.strip(): (float(share), int(count)) for share, _, _, name, count in SELF.findall(screen)}

    def test_functions_are_grouped_while_they_run(self):
        terminal = self.workbench("paths.py", columns=100, rows=30, LC_ALL="C")
        terminal.wait_for("burn")
        terminal.keys("1")
        terminal.keys("b")
        terminal.wait_for("by module")
        terminal.keys("j", "j", "Enter")
        terminal.wait_for(lambda screen: "modules" in screen and self.groups(screen).get("paths", (0, 0))[0] > 50)
        terminal.keys("g", "Enter")
        screen = terminal.wait_for(lambda screen: re.search(r"- paths \(\d+\)", screen) and "    burn" in screen)
        self.assertGreater(self.groups(screen)["paths"][0], 50)
        terminal.keys(":")
        terminal.wait_for("[All actions]")
        terminal.text("group thread")
        terminal.keys("Enter")
        screen = terminal.wait_for(lambda screen: "in 2 threads" in screen and "MainThread" in screen)
        shares = [share for share, _ in self.groups(screen).values()]
        self.assertEqual(len(shares), 2)
        self.assertAlmostEqual(sum(shares), 100, delta=0.2)
        terminal.text("/burn")
        terminal.keys("Enter")
        terminal.wait_for(lambda screen: re.search(r"(?m)^>.*    burn", screen))
        terminal.keys("Enter")
        terminal.wait_for("All > paths.py > burn")
        terminal.keys("S")
        terminal.wait_for(".pyprof.yaml")
        terminal.keys("Enter")
        terminal.wait_for("config saved")
        self.assertRegex((self.workplace.folder / ".pyprof.yaml").read_text(), r"(?m)^ +group: thread$")


class TestSession(PanesTest):
    def test_about_the_run_at_80x24_without_unicode_or_colours(self):
        terminal = self.workbench("-k", "function", "-c", "import time\ndef f(): pass\nfor i in range(9): f()\n", columns=80, rows=24,
                                  LC_ALL="C", NO_COLOR="1")
        terminal.wait_for("END exit 0")
        terminal.keys("a")
        screen = terminal.wait_for("collectors   function; functions written in C too")
        self.assertIn("ended with status 0", screen)
        terminal.keys("f")
        screen = terminal.wait_for("=[8]=Flame")
        self.assertTrue(screen.isascii())
        self.assertRegex(screen, r"(?m)^.all 100%-+\|$")


if __name__ == "__main__":
    unittest.main()
