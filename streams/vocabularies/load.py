"""Reading a vocabulary: a YAML page from the values of a source to codes of ours, or to nothing."""

from importlib.resources import as_file, files
from pathlib import Path

from msgspec import Struct

from streams.errors import PolicyError
from streams.pages import convert, located, read_page
from streams.sla.codes import NUMBERS


class NoVocabulary(PolicyError):
    """There is none of a name."""


class Term(Struct, forbid_unknown_fields=True, frozen=True):
    """What one value of a source means."""

    code: str | None
    """A code of `streams.sla.codes`; None where the value says nothing that a promise could rest on."""
    means: str = ""
    """The source's own words."""


class Vocabulary(Struct, forbid_unknown_fields=True, frozen=True):
    """The values of one source, of one field or of two.

    Of two, `a/b` means both, `*/b` any first value with the second, `a/*` the first with any second, and `a` the first
    whatever the second says; the earlier of these counts.
    """

    vocabulary: str
    source: str
    """Whose values they are, and where they are defined."""
    field: str
    """Which field holds them, or which two: `bizStep/disposition`."""
    values: dict[str, Term]
    strip: list[str] = []
    """What may stand before a value and means nothing."""

    def table(self) -> dict[str, str | None]:
        """From values to codes."""
        return {value: term.code for value, term in self.values.items()}


def load_vocabulary(name: str, folder: str = ".") -> Vocabulary:
    """The vocabulary of a file in `folder`, or of a name that comes with Shipclock.

    Raises `NoVocabulary` when there is none, and `PolicyError` when it names a code that we do not have.
    """
    file_name = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
    beside = Path(folder, file_name)
    if beside.is_file():
        return _read(beside)
    with as_file(files("streams") / "vocabularies") as directory:
        if (directory / file_name).is_file():
            return _read(directory / file_name)
    message = f"there is no vocabulary {name!r} in {folder}; with Shipclock come {', '.join(shipped())}"
    raise NoVocabulary(message)


def shipped() -> list[str]:
    """Names of the vocabularies that come with Shipclock."""
    with as_file(files("streams") / "vocabularies") as directory:
        return sorted(file.stem for file in directory.glob("*.yaml"))


def _read(file: Path) -> Vocabulary:
    page = read_page(file, "vocabulary")
    read = convert(page, Vocabulary)
    for value, term in read.values.items():
        if term.code is not None and term.code not in NUMBERS:
            raise located(page, f"$.values.{value}.code", f"{term.code!r} is no code of ours; see docs/vocabularies.md")
    return read
