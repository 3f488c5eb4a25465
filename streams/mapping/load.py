"""Finding and reading a mapping page."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from streams.errors import PolicyError
from streams.mapping.document import MappingDocument
from streams.mapping.mapping import Mapping
from streams.pages import Value, convert, parse_page, read_page
from streams.sla.policy.inheritance import Kind, Library, inherited

MAPPINGS: Final = Kind("mapping", "mapping/shipped")


def load_mapping(name: str) -> Mapping:
    """The mapping of a YAML file, or of a name that comes with Shipclock.

    Raises `PolicyError` naming file, line, column and field path.
    """
    path = Path(name)
    if path.is_file():
        return _mapping(read_page(path, MAPPINGS.name), path.parent, path)
    with as_file(files("streams") / MAPPINGS.shipped) as directory:
        shipped = directory / f"{name}.yaml"
        if shipped.is_file():
            return _mapping(read_page(shipped, MAPPINGS.name), directory, shipped)
        known = ", ".join(sorted(file.stem for file in directory.glob("*.yaml")))
    message = f"there is no mapping {name}; give a YAML file, or one that comes with Shipclock: {known}"
    raise PolicyError(message)


def parse_mapping(text: str, *, source: str = "mapping") -> Mapping:
    """The mapping of a YAML text.  Raises `PolicyError`, as `load_mapping`."""
    return _mapping(parse_page(text, source), Path())


def _mapping(page: Value, folder: Path, file: Path | None = None) -> Mapping:
    whole = inherited(page, Library(MAPPINGS, folder, file).find)
    return Mapping(convert(whole, MappingDocument), whole, str(folder))
