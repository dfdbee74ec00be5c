"""A small template language: text is compiled to a tree of nodes that render themselves; also string.Template and format."""
import html
import re
import string
import zlib

TOKENS = re.compile(r"({{.*?}}|{%.*?%})", re.S)


class Text:
    def __init__(self, text):
        self.text = text

    def render(self, context, out):
        out.append(self.text)


class Expression:
    def __init__(self, text):
        self.path, *self.filters = (part.strip() for part in text.split("|"))
        self.path = self.path.split(".")

    def value(self, context):
        value = context[self.path[0]]
        for name in self.path[1:]:
            value = value[name] if isinstance(value, dict) else getattr(value, name)
        for name in self.filters:
            value = FILTERS[name](value)
        return value

    def render(self, context, out):
        out.append(html.escape(str(self.value(context))))


class Loop:
    def __init__(self, name, expression, body):
        self.name, self.expression, self.body = name, expression, body

    def render(self, context, out):
        inner = dict(context)
        for position, item in enumerate(self.expression.value(context)):
            inner[self.name] = item
            inner["position"] = position
            for node in self.body:
                node.render(inner, out)


class Condition:
    def __init__(self, expression, body, otherwise):
        self.expression, self.body, self.otherwise = expression, body, otherwise

    def render(self, context, out):
        for node in self.body if self.expression.value(context) else self.otherwise:
            node.render(context, out)


FILTERS = {"upper": str.upper, "odd": lambda value: value % 2, "money": lambda value: f"{value:,.2f}"}


def parse(tokens, ends=()):
    nodes = []
    for token in tokens:
        if token.startswith("{{"):
            nodes.append(Expression(token[2:-2]))
        elif token.startswith("{%"):
            word, _, rest = token[2:-2].strip().partition(" ")
            if word in ends:
                return nodes, word
            if word == "for":
                name, _, source = rest.partition(" in ")
                nodes.append(Loop(name, Expression(source), parse(tokens, ("end",))[0]))
            elif word == "if":
                body, end = parse(tokens, ("else", "end"))
                nodes.append(Condition(Expression(rest), body, parse(tokens, ("end",))[0] if end == "else" else []))
        elif token:
            nodes.append(Text(token))
    return nodes, None


PAGE = """<h1>{{ title|upper }}</h1><table>
{% for row in rows %}<tr class="{% if position|odd %}odd{% else %}even{% end %}">
<td>{{ row.name }}</td><td>{{ row.price|money }}</td>{% for tag in row.tags %}<i>{{ tag }}</i>{% end %}</tr>
{% end %}</table>"""


def main():
    page, _ = parse(iter(TOKENS.split(PAGE)))
    letter = string.Template("Dear $name, you owe us $price for ${count} items.")
    rows = [{"name": f"item <{i}>", "price": i * 1234.5, "tags": ["a&b", "new"][:i % 3]} for i in range(200)]
    checksum = 0
    for turn in range(420):
        out = []
        for node in page:
            node.render({"title": f"page {turn}", "rows": rows}, out)
        checksum = zlib.crc32("".join(out).encode(), checksum)
        for row in rows[:60]:
            text = letter.substitute(name=row["name"], price=row["price"], count=turn)
            checksum = zlib.crc32("{0:>80} {1[name]!r:<30}".format(text, row).encode(), checksum)
    print(checksum)


if __name__ == "__main__":
    main()
