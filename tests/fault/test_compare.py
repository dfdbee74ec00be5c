"""Functions compared where things go wrong around them: no engine, no room, a slow start, an end by force."""
import json
import os
import shutil
import time
import unittest

from workbench import PYTHON, WORKBENCH, FaultTest, arenas_of

PROGRAM = """
    import os

    def one():
        return 1

    def uno():
        return 1

    def waits():
        open(os.environ["STARTED"], "w").close()
        while True:
            pass
"""


class CompareTest(FaultTest):
    def setUp(self):
        super().setUp()
        self.write("a.py", PROGRAM)

    def compare(self, *options, command=(WORKBENCH,), functions=("a.py:one", "a.py:uno"), **settings):
        return self.run_workbench("--python", PYTHON, "--compare", "--time", "0.03", *options, *functions, command=command, **settings)

    def left_running(self):
        found = []
        for process in os.listdir("/proc"):
            try:
                if process.isdigit() and os.readlink(f"/proc/{process}/cwd") == str(self.folder):
                    found.append(process)
            except OSError:
                pass
        return found

    def test_without_an_engine(self):
        """All but the counts is there, and the report says what is missing."""
        alone = shutil.copy(os.path.realpath(WORKBENCH), self.folder / "alone")
        process = self.compare("--export", "json", command=(alone,))
        self.assertEqual((process.returncode, process.err), (0, ""))
        found = json.loads(process.out)
        self.assertIn("pyprof-inject.so", found["not_counted"])
        self.assertNotIn("instructions", found["candidates"][0])
        self.assertTrue(found["candidates"][0]["runs_ns"])
        process = self.compare(command=(alone,))
        self.assertEqual((process.returncode, process.err), (0, ""))
        self.assertIn("\nNot all could be counted: ", process.out)
        self.assertNotIn("instructions  allocations", process.out)

    def test_no_room_for_the_report(self):
        with open("/dev/full", "w") as full:
            for options in ((), ("--export", "json")):
                process = self.compare(*options, stdout=full)
                self.assertEqual(process.returncode, 1)
                self.assertIn("cannot be written", process.err)
        process = self.compare("--export", "json", "-o", "nowhere/out.json")
        self.assert_refused(process, 2, "nowhere")

    def test_slow_start(self):
        """Where starting takes longer than measuring, it is not done for every block, and the report says so."""
        self.write("slow.py", "import time\ntime.sleep(0.6)\ndef one(): return 1\n")
        process = self.compare("--export", "json", functions=("slow.py:one", "slow.py:one"))
        self.assertEqual(process.err, "")
        found = json.loads(process.out)
        self.assertTrue(found["one_process"])
        self.assertGreaterEqual(found["blocks"], 3)

    def test_killed(self):
        """Candidates do not outlive the one who called them."""
        started = self.folder / "started"
        os.mkfifo(started)
        process = self.start("--python", PYTHON, "--compare", "a.py:waits", "a.py:one", env=dict(self.environment, STARTED=str(started)))
        started.open().close()  # until it is called
        process.kill()
        process.communicate()
        end = time.monotonic() + 10
        while self.left_running() and time.monotonic() < end:
            pass
        self.assertEqual(self.left_running(), [])

    def test_nothing_is_left(self):
        process = self.start("--python", PYTHON, "--compare", "--time", "0.03", "a.py:one", "a.py:uno")
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertEqual(arenas_of(process.pid), [])
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["a.py"])


if __name__ == "__main__":
    unittest.main()
