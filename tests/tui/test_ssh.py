"""The workbench over a real ssh connection to a sshd of this test's own, on the loopback: the line breaks, nothing is lost."""
import getpass
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import unittest

from terminal import TIME_LIMIT, WORKBENCH, Pty, Terminal, Workplace

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
CALLS = 100000

# Counts to a known number in two halves. Between them it waits for `go`, behind them for `end`: fifos, so that nobody polls.
TARGET = f"""\
    def step(value):
        return value + 1

    def half(value):
        for _ in range({CALLS}):
            value = step(value)
        return value

    value = half(0)
    print("half", value, flush=True)
    open("go").read()
    value = half(value)
    print("whole", value, flush=True)
    open("end").read()
    """


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """sshd with a configuration, a key and a port of its own; only this user's own new key opens it."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        (folder / "config").write_text("\n".join([
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {folder}/host", f"AuthorizedKeysFile {folder}/user.pub",
            "PidFile none", "StrictModes no", "UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password", "PrintMotd no", "PrintLastLog no", "PermitUserEnvironment no", ""]))
        if os.geteuid() == 0:  # where its unprivileged part lives
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.log = open(folder / "log", "wb")
        self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)

    def client(self, command):
        """The ssh command that runs this one in a terminal of its own over there."""
        options = ["BatchMode=yes", "StrictHostKeyChecking=no", f"UserKnownHostsFile={self.folder}/known", "LogLevel=ERROR",
                   "IdentitiesOnly=yes", "ConnectionAttempts=50"]
        return shlex.join(["ssh", "-F", "none", "-tt", *(part for option in options for part in ("-o", option)),
                           "-i", str(self.folder / "user"), "-p", str(self.port), f"{getpass.getuser()}@127.0.0.1", command])

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.log.close()


@unittest.skipUnless(SSHD and shutil.which("ssh"), "sshd and ssh are needed")
class TestSsh(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(target=TARGET)
        self.addCleanup(self.workplace.clean)
        keys = self.workplace.folder / "ssh"
        keys.mkdir(mode=0o700)
        self.server = Server(keys)
        self.addCleanup(self.server.close)
        for name in ("go", "end"):
            os.mkfifo(self.workplace.folder / name)

    def over_ssh(self, *arguments):
        settings = [f"{name}={value}" for name, value in self.workplace.environment.items()]
        remote = f"cd {shlex.quote(str(self.workplace.folder))}; exec {shlex.join(['env', *settings, WORKBENCH, *arguments])}"
        terminal = Terminal(self.workplace, shell=self.server.client(remote).replace("{", "{{").replace("}", "}}"))
        self.addCleanup(terminal.close)
        return terminal

    def start(self):
        terminal = self.over_ssh("--python", "/usr/bin/python3", "target.py")
        screen = terminal.wait_for(lambda s: re.search(r"pid \d+ RUN", s) and f"half {CALLS}" in s)
        return terminal, int(re.search(r"pid (\d+)", screen).group(1))

    def client_of(self, terminal):
        """The ssh client in this terminal."""
        shell = int(terminal.tmux("display-message", "-p", "#{pane_pid}"))
        children = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return next(int(child) for child in children if pathlib.Path(f"/proc/{child}/comm").read_text() == "ssh\n")

    def go_on(self, name):
        with open(self.workplace.folder / name, "w"):  # waits until the target reads
            pass

    def finish(self, terminal):
        """Ends the program, saves, and compares what was counted."""
        terminal.wait_for(f"whole {2 * CALLS}")
        self.go_on("end")
        terminal.wait_for("END exit 0")
        terminal.keys("s")
        terminal.wait_for("Save the session as: ")
        terminal.keys("C-u")
        terminal.text("over.pyprof")
        terminal.keys("Enter")
        terminal.wait_for("session saved: ")
        terminal.keys("q")
        terminal.wait_for("[exit 0]")
        exported = subprocess.run([WORKBENCH, "--export", "json", "over.pyprof"], cwd=self.workplace.folder,
                                  env=self.workplace.environment, stdout=subprocess.PIPE, check=True, timeout=TIME_LIMIT)
        calls = {row["name"]: row["calls"] for row in json.loads(exported.stdout)["functions"]}
        self.assertEqual((calls["step"], calls["half"]), (2 * CALLS, 2))

    def test_a_line_that_breaks_loses_nothing(self):
        terminal, pid = self.start()
        os.kill(self.client_of(terminal), signal.SIGKILL)
        terminal.wait_for("[exit ")
        os.kill(pid, 0)  # it goes on
        self.go_on("go")  # and works on with nobody watching
        again = self.over_ssh("--reattach")
        again.wait_for(f"pid {pid} RUN")
        self.finish(again)

    def test_a_line_that_hangs_is_taken_over(self):
        terminal, pid = self.start()
        client = self.client_of(terminal)
        os.kill(client, signal.SIGSTOP)
        self.addCleanup(os.kill, client, signal.SIGKILL)
        self.go_on("go")
        again = self.over_ssh("--reattach", str(pid))
        again.wait_for(f"pid {pid} RUN")
        self.finish(again)

    def test_a_stopped_daemon_session_ends_the_viewer_alone(self):
        terminal, pid = self.start()
        sessions = subprocess.run(["pgrep", "-P", str(self.server.process.pid)], stdout=subprocess.PIPE, text=True, check=True)
        for session in sessions.stdout.split():
            os.kill(int(session), signal.SIGKILL)
        terminal.wait_for("[exit ")
        os.kill(pid, 0)
        again = self.over_ssh("--reattach")
        again.wait_for(f"pid {pid} RUN")
        self.go_on("go")
        self.finish(again)


class TestUnreadTerminal(unittest.TestCase):
    def test_a_terminal_that_is_not_read_slows_nothing(self):
        """The viewer waits for its terminal in the middle of a drawing; target and recorder do not wait for the viewer."""
        workplace = Workplace(target=TARGET)
        self.addCleanup(workplace.clean)
        for name in ("go", "end"):
            os.mkfifo(workplace.folder / name)
        terminal = Pty(workplace, "--python", "/usr/bin/python3", "target.py")
        self.addCleanup(terminal.close)
        terminal.read_until(b"half ")
        terminal.stall()
        with open(workplace.folder / "go", "w"):
            pass
        with open(workplace.folder / "end", "w"):  # opens when the second half is done
            pass
        again = Terminal(workplace, "--reattach", next(workplace.folder.glob("runtime/**/*.sock")).stem)
        self.addCleanup(again.close)
        screen = again.wait_for(lambda s: "END exit 0" in s and f"whole {2 * CALLS}" in s)
        again.wait_for(lambda s: re.search(rf" {2 * CALLS} .*step", s))
        self.assertIn("[NOT SAVED]", screen)


if __name__ == "__main__":
    unittest.main()
