"""What users get wrong: each a sentence that names the thing and the remedy, and the right exit status."""
import os
import random
import shutil
import unittest

from workbench import PYTHON, WORKBENCH, FaultTest


class Targets(FaultTest):
    def headless(self, *arguments):
        return self.run_workbench("--headless", "-o", "run.pyprof", *arguments)

    def test_missing_script(self):
        self.assert_refused(self.headless("missing.py"), 2, "missing.py", "script")

    def test_directory(self):
        (self.folder / "sub").mkdir()
        self.assert_refused(self.headless("sub"), 2, "sub", "__main__.py")

    def test_directory_with_a_main(self):
        self.write("__main__.py", "import sys\nsys.exit(8)\n")
        self.assertEqual(self.headless(self.folder).returncode, 8)

    @unittest.skipIf(os.getuid() == 0, "root may read everything")
    def test_unreadable_script(self):
        self.write("closed.py", "").chmod(0)
        self.assert_refused(self.headless("closed.py"), 2, "closed.py", "ermission")

    def test_syntax_error_is_reported_as_python_does(self):
        self.write("wrong.py", "x = 1\ndef f(:\n    pass\n")
        plain = self.run_workbench("wrong.py", command=[PYTHON])
        process = self.headless("wrong.py")
        self.assertEqual((process.returncode, process.out, process.err), (1, "", plain.err))
        self.assertIn("SyntaxError", plain.err)
        self.assertEqual(self.session()["exit"], {"status": 1})

    def test_missing_module(self):
        plain = self.run_workbench("-m", "no_such_module", command=[PYTHON])
        process = self.headless("-m", "no_such_module")
        self.assertEqual(process.returncode, plain.returncode)
        self.assertEqual(process.err.split(": ", 1)[1], plain.err.split(": ", 1)[1])

    def test_a_script_that_leads_to_the_python(self):
        """As the shims of version managers do: what they run besides is left alone."""
        self.write("target.py", "import sys\nprint(sys.executable)\n")
        other = self.write("python3", f"#!/bin/sh\n/bin/true\nexec {PYTHON} \"$@\"\n")
        other.chmod(0o755)
        self.environment["PATH"] = f"{self.folder}:{self.environment['PATH']}"
        process = self.headless("target.py")
        self.assertEqual((process.returncode, process.out, process.err), (0, f"{PYTHON}\n", ""))
        self.assertEqual([f["calls"] for f in self.session()["functions"] if f["name"] == "<module>"], [1])

    def test_missing_interpreter(self):
        self.write("target.py", "")
        self.assert_refused(self.headless("--python", "/nowhere/python3", "target.py"), 2, "/nowhere/python3", "--python")

    def test_something_that_is_no_interpreter(self):
        self.write("target.py", "")
        self.assert_refused(self.headless("--python", "/bin/true", "target.py"), 2, "/bin/true", "--python")

    def test_missing_folder_of_the_target(self):
        self.write("target.py", "")
        self.assert_refused(self.headless("--set", "target.cwd=/nowhere", "target.py"), 2, "/nowhere")

    def test_no_host(self):
        """Without a host beside it there is nothing to run programs with."""
        shutil.copy(os.path.realpath(WORKBENCH), self.folder / "alone")
        self.write("target.py", "")
        process = self.run_workbench("--headless", "target.py", command=[self.folder / "alone"])
        self.assert_refused(process, 1, "pyprof-inject", "make")


class Configs(FaultTest):
    def refuse(self, text, *parts):
        self.write("wrong.yaml", text)
        self.write("target.py", "open('ran', 'w').close()\n")
        process = self.run_workbench("--headless", "-C", "wrong.yaml", "target.py")
        self.assert_refused(process, 2, *parts)
        self.assertFalse((self.folder / "ran").exists())

    def test_broken_yaml(self):
        self.refuse("target: [\n", "wrong.yaml:")

    def test_unknown_key(self):
        self.refuse("collectors:\n  functoin: {enabled: true}\n", "wrong.yaml:2:3: ", "functoin", "function")

    def test_missing_file(self):
        self.assert_refused(self.run_workbench("--headless", "-C", "missing.yaml", "x.py"), 2, "missing.yaml")


class Sessions(FaultTest):
    """A file that is no session, or no longer one, never ends in a crash or a made-up number."""

    def setUp(self):
        super().setUp()
        self.write("target.py", "def step(): pass\nfor i in range(41): step()\n")
        self.record("target.py", status=0)
        self.good = (self.folder / "run.pyprof").read_bytes()

    def report(self, content):
        (self.folder / "wrong.pyprof").write_bytes(content)
        return self.run_workbench("--report", "functions,lines", "wrong.pyprof")

    def test_missing(self):
        self.assert_refused(self.run_workbench("--report", "functions", "missing.pyprof"), 2, "missing.pyprof")

    def test_empty(self):
        self.assert_refused(self.report(b""), 2, "wrong.pyprof")

    def test_text(self):
        self.assert_refused(self.report(b"this is no session\n" * 100), 2, "wrong.pyprof")

    def test_foreign_database(self):
        self.run_workbench("-c", "import sqlite3; c = sqlite3.connect('wrong.pyprof'); c.execute('create table t (x)'); "
                           "c.commit()", command=[PYTHON])
        process = self.run_workbench("--report", "functions", "wrong.pyprof")
        self.assert_refused(process, 2, "wrong.pyprof")

    def test_directory(self):
        (self.folder / "sub.pyprof").mkdir()
        process = self.run_workbench("--report", "functions", "sub.pyprof")
        self.assert_refused(process, 2, "sub.pyprof")

    def assert_survives(self, content, what):
        process = self.report(content)
        self.assertIn(process.returncode, (0, 1, 2), f"{what}: {process.err}")
        if process.returncode:
            self.assert_refused(process, process.returncode, "wrong.pyprof")

    def test_truncated(self):
        """Refused, or nothing that counts was cut off."""
        size, whole = len(self.good), self.report(self.good).out
        for length in sorted({1, 15, 16, 17, 99, 100, 101, 4095, 4096, 4097, *range(0, size, size // 12), size - 1}):
            process = self.report(self.good[:length])
            with self.subTest(length=length):
                if process.returncode == 0 and length > size * 0.9:
                    self.assertEqual(process.out, whole)
                else:
                    self.assertIn(process.returncode, (1, 2), process.err)
                    self.assert_refused(process, process.returncode, "wrong.pyprof")

    def test_damaged(self):
        numbers = random.Random(20)
        for turn in range(40):
            content = bytearray(self.good)
            for _ in range(numbers.choice((1, 4, 64))):
                content[numbers.randrange(100, len(content))] = numbers.randrange(256)
            with self.subTest(turn=turn):
                self.assert_survives(bytes(content), f"turn {turn}")

    def test_the_original_still_opens(self):
        self.assert_calls(self.session(), step=41)


class Descriptors(FaultTest):
    def test_closed_standard_descriptors(self):
        """They are closed for the target, too, and nothing is printed into a file that took their numbers."""
        self.write("target.py", """
            import sys
            with open('seen', 'w') as seen:
                print(sys.stdin, sys.stdout, sys.stderr, file=seen)
            def step(): pass
            for i in range(41): step()
            sys.exit('to nobody')
            """)
        closing = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
        plain = self.run_workbench("target.py", command=[*closing, PYTHON])
        expected = (self.folder / "seen").read_text()
        process = self.run_workbench("--headless", "-k", "function", "--report", "functions", "-o", "run.pyprof",
                                     "target.py", command=[*closing, WORKBENCH])
        self.assertEqual(process.returncode, plain.returncode)
        self.assertEqual((self.folder / "seen").read_text(), expected)
        self.assertEqual(expected, "None None None\n")
        self.assert_calls(self.session(), step=41)


class Terminals(FaultTest):
    """No terminal to show anything on."""

    def test_without_a_terminal_it_runs_and_reports(self):
        self.write("target.py", "def step(): pass\nfor i in range(41): step()\nprint('out')\n")
        process = self.run_workbench("-o", "run.pyprof", "target.py", start_new_session=True)
        self.assertEqual((process.returncode, process.out), (0, "out\n"))
        self.assertIn("Functions of target.py", process.err)
        self.assertIn("Lines of target.py", process.err)
        self.assert_calls(self.session(), step=41)

    def test_a_session_needs_one(self):
        self.write("target.py", "")
        self.record("target.py", status=0)
        process = self.run_workbench("run.pyprof", start_new_session=True)
        self.assert_refused(process, 2, "terminal")

    def test_pipes_are_the_targets(self):
        script = self.write("target.py", "import sys\nprint(sys.stdin.read().upper(), end='')\n"
                            "print('error', file=sys.stderr)\n")
        process = self.start("--headless", "-o", "run.pyprof", script, stdin=-1)
        out, err = process.communicate("some words\n", timeout=60)
        self.assertEqual((process.returncode, out, err), (0, "SOME WORDS\n", "error\n"))


if __name__ == "__main__":
    unittest.main()
