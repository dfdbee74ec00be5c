"""Two terminals to run the workbench in: one of tmux, whose screen is read, and a bare pty, whose bytes are counted.

Nothing here sleeps for a fixed time: every wait is for something to be seen, with a limit.
"""
import contextlib
import fcntl
import os
import re
import pathlib
import pty
import select
import shlex
import signal
import struct
import subprocess
import tempfile
import termios
import textwrap
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKBENCH = os.environ.get("PYPROF_TEST_WORKBENCH") or str(ROOT / "pyprof-tui")
JULIA = str(ROOT / "tests" / "targets" / "julia.py")
TIME_LIMIT = float(os.environ.get("PYPROF_TEST_TIME_LIMIT", "40"))  # seconds to wait for a screen
pause = threading.Event()  # never set: between two looks at a screen

# Runs until it is stopped, but not longer than a test may take.
SPIN = textwrap.dedent("""\
    import time

    def spin(count):
        total = 0
        for number in range(count):
            total += number
        return total

    def main():
        end = time.monotonic() + 60
        while time.monotonic() < end:
            spin(20000)

    main()
    """)


class Workplace:
    """A folder of its own, with scripts, and an environment in which recorders of other runs are not found."""

    def __init__(self, **scripts):
        self.holder = tempfile.TemporaryDirectory(prefix="pyprof-test-")
        self.folder = pathlib.Path(self.holder.name)
        (self.folder / "runtime").mkdir(mode=0o700)
        (self.folder / "state" / "pyprof-tui").mkdir(parents=True)
        (self.folder / "state" / "pyprof-tui" / "greeted").touch()  # nobody is new here
        for name, text in scripts.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(text))
        self.environment = {
            "PATH": f"/usr/bin:/bin:{os.environ['PATH']}", "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.folder / "runtime"), "TMPDIR": str(self.folder),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def clean(self):
        self.end_leftovers()
        self.holder.cleanup()

    def end_leftovers(self):
        """Ends recorders that a test left behind; each is known by its socket, which is named after it."""
        for socket in self.folder.glob("runtime/**/*.sock"):
            with contextlib.suppress(ValueError, ProcessLookupError):
                os.kill(int(socket.stem), signal.SIGTERM)
        deadline = time.monotonic() + 10
        while list(self.folder.glob("runtime/**/*.sock")) and time.monotonic() < deadline:
            pause.wait(0.02)


class Terminal:
    """The workbench in a tmux session of its own server, at the size wanted."""
    count = 0

    def __init__(self, workplace, *arguments, columns=100, rows=30, shell=None, **environment):
        Terminal.count += 1
        self.server = f"pyprof-test-{os.getpid()}-{Terminal.count}"
        command = shell or "{workbench} {arguments}"
        command = command.format(workbench=shlex.quote(WORKBENCH), arguments=" ".join(map(shlex.quote, arguments)))
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        script = f"cd {shlex.quote(str(workplace.folder))}; {settings + ' ' if settings else ''}{command}; " \
                 "printf '\\n[exit %s]\\n' $?; exec cat"
        if settings:
            script = f"export {settings}; {script}"
        self.tmux("-u", "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), script,
                  environment=workplace.environment)

    def tmux(self, *arguments, environment=None, check=True):
        return subprocess.run(["tmux", "-L", self.server, *arguments], env=environment, check=check,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout

    def keys(self, *names):
        """Keys by tmux's names: "j", "Enter", "Escape", "C-c", "NPage"."""
        self.tmux("send-keys", *names)

    def text(self, text):
        self.tmux("send-keys", "-l", text)

    def screen(self):
        return self.tmux("capture-pane", "-p").rstrip("\n")

    def wait_for(self, wanted, limit=TIME_LIMIT):
        """Waits until the screen holds: `wanted` is a text that is in it, or a function of it that is true."""
        holds = wanted if callable(wanted) else lambda screen: wanted in screen
        deadline = time.monotonic() + limit
        while True:
            screen = self.screen()
            if holds(screen):
                return screen
            if time.monotonic() > deadline:
                raise AssertionError(f"{wanted!r} is not on the screen:\n{screen}")
            pause.wait(0.02)

    def select(self, name):
        """Finds a function by its name: which one the first row is, is a matter of time."""
        self.keys("/")
        self.text(name)
        self.wait_for(lambda s: s.splitlines()[-1].startswith(f" /{name}"))
        self.keys("Enter")
        self.wait_for(lambda s: re.search(rf"^>.* {name}\b", s, re.M) and "/" + name not in s.splitlines()[-1])

    def wait_gone(self, text):
        return self.wait_for(lambda screen: text not in screen)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self):
        """Quits without saving when the workbench still runs."""
        with contextlib.suppress(subprocess.CalledProcessError, AssertionError):
            if "[exit " not in self.screen():
                self.keys("C-]")
                self.keys("Escape")
                self.keys("Escape")
                self.keys("q")
                self.wait_for(lambda screen: "[exit " in screen or "[d]iscard" in screen, limit=5)
                if "[exit " not in self.screen():
                    self.keys("d")
                    self.wait_for("[exit ", limit=5)
        self.tmux("kill-server", check=False)


class Pty:
    """The workbench on a bare pty that is its controlling terminal."""

    def __init__(self, workplace, *arguments, columns=100, rows=30, **environment):
        settings = {**workplace.environment, "TERM": "xterm-256color", **environment}
        self.started = time.monotonic()
        self.process, self.master = pty.fork()
        if self.process == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.chdir(workplace.folder)
                os.execvpe(WORKBENCH, [WORKBENCH, *arguments], settings)
            finally:
                os._exit(126)
        self.output = b""

    def read(self, seconds):
        """What is written within that time."""
        collected = b""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    collected += os.read(self.master, 65536)
                except OSError:  # the other side is closed
                    break
        self.output += collected
        return collected

    def read_until(self, wanted, limit=TIME_LIMIT):
        """Reads until all that was written holds the bytes."""
        deadline = time.monotonic() + limit
        while wanted not in self.output:
            if time.monotonic() > deadline:
                raise AssertionError(f"{wanted!r} was not written; the last was {self.output[-400:]!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:
                    if wanted not in self.output:
                        raise AssertionError(f"{wanted!r} was not written: {self.output[-400:]!r}") from None
        return self.output

    def redraw_until(self, wanted, limit=TIME_LIMIT):
        """Has the whole screen drawn, again and again, until it holds the bytes: what is drawn over a screen that has
        half of them already is never written in one piece."""
        deadline = time.monotonic() + limit
        while wanted not in self.output:
            if time.monotonic() > deadline:
                raise AssertionError(f"{wanted!r} is not on the screen; the last was {self.output[-400:]!r}")
            self.write(b"\x0c")
            self.read(0.05)

    def read_until_quiet(self, seconds=1.0):
        while self.read(seconds):
            pass

    def write(self, text):
        os.write(self.master, text)

    def stall(self):
        """Has the screen drawn, with nobody to read it, until the workbench waits for its terminal. Each drawing is some KiB: where
        the kernel does not say what a process waits for, there are enough of them all the same."""
        for _ in range(300):
            self.write(b"\x0c")
            pause.wait(0.01)
            waits = pathlib.Path(f"/proc/{self.process}/wchan").read_text()
            if waits not in ("", "0") and "poll" not in waits:
                break

    def wait(self, limit=TIME_LIMIT):
        """The wait status of the workbench; what it writes meanwhile is read."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.read(0.05)
                self.process = 0
                return status
            self.read(0.05)
        raise AssertionError("the workbench does not end")

    def close(self):
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.master)
