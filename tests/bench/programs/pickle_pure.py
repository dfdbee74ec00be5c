"""Pickling and unpickling by the implementation in Python: dispatch tables, small methods, writes."""
import pickle
import zlib

DATA = [{"number": i, "text": f"text {i}", "list": [i, None, True, 0.5], "tuple": (i, (i, i))} for i in range(60)]


def main():
    checksum = 0
    for _ in range(270):
        packed = pickle._dumps(DATA, 4)
        checksum = zlib.crc32(repr(pickle._loads(packed)).encode(), checksum)
    print(checksum)


if __name__ == "__main__":
    main()
