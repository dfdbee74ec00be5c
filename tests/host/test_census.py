"""A census of live objects: populations that are known, by class, to the object; and that it disturbs nothing."""
import ast

from comparison import main
from test_pyprof_module import Running

CENSUS = """
import pyprof, sys
def census(): return {name: (count, size) for name, count, size in pyprof.census()}
import gc
gc.collect() # what the start left over
census()
"""


class Census(Running):
    def result(self, text, collectors="memory", **more):
        return ast.literal_eval(self.printed(CENSUS + text.replace("\n                ", "\n"), collectors, **more))

    def test_populations_of_every_kind_of_class(self):
        for collectors in ("memory", "function,line,memory"):
            result = self.result("""
                import enum, collections, dataclasses
                class Plain:
                    def __init__(self): self.a, self.b = 1, 2
                class Slotted: __slots__ = ("a", "b")
                class Sub(Slotted): pass
                class Number(int): pass
                class Text(str): pass
                class Rows(list): pass
                class Outer:
                    class Inner: pass
                class Meta(type): pass
                class Lied:
                    def __sizeof__(self): raise SystemError("is not to be asked")
                Point = collections.namedtuple("Point", "x y")
                @dataclasses.dataclass
                class Record: x: int
                def local():
                    class Local: pass
                    return [Local() for i in range(13)]
                made = [Meta("Made%d" % i, (), {}) for i in range(14)]
                kept = [[Plain() for i in range(1000)], [Slotted() for i in range(501)], [Sub() for i in range(502)],
                        [Number(i) for i in range(503)], [Text(i) for i in range(504)], [Rows() for i in range(505)],
                        [Outer.Inner() for i in range(506)], [Point(i, i) for i in range(507)], [Record(i) for i in range(508)],
                        [Lied() for i in range(509)], local()]
                rows = census()
                print({name.removeprefix("__main__."): count for name, (count, size) in rows.items() if name.startswith("__main__.")})
            """, collectors)
            self.assertEqual(result, {
                "Plain": 1000, "Slotted": 501, "Sub": 502, "Number": 503, "Text": 504, "Rows": 505, "Outer.Inner": 506, "Point": 507,
                "Record": 508, "Lied": 509, "local.<locals>.Local": 13, "Meta": 14})

    def test_what_the_collector_does_not_track_is_found(self):
        result = self.result("""
                class Holder: __slots__ = ("it",)
                def at(value):
                    holder = Holder()
                    holder.it = value
                    return holder
                before = census()
                atoms = [at(("atom %d" % i, i + 0.5, (b"atom %d" % i, complex(i, 1)))) for i in range(1000)]
                gc.collect()
                after = census()
                names = ("tuple", "str", "float", "bytes", "complex", "__main__.Holder")
                print({name: after.get(name, (0, 0))[0] - before.get(name, (0, 0))[0] for name in names})
        """)
        for name, least in (("tuple", 2000), ("str", 1000), ("float", 1000), ("bytes", 1000), ("complex", 1000), ("__main__.Holder", 1000)):
            self.assertTrue(least <= result[name] <= least + 100, (name, result[name]))

    def test_local_variables_of_what_runs_are_found(self):
        result = self.result("""
                import threading
                started, end = threading.Event(), threading.Event()
                class Mine(str): pass
                def in_thread():
                    a, b = Mine("a"), Mine("b")
                    started.set()
                    end.wait()
                def generator():
                    x = Mine("x")
                    yield 1
                    print(x)
                def outer():
                    here = Mine("here")
                    def inner():
                        nonlocal here
                        there = Mine("there")
                        return census()
                    return inner()
                thread = threading.Thread(target=in_thread)
                thread.start()
                started.wait()
                g = generator()
                next(g)
                rows = outer()
                end.set()
                print(rows["__main__.Mine"][0])
        """, "function,line,memory")
        self.assertEqual(result, 5)

    def test_sizes_are_those_of_getsizeof(self):
        result = self.result("""
                class Kept: __slots__ = ("it",)
                kept = [None] * 2100
                before = census()
                for i in range(300):
                    for value in ("s" * (1000 + i), b"b" * (2000 + i), bytearray(3000 + i), [None] * i, {i: None}, {i}, 2 ** (3000 + i)):
                        one = Kept()
                        one.it = value
                        kept[kept.index(None)] = one
                del value, one
                expected = {}
                for one in kept:
                    name = type(one.it).__name__
                    expected[name] = expected.get(name, 0) + sys.getsizeof(one.it)
                after = census()
                print({name: (after[name][1] - before.get(name, (0, 0))[1], size) for name, size in expected.items()})
        """)
        for name, (counted, expected) in result.items():
            self.assertTrue(expected <= counted <= expected + 8000, (name, counted, expected))

    def test_attributes_without_a_dictionary_are_counted(self):
        result = self.result("""
                class Wide: pass
                kept = []
                for i in range(100):
                    one = Wide()
                    for name in "abcdefghijklmnopqrst": setattr(one, name, None)
                    kept.append(one)
                count, size = census()["__main__.Wide"]
                print((count, size // count))
        """)
        self.assertEqual(result[0], 100)
        self.assertGreater(result[1], 20 * 8)

    def test_nothing_of_the_profiler_is_in_it(self):
        result = self.result("""
                def f(): return [i for i in range(3)]
                f()
                rows = census()
                print((sorted(name for name in rows if "probe" in name or name.startswith("pyprof")), rows["code"][0], rows["function"][0]))
        """, "memory")
        also = self.result("""
                def f(): return [i for i in range(3)]
                f()
                rows = census()
                print((sorted(name for name in rows if "probe" in name or name.startswith("pyprof")), rows["code"][0], rows["function"][0]))
        """, "function,line,memory")
        self.assertEqual(result[0], [])
        self.assertEqual(result, also)

    def test_it_disturbs_nothing(self):
        result = self.result("""
                import gc, weakref
                class Node:
                    def __del__(self): deleted.append(1)
                deleted = []
                gc.disable()
                a = Node(); a.me = a
                del a
                count, stats, enabled = gc.get_count(), gc.get_stats(), gc.isenabled()
                try: raise KeyError("mine")
                except KeyError as error:
                    rows = pyprof.census()
                    again = sys.exc_info()[1] is error
                shift = abs(gc.get_count()[0] - count[0])
                print((len(deleted), [s["collections"] for s in gc.get_stats()] == [s["collections"] for s in stats], enabled == gc.isenabled(),
                       again, shift < 200, dict((n, c) for n, c, s in rows)["__main__.Node"]))
        """)
        self.assertEqual(result, (0, True, True, True, True, 1))

    def test_its_own_work_is_in_no_time_and_no_site(self):
        _, session = self.run_program("import pyprof\nkept = [[i] for i in range(200_000)]\nfor i in range(3): rows = pyprof.census()\n",
                                      "function,line,memory")
        total = sum(line["self_ns"] for line in session["lines"] if line["line"] == 3)
        self.assertLess(total, session["wall_ns"] / 5)
        self.assertLess(sum(line.get("alloc_bytes", 0) for line in session["lines"] if line["line"] == 3), 300_000)

    def test_at_the_end_where_it_is_asked_for(self):
        program = "class Left: pass\nkept = [Left() for i in range(77)]\n"
        _, without = self.run_program(program)
        self.assertFalse(without.get("types"))
        for options in (["--report", "types"], ["--set", "collectors.memory.census=true"]):
            done, session = self.run_program(program, options=options)
            self.assertEqual([row["count"] for row in session["types"] if row["name"] == "__main__.Left"], [77])
            if "types" in options:
                self.assertRegex(done.stdout, r"\n +77 .* __main__\.Left\n")

    def test_programs_that_do_what_they_can(self):
        result = self.result("""
                import threading
                stop = False
                def churn():
                    while not stop:
                        kept = {i: [i, (i, str(i)), {i}] for i in range(200)}
                        class Mine: pass
                        mine = Mine(); mine.kept, mine.me = kept, mine
                threads = [threading.Thread(target=churn) for i in range(3)]
                for thread in threads: thread.start()
                class Meta(type):
                    def __getattribute__(self, name): raise SystemError("not to be asked")
                class Evil(metaclass=Meta):
                    __slots__ = ()
                    def __sizeof__(self): raise SystemError("not to be asked")
                    def __del__(self): pass
                class Number(int):
                    def __getattribute__(self, name): raise SystemError("not to be asked")
                kept = [Evil() for i in range(10)], [Number(i) for i in range(10)]
                deep, deeper = None, []
                for i in range(100_000): deep, deeper = (deep,), [deeper]
                named = type("Name", (), {"__module__": 3})
                named.__qualname__ = "N\\xe4me\\ud800"
                one = named()
                gc.freeze()
                sys.setswitchinterval(1e-5)
                found = set()
                for i in range(10):
                    rows = census()
                    found.add((rows["__main__.Evil"][0], rows["__main__.Number"][0], rows["tuple"][0] >= 100_000,
                               rows["list"][0] >= 100_000, rows["N\\xe4me?"][0]))
                stop = True
                for thread in threads: thread.join()
                print(found)
        """, "function,line,memory")
        self.assertEqual(result, {(10, 10, True, True, 1)})

    def test_in_the_middle_of_a_collection_it_says_so(self):
        self.assertEqual(self.printed("""
            import gc, pyprof
            class Node:
                def __del__(self):
                    try: print(len(pyprof.census()) > 10)
                    except RuntimeError as error: print("RuntimeError", "collection" in str(error))
            a = Node(); a.me = a
            del a
            gc.collect()
            print(len(pyprof.census()) > 10)
        """).splitlines()[1:], ["True"])


if __name__ == "__main__":
    main()
