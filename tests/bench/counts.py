"""Are the function collector's counts those of cProfile? Every program, every function and builtin, once."""
import collections
import json
import marshal
import pathlib
import subprocess

from measure import COLLECTORS, FOLDER, WORKBENCH, hosted, run

COUNTER = pathlib.Path(__file__).with_name("count_calls.py")
# program -> text of a line -> its hits, by reckoning: 420 * 420 points, and the sum of their steps that it prints
LINE_HITS = {"julia": {"while abs(z) < 2 and n < most:": 5_855_792 + 176_400, "z = z * z + constant": 5_855_792,
                       "for i in range(len(points)):": 176_400 + 1, "output[i] = n": 176_400},
             "fib": {"if n < 2:": 11_405_773, "return n": 5_702_887}}
# What count_calls.py adds: it starts the program by exec, and ends the count in a function of its own.
OF_THE_COUNTER = collections.Counter({("", 0, "exec"): 1, ("", 0, "disable"): 1})


def simple_name(text):
    """The bare name in what _lsprof calls a C function: `<method 'append' of 'list' objects>`, `<built-in method math.sin>`,
    `<built-in method seed at 0x...>`. Its classes are not compared: it names the one that defines a method, or none."""
    text = text.strip("<>")
    if text.startswith("method "):
        return text.split("'")[1]
    return text.removeprefix("built-in method ").split(" of ")[0].split(" at ")[0].rpartition(".")[2]


def calls_by_cpython(python, program):
    calls = collections.Counter()
    for how in ("cProfile", "setprofile"):
        out = FOLDER / "calls.marshal"
        run([python, str(COUNTER), how, str(out), str(program)])
        for file, line, name, count in marshal.loads(out.read_bytes()):
            if file != str(COUNTER):
                calls[(file, line, name) if file else ("", 0, simple_name(name))] += count
    calls.subtract(OF_THE_COUNTER)
    return +calls


def profile_of(python, program, tool):
    session = FOLDER / "counts.pyprof"
    run(hosted(COLLECTORS[tool], python, program, session))
    exported = subprocess.run([WORKBENCH, "--export", "json", str(session)], stdout=subprocess.PIPE, check=True).stdout
    return json.loads(exported)


def calls_by_us(python, program):
    calls = collections.Counter()
    for function in profile_of(python, program, "function")["functions"]:
        key = (function["file"], function["line"]) if function["kind"] == "python" else ("", 0)
        calls[*key, function["name"]] += function["calls"]
    return +calls


def check_counts(programs, python, say=print):
    """How many programs have a wrong count; says which function, and by how much."""
    wrong = total = functions = 0
    for program in programs:
        wanted, got = calls_by_cpython(python, program), calls_by_us(python, program)
        differences = [key for key in {*wanted, *got} if wanted[key] != got[key]]
        for key in sorted(differences):
            say(f"WRONG COUNT  {program.stem}: {':'.join(map(str, key))}: {got[key]} calls, {wanted[key]} by cProfile")
        wrong += bool(differences)
        total += sum(wanted.values())
        functions += len(wanted)
    say(f"counts: {total:,} calls of {functions:,} functions in {len(programs)} programs compared with cProfile, "
        f"{wrong} programs differ")
    return wrong


def check_lines(programs, python, say=print):
    """How many programs have wrong hits on lines whose hits are known."""
    wrong = 0
    for program in programs:
        wanted = LINE_HITS.get(program.stem, {})
        if not wanted:
            continue
        rows = profile_of(python, program, "line")["lines"]
        hits = {row["line"]: row["hits"] for row in rows if row["file"] == str(program)}
        texts = dict(enumerate((line.strip() for line in program.read_text().splitlines()), 1))
        differences = [(line, text, hits.get(line), wanted[text]) for line, text in texts.items()
                       if text in wanted and hits.get(line) != wanted[text]]
        for line, text, got, right in differences:
            say(f"WRONG COUNT  {program.stem}: hits of line {line} `{text}`: {got} instead of {right}")
        wrong += bool(differences)
    return wrong
