"""The recorder is killed: the target goes on, and the next start tidies up."""
import os
import signal
import unittest

from workbench import TIME_LIMIT, FaultTest, arenas_of


class RecorderDies(FaultTest):
    def setUp(self):
        super().setUp()
        self.write("target.py", """
            import os, sys
            def step(n):
                return n + 1
            print('ready', os.getpid(), flush=True)
            sys.stdin.readline()
            total = 0
            for i in range(100000):
                total = step(total)
            for i in range(200):
                exec(f'def f{i}(): return {i}\\ntotal += f{i}()')
            with open('done.part', 'w') as done:
                print(total, file=done)
            os.rename('done.part', 'done')
            """)

    def start_and_kill(self):
        """A recorder that was killed while its target waits; returns it and the target's number."""
        recorder = self.start("--headless", "-k", "function,line", "-o", "run.pyprof", "target.py", stdin=-1)
        ready, target = recorder.stdout.readline().split()
        self.assertEqual(ready, "ready")
        self.assertEqual(len(arenas_of(recorder.pid)), 1)
        recorder.kill()
        self.assertEqual(recorder.wait(), -signal.SIGKILL)
        return recorder, int(target)

    def let_target_end(self, recorder):
        """The pipes are the target's, too: they end when it does."""
        recorder.communicate("\n", timeout=TIME_LIMIT)

    def test_target_goes_on(self):
        recorder, _ = self.start_and_kill()
        self.let_target_end(recorder)
        self.assertEqual((self.folder / "done").read_text(), f"{100000 + sum(range(200))}\n")
        self.assertFalse((self.folder / "run.pyprof").exists())

    def test_next_start_removes_the_arena_and_the_target_goes_on(self):
        recorder, target = self.start_and_kill()
        self.assertEqual(len(arenas_of(recorder.pid)), 1)
        process = self.run_workbench("--headless", "-o", "other.pyprof", "-c", "pass")
        self.assertEqual((process.returncode, process.err), (0, ""))
        self.assertEqual(arenas_of(recorder.pid), [])
        os.kill(target, 0)
        self.let_target_end(recorder)
        self.assertEqual((self.folder / "done").read_text(), f"{100000 + sum(range(200))}\n")

    def test_arenas_in_use_are_left_alone(self):
        first = self.start("--headless", "-o", "run.pyprof", "target.py", stdin=-1)
        first.stdout.readline()
        self.assertEqual(self.run_workbench("--headless", "-o", "other.pyprof", "-c", "pass").returncode, 0)
        self.assertEqual(len(arenas_of(first.pid)), 1)
        first.communicate("\n")
        self.assertEqual(first.returncode, 0)
        self.assertEqual(arenas_of(first.pid), [])
        self.assert_calls(self.session(), step=100000)

    def test_nothing_is_left_behind(self):
        for arguments in (["-c", "pass"], ["-c", "import os; os.kill(os.getpid(), 9)"], ["missing.py"],
                          ["--set", "target.cwd=/nowhere", "-c", "pass"]):
            with self.subTest(arguments):
                process = self.run_workbench("--headless", "-o", "run.pyprof", *arguments)
                self.assertEqual(arenas_of(process.pid), [])
                self.assertEqual(arenas_of(process.pid, "/tmp"), [])


if __name__ == "__main__":
    unittest.main()
