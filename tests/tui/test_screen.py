"""What the workbench writes to its terminal: how much, how soon, and what it leaves behind."""
import contextlib
import fcntl
import os
import random
import re
import signal
import struct
import subprocess
import termios
import time
import unittest

from terminal import JULIA, SPIN, WORKBENCH, Pty, Terminal, Workplace, pause

ROW = b"build_axis"  # a row of the table; what the program prints has none of it
LEAVES = (b"\x1b[?1049l", b"\x1b[?25h")  # the other screen, and the cursor, of xterm


class ScreenTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(spin=SPIN)
        self.addCleanup(self.workplace.clean)

    def pty(self, *arguments, **options):
        terminal = Pty(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal


class TestBytes(ScreenTest):
    def test_first_paint(self):
        best = 10.0
        for _ in range(3):  # the best of a few: other work on this machine is not the viewer's
            terminal = self.pty("spin.py")
            terminal.read_until(b"pyprof")
            best = min(best, time.monotonic() - terminal.started)
            terminal.write(b"q")
            terminal.read_until(b"iscard")
            terminal.write(b"d")
            terminal.wait()
        self.assertLess(best, 0.1)

    def test_refreshes_are_small(self):
        for keys in (b"", b"1", b"6"):  # the function table, the same with its trend, the memory pane
            with self.subTest(keys=keys):
                self.refreshes_are_small(keys)

    def refreshes_are_small(self, keys):
        terminal = self.pty("-k", "function,line,memory", JULIA, "3000", "300")
        terminal.read_until(b"RUN")
        terminal.write(keys)
        terminal.read(3)  # the table settles
        refreshes = 16
        written = len(terminal.read(refreshes * 0.5))
        self.assertGreater(written, 0)
        self.assertLessEqual(written / refreshes, 700)

    def test_nothing_is_written_while_frozen(self):
        terminal = self.pty("spin.py")
        terminal.read_until(b"RUN")
        terminal.write(b" ")
        terminal.read_until(b"FROZEN")
        terminal.read_until_quiet(0.5)
        self.assertEqual(terminal.read(1.2), b"")  # two refreshes and more

    def test_nothing_is_written_after_the_end(self):
        terminal = self.pty(JULIA, "60", "50")
        terminal.read_until(b"NOT SAVED")
        terminal.redraw_until(ROW)  # the last model
        terminal.read_until_quiet(0.5)
        self.assertEqual(terminal.read(1.2), b"")  # two refreshes and more


class TestEnds(ScreenTest):
    def restored_after(self, number):
        terminal = self.pty("spin.py")
        terminal.read_until(b"RUN")
        self.assertIn(b"\x1b[?1049h", terminal.output)
        before = len(terminal.output)
        os.kill(terminal.process, number)
        status = terminal.wait()
        self.assertEqual(os.WTERMSIG(status), number)
        for sequence in LEAVES:
            self.assertIn(sequence, terminal.output[before:])
        if number != signal.SIGHUP:  # that one's terminal is gone
            self.assertIn(b"--reattach comes back to it", terminal.output[before:])

    def test_signals_restore_the_terminal(self):
        for number in (signal.SIGSEGV, signal.SIGTERM, signal.SIGHUP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE):
            with self.subTest(number=number):
                self.restored_after(number)

    def test_an_unread_terminal_does_not_hold_a_dying_viewer(self):
        terminal = self.pty("spin.py")
        terminal.read_until(b"RUN")
        terminal.stall()
        os.kill(terminal.process, signal.SIGTERM)
        deadline = time.monotonic() + 5
        status = (0, 0)
        while status[0] == 0 and time.monotonic() < deadline:
            status = os.waitpid(terminal.process, os.WNOHANG)
            pause.wait(0.02)
        self.assertEqual(os.WTERMSIG(status[1]), signal.SIGTERM)
        terminal.process = 0

    def test_quitting_restores_the_terminal(self):
        terminal = self.pty(JULIA, "60", "50")
        terminal.read_until(b"NOT SAVED")
        terminal.write(b"q")
        terminal.read_until(b"iscard")
        terminal.write(b"d")
        self.assertEqual(os.waitstatus_to_exitcode(terminal.wait()), 0)
        for sequence in LEAVES:
            self.assertIn(sequence, terminal.output)


class TestRandomKeys(ScreenTest):
    # All but what leaves the program or starts another one: q, ^z, e.
    KEYS = [key.encode() for key in "jkhlgGHL0123456+-=[]cy/nN&\\xo<>I% F{}TrSs:?MvVmpzZCK'\"\r\t\x1b\x1b\x1b\x04\x15\x0c\x1d"]
    KEYS += [b"\x1b[A", b"\x1b[B", b"\x1b[5~", b"\x1b[6~", b"\x1b[Z", b"\x1b[F", b"\x1bOP"]
    KEYS += ["\u00e9".encode(), b"\xff", b"\0"]

    def resize(self, terminal, rows, columns):
        fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, terminal, keys):
        """The exit status, or None while it runs."""
        with contextlib.suppress(OSError):
            terminal.write(keys)
        terminal.read(0.02)
        process, status = os.waitpid(terminal.process, os.WNOHANG)
        if process:
            terminal.process = 0
            return os.waitstatus_to_exitcode(status)
        return None

    def hammer(self, seed):
        chance = random.Random(seed)
        terminal = self.pty("-k", "function,line,memory", "spin.py")
        terminal.read_until(b"RUN")
        for turn in range(40):
            if turn % 8 == 7:
                self.resize(terminal, chance.choice((1, 8, 12, 24, 30, 50)), chance.choice((2, 60, 80, 100, 150)))
            ended = self.press(terminal, b"".join(chance.choices(self.KEYS, k=25)))
            if ended is not None:  # by the palette
                self.assertEqual(ended, 0, terminal.output[-3000:])
                return
        self.resize(terminal, 30, 100)
        for key in (b"\x1d", b"\x1b", b"\x1b", b"\x1b"):
            self.press(terminal, key)
        terminal.output = b""
        terminal.write(b"\x0c")
        terminal.read_until(b" pyprof ")
        os.kill(terminal.process, signal.SIGTERM)
        terminal.wait()
        self.workplace.end_leftovers()

    def test_random_keys(self):
        for seed in range(4):
            with self.subTest(seed=seed):
                self.hammer(seed)


class TestTerminals(ScreenTest):
    def refused(self, *arguments, **environment):
        terminal = self.pty(*arguments, **environment)
        status = os.waitstatus_to_exitcode(terminal.wait())
        self.assertEqual(status, 2, terminal.output)
        self.assertRegex(terminal.output, rb"\Apyprof-tui: [^\n]*\n\Z")
        return terminal.output

    def test_terminals_that_cannot_be_drawn_on(self):
        self.assertIn(b'"dumb"', self.refused("spin.py", TERM="dumb"))
        self.assertIn(b'"nothing-known"', self.refused("spin.py", TERM="nothing-known"))
        self.assertIn(b"TERM", self.refused("spin.py", TERM=""))

    def screen_of(self, **environment):
        terminal = self.pty(JULIA, "60", "50", **environment)
        terminal.redraw_until(ROW)
        terminal.read_until(b"NOT SAVED")
        terminal.write(b"q")
        terminal.read_until(b"iscard")
        terminal.write(b"d")
        terminal.wait()
        return terminal.output

    def test_no_color(self):
        colored = re.compile(rb"\x1b\[[0-9;]*(?:3[0-7]|4[0-7])[0-9;]*m")
        self.assertRegex(self.screen_of(), colored)
        self.assertNotRegex(self.screen_of(NO_COLOR="1"), colored)
        self.assertNotRegex(self.screen_of(TERM="xterm-mono"), colored)

    def test_themes(self):
        light, safe = rb"\x1b\[(?:[0-9;]*;)?38;5;160m", rb"\x1b\[(?:[0-9;]*;)?38;5;227m"
        terminal = self.pty("--set", "ui.theme=light", JULIA, "60", "50")
        terminal.redraw_until(ROW)
        self.assertRegex(terminal.output, light)
        self.assertNotRegex(terminal.output, safe)
        for name in (b"high-contrast", b"colour-blind-safe"):
            terminal.write(b"\x14")
            terminal.read_until(name)
        terminal.output = b""
        terminal.redraw_until(ROW)
        self.assertRegex(terminal.output, safe)
        self.assertNotRegex(terminal.output, light)
        terminal.write(b"S\r")
        terminal.read_until(b"saved:")
        self.assertIn("theme: colour-blind-safe", (self.workplace.folder / ".pyprof.yaml").read_text())

    def test_eight_colours(self):
        written = self.screen_of(TERM="xterm")
        self.assertRegex(written, rb"\x1b\[[0-9;]*3[0-7]m")
        self.assertNotIn(b"38;5;", written)

    def test_true_colours(self):
        """A terminal of its own description, as few are installed."""
        (self.workplace.folder / "direct.ti").write_text(
            "direct|true colours,\n\tRGB, colors#0x1000000, pairs#0x7FFF, use=xterm-256color,\n"
            "\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%d%;m,\n")
        folder = self.workplace.folder / "terminfo"
        subprocess.run(["tic", "-x", "-o", str(folder), str(self.workplace.folder / "direct.ti")], check=True)
        terminal = self.pty("--set", "ui.theme=light", JULIA, "60", "50", TERM="direct", TERMINFO=str(folder))
        terminal.redraw_until(ROW)
        self.assertIn(b"38:2::215:0:0m", terminal.output)

    def test_ascii_where_the_locale_is_not_utf8(self):
        written = self.screen_of(LC_ALL="C")
        self.assertEqual([byte for byte in written if byte > 0x7e and byte != 0x7f], [])
        self.assertIn(b"calculate_z", written)

    def test_vt100(self):
        written = self.screen_of(TERM="vt100")
        self.assertEqual([byte for byte in written if byte > 0x7f], [])
        self.assertIn(b"calculate_z", written)

    def test_copy_goes_through_the_terminal(self):
        terminal = self.pty(JULIA, "60", "50")
        terminal.redraw_until(ROW)  # the table may come after the end of so short a run was told
        terminal.write(b"y")
        terminal.read_until(b"\x1b]52;c;")

    def test_copy_says_so_where_there_is_no_row_yet(self):
        terminal = Terminal(self.workplace, "-k", "none", "spin.py")
        self.addCleanup(terminal.close)
        terminal.wait_for(" RUN ")
        terminal.keys("y")
        terminal.wait_for("there is nothing here to copy")

    def test_no_terminal_at_all(self):
        done = subprocess.run([WORKBENCH, JULIA, "20", "20"], cwd=self.workplace.folder, start_new_session=True,
                              env=self.workplace.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        self.assertNotIn(b"Traceback", done.stderr)
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)


class TestKeys(ScreenTest):
    def test_a_key_whose_parts_come_apart(self):
        """Over ssh an arrow may come in pieces: it is no Esc, and [ goes back to nowhere."""
        terminal = self.pty(JULIA, "60", "50", SSH_CONNECTION="::1 1 ::1 22")
        terminal.redraw_until(ROW)
        for part in (b"\x1b", b"[", b"B", b"\x1b", b"O", b"A"):
            terminal.write(part)
            pause.wait(0.03)
        terminal.read_until_quiet(0.3)
        self.assertNotIn(b"nothing to go back to", terminal.output)
        self.assertNotIn(b"does nothing here", terminal.output)

    def test_keys_that_break_off(self):
        terminal = self.pty(JULIA, "60", "50")
        terminal.redraw_until(ROW)
        for part in (b"\x1b[", b"\x1bO", b"\x1b[<0;", b"\x1b[200~", b"\xe2\x82", b"\x1b\x1b[A", b"\xff\xfe"):
            terminal.write(part)
            terminal.read_until_quiet(0.2)
        terminal.output = b""
        terminal.redraw_until(b" pyprof ")


class TestNames(ScreenTest):
    def test_what_a_program_names_and_prints_never_reaches_the_terminal_raw(self):
        """A title, a clipboard, colours and cursor movements, in names of functions and files, in source and output."""
        evil = "\x1b]0;owned\x07\x1b[31;5m\x9b5A\x7f"
        (self.workplace.folder / "evil.py").write_text(
            "import types\n"
            f"def f(): # {evil}\n    return sum(range(20000))\n"
            f"code = f.__code__.replace(co_name={evil!r} + 'x' * 4000, co_qualname='EVIL' + {evil!r} + 'x' * 4000)\n"
            "g = types.FunctionType(code, globals())\n"
            f"exec(compile('def named(): return 1\\nnamed()', {evil!r} + 'file.py', 'exec'))\n"
            f"print({evil!r})\n"
            "for _ in range(50): g(); f()\n")
        terminal = self.pty("evil.py")
        terminal.read_until(b"NOT SAVED")
        terminal.write(b"x")  # the program's own functions are few
        terminal.redraw_until(b"EVIL")
        for keys in (b"\r", b"5", b"2", b"3", b"7", b"8", b"9", b"a", b"6", b"1", b"c", b"1", b"?", b"\x1b"):
            terminal.write(keys + b"\x0c")
            terminal.read(0.1)
        written = terminal.output
        self.assertNotIn(b"]0;owned", written.replace(b"\x1b[", b"").replace("\u241b]0;owned".encode(), b""))
        self.assertNotIn(b"\x1b]0;", written)
        self.assertNotIn(b"\x07", written)
        self.assertNotIn(b"\x1b[31;5m", written)
        self.assertNotIn("\x9b".encode(), written)
        self.assertNotIn(b"\x7f", written)

    def test_what_is_said_at_the_end_is_escaped(self):
        terminal = self.pty("/nowhere/\x1b]0;owned\x07.py")
        terminal.wait()
        self.assertIn(b"owned", terminal.output)
        self.assertNotIn(b"\x1b]", terminal.output)
        self.assertNotIn(b"\x07", terminal.output)


class TestOpening(ScreenTest):
    def test_a_file_that_is_no_session(self):
        (self.workplace.folder / "x.pyprof").write_text("nothing of the kind\n" * 100)
        terminal = self.pty("x.pyprof")
        status = terminal.wait()
        self.assertEqual(os.waitstatus_to_exitcode(status), 2)
        self.assertIn(b"not a session of pyprof-tui", terminal.output)
        for sequence in LEAVES:
            self.assertIn(sequence, terminal.output)

    def test_leaving_before_it_is_open(self):
        """A session that never comes to an end: its file is a pipe that nobody writes to, so it is no regular file."""
        os.mkfifo(self.workplace.folder / "x.pyprof")
        terminal = self.pty("x.pyprof")
        self.assertNotEqual(os.waitstatus_to_exitcode(terminal.wait()), 0)
        self.assertIn(b"x.pyprof", terminal.output)


class TestScreenReader(ScreenTest):
    def test_lines_and_no_control_sequences_on_any_terminal(self):
        for name in ("dumb", "nothing-known", "xterm-256color"):
            with self.subTest(name=name):
                self.read_through(self.pty("--set", "ui.screen_reader=true", JULIA, "200", "100", TERM=name))

    def read_through(self, terminal):
        terminal.read_until(b"END exit 0")
        terminal.read_until(b", File:line julia.py:")  # the first row comes when there is one
        for keys, wanted in ((b"/build_grid", b"/build_grid"), (b"\r", b""), (b"\r", b"[2] julia.py:"), (b"\x1b[B", b"\r\n"), (b"5", b"checksum:"),
                             (b"1", b"[1] Functions"), (b"\x0c", b"build_axis"), (b"?", b"next row"), (b"\x1b", b""),
                             (b"q", b"[d]iscard")):
            terminal.output = b""
            terminal.write(keys)
            terminal.read_until(wanted)
            self.assertNotIn(b"\x1b", terminal.output)
        terminal.write(b"d")
        self.assertEqual(os.waitstatus_to_exitcode(terminal.wait()), 0)

    def test_numbers_that_change_are_read_at_a_pace_and_when_asked(self):
        terminal = self.pty("--set", "ui.screen_reader=true", "--set", "ui.screen_reader_s=1", "spin.py", TERM="dumb")
        calls = re.compile(rb"^spin, .*Calls (\d+),", re.M)
        deadline = time.monotonic() + 30
        while len(set(calls.findall(terminal.output))) < 3 and time.monotonic() < deadline:
            terminal.read(0.1)
        read = [int(number) for number in calls.findall(terminal.output)]
        self.assertGreaterEqual(len(read), 3)
        self.assertEqual(read, sorted(read))
        terminal.output = b""
        terminal.write(b"R")
        terminal.read_until(b"RUN 0:")
        terminal.read_until(b"spin, ")

    def test_the_terminal_is_given_back(self):
        terminal = self.pty("--set", "ui.screen_reader=true", "spin.py", TERM="dumb")
        terminal.read_until(b"[1] Functions")
        self.assertFalse(termios.tcgetattr(terminal.master)[3] & termios.ECHO)
        os.kill(terminal.process, signal.SIGSEGV)
        self.assertEqual(os.WTERMSIG(terminal.wait()), signal.SIGSEGV)
        self.assertTrue(termios.tcgetattr(terminal.master)[3] & termios.ECHO)
        self.assertIn(b"--reattach comes back to it", terminal.output)


class TestColours(ScreenTest):
    """As many colours as the terminal has, told from what is sent."""

    def sent(self, **environment):
        terminal = self.pty("--set", "ui.theme=colour-blind-safe", JULIA, "60", "50", **environment)
        terminal.read_until(b"NOT SAVED")
        terminal.redraw_until(b"palette")  # the keys below have a colour
        parameters = b";".join(re.findall(rb"\x1b\[([0-9;]*)m", terminal.output))
        terminal.write(b"qd")
        self.assertEqual(os.waitstatus_to_exitcode(terminal.wait()), 0)
        return parameters

    def test_two_hundred_and_fifty_six(self):
        self.assertIn(b"38;5;74", self.sent(TERM="xterm-256color"))
        self.assertNotIn(b"38;2;", self.sent(TERM="xterm-256color", COLORTERM="yes"))

    def test_true_colours_where_colorterm_says_so(self):
        for promise in ("truecolor", "24bit"):
            with self.subTest(promise):
                parameters = self.sent(TERM="xterm-256color", COLORTERM=promise)
                self.assertIn(b"38;2;95;175;215", parameters)
                self.assertNotIn(b"38;5;", parameters)

    def test_eight(self):
        parameters = self.sent(TERM="xterm-color")
        self.assertRegex(parameters, rb"\b36\b")
        self.assertNotIn(b"38;", parameters)

    def test_none(self):
        for settings in ({"TERM": "xterm-mono"}, {"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}):
            with self.subTest(settings):
                self.assertNotRegex(self.sent(**settings), rb"\b(3[0-8]|4[0-8]|9[0-7])\b")


class TestMouse(ScreenTest):
    def test_clicks_and_wheel(self):
        terminal = self.pty(JULIA, "60", "50")
        terminal.read_until(b"NOT SAVED")
        terminal.write(b"M")
        terminal.read_until(b"\x1b[?1006;1000h")
        terminal.write(b"\x1b[<0;70;8M\x1b[<0;70;8m")  # into the source
        terminal.read_until(b"=[2]=")
        terminal.write(b"\x1b[<65;10;8M")  # down, over the functions
        terminal.read_until(b"=[1]=")
        before = len(terminal.output)
        os.kill(terminal.process, signal.SIGTERM)
        terminal.wait()
        self.assertIn(b"\x1b[?1000l", terminal.output[before:])


class TestSuspending(ScreenTest):
    def test_suspend_and_continue(self):
        terminal = Terminal(self.workplace, "spin.py",
                            shell="set -m; {workbench} {arguments}; echo '[stopped]'; read -r line; fg")
        self.addCleanup(terminal.close)
        def calls(screen):
            found = re.search(r"(\d+) +[.\d]+[BKMG]? +spin ", screen)
            return int(found.group(1)) if found else 0
        before = calls(terminal.wait_for(lambda s: " RUN " in s and calls(s)))
        terminal.keys("C-z")
        terminal.wait_for(lambda s: "[stopped]" in s and "[LIVE" not in s)
        terminal.keys("Enter")
        terminal.wait_for(lambda s: " RUN " in s and calls(s) > before)

    def test_editor(self):
        (self.workplace.folder / "editor").write_text("#!/bin/sh\necho \"$@\" > edited\n")
        (self.workplace.folder / "editor").chmod(0o700)
        terminal = Terminal(self.workplace, "spin.py", EDITOR="./editor")
        self.addCleanup(terminal.close)
        terminal.wait_for(lambda s: re.search(r"^>.* spin ", s, re.M))
        terminal.keys("e")
        edited = self.workplace.folder / "edited"
        deadline = time.monotonic() + 20
        while not (edited.exists() and edited.read_text()) and time.monotonic() < deadline:
            pause.wait(0.02)
        self.assertRegex(edited.read_text(), r"^\+\d+ .*spin\.py\n$")
        terminal.wait_for("[LIVE 2Hz]")


if __name__ == "__main__":
    unittest.main()
