"""Which documents of one JSON Schema another one refuses; for the keywords that our generated schemas use."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

Schema = dict[str, Any]

_BOUNDS = {
    "maxLength": max,
    "maximum": max,
    "maxItems": max,
    "maxProperties": max,
    "minLength": min,
    "minimum": min,
    "minItems": min,
}


Pairs = frozenset[tuple[int, int]]


class Refusal(NamedTuple):
    """One reason why a reader refuses what a writer may send."""

    path: str
    kind: Literal["absent", "type", "value", "bound", "format"]
    sent: str
    """What the writer may send: a type, a value, a bound or a format."""
    expected: str
    """What the reader expects instead."""


class Side(NamedTuple):
    """A place in a schema document, with the document for the references."""

    root: Schema
    here: Schema

    def at(self, node: Schema) -> "Side":
        """Return another place of the same document, references followed."""
        while "$ref" in node:
            target: Schema = self.root
            for step in node["$ref"].split("/")[1:]:
                target = target[step]
            node = target
        return Side(self.root, node)

    def variants(self) -> "list[Side]":
        """Return the alternatives of `anyOf`, or the place itself."""
        return [self.at(node) for node in self.here.get("anyOf", [self.here])]

    def type(self) -> str:
        """Return the JSON type; "any" when nothing is said."""
        if "enum" in self.here:
            return "string"
        return str(self.here.get("type", "any"))


def refusals(writer: Schema, reader: Schema) -> list[Refusal]:
    """Return why `reader` refuses documents that `writer` allows; nothing when it accepts them all."""
    return list(_compare(Side(writer, writer), Side(reader, reader), "$", frozenset()))


def _compare(writer: Side, reader: Side, path: str, above: Pairs) -> Iterator[Refusal]:
    writer, reader = writer.at(writer.here), reader.at(reader.here)
    options = reader.variants()
    for variant in writer.variants():
        match = _match(variant, options)
        if match is None:
            yield Refusal(path, "type", variant.type(), " or ".join(option.type() for option in options))
        else:
            yield from _compare_variant(variant, match, path, above)


def _match(variant: Side, options: list[Side]) -> Side | None:
    fitting = [option for option in options if option.type() in (variant.type(), "any")]
    if variant.type() == "integer":
        fitting += [option for option in options if option.type() == "number"]
    named = [option for option in fitting if option.here.get("title") == variant.here.get("title")]
    return next(iter(named or fitting), None)


def _compare_variant(writer: Side, reader: Side, path: str, above: Pairs) -> Iterator[Refusal]:
    pair = (id(writer.here), id(reader.here))
    if pair in above:  # a record that contains itself
        return
    above |= {pair}
    yield from _compare_values(writer.here, reader.here, path)
    ours, theirs = writer.here.get("properties", {}), reader.here.get("properties", {})
    sent = writer.here.get("required", [])
    for name in reader.here.get("required", []):
        if name not in sent:
            yield Refusal(f"{path}.{name}", "absent", "nothing", "a value")
    for name in ours.keys() & theirs.keys():
        yield from _compare(writer.at(ours[name]), reader.at(theirs[name]), f"{path}.{name}", above)
    for keyword, suffix in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(writer.here.get(keyword), dict) and isinstance(reader.here.get(keyword), dict):
            inside = writer.at(writer.here[keyword]), reader.at(reader.here[keyword])
            yield from _compare(*inside, f"{path}{suffix}", above)


def _compare_values(writer: Schema, reader: Schema, path: str) -> Iterator[Refusal]:
    if "enum" in reader:
        for value in writer.get("enum", ["any text"]):
            if value not in reader["enum"]:
                yield Refusal(path, "value", str(value), ", ".join(map(str, reader["enum"])))
    for keyword in ("format", "pattern"):
        if reader.get(keyword) not in (None, writer.get(keyword)):
            yield Refusal(path, "format", str(writer.get(keyword, "any text")), reader[keyword])
    for keyword, looser in _BOUNDS.items():
        bound, sent = reader.get(keyword), writer.get(keyword)
        if bound is not None and (sent is None or looser(bound, sent) != bound):
            yield Refusal(path, "bound", f"{keyword} {sent if sent is not None else 'none'}", f"{keyword} {bound}")
