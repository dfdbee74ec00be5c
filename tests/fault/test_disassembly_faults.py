"""Programs that are killed are disassembled all the same; without their Python, or with one that fails, a run only lacks bytecode."""
import os
import shutil
import signal
import unittest

from workbench import PYTHON, FaultTest

PROGRAM = """
import os, signal, sys

def step(n):
    return n + 1000

for i in range(1234):
    step(i)
"""


class DisassemblyFaults(FaultTest):
    def opnames(self, session, name):
        """Of the instructions of a function."""
        ids = {row["id"] for row in session["functions"] if row["name"] == name}
        return [each["opname"] for each in session["bytecode"] if each["function"] in ids]

    def check(self, end, status, *options, there=True):
        self.write("target.py", PROGRAM + end + "\n")
        process = self.record("-k", "function,bytecode", *options, "target.py", status=status)
        self.assertEqual(process.err, "")
        session = self.session()
        self.assert_calls(session, step=1234)
        self.assertEqual("BINARY_OP" in self.opnames(session, "step"), there)
        return session

    def test_killed_programs_are_disassembled(self):
        self.check("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)

    def test_programs_that_leave_at_once_are_disassembled(self):
        self.check("os._exit(3)", 3)

    def copied_python(self):
        """A Python of the test's own, which finds its library where the other one does."""
        copy = self.folder / "bin" / "python3"
        copy.parent.mkdir()
        shutil.copy(os.path.realpath(PYTHON), copy)
        return copy

    def test_the_python_is_there(self):
        self.check("", 0, "--python", str(self.copied_python()))

    def test_a_python_that_is_gone(self):
        copy = self.copied_python()
        self.check(f"os.remove({str(copy)!r})", 0, "--python", str(copy), there=False)

    def test_another_program_in_its_place(self):
        for text in ("#!/bin/sh\nexit 1\n", "#!/bin/sh\nyes\n", "no program"):
            copy = self.copied_python()
            self.check(f"os.remove({str(copy)!r})\nopen({str(copy)!r}, 'w').write({text!r})\nos.chmod({str(copy)!r}, 0o700)", 0,
                       "--python", str(copy), there=False)
            shutil.rmtree(copy.parent)

    def test_a_library_that_lies_in_wait(self):
        """Neither the program's folder nor its environment is where the disassembler's modules come from."""
        self.write("dis.py", "raise SystemExit('not to be imported')\n")
        self.write("sitecustomize.py", "import os\nos.makedirs('imported', exist_ok=True)\nopen(f'imported/{os.getpid()}', 'w')\n")
        self.environment["PYTHONPATH"] = str(self.folder)
        self.check("", 0)
        self.assertEqual(len(os.listdir(self.folder / "imported")), 1) # by the program

    def test_code_that_dis_does_not_understand(self):
        """Made up by the program: it is not disassembled, and all else is."""
        session = self.check("""
code = step.__code__.replace(co_exceptiontable=b"\\xff" * 50, co_qualname="odd", co_name="odd")
type(step)(code, {}) # is never called
code = step.__code__.replace(co_code=step.__code__.co_code[:-2] + bytes([255, 255]), co_name="odder", co_qualname="odder")
try: type(step)(code, {})
except ValueError: pass
""", 0)
        self.assertEqual(self.opnames(session, "odd"), [])


if __name__ == "__main__":
    unittest.main()
