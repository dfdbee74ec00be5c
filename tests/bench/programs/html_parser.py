"""HTML taken apart by html.parser: callbacks into Python for every tag and text."""
import collections
import html.parser

ROW = "<tr class='r{0}'><td>Cell &amp; text {0}</td><td><a href=\"/page?x={0}&y=1\">link</a><br/><!-- note --></td></tr>\n"
PAGE = "<!doctype html><html><body><table>" + "".join(ROW.format(i) for i in range(300)) + "</table></body></html>"


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = collections.Counter()
        self.length = 0
        self.depth = 0

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.depth += 1
        for name, value in attributes:
            self.length += len(value or "")

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_data(self, data):
        self.length += len(data)


if __name__ == "__main__":
    total = 0
    for _ in range(45):
        reader = Reader()
        reader.feed(PAGE)
        reader.close()
        total += reader.length + sum(reader.tags.values()) + reader.depth
    print(total)
