"""Bytecode in the workbench, over a real terminal: down to the instructions and up again, what they are specialised to, saved runs."""
import re
import subprocess
import unittest

from terminal import JULIA, WORKBENCH, Terminal, Workplace

# Gives the adaptive interpreter two additions: of ints always, and of what keeps changing.
ADDING = """
    import time

    def add_ints(count):
        total = 0
        for number in range(count):
            total += number
        return total

    def add_anything(values):
        total = 0
        for value in values:
            total = total + value
        return total

    def main(seconds):
        end = time.monotonic() + seconds
        while True:
            add_ints(1000)
            add_anything([1, 2.5, 1 + 2j] * 100)
            if time.monotonic() >= end:
                return

    main({seconds})
    """


class BytecodeTest(unittest.TestCase):
    def setUp(self):
        self.workplace = Workplace(adding=ADDING.format(seconds=60), added=ADDING.format(seconds=0.2))
        self.addCleanup(self.workplace.clean)

    def workbench(self, *arguments, **options):
        terminal = Terminal(self.workplace, *arguments, **options)
        self.addCleanup(terminal.close)
        return terminal


class TestWhileItRuns(BytecodeTest):
    def test_function_line_bytecode_and_up_again(self):
        terminal = self.workbench("adding.py")
        terminal.wait_for("add_ints")
        self.assertNotIn("[3]", terminal.screen())  # it takes no room where nobody asked for it
        terminal.select("add_ints")
        terminal.keys("Enter")
        screen = terminal.wait_for("All > adding.py > add_ints > line ")
        self.assertNotIn("[3]", screen)
        terminal.keys("Enter")
        screen = terminal.wait_for(lambda s: re.search(r"add_ints > line \d+ > bytecode", s) and "off  instruction" in s)
        self.assertIn("=[3]=Bytecode line:", screen)
        self.assertIn("-[2]-adding.py:", screen)
        terminal.keys("Escape")
        terminal.wait_for("=[2]=adding.py:")
        terminal.keys("Escape")
        terminal.wait_for("=[1]=Functions")
        terminal.wait_gone("[3]")

    def test_asked_for_where_no_memory_is_counted(self):
        terminal = self.workbench("-k", "function,line", "adding.py", columns=120, rows=40)
        terminal.wait_for("add_anything")
        terminal.select("add_ints")
        terminal.keys("3")
        terminal.wait_for("off  instruction")

    def test_what_instructions_are_specialised_to(self):
        terminal = self.workbench("adding.py", columns=120, rows=40)
        terminal.wait_for("add_anything")
        terminal.select("add_ints")
        terminal.keys("3")
        terminal.keys("3")
        terminal.wait_for(lambda s: re.search(r"\*BINARY_OP +\+= .*BINARY_OP_ADD_INT", s))
        terminal.keys("/")
        terminal.text("binary_op")
        terminal.keys("Enter")
        terminal.wait_for("Specialised to BINARY_OP_ADD_INT: both operands were ints.")
        terminal.keys("3")
        terminal.keys("1")
        terminal.select("add_anything")
        terminal.keys("3")
        terminal.keys("3")
        terminal.wait_for(lambda s: re.search(r"!BINARY_OP +\+ .*\(in vain\)", s))

    def test_source_and_bytecode_are_in_step(self):
        terminal = self.workbench("adding.py", columns=160, rows=44)
        terminal.wait_for("add_ints")
        terminal.select("add_ints")
        terminal.keys("3")
        terminal.wait_for("off  instruction")
        terminal.keys("/")
        terminal.text("for_iter")
        terminal.wait_for(lambda s: re.search(r">.* ┌[┬─]*▸ *\d+ .FOR_ITER", s))
        for _ in "for_iter":
            terminal.keys("BSpace")
        terminal.text("return_value")
        terminal.keys("Enter")
        terminal.wait_for("=[3]=Bytecode line:8")
        terminal.wait_for(lambda s: re.search(r"\|>.* 8 +return total", s))
        terminal.keys("2")
        terminal.keys("k")
        terminal.wait_for("-[3]-Bytecode line:7")

    def test_code_inside_of_code(self):
        terminal = self.workbench("adding.py", columns=100, rows=30)
        terminal.wait_for("add_ints")
        terminal.keys("/")
        terminal.text("<module>")
        terminal.wait_for(lambda s: re.search(r"^>.*<module>", s, re.M))
        terminal.keys("Enter")
        terminal.keys("3")
        terminal.keys("3")
        terminal.wait_for("<code object add_ints")
        terminal.keys("/")
        terminal.text("object add_ints")
        terminal.keys("Enter")
        terminal.keys("Enter")
        terminal.wait_for("All > adding.py > add_ints > bytecode")
        terminal.keys("[")
        terminal.wait_for(lambda s: "add_ints >" not in s.splitlines()[1])


class TestCounts(BytecodeTest):
    def test_every_instruction_has_its_count(self):
        """calculate_z on 20 x 20 points: of an inner loop all instructions are executed as often as the line's hits say."""
        terminal = self.workbench("-k", "function,line,bytecode", JULIA, "20", "20", columns=120, rows=40)
        terminal.wait_for("END exit 0")
        terminal.wait_for("-[3]-Bytecode")  # it comes by itself
        terminal.wait_for(lambda s: re.search(r"(?m)^ Self%.* Calls +Instr ", s))
        terminal.select("calculate_z")
        executed = re.search(r"(?m)^>.* (\d+)[ ▁-█]+calculate_z", terminal.screen()).group(1)  # a trend between
        terminal.keys("2")
        terminal.keys("2")
        screen = terminal.wait_for(lambda s: "instr" in s and "output[i] = n" in s)
        hits, instructions = re.search(r" (\d+) +(\d+) +22 +n \+= 1", screen).groups()
        self.assertEqual(int(instructions), 4 * int(hits))
        self.assertGreater(int(hits), 400)
        terminal.keys("3")
        screen = terminal.wait_for(lambda s: f"{executed} executed" in s)
        terminal.keys("/")
        terminal.text("n += 1")
        screen = terminal.wait_for(lambda s: re.search(r"(?m)^>.* STORE_FAST +n|^>.*LOAD_FAST +n", s))
        self.assertRegex(screen, rf"(?m) {instructions} .*:22 n \+= 1")
        self.assertRegex(screen, rf"(?m)^> *[\d.]+.? +{hits} .*LOAD_FAST +n")
        terminal.keys("Enter")
        terminal.keys("v")
        screen = terminal.wait_for(f"Opcodes of calculate_z  {executed}")
        self.assertRegex(screen, r"(?m)^> *[\d.]+ +\d+ LOAD_FAST +█+")


class TestSaved(BytecodeTest):
    def save(self):
        subprocess.run([WORKBENCH, "--headless", "-k", "function,line,bytecode", "-o", "run.pyprof", "added.py"], check=True,
                       cwd=self.workplace.folder, env=self.workplace.environment, stdout=subprocess.DEVNULL)

    def test_without_any_python(self):
        self.save()
        nowhere = str(self.workplace.folder / "nowhere")
        terminal = self.workbench("run.pyprof", columns=120, rows=40, PATH=f"{nowhere}:/usr/bin:/bin")
        terminal.wait_for("[SESSION]")
        terminal.select("add_ints")
        terminal.keys("3")
        terminal.keys("3")
        screen = terminal.wait_for("BINARY_OP_ADD_INT")
        self.assertIn(":7 total += number", screen)

    def test_ascii_and_no_color_at_80x24(self):
        self.save()
        terminal = self.workbench("run.pyprof", columns=80, rows=24, LC_ALL="C", NO_COLOR="1")
        terminal.wait_for("[SESSION]")
        terminal.select("add_ints")
        terminal.keys("3")
        screen = terminal.wait_for("FOR_ITER")
        self.assertTrue(screen.isascii())
        self.assertRegex(screen, r"(?m)/-?-?[->]? +\d+ .FOR_ITER")

    def test_a_run_that_kept_none(self):
        subprocess.run([WORKBENCH, "--headless", "-k", "function", "-o", "run.pyprof", JULIA, "20", "20"], check=True,
                       cwd=self.workplace.folder, env=self.workplace.environment, stdout=subprocess.DEVNULL)
        terminal = self.workbench("run.pyprof", columns=100, rows=30)
        terminal.wait_for("[SESSION]")
        self.assertNotIn("[3]", terminal.screen())
        terminal.keys("3")
        terminal.wait_for("This run's bytecode was not kept.")


if __name__ == "__main__":
    unittest.main()
