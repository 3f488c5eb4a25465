"""What is known of a story when it is over."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Told(NamedTuple):
    """How it went."""

    what: str
    struck: Mapping[str, int]
    """Faults, by kind."""
    ends: Mapping[str, int]
    """Ends of workers, by how they ended."""
    wrong: Sequence[str]
    """What must not be."""
