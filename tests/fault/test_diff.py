"""What changed between sessions that are damaged, foreign, without sources, from another run or another Python."""
import json
import shutil
import sqlite3
import unittest

from workbench import FaultTest

PROGRAM = """
    def work(count):
        total = 0
        for number in range(count):
            total += number
        return total

    work({count})
    """


class DiffTest(FaultTest):
    def setUp(self):
        super().setUp()
        self.make("a.pyprof", 1000)
        self.make("b.pyprof", 200000)

    def make(self, name, count, *options):
        self.write("program.py", PROGRAM.format(count=count))
        process = self.run_workbench("--headless", "-k", "function,line", "--report", "functions", "-o", name, *options,
                                     "program.py")
        self.assertEqual(process.returncode, 0, process.err)

    def change(self, name, *statements):
        """A copy of b.pyprof, changed by SQL."""
        shutil.copy(self.folder / "b.pyprof", self.folder / name)
        with sqlite3.connect(self.folder / name) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def diff(self, *arguments, status=0):
        process = self.run_workbench("--diff", *arguments)
        self.assertEqual(process.returncode, status, process.err)
        return process

    def exported(self, *arguments):
        return json.loads(self.diff(*arguments, "--export", "json").out)

    def refused(self, status, *arguments, says):
        self.assert_refused(self.run_workbench("--diff", *arguments), status, says)

    def test_what_was_edited_is_matched(self):
        data = self.exported("a.pyprof", "b.pyprof")
        rows = {row["name"]: row for row in data["functions"]}
        self.assertEqual(rows["work"]["calls"],
                         {"before": 1, "after": 1, "change": 0, "relative": 0, "noise": 0, "verdict": "equal"})
        self.assertEqual(rows["work"]["self"]["verdict"], "changed")
        loop = [line for line in rows["work"]["lines"] if "for number" in line["text"]]
        self.assertEqual((loop[0]["calls"]["before"], loop[0]["calls"]["after"]), (1001, 200001))

    def test_damaged(self):
        whole = (self.folder / "b.pyprof").read_bytes()
        (self.folder / "cut.pyprof").write_bytes(whole[:len(whole) // 2])
        (self.folder / "text.pyprof").write_text("no session")
        for name in ("cut.pyprof", "text.pyprof"):
            for arguments in (("a.pyprof", name), (name, "a.pyprof"), (f"a.pyprof,{name}", "b.pyprof")):
                with self.subTest(arguments=arguments):
                    process = self.run_workbench("--diff", *arguments)
                    self.assertIn(process.returncode, (1, 2))
                    self.assert_refused(process, process.returncode, name)
                    self.assertEqual(process.out, "")

    def test_what_is_not_there(self):
        self.refused(2, "a.pyprof", "missing.pyprof", says="missing.pyprof: no such file")
        self.refused(2, "a.pyprof,", "b.pyprof", says='"": no such file')
        (self.folder / "empty").mkdir()
        self.refused(2, "a.pyprof", "empty", says="empty: there is no *.pyprof in this folder")
        self.refused(2, "a.pyprof", "b.pyprof", "--report", "memory", says="memory was not counted on both sides")
        self.refused(2, "a.pyprof", "b.pyprof", "--fail-if", "self:nobody>+1%", says="no function of that name ran")

    def test_the_output_cannot_be_written(self):
        process = self.run_workbench("--diff", "a.pyprof", "b.pyprof", "--export", "json", "-o", "no/folder.json")
        self.assert_refused(process, 2, "no/folder.json")
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = self.start("--diff", "a.pyprof", "b.pyprof", stdout=full)
            process.err = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 1)
        self.assertIn("cannot be written", process.err)

    def test_another_python(self):
        self.change("c.pyprof", "UPDATE meta SET value = '3.14.1' WHERE key = 'python_version'")
        data = self.exported("b.pyprof", "c.pyprof")
        self.assertEqual(len(data["warnings"]), 1)
        self.assertIn("c.pyprof on 3.14.1: times are those of two interpreters", data["warnings"][0])
        self.assertEqual({row["match"] for row in data["functions"]}, {"same"})

    def test_other_collectors(self):
        self.make("c.pyprof", 200000, "-k", "function")
        data = self.exported("b.pyprof", "c.pyprof")
        self.assertEqual(data["totals"]["wall"]["verdict"], "not comparable")
        self.assertTrue(any("lines were counted in b.pyprof, not in c.pyprof" in text for text in data["warnings"]))
        self.refused(2, "b.pyprof", "c.pyprof", "--fail-if", "wall>+1%", "--export", "json", "-o", "x.json",
                     says="that cannot be compared between these runs")

    def test_without_sources(self):
        self.make("c.pyprof", 200000, "--set", "output.keep_source=no")
        data = self.exported("a.pyprof", "c.pyprof")
        self.assertTrue(any("c.pyprof has no sources" in text for text in data["warnings"]))
        work = [row for row in data["functions"] if row["name"] == "work"][0]
        self.assertEqual(work["match"], "same")
        self.assertEqual([line["calls"]["after"] for line in work["lines"] if line.get("after_line") == 3], [200001])

    def test_a_source_that_is_another_one(self):
        """Shorter than the lines that were counted: numbers are still shown, by their line."""
        self.change("c.pyprof", "UPDATE sources SET text = 'x' WHERE file LIKE '%program.py'")
        work = [row for row in self.exported("a.pyprof", "c.pyprof")["functions"] if row["name"] == "work"][0]
        self.assertEqual([line["calls"]["after"] for line in work["lines"] if line.get("after_line") == 3], [200001])

    def test_many_runs(self):
        self.make("c.pyprof", 200000)
        (self.folder / "before").mkdir()
        for number in range(3):
            shutil.copy(self.folder / "a.pyprof", self.folder / "before" / f"{number}.pyprof")
        data = self.exported("before", "b.pyprof,c.pyprof")
        self.assertEqual([len(data[side]["sessions"]) for side in ("before", "after")], [3, 2])
        self.assertNotIn("drift", data)
        self.diff("before", "b.pyprof,c.pyprof", "--report", "functions", "--fail-if", "calls:work>+0")
        for number in range(65):
            shutil.copy(self.folder / "a.pyprof", self.folder / "before" / f"{number}.pyprof")
        self.refused(2, "before", "b.pyprof", says="more than 64 sessions")


if __name__ == "__main__":
    unittest.main()
