"""Regular expressions: matching, substituting with a function, splitting, and compiling (which is Python)."""
import random
import re

PATTERNS = [r"\b[a-z]+ing\b", r"(\w+)@(\w+)\.(com|org)", r"\d{1,3}(?:\.\d{1,3}){3}", r"(?i)the\s+(?P<noun>\w+)",
            r"[aeiou]{2,}", r"^\s*#.*$", r"(a|b|ab)*c", r"\"(?:[^\"\\]|\\.)*\""]


def make_text(source):
    words = ["running", "the", "Cat", "me@home.org", "10.0.0.255", "quoin", '"a \\"text\\""', "ababc", "sing", "\n# note\n"]
    return " ".join(source.choices(words, k=3000))


def upper(match):
    return match.group(0).upper()


def main():
    text = make_text(random.Random(5))
    found = changed = 0
    for _ in range(45):
        for pattern in PATTERNS:
            found += sum(1 for _ in re.finditer(pattern, text, re.M))
            changed += len(re.sub(pattern, upper, text))
            found += len(re.split(pattern, text))
    for _ in range(40):
        re.purge()
        for pattern in PATTERNS:
            found += re.compile(pattern, re.M).groups
    print(found, changed)


if __name__ == "__main__":
    main()
