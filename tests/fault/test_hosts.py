"""Pythons that no engine is there for: one is built once, or what is missing is said before anything of the program has run."""
import contextlib
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import tempfile
import textwrap
import time
import unittest

from workbench import PYTHON, ROOT, TIME_LIMIT, WORKBENCH, FaultTest

VERSION = subprocess.run([PYTHON, "-c", "import sysconfig; print(sysconfig.get_config_var('py_version_short'))"], text=True,
                         capture_output=True, check=True).stdout.strip()
ENGINE = f"pyprof-host-{VERSION}.so"
BUILT = pathlib.Path(WORKBENCH).resolve().parent / ENGINE
BUILDING = f"pyprof-tui: building the engine for Python {VERSION} (once) ..."
TARGET = "import sys\ndef step(): pass\nfor i in range(77): step()\nprint('ran', sys.stdin.read())\nsys.exit(3)\n"

# Instead of waiting for a compiler: notes that it was called, does STEPS, and makes the engine that is there already.
QUICK_COMPILER = """
    #!/bin/sh
    echo "$PWD $*" >>'{folder}/compiled'
    while [ "$1" != -o ]; do shift; done
    {steps}
    exec cp '{engine}' "$2"
    """

# What the injector and `python -c` see of a Python, and no more. TEXT is its version, INCLUDE where its headers are.
FAKE_PYTHON = r"""
    #include <stdio.h>
    #include <string.h>
    const char *Py_GetVersion(void) { return TEXT; }
    #ifdef RELEASE
    const unsigned long Py_Version = RELEASE;
    #endif
    int MAIN(int count, char **arguments) { (void)count; (void)arguments; return 0; }
    int _Py_NegativeRefcount_of_this;
    int main(int count, char **arguments) {
        for (int i = 1; i < count; i++)
            if (strcmp(arguments[i], "-S") == 0) {
                printf("%.*s\n%s\n%s\n%s\n\n", (int)strcspn(TEXT, " "), TEXT, arguments[0], INCLUDE, INCLUDE);
                return 0;
            }
        fclose(fopen("ran", "w"));
        return 0;
    }
    """


class HostTest(FaultTest):
    """An installed workbench without an engine, and a cache of its own."""

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="pyprof-install-")
        cls.addClassCleanup(holder.cleanup)
        cls.prefix = pathlib.Path(holder.name) / "usr"
        subprocess.run(["make", "--silent", "install", "PREFIX=/usr", f"DESTDIR={holder.name}", f"PYTHON={PYTHON}"], cwd=ROOT,
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        (cls.prefix / "libexec/pyprof-tui" / ENGINE).unlink()

    def setUp(self):
        super().setUp()
        self.cache = self.folder / "cache"
        (self.folder / "runtime").mkdir(mode=0o700)
        self.environment.update(XDG_CACHE_HOME=str(self.cache), XDG_RUNTIME_DIR=str(self.folder / "runtime"))
        self.environment.pop("CC", None)
        self.write("target.py", TARGET)

    def compiler(self, steps="", name="compiler"):
        """The next engine is made by this one."""
        self.environment["CC"] = str(self.program(name, QUICK_COMPILER.format(folder=self.folder, engine=BUILT, steps=steps)))

    def program(self, name, text):
        path = self.write(name, text)
        path.chmod(0o755)
        return path

    def headless(self, *arguments, workbench=None, **options):
        return self.run_workbench("--headless", "-k", "function,line", "-o", "run.pyprof", "--python", PYTHON, *arguments,
                                  command=[workbench or self.prefix / "bin/pyprof-tui"], **options)

    def c_program(self, text, name, *options):
        source, program = self.write("source.c", text), self.folder / name
        subprocess.run(["cc", "-w", *options, "-o", program, source], check=True)
        return program

    def fake_python(self, text, *options, include="/nowhere"):
        main = [] if any(option.startswith("-DMAIN=") for option in options) else ["-DMAIN=Py_BytesMain"]
        return self.c_program(FAKE_PYTHON, "fake-python", "-rdynamic", *main, *options, f'-DTEXT="{text}"',
                              f'-DINCLUDE="{include}"')

    def start_headless(self, **options):
        return self.start("--headless", "-o", "run.pyprof", "--python", PYTHON, "target.py",
                          command=[self.prefix / "bin/pyprof-tui"], **options)

    def assert_built(self, process):
        self.assertEqual((process.returncode, process.err.splitlines(), process.out), (3, [BUILDING], "ran \n"))

    def assert_refused_unseen(self, process, status, *parts):
        """As assert_refused; and nothing of the program has run."""
        self.assertEqual(process.returncode, status, process.err)
        own = [line for line in process.err.splitlines() if line != BUILDING]
        self.assertEqual(len(own), 1, process.err)
        for part in ("pyprof-tui: ", *parts):
            self.assertIn(part, own[0])
        self.assertNotIn("ran", process.out)
        self.assertFalse((self.folder / "ran").exists(), "it ran all the same")

    def engines(self):
        return list(self.cache.glob("pyprof-tui/*/*.so"))

    def compilations(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "compiled").read_text().splitlines()
        return []


class Building(HostTest):
    def test_once_with_the_real_compiler(self):
        (self.folder / "input").write_text("what came in")
        with open(self.folder / "input") as given:
            process = self.headless("target.py", stdin=given)
        self.assertEqual((process.returncode, process.err.splitlines()), (3, [BUILDING]))
        self.assertEqual(process.out, "ran what came in\n", "the second start finds its input whole")
        self.assert_calls(self.session(), step=77)
        again = self.headless("target.py")
        self.assertEqual((again.returncode, again.err, again.out), (3, "", "ran \n"))
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (self.engines()[0].parent, self.engines()[0].parent.parent)]
        self.assertEqual(modes, [0o700, 0o700])

    def test_from_the_installed_sources_with_the_pythons_headers(self):
        self.compiler()
        self.assert_built(self.headless("target.py"))
        folder, *arguments = self.compilations()[0].split()
        self.assertEqual(folder, str(self.prefix / "share/pyprof-tui/engine"))
        self.assertIn("@options", arguments)
        self.assertTrue((pathlib.Path(arguments[arguments.index("-I") + 1]) / "Python.h").exists(), arguments)
        self.assertNotIn(str(ROOT), (self.prefix / "share/pyprof-tui/engine/options").read_text())

    def test_two_at_once(self):
        os.mkfifo(self.folder / "go")
        self.compiler(f"read line <'{self.folder}/go'")
        processes = [self.start_headless(), self.start_headless()]
        for process in processes:
            self.assertEqual(process.stderr.readline().strip(), BUILDING)
        (self.folder / "go").write_text("go\n")
        for process in processes:
            out, err = process.communicate(timeout=TIME_LIMIT)
            self.assertEqual((process.returncode, out, err), (3, "ran \n", ""))
        self.assertEqual(len(self.compilations()), 1)

    def wait_for_compiler(self, process):
        self.assertEqual(process.stderr.readline().strip(), BUILDING)
        end = time.monotonic() + TIME_LIMIT
        while not self.compilations():
            self.assertLess(time.monotonic(), end, "no compiler was started")
            select.select([], [], [], 0.01)

    def test_interrupted(self):
        os.mkfifo(self.folder / "go")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number.name):
                (self.folder / "compiled").unlink(missing_ok=True)
                self.compiler(f"echo half >\"$2\"; read line <'{self.folder}/go'")
                process = self.start_headless()
                self.wait_for_compiler(process)
                process.send_signal(number)
                if number == signal.SIGKILL:
                    process.wait(TIME_LIMIT)
                    (self.folder / "go").write_text("go\n")  # what it started ends by itself
                    continue
                out, err = process.communicate(timeout=TIME_LIMIT)
                self.assertEqual((process.returncode, out), (128 + number, ""), err)
                self.assertIn("interrupted", err)
                self.assertEqual(self.engines(), [])
        self.compiler()
        process = self.headless("target.py")
        self.assertEqual((process.returncode, process.out), (3, "ran \n"), process.err)

    def test_an_engine_in_the_cache_that_does_not_load_is_built_again(self):
        self.compiler()
        self.assert_built(self.headless("target.py"))
        engine = self.engines()[0]
        os.truncate(engine, 1000)
        self.assert_built(self.headless("target.py"))
        self.assertEqual(engine.stat().st_size, BUILT.stat().st_size)

    def test_an_installed_engine_that_does_not_load_is_named(self):
        engine = self.prefix / "libexec/pyprof-tui" / ENGINE
        engine.write_bytes(BUILT.read_bytes()[:1000])
        self.addCleanup(engine.unlink)
        self.assert_refused_unseen(self.headless("target.py"), 1, "cannot be loaded", str(engine))

    def test_an_engine_that_is_built_and_still_does_not_load_is_built_once(self):
        self.compiler("echo no library >\"$2\"; exit 0")
        self.assert_refused_unseen(self.headless("target.py"), 1, "cannot be loaded")
        self.assertEqual(len(self.compilations()), 1)

    def test_an_engine_for_another_pre_release(self):
        python = self.fake_python("3.15.0b1 (main)", "-DRELEASE=0x030f00b1")
        for release, told in (("0x030f00b1", "undefined symbol"), ("0x030f00a7", "pre-release"), ("0x030f00f0", "pre-release")):
            with self.subTest(release):
                engine = self.c_program("const unsigned long pyprof_host_built_for = RELEASE;\n", "pyprof-host-3.15.so", "-shared",
                                        "-fPIC", f"-DRELEASE={release}")
                installed = pathlib.Path(shutil.copy(engine, self.prefix / "libexec/pyprof-tui"))
                self.addCleanup(installed.unlink, missing_ok=True)
                self.assert_refused_unseen(self.headless("--python", python, "target.py"), 1, "cannot be loaded", told)

    def test_other_sources_have_other_engines(self):
        self.compiler()
        self.assert_built(self.headless("target.py"))
        other = self.folder / "other"
        shutil.copytree(self.prefix, other)
        (other / "share/pyprof-tui/engine/identity").write_text("0123456789abcdef\n")
        self.assert_built(self.headless("target.py", workbench=other / "bin/pyprof-tui"))
        self.assertEqual(len(self.engines()), 2)


class WhatIsMissing(HostTest):
    def test_no_compiler(self):
        folder = self.folder / "bin"
        folder.mkdir()
        (folder / "python3").symlink_to(PYTHON)
        self.environment["PATH"] = str(folder)
        self.assert_refused_unseen(self.headless("target.py"), 2, "C compiler", "install", "CC")

    def test_a_compiler_that_is_not_there(self):
        self.environment["CC"] = "no-such-compiler -m64"
        self.assert_refused_unseen(self.headless("target.py"), 2, "$CC", "no-such-compiler -m64")

    def test_a_compiler_that_fails(self):
        self.compiler("echo warming up; echo 'core/host/engine.c:7: error: no such thing' >&2; echo more; exit 1")
        process = self.headless("target.py")
        self.assert_refused_unseen(process, 1, "core/host/engine.c:7: error: no such thing", str(self.cache))
        log = re.search(rf"{re.escape(str(self.cache))}\S+\.log", process.err).group()
        self.assertEqual(pathlib.Path(log).read_text().splitlines()[-1], "more")
        self.assertEqual(self.engines(), [])

    def test_a_compiler_that_is_killed(self):
        self.compiler("kill -9 $$")
        self.assert_refused_unseen(self.headless("target.py"), 1, "signal 9")

    def test_no_headers(self):
        python = self.fake_python(f"{VERSION}.99 (main) [GCC]", include="/nowhere/include")
        self.assert_refused_unseen(self.headless("--python", python, "target.py"), 2, "/nowhere/include/Python.h",
                                   f"python{VERSION}-dev", "--python")

    def test_headers_without_the_internal_ones(self):
        (self.folder / "include").mkdir()
        (self.folder / "include/Python.h").touch()
        python = self.fake_python(f"{VERSION}.99 (main) [GCC]", include=self.folder / "include")
        self.assert_refused_unseen(self.headless("--python", python, "target.py"), 2, "internal/pycore_frame.h")

    def test_no_sources(self):
        alone = self.folder / "alone"
        shutil.copytree(self.prefix, alone)
        shutil.rmtree(alone / "share")
        self.assert_refused_unseen(self.headless("target.py", workbench=alone / "bin/pyprof-tui"), 2, f"Python {VERSION}",
                                   "make engine")

    def test_a_cache_that_cannot_be_written(self):
        for cache, reason in (("/proc/cache", "/proc/cache"), (str(self.folder / "target.py"), "target.py")):
            with self.subTest(cache):
                self.environment["XDG_CACHE_HOME"] = cache
                self.assert_refused_unseen(self.headless("target.py"), 1, reason, "XDG_CACHE_HOME")

    def test_a_cache_that_others_can_write(self):
        """What anybody could have put there is neither loaded nor added to."""
        self.compiler()
        self.assert_built(self.headless("target.py"))
        engine = self.engines()[0]
        for folder in (engine.parent, engine.parent.parent):
            for mode in (0o720, 0o702):
                with self.subTest(folder=folder.name, mode=oct(mode)):
                    folder.chmod(mode)
                    self.assert_refused_unseen(self.headless("target.py"), 1, f"{folder}: ", "nobody else", "remove it")
                    folder.chmod(0o700)
        self.assertEqual(self.headless("target.py").err, "")

    @unittest.skipIf(os.getuid() != 0, "only root can give a folder away")
    def test_a_cache_of_somebody_else(self):
        (self.cache / "pyprof-tui").mkdir(parents=True, mode=0o700)
        os.chown(self.cache / "pyprof-tui", 12345, -1)
        self.assert_refused_unseen(self.headless("target.py"), 1, str(self.cache / "pyprof-tui"), "folder of yours")

    def test_pythons_that_no_engine_can_be_for(self):
        for text, options, *parts in (
                ("3.10.13 (main, Aug 1 2026) [GCC 12]", [], "Python 3.10", "too old", "3.11 to 3."),
                ("2.7.18 (default) [GCC 12]", ["-DMAIN=Py_Main"], "Python 2.7", "too old"),
                ("3.99.0 (main) [GCC 12]", [], "Python 3.99", "newer"),
                (f"{VERSION}.0 experimental free-threading build (main) [GCC 12]", [], "free-threaded", f"Python {VERSION}"),
                (f"{VERSION}.0 (main) [GCC 12]", ["-D_Py_NegativeRefcount_of_this=_Py_NegativeRefcount"], "debug build"),
                ("3.9.1 (main) [PyPy 7]", ["-DMAIN=pypy_setup_home"], "PyPy", "CPython")):
            with self.subTest(text):
                python = self.fake_python(text, *options)
                self.assert_refused_unseen(self.headless("--python", python, "target.py"), 2, str(python), "--python", *parts)
        self.assertEqual(self.compilations(), [])


class Programs(HostTest):
    """Where the workbench and the Python are, and what kind of programs they are."""

    def setUp(self):
        super().setUp()
        self.compiler()

    def test_an_install_path_that_lists_of_paths_cannot_hold(self):
        for name in ("with blanks in it", "with:colon", "with$ORIGIN"):
            with self.subTest(name):
                prefix = self.folder / name
                shutil.copytree(self.prefix, prefix)
                shutil.copy(BUILT, prefix / "libexec/pyprof-tui")
                process = self.headless("target.py", workbench=prefix / "bin/pyprof-tui")
                self.assertEqual((process.returncode, process.err, process.out), (3, "", "ran \n"))

    def test_a_cache_path_that_lists_of_paths_cannot_hold(self):
        self.cache = self.folder / "cache of:mine"
        self.environment["XDG_CACHE_HOME"] = str(self.cache)
        self.assert_built(self.headless("target.py"))
        self.assertEqual(self.headless("target.py").err, "")
        os.truncate(self.engines()[0], 1000)
        self.assert_built(self.headless("target.py"))

    def test_a_script_that_leads_to_the_python(self):
        script = self.program("python3", f"#!/bin/sh\n[ -x '{PYTHON}' ] && exec '{PYTHON}' \"$@\"\n")
        self.assert_built(self.headless("--python", script, "target.py"))

    def test_a_script_that_cleans_the_environment(self):
        script = self.program("python3", f"#!/bin/sh\nexec env -i '{PYTHON}' \"$@\"\n")
        self.assert_built(self.headless("--python", script, "target.py"))

    def test_a_static_program(self):
        source, program = self.write("static.c", "int main(void) { return 0; }\n"), self.folder / "static"
        if subprocess.run(["cc", "-static", "-o", program, source], stderr=subprocess.DEVNULL).returncode:
            self.skipTest("there is no static libc")
        self.assert_refused_unseen(self.headless("--python", program, "target.py"), 2, str(program), "static")

    @unittest.skipIf(os.getuid() != 0, "only root can give a program away")
    def test_a_program_with_the_rights_of_others(self):
        program = shutil.copy(os.path.realpath(PYTHON), self.folder / "python")
        os.chown(program, 12345, 12345)
        for mode, part in ((0o4755, "setuid"), (0o2755, "setgid")):
            with self.subTest(part):
                os.chmod(program, mode)
                self.assert_refused_unseen(self.headless("--python", program, "target.py"), 2, str(program), part)

    def test_a_program_for_another_machine(self):
        program = shutil.copy(os.path.realpath(PYTHON), self.folder / "python")
        with open(program, "r+b") as file:
            file.seek(18)
            file.write(b"\x08\x00")  # e_machine: MIPS
        self.assert_refused_unseen(self.headless("--python", program, "target.py"), 2, str(program), "another kind of machine")

    def test_version_tells_engines_and_the_python(self):
        self.headless("target.py")
        version = re.escape(VERSION)
        for arguments, told in ((["--python", PYTHON], re.escape(PYTHON)),
                                (["--python", "/bin/false"], "/bin/false, which does not answer like a Python"),
                                (["--python", "no-such"], "cannot be run: no-such: no such interpreter")):
            process = self.run_workbench(*arguments, "--version", command=[self.prefix / "bin/pyprof-tui"])
            self.assertEqual((process.returncode, process.err), (0, ""))
            self.assertRegex(process.out, rf"(?m)^engine for Python {version}: {re.escape(str(self.engines()[0]))} "
                                          rf"\(built with the headers of {version}\.\S+, (gcc|clang) \d.*\)$")
            self.assertIn(f"are built into {self.engines()[0].parent}\n", process.out)
            self.assertRegex(process.out, f"(?m)^programs .*{told}")


class InTheViewer(HostTest):
    def run_viewer(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve(self.prefix / "bin/pyprof-tui", ["pyprof-tui", "--python", PYTHON, "target.py"],
                      dict(self.environment, TERM="xterm"))
        self.addCleanup(os.close, terminal)
        self.seen = ""
        return pid, terminal

    def read_until(self, terminal, *expected):
        """Until all these have been written to the screen, at some time."""
        while not all(part in self.seen for part in expected):
            self.assertTrue(select.select([terminal], [], [], TIME_LIMIT)[0], self.seen)
            self.seen += re.sub(r"\x1b(\[[^@-~]*.|\(B)", "", os.read(terminal, 65536).decode(errors="replace"))

    def leave(self, pid, terminal):
        os.write(terminal, b"q")
        self.read_until(terminal, "[d]iscard")
        os.write(terminal, b"d")
        with contextlib.suppress(OSError):  # the terminal's other end is closed
            while select.select([terminal], [], [], TIME_LIMIT)[0]:
                os.read(terminal, 65536)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)

    def wait_for_build(self):
        os.mkfifo(self.folder / "go")
        self.compiler(f"read line <'{self.folder}/go'")
        pid, terminal = self.run_viewer()
        self.read_until(terminal, BUILDING.removeprefix("pyprof-tui: "))
        return pid, terminal

    def test_built_while_the_viewer_waits(self):
        self.write("target.py", "print('seen')\n")
        pid, terminal = self.wait_for_build()
        self.assertNotIn("builtins", self.seen)
        (self.folder / "go").write_text("go\n")
        self.read_until(terminal, "builtins.print", "END exit 0")
        self.assertNotIn("120", self.seen)
        self.leave(pid, terminal)

    def test_stopped_and_run_again(self):
        self.write("target.py", "print('seen')\n")
        pid, terminal = self.wait_for_build()
        os.write(terminal, b"\x03")
        self.read_until(terminal, "interrupted", "END")
        self.assertEqual(self.engines(), [])
        self.compiler()
        os.write(terminal, b"r")
        self.read_until(terminal, "[y]es")
        os.write(terminal, b"y")
        self.read_until(terminal, "builtins.print", "END exit 0")
        self.leave(pid, terminal)

    def test_left_while_it_is_built(self):
        pid, terminal = self.wait_for_build()
        self.leave(pid, terminal)
        self.assertEqual(self.engines(), [])

    def test_failing_it_says_why(self):
        self.compiler("echo 'x.c:1: error: bad luck'; exit 1")
        pid, terminal = self.run_viewer()
        self.read_until(terminal, "error: bad luck")
        self.leave(pid, terminal)
        self.assertEqual(list(self.folder.glob("*.pyprof")), [], "there is nothing to save")


if __name__ == "__main__":
    unittest.main()
