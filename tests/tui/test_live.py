"""A person at the workbench while a program runs: watching, drilling down, finding, stopping, saving."""
import json
import os
import pathlib
import re
import signal
import subprocess
import unittest

from terminal import JULIA, SPIN, TIME_LIMIT, WORKBENCH, Terminal, Workplace


class LiveTest(unittest.TestCase):
    def start(self, *arguments, scripts=None, **options):
        self.workplace = Workplace(**(scripts or {"spin": SPIN}))
        self.addCleanup(self.workplace.clean)
        terminal = Terminal(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal

    def files(self, pattern):
        return sorted(path.name for path in self.workplace.folder.glob(pattern))


class TestWatching(LiveTest):
    def test_from_the_function_table_to_the_hottest_line_while_it_runs(self):
        terminal = self.start(JULIA)
        screen = terminal.wait_for(lambda s: re.search(r"^> *\d.* calculate_z ", s, re.M) and " RUN " in s)
        self.assertRegex(screen, r"\A pyprof julia\.py  pid \d+ RUN 0:\d\d\.\d  function\+line\+memory  RSS ")
        self.assertIn("[LIVE 2Hz]", screen)
        self.assertIn("=[1]=Functions ", screen)
        self.assertIn("-[2]-julia.py:", screen)
        self.assertIn("-[4]-", screen)
        self.assertIn("points: 1000000", screen)
        terminal.keys("Enter")
        screen = terminal.wait_for("All > julia.py > calculate_z")
        self.assertIn("=[2]=", screen)
        self.assertIn(" RUN ", screen.splitlines()[0])
        # The line that is hottest just then is found and shown, with counts that grow: one of the inner loop's three.
        def hits(text):
            found = re.search(r"\|>.* (\d+) +2[012]  ", text)
            return int(found.group(1)) if found else 0
        first = hits(terminal.wait_for(hits))
        terminal.wait_for(lambda s: hits(s) > first)
        terminal.keys("Escape")
        terminal.wait_for(lambda s: "=[1]=" in s and "calculate_z  " not in s.splitlines()[1])

    def test_the_line_that_runs_is_followed_until_something_is_selected(self):
        terminal = self.start("steps.py", scripts={"steps": """
            import os, sys
            def first():
                while not os.path.exists("go"):
                    pass
            def second():
                while not os.path.exists("end"):
                    pass
            first()
            second()
            """})
        terminal.wait_for(" RUN ")
        terminal.keys("F")
        screen = terminal.wait_for(lambda s: re.search(r"-\[2\]-steps\.py:[45] first", s))
        self.assertIn("following the line that runs, until you move", screen)
        self.assertRegex(screen.splitlines()[1], r" first:[45]  [.\d]+[kM]? calls/s")
        (self.workplace.folder / "go").touch()
        terminal.wait_for(lambda s: re.search(r"-\[2\]-steps\.py:[78] second", s))
        terminal.select("first")
        (self.workplace.folder / "end").touch()
        terminal.wait_for(lambda s: "END exit 0" in s and "-[2]-steps.py:" in s and " first" in s.split("-[2]-steps.py:")[1][:12])
        terminal.keys("F")
        terminal.wait_for("nothing runs here that could be followed")

    def test_counts_are_exact_at_the_end(self):
        terminal = self.start(JULIA, "100", "50")
        screen = terminal.wait_for("END exit 0")
        self.assertIn("checksum:", screen)
        self.assertRegex(screen, r"(?m)^[> ].* 1 +[.\d]+[BKMG]? +calculate_z")
        self.assertIn("[NOT SAVED]", screen)

    def test_source_of_code_given_on_the_command_line(self):
        terminal = self.start("-c", "for i in range(200000): i * i")
        terminal.wait_for(lambda s: "END exit 0" in s and re.search(r"^> .* <module> <string>", s, re.M))
        terminal.keys("Enter")
        self.assertRegex(terminal.wait_for("=[2]=<string>:1"), r"(?m)\|> *100# .* 200001 +1 for i in ra")

    def test_back_and_forward(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        terminal.select("calculate_z")
        terminal.keys("Enter")
        terminal.wait_for("All > julia.py > ")
        terminal.keys("[")
        terminal.wait_for(lambda s: s.splitlines()[1].rstrip().startswith(" All  ") and "=[1]=" in s)
        terminal.keys("]")
        terminal.wait_for(lambda s: "All > julia.py > " in s and "=[2]=" in s)

    def test_callers_stand_in_the_sources_place(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        terminal.keys("/")
        terminal.text("build_axis")
        terminal.keys("Enter")
        terminal.wait_for(lambda s: re.search(r"^>.*build_axis", s, re.M))
        terminal.keys("c")
        screen = terminal.wait_for("callers and callees")
        self.assertIn("build_grid", screen)
        terminal.keys("Escape")
        terminal.wait_for(lambda s: "-[2]-julia.py" in s or "=[2]=julia.py" in s)

    def test_freeze(self):
        terminal = self.start("spin.py")
        terminal.wait_for(" RUN ")
        terminal.keys("Space")
        before = terminal.wait_for("[FROZEN]").splitlines()[0]
        terminal.keys("j")
        terminal.keys("k")
        after = terminal.screen().splitlines()[0]
        self.assertEqual(before, after)
        terminal.keys("Space")
        terminal.wait_for(lambda s: "[LIVE 2Hz]" in s and s.splitlines()[0] != before)

    def test_refresh_rate(self):
        terminal = self.start("spin.py")
        terminal.wait_for("[LIVE 2Hz]")
        terminal.keys("}")
        terminal.wait_for("[LIVE 4Hz]")
        terminal.keys("{")
        terminal.keys("{")
        terminal.wait_for("[LIVE 1Hz]")


class TestColumns(LiveTest):
    def test_trend_while_it_runs_and_scrolling_sideways(self):
        terminal = self.start("spin.py")
        terminal.wait_for("Functions")
        terminal.keys("1")  # zoomed
        screen = terminal.wait_for(lambda s: re.search(r"^>.*█ +\S", s, re.M) and " Trend " in s)
        self.assertIn(" Self%", screen)
        terminal.keys("L")
        screen = terminal.wait_for(lambda s: "\n< Tot%" in s)
        self.assertNotIn(" Self%  Tot%", screen)
        terminal.keys("0")
        terminal.wait_for("\n Self%  Tot%")
        terminal.keys("u")
        terminal.wait_for("sort:Self%v  held")
        terminal.text(":sort percall inverted")
        terminal.keys("Enter")
        terminal.wait_for("sort:/call^")


class TestFinding(LiveTest):
    def ended(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        return terminal

    def test_search_as_typed(self):
        terminal = self.ended()
        terminal.keys("/")
        terminal.text("build")
        terminal.wait_for(lambda s: re.search(r"^>.* build_", s, re.M) and s.splitlines()[-1].startswith(" /build"))
        terminal.keys("Enter")
        def selected(screen):
            return next(line for line in screen.splitlines() if line.startswith(">"))
        first = selected(terminal.screen())
        terminal.keys("n")
        terminal.wait_for(lambda s: selected(s) != first)
        terminal.keys("N")
        terminal.wait_for(lambda s: selected(s) == first)

    def test_filter(self):
        terminal = self.ended()
        terminal.keys("&")
        terminal.text("build_")
        terminal.keys("Enter")
        screen = terminal.wait_for("Functions 2/")
        self.assertIn("filter:build_", screen)
        terminal.keys("\\")
        terminal.wait_for(lambda s: "Functions 2/" not in s and "calculate_z" in s)

    def test_a_wrong_filter_is_explained_and_can_be_mended(self):
        terminal = self.ended()
        terminal.keys("&")
        terminal.text("calls>abc")
        terminal.keys("Enter")
        terminal.wait_for(lambda s: "&calls>abc" not in s.splitlines()[-1])
        terminal.keys("Left")
        terminal.wait_for(lambda s: "&calls>abc" in s.splitlines()[-1])
        terminal.keys("C-e", "C-u")
        terminal.text("calls>1000")
        terminal.keys("Enter")
        terminal.wait_for("filter:calls>1000")

    def test_sort_menu(self):
        terminal = self.ended()
        terminal.keys("o")
        terminal.wait_for("[Sort by")
        terminal.keys("j", "j", "Enter")
        terminal.wait_for("sort:Callsv")
        terminal.keys("I")
        terminal.wait_for("sort:Calls^")

    def test_help_lists_every_key(self):
        terminal = self.ended()
        terminal.keys("?")
        terminal.wait_for(lambda screen: "[Help]" in screen and "next row" in screen)
        terminal.keys("G")
        terminal.wait_for("> * /")
        terminal.keys("PageUp")
        terminal.wait_for("quit (asks while the target runs)")
        terminal.keys("Escape")
        terminal.wait_gone("[Help]")

    def test_palette(self):
        terminal = self.ended()
        terminal.keys(":")
        terminal.wait_for("[All actions]")
        terminal.text("zoom")
        terminal.wait_for(lambda s: "freeze" not in s.replace("Space freeze", ""))
        terminal.keys("C-u")
        terminal.text("percent")
        terminal.keys("Enter")
        terminal.wait_for(lambda s: "[All actions]" not in s and "sort:Self s" in s)


class TestSizes(LiveTest):
    def test_one_pane_with_tabs_at_80x24(self):
        terminal = self.start(JULIA, "60", "50", columns=80, rows=24)
        screen = terminal.wait_for("END exit 0")
        self.assertIn("-[2]-[3]-[4]-[5]-[6]", screen)
        self.assertIn("Self%", screen)
        self.assertIn("calculate_z", screen)
        self.assertNotIn("while abs", screen)
        terminal.select("calculate_z")
        terminal.keys("Enter")
        screen = terminal.wait_for("while abs")
        self.assertIn("-[1]-[3]-[4]", screen)
        terminal.keys("5")
        terminal.wait_for("checksum:")
        for number in "6789a1":
            terminal.keys("Tab")
            terminal.wait_for(f"=[{number}]=")

    def test_too_small_and_large_again(self):
        terminal = self.start("spin.py", columns=100, rows=30)
        terminal.wait_for(" RUN ")
        terminal.resize(40, 10)
        terminal.wait_for(lambda s: s.startswith("terminal too small: 60x12 needed, this\nis 40x10"))
        for columns, rows in ((2, 1), (1, 1), (59, 12), (3, 40), (300, 2)):
            terminal.resize(columns, rows)
            terminal.wait_for(lambda s: len(s.splitlines()) <= rows)
        terminal.resize(60, 12)
        terminal.wait_for("=[1]=Functions")
        terminal.resize(160, 50)
        terminal.wait_for(lambda s: "=[1]=Functions" in s and len(s.splitlines()) == 50)

    def test_resize_sweep(self):
        terminal = self.start("spin.py", columns=100, rows=30)
        terminal.wait_for(" RUN ")
        for columns in range(30, 180, 13):
            for rows in (1, 11, 12, 23, 30, 57):
                terminal.resize(columns, rows)
        terminal.resize(100, 30)
        terminal.wait_for(lambda s: "=[1]=Functions" in s and "q quit" in s and "|-[2]-" in s)

    def test_zoom_and_sizes(self):
        terminal = self.start("spin.py")
        terminal.wait_for("|-[2]-")
        def width(screen):
            return next(line for line in screen.splitlines() if "=[1]=" in line).find("|-[2]-")
        before = width(terminal.screen())
        terminal.keys("+")
        terminal.wait_for(lambda s: width(s) > before)
        terminal.keys("=")
        terminal.wait_for(lambda s: width(s) == before)
        terminal.keys("1")
        terminal.wait_for("-[2]-[3]-[4]-[5]")
        terminal.keys("1")
        terminal.wait_for("|-[2]-")


class TestRunning(LiveTest):
    def test_stop_then_run_again(self):
        terminal = self.start("spin.py")
        terminal.wait_for(lambda s: " RUN " in s and " spin " in s)
        first = re.search(r"pid (\d+)", terminal.screen()).group(1)
        terminal.keys("C-c")
        screen = terminal.wait_for(lambda s: "END SIGINT" in s or "END exit 130" in s or "END exit 1 " in s)
        self.assertIn("KeyboardInterrupt", screen)
        terminal.keys("r")
        terminal.wait_for("This run is not saved. Run again without it?")
        terminal.keys("y")
        terminal.wait_for(lambda s: " RUN " in s and re.search(r"pid (\d+)", s).group(1) != first)

    def test_run_again_asks_while_it_runs(self):
        terminal = self.start("spin.py")
        terminal.wait_for(" RUN ")
        terminal.keys("r")
        terminal.wait_for("still runs")
        terminal.keys("n")
        terminal.wait_gone("still runs")
        self.assertIn(" RUN ", terminal.screen())

    def test_second_stop_offers_to_quit(self):
        terminal = self.start("stubborn.py", scripts={"stubborn": "import signal\n"
                                                      "signal.signal(signal.SIGINT, lambda *_: print('no'))\n" + SPIN})
        terminal.wait_for(" RUN ")
        terminal.keys("C-c")
        terminal.wait_for("asked the target to stop")
        terminal.keys("C-c")
        terminal.wait_for("[s]ave session and quit")

    def test_typing_into_the_target(self):
        terminal = self.start("ask.py", scripts={"ask": """
            name = input("who? ")
            print("hello", name)
            print("sum", sum(int(part) for part in input().split()))
            """})
        screen = terminal.wait_for(lambda s: "who?" in s and " WAITS FOR INPUT " in s)
        self.assertIn("The program waits for input: T types into it", screen)
        terminal.keys("T")
        terminal.wait_for("TYPING (^] leaves)")
        terminal.text("world q s")
        terminal.keys("Enter")
        terminal.wait_for("hello world q s")
        terminal.text("20 22")
        terminal.keys("C-]")
        terminal.wait_gone("TYPING")
        terminal.keys("T")
        terminal.keys("Enter")
        terminal.wait_for(lambda s: "sum 42" in s and "END exit 0" in s and "WAITS" not in s)

    def test_how_the_target_ended_is_shown(self):
        terminal = self.start("end.py", scripts={"end": "import os\nos.kill(os.getpid(), 9)\n"})
        terminal.wait_for("END SIGKILL")

    def test_a_target_that_fails(self):
        terminal = self.start("end.py", scripts={"end": "def f():\n    raise ValueError('not today')\nf()\n"})
        screen = terminal.wait_for("END exit 1")
        self.assertIn("ValueError: not today", screen)

    def test_why_a_target_failed_is_said_where_its_output_is_not_seen(self):
        scripts = {"end": "raise SystemExit('no')\n", "crash": "import os\nos.kill(os.getpid(), 11)\n"}
        terminal = self.start("end.py", scripts=scripts, columns=80, rows=24)
        terminal.wait_for("the target ended with status 1; 5 shows what it wrote")
        crash = Terminal(self.workplace, "crash.py", columns=80, rows=24)
        self.addCleanup(crash.close)
        screen = crash.wait_for("the target was ended by SIGSEGV (Segmentation fault); 5 shows what it wrote")
        self.assertIn("END SIGSEGV", screen)

    def test_lines_are_copied_and_told_on_one(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        terminal.keys("5", "y")
        terminal.wait_for("copied 3 lines: points: 3600 ...")

    def test_another_run_begins_with_nothing_written(self):
        terminal = self.start("count.py", scripts={"count": """\
            import os
            print("run", len(os.listdir(".")))
            open("seen%d" % os.getpid(), "w").close()
            """})
        first = re.search(r"run \d+", terminal.wait_for(lambda s: "END exit 0" in s and "run " in s)).group(0)
        terminal.keys("r")
        terminal.wait_for("not saved")
        terminal.keys("y")
        terminal.wait_for(lambda s: "END exit 0" in s and "run " in s and first not in s and "running again" not in s)

    def test_pipes_stay_the_targets(self):
        upper = "import sys\nfor line in sys.stdin:\n    print(line.strip().upper())\n"
        terminal = self.start(scripts={"upper": upper},
                              shell="printf 'one\\ntwo\\n' | {workbench} upper.py > out.txt")
        terminal.wait_for("END exit 0")
        terminal.keys("T")
        terminal.wait_for(lambda s: "does not run" in s or "a pipe" in s)
        terminal.keys("q")
        terminal.wait_for("[d]iscard")
        terminal.keys("d")
        terminal.wait_for("[exit 0]")
        self.assertEqual((self.workplace.folder / "out.txt").read_text(), "ONE\nTWO\n")


class TestSaving(LiveTest):
    def test_save_on_quit_and_open_again(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        terminal.keys("q")
        terminal.wait_for("[s]ave session and quit")
        terminal.keys("Enter")
        screen = terminal.wait_for("[exit 0]")
        self.assertRegex(screen.replace("\n", ""), r"pyprof-tui: session saved: .*pyprof-julia-.*\.pyprof")
        sessions = self.files("*.pyprof")
        self.assertEqual(len(sessions), 1)
        exported = subprocess.run([WORKBENCH, "--export", "json", sessions[0]], cwd=self.workplace.folder,
                                  env=self.workplace.environment, stdout=subprocess.PIPE, check=True,
                                  timeout=TIME_LIMIT)
        calls = {row["name"]: row["calls"] for row in json.loads(exported.stdout)["functions"]}
        self.assertEqual(calls["calculate_z"], 1)
        again = Terminal(self.workplace, sessions[0])
        self.addCleanup(again.close)
        screen = again.wait_for("[SESSION]")
        self.assertIn("calculate_z", screen)
        self.assertIn("END exit 0", screen)
        again.keys("r")
        again.wait_for("this is a saved session")
        again.select("calculate_z")
        again.keys("Enter")
        again.wait_for("All > julia.py > ")
        again.keys("q")
        again.wait_for("[exit 0]")

    def test_save_while_it_runs_then_discard(self):
        terminal = self.start("spin.py")
        terminal.wait_for(lambda s: " RUN " in s and " spin " in s)
        terminal.keys("s")
        terminal.wait_for("Save the session as: ")
        terminal.keys("C-u")
        terminal.text("mine.pyprof")
        terminal.keys("Enter")
        terminal.wait_for("session saved: ")
        self.assertEqual(self.files("*.pyprof"), ["mine.pyprof"])
        self.assertIn(" RUN ", terminal.screen())
        terminal.keys("q")
        terminal.wait_for("[d]iscard")
        terminal.keys("d")
        terminal.wait_for("[exit 0]")
        self.assertEqual(self.files("*.pyprof"), ["mine.pyprof"])

    def test_other_files_are_not_written_over_unasked(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        precious = self.workplace.folder / "precious.txt"
        precious.write_text("precious")
        terminal.keys("s")
        terminal.keys("C-u")
        terminal.text("precious.txt")
        terminal.keys("Enter")
        terminal.wait_for("Write over it?")
        terminal.keys("n")
        terminal.wait_gone("Write over it?")
        self.assertEqual(precious.read_text(), "precious")

    def test_save_into_a_folder_that_is_not_there(self):
        terminal = self.start(JULIA, "60", "50")
        terminal.wait_for("END exit 0")
        terminal.keys("s")
        terminal.keys("C-u")
        terminal.text("no/such/folder/x.pyprof")
        terminal.keys("Enter")
        terminal.wait_for(lambda s: "no/such/folder" in s and "make the folder" in s and "Save the session" not in s)
        terminal.keys("q")
        terminal.wait_for("[s]ave session and quit")

    def test_save_config(self):
        terminal = self.start("--set", "ui.sort=calls", "spin.py")
        terminal.wait_for("sort:Calls")
        terminal.keys("}")
        terminal.keys("S")
        terminal.wait_for("Save the config as: .pyprof.yaml")
        terminal.keys("Enter")
        terminal.wait_for("config saved: ")
        text = (self.workplace.folder / ".pyprof.yaml").read_text()
        self.assertIn("sort: calls", text)
        self.assertIn("refresh_ms: 250", text)
        self.assertIn("script: spin.py", text)

    def test_leave_it_running_and_come_back(self):
        terminal = self.start("spin.py")
        pid = re.search(r"pid (\d+)", terminal.wait_for(lambda s: re.search(r"pid \d+ RUN", s))).group(1)
        terminal.keys("q")
        terminal.wait_for("leave it running")
        terminal.keys("b")
        terminal.wait_for("[exit 0]")
        self.assertTrue(pathlib.Path(f"/proc/{pid}").exists())
        again = Terminal(self.workplace, "--reattach")
        self.addCleanup(again.close)
        again.wait_for(f"pid {pid} RUN")


class TestSeveralRuns(LiveTest):
    def test_several_runs_are_listed_and_one_is_taken_over(self):
        first = self.start("spin.py")
        pid = re.search(r"pid (\d+)", first.wait_for(lambda s: re.search(r"pid \d+ RUN", s))).group(1)
        second = Terminal(self.workplace, "-m", "spin")
        self.addCleanup(second.close)
        other = re.search(r"pid (\d+)", second.wait_for(lambda s: re.search(r"pid \d+ RUN", s))).group(1)
        listing = Terminal(self.workplace, "--reattach")
        self.addCleanup(listing.close)
        screen = listing.wait_for("[exit 2]")
        self.assertRegex(screen, rf"(?m)^ *{pid} +0:\d\d  running, shown   spin\.py$")
        self.assertRegex(screen, rf"(?m)^ *{other} +0:\d\d  running, shown   -m spin$")
        self.assertIn("--reattach PID takes it over", screen.replace("\n", ""))
        again = Terminal(self.workplace, "--reattach", pid)
        self.addCleanup(again.close)
        again.wait_for(f"pid {pid} RUN")
        first.wait_for(lambda s: "another pyprof-tui has taken it over" in s and "[exit 0]" in s)
        for terminal in (again, second):
            terminal.keys("q")
            terminal.wait_for("leave it running")
            terminal.keys("b")
            terminal.wait_for("[exit 0]")
        listing = Terminal(self.workplace, "--reattach")
        self.addCleanup(listing.close)
        screen = listing.wait_for("[exit 2]")
        self.assertRegex(screen, rf"(?m)^ *{other} +0:\d\d  running          -m spin$")
        self.assertIn("choose one with --reattach PID", screen)


class TestLosing(LiveTest):
    def test_a_viewer_that_is_hung_up_leaves_the_run_alone(self):
        terminal = self.start("spin.py")
        pid = int(re.search(r"pid (\d+)", terminal.wait_for(lambda s: re.search(r"pid \d+ RUN", s))).group(1))
        terminal.tmux("kill-server")
        again = Terminal(self.workplace, "--reattach")
        self.addCleanup(again.close)
        again.wait_for(lambda s: f"pid {pid} RUN" in s and "[LIVE" in s)

    def test_a_recorder_that_is_killed(self):
        terminal = self.start("spin.py")
        terminal.wait_for(lambda s: " RUN " in s and " spin " in s)
        sockets = list(self.workplace.folder.glob("runtime/**/*.sock"))
        self.assertEqual(len(sockets), 1)
        os.kill(int(sockets[0].stem), signal.SIGKILL)
        screen = terminal.wait_for("the recorder of this run has ended")
        self.assertIn(" LOST ", screen)
        self.assertIn(" spin ", screen)
        sockets[0].unlink()
        terminal.keys("Enter")
        terminal.wait_for("All > spin.py > spin")
        terminal.keys("q")
        terminal.wait_for("[exit 0]")

    def test_a_script_that_is_not_there(self):
        terminal = self.start("nothing.py")
        screen = terminal.wait_for("[exit 2]")
        self.assertIn("nothing.py", screen.splitlines()[0])
        self.assertTrue(screen.startswith("pyprof-tui: "))


if __name__ == "__main__":
    unittest.main()
