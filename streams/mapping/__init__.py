"""Foreign rows and objects, turned into our records by a declared mapping: the one mechanism for files and topics."""

from streams.mapping.load import load_mapping, parse_mapping
from streams.mapping.mapping import Mapped, Mapping, Reader
from streams.mapping.oddities import Oddity

__all__ = ["Mapped", "Mapping", "Oddity", "Reader", "load_mapping", "parse_mapping"]
