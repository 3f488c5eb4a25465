"""The rights that deploy/kafka/README.md lists, as an authorizer takes them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

README: Final = Path(__file__).parents[2] / "deploy" / "kafka" / "README.md"
TOPIC: Final = 2
GROUP: Final = 3
_KINDS: Final = {"topic": TOPIC, "group": GROUP, "transactional id": 5}
OPERATIONS: Final = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10, "AlterConfigs": 11}
LITERAL: Final = 3
PREFIXED: Final = 4
_CARRIER: Final = "CARRIER"
_RESOURCE = re.compile(r"(topic|group|transactional id)s?( with prefix)? ((?:`[^`]+`(?:, )?)+)")


class Right(NamedTuple):
    """One operation on one resource, or on all whose names begin so; numbers as in Kafka's protocol."""

    kind: int
    name: str
    pattern: int
    operation: int


def rights(*principals: str, carrier: str | None = None) -> frozenset[Right]:
    """Return what the table gives to these principals, named as there; `carrier` is the name of a carrier's topic."""
    listed = {principal: set(_listed(principal)) for principal in principals}
    assert all(listed.values()), principals
    return frozenset(
        right._replace(name=carrier) if carrier and right.name == _CARRIER else right
        for found in listed.values()
        for right in found
    )


def _listed(principal: str) -> Iterator[Right]:
    for line in README.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or cells[0] != principal:
            continue
        resource = _RESOURCE.fullmatch(cells[1])
        assert resource, line
        for name in re.findall(r"`([^`]+)`", resource[3]):
            full = f"shipclock{name}" if name.startswith(".") else name
            for operation in cells[2].split(", "):
                pattern = PREFIXED if resource[2] else LITERAL
                yield Right(_KINDS[resource[1]], full, pattern, OPERATIONS[operation])


def without(granted: frozenset[Right], name: str, *operations: str) -> frozenset[Right]:
    """All rights but those on one resource, or but some operations on it."""
    gone = {OPERATIONS[operation] for operation in operations} or set(OPERATIONS.values())
    left = frozenset(right for right in granted if right.name != name or right.operation not in gone)
    assert left != granted, name
    return left


def commanded(principal: str) -> frozenset[Right]:
    """Return what the commands grant to a principal."""
    text = README.read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if f"--allow-principal User:{principal} " in line]
    assert lines, principal
    return frozenset(right for line in lines for right in _granted(line))


def _granted(command: str) -> Iterator[Right]:
    options = re.findall(r"--(\S+) ([^-\s]\S*)", command)
    pattern = PREFIXED if ("resource-pattern-type", "prefixed") in options else LITERAL
    operations = [OPERATIONS[value] for option, value in options if option == "operation"]
    for option, value in options:
        kind = _KINDS.get(option.replace("-", " "))
        if kind is not None:
            yield from (Right(kind, value, pattern, operation) for operation in operations)
