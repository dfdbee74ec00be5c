"""Folders that cannot be written, full disks, a full place for the arena: said early, and nothing already saved is lost."""
import os
import pathlib
import re
import subprocess
import unittest

from workbench import WORKBENCH, FaultTest, can_mount, in_mount_namespace

NO_MOUNT = "small file systems cannot be mounted here (unshare --mount)"


class OutputFolder(FaultTest):
    """The place of the session is looked at before the run, so that no run is lost for it."""

    def setUp(self):
        super().setUp()
        self.write("target.py", "open('ran', 'w').close()\n")

    def refuse(self, output, *parts, **options):
        arguments = ["-o", output] if output else []
        process = self.run_workbench("--headless", *arguments, self.folder / "target.py", **options)
        self.assert_refused(process, 2, *parts)
        self.assertFalse((self.folder / "ran").exists(), "the target must not have run")

    def test_missing_folder(self):
        self.refuse("nowhere/run.pyprof", "nowhere")

    def test_folder_that_cannot_be_written(self):
        self.refuse("/proc/run.pyprof", "/proc")

    def test_current_folder_that_cannot_be_written(self):
        self.refuse(None, "/proc", "-o", cwd="/proc")

    @unittest.skipIf(os.getuid() == 0, "root may write everywhere")
    def test_folder_without_permission(self):
        (self.folder / "closed").mkdir(mode=0o555)
        self.refuse("closed/run.pyprof", "closed", "ermission")

    def test_a_directory(self):
        (self.folder / "sub").mkdir()
        self.refuse("sub", "sub")

    def test_a_file_in_place_of_a_folder(self):
        self.refuse("target.py/run.pyprof", "target.py")

    def test_a_file_that_is_no_session_is_not_overwritten(self):
        self.refuse("target.py", "target.py")
        self.assertEqual((self.folder / "target.py").read_text(), "open('ran', 'w').close()\n")

    def test_a_device(self):
        self.refuse("/dev/null", "/dev/null")

    def test_a_session_is_replaced_by_the_next_run(self):
        for status in (0, 1):
            self.write("target.py", f"raise SystemExit({status})\n")
            self.record("target.py", status=status)
            self.assertEqual(self.session()["exit"], {"status": status})

    def test_default_names_never_collide(self):
        for _ in range(3):
            self.assertEqual(self.run_workbench("--headless", "target.py").returncode, 0)
        names = sorted(path.name for path in self.folder.glob("*.pyprof"))
        self.assertEqual(len(names), 3)
        for name in names:
            self.assertRegex(name, r"^pyprof-target-\d{8}-\d{6}(-[23])?\.pyprof$")


@unittest.skipUnless(can_mount(), NO_MOUNT)
class FullDisk(FaultTest):
    def setUp(self):
        super().setUp()
        self.write("target.py", "def step(): pass\nfor i in range(77): step()\n")
        self.disk, self.rescue = self.folder / "disk", self.folder / "rescue"
        self.disk.mkdir()
        self.rescue.mkdir()
        self.environment["TMPDIR"] = str(self.rescue)

    def in_mounts(self, mounts, *steps):
        """Shell steps where these are mounted; `workbench` is the program."""
        script = "\n".join([f'workbench() {{ "{WORKBENCH}" "$@"; }}', *steps])
        return self.run_workbench("-c", script, command=[*in_mount_namespace(mounts), "sh"])

    def test_session_is_rescued(self):
        process = self.in_mounts({self.disk: "16k"}, "workbench --headless -o disk/run.pyprof target.py")
        self.assert_refused(process, 1, "disk/run.pyprof", f"{self.rescue}/run.pyprof")
        self.assert_calls(self.session(self.rescue / "run.pyprof"), step=77)

    def test_failing_target_keeps_its_status(self):
        self.write("target.py", "raise SystemExit(9)\n")
        process = self.in_mounts({self.disk: "16k"}, "workbench --headless -o disk/run.pyprof target.py")
        self.assert_refused(process, 9, f"{self.rescue}/run.pyprof")

    def test_nowhere_to_rescue_to(self):
        process = self.in_mounts({self.disk: "16k", self.rescue: "16k"},
                                 "workbench --headless -o disk/run.pyprof target.py")
        self.assert_refused(process, 1, "disk/run.pyprof")
        self.assertEqual(list(self.rescue.iterdir()), [])

    def test_what_was_saved_before_stays(self):
        process = self.in_mounts({self.disk: "2m"},
                                 "workbench --headless -o disk/run.pyprof target.py || exit 90",
                                 "head -c 4m /dev/zero > disk/filler 2>/dev/null",
                                 "cp disk/run.pyprof before",
                                 "workbench --headless -o disk/run.pyprof target.py; echo status $?",
                                 "cmp before disk/run.pyprof && ls -A disk")
        self.assertEqual(process.out.splitlines(), ["status 1", "filler", "run.pyprof"], process.err)
        self.assert_calls(self.session(self.rescue / "run.pyprof"), step=77)

    def test_report_that_cannot_be_written(self):
        process = self.in_mounts({self.disk: "16k"}, "workbench --headless --report functions -o run.pyprof target.py "
                                 "> /dev/full")
        self.assert_refused(process, 1, "No space left on device")
        self.assert_calls(self.session(), step=77)

    def test_export_that_cannot_be_written(self):
        self.write("target.py", "for i in range(300): exec(f'def f{i}(): pass\\nf{i}()')\n")
        self.record("target.py", status=0)
        process = self.in_mounts({self.disk: "16k"}, "workbench --export json -o disk/run.json run.pyprof")
        self.assert_refused(process, 1, "disk/run.json")


@unittest.skipUnless(can_mount(), NO_MOUNT)
class FullArenaPlace(FaultTest):
    """The profile itself needs room while the target runs."""

    def setUp(self):
        super().setUp()
        self.place = self.folder / "place"
        self.place.mkdir()
        self.environment["TMPDIR"] = str(self.place)

    def headless(self, mounts, *arguments):
        return self.run_workbench("--headless", "-k", "function,line", "-o", "run.pyprof", *arguments,
                                  command=[*in_mount_namespace(mounts), WORKBENCH])

    def test_no_room_anywhere(self):
        self.write("target.py", "open('ran', 'w').close()\n")
        process = self.headless({"/dev/shm": "1m", self.place: "1m"}, "target.py")
        self.assert_refused(process, 1, "/dev/shm", str(self.place), "TMPDIR")
        self.assertFalse((self.folder / "ran").exists())

    def test_disk_where_memory_is_full(self):
        self.write("target.py", "import glob, os\ndef step(): pass\nfor i in range(9): step()\n"
                   "print(len(glob.glob(os.environ['TMPDIR'] + '/pyprof-*.arena')))\n")
        process = self.headless({"/dev/shm": "1m"}, "target.py")
        self.assertEqual((process.returncode, process.out, process.err), (0, "1\n", ""))
        self.assert_calls(self.session(), step=9)
        self.assertEqual(list(self.place.iterdir()), [])

    def test_room_that_runs_out_while_the_target_runs(self):
        """The target fills the place itself, then makes work for the collectors: it must not notice."""
        self.write("target.py", """
            import os
            with open('/dev/shm/filler', 'wb', buffering=0) as filler:
                try:
                    while filler.write(bytes(65536)) == 65536:
                        pass
                except OSError:
                    pass
            total = 0
            for i in range(3000):
                space = {}
                exec("def f%d(n):\\n" % i + "    n += 1\\n" * 40 + "    return n\\n", space)
                total += space['f%d' % i](i)
            print(total)
            """)
        process = self.headless({"/dev/shm": "40m"}, "target.py")
        self.assertEqual((process.returncode, process.out, process.err), (0, f"{sum(range(3000)) + 3000 * 40}\n", ""))
        self.assertEqual(self.session()["exit"], {"status": 0})

    def test_file_size_limit(self):
        self.write("target.py", "open('ran', 'w').close()\n")
        process = self.run_workbench("-c", 'ulimit -f 1000; exec "$@"', "sh", WORKBENCH, "--headless", "-o", "run.pyprof",
                                     "target.py", command=["sh"])
        self.assert_refused(process, 1, "limit on file sizes", "ulimit -f")
        self.assertFalse((self.folder / "ran").exists())


if __name__ == "__main__":
    unittest.main()
