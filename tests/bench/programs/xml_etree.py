"""XML made, written, parsed, searched and changed through ElementTree."""
import xml.etree.ElementTree as ElementTree


def build(rows):
    root = ElementTree.Element("catalogue")
    for i in range(rows):
        book = ElementTree.SubElement(root, "book", {"id": f"b{i}", "lang": "de" if i % 3 else "en"})
        ElementTree.SubElement(book, "title").text = f"Title & more {i}"
        for number in range(i % 4):
            ElementTree.SubElement(book, "author").text = f"Author {number}"
    return root


def work(rows):
    root = build(rows)
    text = ElementTree.tostring(root, encoding="unicode")
    parsed = ElementTree.fromstring(text)
    total = len(text)
    for book in parsed.iterfind("book[@lang='en']"):
        total += len(book.findall("author"))
        book.set("seen", "yes")
    for title in parsed.iter("title"):
        total += len(title.text)
    ElementTree.indent(parsed)
    return total + len(ElementTree.tostring(parsed))


if __name__ == "__main__":
    print(sum(work(400) for _ in range(100)))
