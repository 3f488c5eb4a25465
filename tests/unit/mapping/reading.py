"""Reads a few rows by a mapping, as a test writes them down."""

from pathlib import Path

from streams.mapping import Mapped, parse_mapping
from streams.mapping.rows import MappedFile


def read(tmp_path: Path, page: str, text: str | bytes) -> list[Mapped]:
    """What the rows of a file with this text say."""
    file = tmp_path / "theirs"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(MappedFile(parse_mapping(page), file))


def told(rows: list[Mapped]) -> list[tuple[int, str]]:
    """Line and kind of everything that is odd."""
    return [(oddity.line, oddity.kind) for row in rows for oddity in row.oddities]
