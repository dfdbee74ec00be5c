"""2,000 generated programs: line hits and calls against a program that counts itself, calls against sys.setprofile.

PYPROF_ORACLE_PROGRAMS says how many, PYPROF_ORACLE_FIRST the first seed (0). A process runs 250 of them.
"""
import os

from exact_counts import Comparing, main
import program_generator

FIRST = int(os.environ.get("PYPROF_ORACLE_FIRST", "0"))
PROGRAMS = int(os.environ.get("PYPROF_ORACLE_PROGRAMS", "2000"))
AT_ONCE = 250


class Generated(Comparing):
    """Filled with a test of lines and one of calls for each lot of programs."""

    def check(self, seeds):
        programs = {f"p{seed}": program_generator.generate(seed) for seed in seeds}
        self.assertGreater(self.compare(programs, most_idle=max(2, len(programs) // 50)), 100 * len(programs))
        self.check_calls(programs)


for begin in range(FIRST, FIRST + PROGRAMS, AT_ONCE):
    lot = range(begin, min(begin + AT_ONCE, FIRST + PROGRAMS))
    setattr(Generated, f"test_seeds_{lot[0]}_to_{lot[-1]}", lambda self, lot=lot: self.check(lot))


if __name__ == "__main__":
    main()
