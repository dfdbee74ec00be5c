"""A folder with Debian's unstable suite, which has the later versions of CPython with headers and test suites.

It is made by debootstrap from the mirror that apt uses here, kept, and used again. Commands run in it by chroot, each in a
mount namespace of its own, so nothing stays mounted whatever ends how. Needs root.
"""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("PYPROF_MATRIX_ROOT") or ROOT / "build" / "matrix" / "sid")
VERSIONS = ("3.13", "3.14", "3.15")
PACKAGES = ("gcc libc6-dev make procps libncurses-dev libyaml-dev libsqlite3-dev uthash-dev libcmocka-dev zlib1g-dev "
            "libexpat1-dev").split()
PACKAGES_OF_VERSION = "python{0} python{0}-dev python{0}-venv libpython{0}-testsuite"
SUITE = "sid"
DEFAULT_MIRROR = "http://deb.debian.org/debian"
TREE = "srv/pyprof"  # the copy of the project, in the root
# Runs inside of a new mount namespace: $1 is the root, $2 the folder in it, the rest a command. Signals that are ignored out
# here (nohup, a job in the background) are not ignored there. /sys says whether the
# processor's own clock can be used; without it what runs here would have other probes than outside.
ENTER = """
root=$1 folder=$2; shift 2
mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" && mount --rbind /dev "$root/dev" &&
    mount -t tmpfs tmpfs "$root/dev/shm" || exit 125
exec env --default-signal chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
"""


class CannotPrepare(Exception):
    """The root cannot be made; says why and what to do."""


def say(text):
    print(f"matrix: {text}", flush=True)


def run_here(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise CannotPrepare(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


def mirror():
    """Where apt gets Debian from on this machine."""
    try:
        found = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True).stdout
    except OSError:
        found = ""
    for address in found.splitlines():
        if address.rstrip("/").endswith("/debian"):
            return address
    return DEFAULT_MIRROR


def become_root():
    """Starts the running script again as root where that takes sudo."""
    if os.geteuid() != 0 and shutil.which("sudo"):
        os.execvp("sudo", ["sudo", "-E", sys.executable, *sys.argv])


class SidRoot:
    def __init__(self, folder=FOLDER, versions=VERSIONS):
        self.folder, self.versions = pathlib.Path(folder).resolve(), versions
        self.stamp = self.folder / "etc" / "pyprof-packages"

    def packages(self):
        return [*PACKAGES, *(name for v in self.versions for name in PACKAGES_OF_VERSION.format(v).split())]

    def is_ready(self):
        return self.stamp.is_file() and set(self.packages()) <= set(self.stamp.read_text().split())

    def prepare(self):
        """Makes the root and installs what is missing in it."""
        if os.geteuid() != 0:
            raise CannotPrepare("only root can make and enter a Debian root; run it as root or with sudo")
        if self.is_ready():
            return
        if not (self.folder / "etc" / "debian_version").is_file():
            self.bootstrap()
        say(f"installing {len(self.packages())} packages")
        settings = self.folder / "etc" / "apt" / "apt.conf.d" / "99pyprof"
        proxies = [line for line in run_here("apt-config", "dump").splitlines() if line.lower().startswith("acquire::http")
                   and "proxy" in line.lower()]
        settings.write_text("\n".join(['Acquire::Check-Valid-Until "false";', 'APT::Install-Recommends "false";', *proxies, ""]))
        shutil.copy("/etc/resolv.conf", self.folder / "etc" / "resolv.conf")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "-q", "update"], ["apt-get", "-q", "install", "-y", *self.packages()],
                        ["apt-get", "clean"]):
            done = self.run(command, environment=quiet, capture_output=True, text=True)
            if done.returncode != 0:
                raise CannotPrepare(f"`{' '.join(command)}` in {self.folder} ended with {done.returncode}:\n"
                                    f"{(done.stdout + done.stderr)[-3000:]}")
        self.stamp.write_text("\n".join(self.packages()) + "\n")

    def bootstrap(self):
        if not shutil.which("debootstrap"):
            say("installing debootstrap")
            run_here("apt-get", "-q", "update")
            run_here("apt-get", "-q", "install", "-y", "--no-install-recommends", "debootstrap")
        shutil.rmtree(self.folder, ignore_errors=True)  # of an attempt that did not end well
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        say(f"debootstrap of {SUITE} into {self.folder}")
        run_here("debootstrap", "--variant=minbase", SUITE, str(self.folder), mirror())

    def copy_tree(self, name=""):
        """Copies what git knows or would add, files that have changed only, so that make builds only what it has to; returns
        the copy's folder as seen in the root."""
        target = self.folder / (TREE + name)
        listed = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
                                capture_output=True)
        names = {text for text in listed.stdout.decode().split("\0") if text and (ROOT / text).is_file()}
        if not names:
            raise CannotPrepare(f"git names no files in {ROOT}: {listed.stderr.decode()}")
        for old in target.rglob("*"):
            relative = str(old.relative_to(target))
            if old.is_file() and not relative.startswith("build/") and relative not in names:
                old.unlink()
        for text in names:
            source, copy = ROOT / text, target / text
            if not copy.is_file() or copy.read_bytes() != source.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, copy)
        return "/" + TREE + name

    def add_python(self, version):
        """Makes a version the first python3 of a folder, as where somebody has installed it by hand; returns its path."""
        python = f"/opt/python{version}/bin/python3"
        path = self.folder / python.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_symlink():
            path.symlink_to(f"/usr/bin/python{version}")
        return python

    def command(self, command, folder="/"):
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh", str(self.folder), folder, *command]

    def run(self, command, *, folder="/", environment=None, **options):
        """As subprocess.run, in the root."""
        clean = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                 "TERM": "dumb", **(environment or {})}
        return subprocess.run(self.command(command, folder), env=clean, stdin=subprocess.DEVNULL, **options)


if __name__ == "__main__":
    become_root()
    try:
        SidRoot().prepare()
    except CannotPrepare as error:
        sys.exit(f"matrix: {error}")
