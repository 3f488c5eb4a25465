"""The rows of a file: cells of a CSV file, or a JSON object a line."""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import msgspec

from streams.errors import ShipclockError
from streams.mapping.checks import is_text_encoding
from streams.mapping.mapping import Mapping
from streams.mapping.oddities import MANY_LINES, NOT_JSON, Oddity
from streams.mapping.reader import Mapped, Reader
from streams.mapping.repeats import Repeats

_LARGEST_CELL = 16 * 1024 * 1024
_EVERY = 2_000
"""Rows between two reports of progress."""

Progress = Callable[[int], None]
"""Takes how many bytes of the file have been read."""


class FileError(ShipclockError):
    """A file cannot be read with a mapping."""

    exit_code = 2


class MappedFile:
    """A file, row by row."""

    def __init__(self, mapping: Mapping, path: Path, progress: Progress | None = None) -> None:
        """Nothing is read yet."""
        self._mapping = mapping
        self._path = path
        self._progress = progress
        self.reader: Reader | None = None
        """Once reading has begun."""
        self.rows = 0
        """That have been read."""
        self.line = 0
        """Where the last of them begins, from 1."""
        self._registered: set[str] = set()
        # Whoever sends lists of what has happened sends them again when they grow.
        self._repeats = None if any(event.each for event in mapping.document.events) else Repeats()

    def __iter__(self) -> Iterator[Mapped]:
        """What each row says, in order.

        Raises `FileError` when the file cannot be read or is cut off from its encoding, and `PolicyError` when its
        columns are not those that the mapping names.
        """
        document = self._mapping.document
        if not is_text_encoding(document.encoding):
            raise FileError(
                f"there is no encoding {document.encoding!r}; let `encoding` of the mapping be one such as utf-8"
            )
        try:
            with self._path.open(encoding=document.encoding, newline="") as file:
                yield from self._csv(file) if document.format == "csv" else self._json(file)
        except OSError as error:
            raise FileError(f"{self._path} cannot be read: {error.strerror or error}") from error
        except UnicodeError as error:
            raise FileError(
                f"{self._path}, line {self._undecodable()}: it cannot be read as {document.encoding}: {error};"
                " `encoding` of the mapping says how the file is written"
            ) from error
        except csv.Error as error:
            raise FileError(f"{self._path}, after line {self.line}: it is no CSV: {error}") from error

    def _csv(self, file: TextIO) -> Iterator[Mapped]:
        document = self._mapping.document
        csv.field_size_limit(_LARGEST_CELL)
        lines = csv.reader(file, delimiter=document.csv.delimiter, quotechar=document.csv.quote)
        header = document.csv.columns or next(lines, [])
        if not header:
            raise FileError(f"{self._path} is empty: its first line should name the columns")
        self.reader = reader = self._mapping.columns(header)
        before = lines.line_num
        for cells in lines:
            first, before = before + 1, lines.line_num
            if not cells:
                continue  # an empty line
            self._count(file, first)
            mapped = self._read(reader, cells)
            if first < before:
                odd = Oddity(first, MANY_LINES, f"the row runs over lines {first} to {before}: is a quote not closed?")
                mapped = mapped._replace(oddities=[odd, *mapped.oddities])
            yield mapped

    def _json(self, file: TextIO) -> Iterator[Mapped]:
        decode = msgspec.json.Decoder().decode
        self.reader = reader = self._mapping.objects()
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            self._count(file, number)
            try:
                row: Any = decode(line)
            except (msgspec.DecodeError, RecursionError) as error:
                yield Mapped(None, (), (), [Oddity(self.line, NOT_JSON, str(error)[:200])])
                continue
            yield self._read(reader, row)

    def _read(self, reader: Reader, row: Any) -> Mapped:
        """What a row says; of rows that are events, only the first one of a shipment registers it."""
        if self._mapping.document.rows == "shipments":
            mapped = reader.read(row, self.rows, line=self.line)
            return mapped if self._repeats is None else self._repeats.look(mapped, row, self.line)
        mapped = reader.read(row, self.rows, self._registered, line=self.line)
        if mapped.registration is not None:
            self._registered.add(mapped.registration.shipment_id)
        return mapped

    def _undecodable(self) -> int:
        """The line where the encoding ends; the text is decoded in blocks, which do not say so."""
        number, encoding = 0, self._mapping.document.encoding
        with suppress(UnicodeError), self._path.open(encoding=encoding, errors="replace") as file:
            for line in file:
                number += 1
                if "\ufffd" in line:
                    break
        return max(number, 1)

    def _count(self, file: TextIO, line: int) -> None:
        self.rows += 1
        self.line = line
        if self._progress is not None and self.rows % _EVERY == 0:
            self._progress(file.buffer.tell())
