"""Headers of output records: an id of each record's own, beside what all of its kind have."""

from collections.abc import Iterator, Sequence

from mypy_extensions import mypyc_attr


class Kind:
    """Headers that all records of one kind share; equal to nothing but itself, so that it can be looked up fast."""

    def __init__(self, headers: Sequence[tuple[str, bytes]]) -> None:
        self.headers = tuple(headers)


@mypyc_attr(acyclic=True)
class Identified:
    """The id of a record as its first header, then those of its kind."""

    def __init__(self, name: str, identity: bytes, kind: Kind) -> None:
        self.name = name
        self.identity = identity
        self.kind = kind

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return iter([(self.name, self.identity), *self.kind.headers])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identified) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(self.identity)
