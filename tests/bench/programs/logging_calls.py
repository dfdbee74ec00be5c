"""Log records: formatted and written, filtered by level, and with a handler that is silent."""
import io
import logging


class Counting(logging.Handler):
    total = 0

    def emit(self, record):
        Counting.total += len(record.getMessage())


def main():
    out = io.StringIO()
    logger = logging.getLogger("bench")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s: %(message)s"))
    logger.addHandler(handler)
    logger.addHandler(Counting())
    for i in range(36_000):
        logger.info("request %d of %s took %.3f", i, "somebody", i / 7)
        logger.debug("not written %d", i)
        logger.debug("not written either")
        if i % 10 == 0:
            logger.warning("slow: %(what)s", {"what": i})
    logger.handlers.clear()  # here, not while the interpreter ends, where nobody counts any more
    print(len(out.getvalue()), Counting.total)


if __name__ == "__main__":
    main()
