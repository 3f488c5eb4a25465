"""Foreign rows and objects, turned into our records by a declared mapping: the one mechanism for files and topics."""

from streams.mapping.load import load_mapping, parse_mapping
from streams.mapping.mapping import Mapping
from streams.mapping.messages import Messages
from streams.mapping.oddities import Oddity
from streams.mapping.reader import Mapped, Reader

__all__ = ["Mapped", "Mapping", "Messages", "Oddity", "Reader", "load_mapping", "parse_mapping"]
