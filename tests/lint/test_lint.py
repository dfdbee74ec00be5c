"""Lint must fail on a tree that breaks its rules, one small tree for each rule, and pass on one that keeps them."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LINT = pathlib.Path(__file__).resolve().parent / "lint.py"

GOOD = {
    "Makefile": "all:\n\techo\n",
    "README.md": "Text.\n",
    "include/pyprof/error.h": "#ifndef E_H\n#define E_H\n#include <stdbool.h>\nstruct error { bool set; };\n#endif\n",
    "core/base/clock.h": "#ifndef C_H\n#define C_H\n#include \"pyprof/error.h\"\nvoid clock_tick(struct error *error);\n#endif\n",
    "core/base/clock.c": "#include \"core/base/clock.h\"\n\nvoid clock_tick(struct error *error) {\n    error->set = true;\n}\n",
    "core/session/save.c": "#include <sqlite3.h>\n\nextern int session_version;\nint session_version = SQLITE_VERSION_NUMBER;\n",
    "tui/app/main.c": "#include <stdio.h>\n\nint main(void) {\n    printf(\"x\\n\");\n    return 0;\n}\n",
    "tests/unit/test_a.c": "#include \"core/base/clock.h\"\nextern int test_a; /* sleep(1) is said only here */\nint test_a;\n",
    "tests/host/test_a.py": "SCRIPT = \"import time; time.sleep(1)\"\n",
}

# rule: the files that break it
BAD = {
    "outside headers": [
        {"core/report/a.c": "#include <Python.h>\n"},
        {"core/report/a.c": "#include <sqlite3.h>\n"},
        {"core/session/a.c": "#include <yaml.h>\n"},
        {"tui/view/a.c": "#include <ncurses.h>\n"},
        {"tui/view/a.c": "#  include <ncursesw/curses.h>\n"},
        {"core/probe/a.c": "#include <internal/pycore_frame.h>\n"},
        {"core/base/a.c": "#include <cmocka.h>\n"},
    ],
    "layers": [
        {"core/report/a.c": "#include \"tui/view/v.h\"\n", "tui/view/v.h": ""},
        {"core/base/a.c": "#include \"core/profile/p.h\"\n", "core/profile/p.h": ""},
        {"core/base/a.c": "#include \"../profile/p.h\"\n", "core/profile/p.h": ""},
        {"core/report/a.c": "#include \"core/recorder/r.h\"\n", "core/recorder/r.h": ""},
        {"core/session/a.c": "#include \"core/recorder/r.h\"\n", "core/recorder/r.h": ""},
        {"core/host/a.c": "#include \"core/profile/reader.h\"\n", "core/profile/reader.h": ""},
        {"core/probe/a.c": "#include \"core/host/h.h\"\n", "core/host/h.h": ""},
        {"tui/view/a.c": "#include \"core/recorder/r.h\"\n", "core/recorder/r.h": ""},
        {"tui/view/a.c": "#include \"tui/term/screen.h\"\n", "tui/term/screen.h": ""},
        {"include/pyprof/a.h": "#include \"core/base/clock.h\"\n"},
        {"core/base/a.c": "#include \"stdio.h\"\n"},
        {"core/unheard/a.c": "extern int a;\nint a;\n"},
    ],
    "contract headers": [{"include/pyprof/a.h": "#include <uthash.h>\n"}, {"include/pyprof/a.h": "#include <yaml.h>\n"}],
    "headers alone": [
        {"core/base/a.h": "#ifndef A_H\n#define A_H\nsize_t length(void);\n#endif\n"},
        {"core/base/a.h": "struct twice { int a; };\n"},
        {"core/base/a.h": "#ifndef A_H\n#define A_H\n#include \"absent.h\"\n#endif\n"},
    ],
    "sizes": [{"core/base/long.c": "\n" * 801}, {"tests/large.bin": "x" * 300001}],
    "text": [
        {"core/base/a.c": "extern int a; \nint a;\n"},
        {"core/base/a.c": "extern int a;\n\tint a;\n"},
        {"core/base/a.c": "extern int a;\nint a;"},
        {"core/base/a.c": "/* " + "x" * 140 + " */\n"},
    ],
    "left overs": [{"core/base/a.c": "/* TO" "DO */\n"}, {"README.md": "FIX" "ME\n"}, {"tests/a.sh": "# X" "XX\n"}],
    "sleeps": [
        {"tests/unit/test_b.c": "#include <unistd.h>\nvoid f(void);\nvoid f(void) {\n    usleep(10);\n}\n"},
        {"tests/tui/test_b.py": "import time\ntime.sleep(0.1)\n"},
        {"tests/tui/test_b.sh": "#!/bin/sh\nsleep 1\n"},
    ],
    "prints and exits": [
        {"core/base/a.c": "#include <stdlib.h>\nvoid f(void);\nvoid f(void) {\n    exit(1);\n}\n"},
        {"core/base/a.c": "#include <stdio.h>\nvoid f(void);\nvoid f(void) {\n    printf(\"x\");\n}\n"},
        {"core/recorder/a.c": "#include <stdio.h>\nvoid f(void);\nvoid f(void) {\n    fprintf(stderr, \"x\");\n}\n"},
        {"tui/view/a.c": "#include <stdio.h>\nvoid f(void);\nvoid f(void) {\n    fputs(\"x\", stdout);\n}\n"},
    ],
    "top level": [{"notes.txt": "x\n"}, {"src/a.c": ""}],
    "executables": [{"tests/tool": "no line\n"}],
}


class Lint(unittest.TestCase):
    def lint(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**GOOD, **files}.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                if name == "tests/tool":
                    path.chmod(0o755)
            done = subprocess.run([sys.executable, "-B", str(LINT), folder], capture_output=True, text=True)
        failed = [line.split(None, 1)[1] for line in done.stdout.splitlines() if line.startswith("FAILED")]
        return done.returncode, failed, done.stdout

    def test_good_tree_passes(self):
        status, failed, output = self.lint({})
        self.assertEqual((status, failed), (0, []), output)
        self.assertRegex(output.splitlines()[-1], r"^\d+ passed, 0 failed$")

    def test_clang_is_asked(self):
        status, failed, output = self.lint({"core/base/a.c": "int undeclared(void) {\n    return 0;\n}\n"})
        if "ok      clang" in output and subprocess.run(["which", "clang"], capture_output=True).returncode:
            self.skipTest("no clang here")
        self.assertEqual((status, failed), (1, ["clang"]), output)


for rule, trees in BAD.items():
    for number, files in enumerate(trees):
        def fails(self, rule=rule, files=files):
            status, failed, output = self.lint(files)
            self.assertEqual(status, 1, output)
            self.assertIn(rule, failed, output)
            self.assertRegex(output.splitlines()[-1], r"^\d+ passed, [1-9]\d* failed$")
        setattr(Lint, f"test_{rule.replace(' ', '_')}_{number}", fails)

if __name__ == "__main__":
    unittest.main()
