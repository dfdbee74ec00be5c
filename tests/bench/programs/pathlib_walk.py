"""Paths: made, taken apart, compared, and those of a real folder listed and asked for their status."""
import pathlib
import tempfile


def pure(count):
    total = 0
    base = pathlib.PurePosixPath("/usr/lib/python3")
    for i in range(count):
        path = base / f"folder{i % 10}" / f"module{i}.py"
        total += len(path.parts) + len(path.with_suffix(".pyc").name) + len(path.stem)
        total += path.is_relative_to(base) + (path.parent.name == "folder3") + path.match("*.py")
    return total


def real(folder, rounds):
    for i in range(60):
        (folder / f"f{i}.{'py' if i % 3 else 'txt'}").write_text("x" * i)
    total = 0
    for _ in range(rounds):
        for path in folder.iterdir():
            total += path.stat().st_size
        total += sum(1 for _ in folder.glob("*.py"))
        total += sum(path.exists() for path in folder.glob("*.txt"))
    return total


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        print(pure(30_000), real(pathlib.Path(name), 250))
