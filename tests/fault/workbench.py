"""Running the workbench where things go wrong, and looking at what it left."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKBENCH = os.environ.get("PYPROF_TEST_WORKBENCH") or str(ROOT / "pyprof-tui")
PYTHON = os.environ.get("PYPROF_TEST_PYTHON", "/usr/bin/python3")
TIME_LIMIT = 60  # seconds for one run


class FaultTest(unittest.TestCase):
    """A test in a new folder, which is the current one of all it starts."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pyprof-fault-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        # The python3 that is found first is the one compared with; another one would be told about on stderr.
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1",
                                PATH=f"{os.path.dirname(PYTHON)}:{os.environ['PATH']}")
        self.environment.pop("VIRTUAL_ENV", None)
        self.environment.pop("TMPDIR", None)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        return path

    def start(self, *arguments, command=(WORKBENCH,), **options):
        """The workbench (or another command in front of it), with pipes; killed with the test."""
        settings = dict(cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, text=True)
        settings.update(options)
        process = subprocess.Popen([*command, *map(str, arguments)], **settings)

        def end():
            process.kill()
            process.communicate()
        self.addCleanup(end)
        return process

    def run_workbench(self, *arguments, **options):
        process = self.start(*arguments, **options)
        process.out, process.err = process.communicate(timeout=TIME_LIMIT)
        return process

    def record(self, *arguments, status, **options):
        """A headless run that must end so; its session is run.pyprof."""
        process = self.run_workbench("--headless", "-k", "function,line", "-o", "run.pyprof", *arguments, **options)
        self.assertEqual(process.returncode, status, process.err)
        return process

    def session(self, name="run.pyprof"):
        """A saved session as its JSON export."""
        process = self.run_workbench("--export", "json", name)
        self.assertEqual((process.returncode, process.err), (0, ""))
        return json.loads(process.out)

    def assert_calls(self, session, **calls):
        found = {row["name"]: row["calls"] for row in session["functions"] if row["name"] in calls}
        self.assertEqual(found, calls)

    def assert_refused(self, process, status, *parts):
        """It ended with that status and one sentence of its own on stderr that holds these parts."""
        self.assertEqual(process.returncode, status, process.err)
        own = [line for line in process.err.splitlines() if line.startswith("pyprof-tui: ")]
        self.assertEqual(len(own), 1, process.err)
        for part in parts:
            self.assertIn(part, own[0])


def arenas_of(recorder, folder="/dev/shm"):
    """The arena files of one recorder process."""
    return sorted(pathlib.Path(folder).glob(f"pyprof-{os.getuid()}-{recorder}-*.arena"))


def in_mount_namespace(mounts):
    """A command prefix for running with small tmpfs mounted: {folder: size}. Its command follows as "$@"."""
    steps = " && ".join(f"mount -t tmpfs -o size={size},mode=1777 tmpfs '{folder}'" for folder, size in mounts.items())
    unshare = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    return [*unshare, "sh", "-c", steps + ' && exec "$@"', "sh"]


def can_mount():
    """Whether small file systems can be mounted here; where not, tests of full disks have to be skipped."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return subprocess.run([*in_mount_namespace({folder: "64k"}), "true"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        except OSError:
            return False
