"""TOML parsed by the standard library's parser, which is Python: characters, slices, dictionaries, regular expressions."""
import tomllib

TEXT = "".join(f"""
[package.p{i}]
name = "package {i}"   # a comment
version = "1.{i}.0"
keywords = ["one", 'two', "th\\u0072ee", {i}]
limits = {{ low = {i}, high = {i}.5e3, on = {'true' if i % 2 else 'false'} }}
made = 2026-01-{i % 28 + 1:02}T10:00:00Z
[[package.p{i}.author]]
name = '''several
lines'''
""" for i in range(40))

if __name__ == "__main__":
    total = 0
    for _ in range(130):
        parsed = tomllib.loads(TEXT)
        total += sum(package["limits"]["high"] + len(package["keywords"]) for package in parsed["package"].values())
    print(total)
