"""The messages of a topic: each is one JSON object, read by itself."""

from typing import Any

import msgspec

from streams.mapping.mapping import Mapping
from streams.mapping.oddities import BAD_VALUE, NOT_JSON, Oddity
from streams.mapping.reader import Mapped

_DETAIL_LIMIT = 300


class Messages:
    """Reads messages by a mapping.  Nothing is remembered from one message to the next."""

    def __init__(self, mapping: Mapping) -> None:
        """Raises `PolicyError` when the page is not one for topics."""
        self._reader = mapping.messages()
        self._encoding = mapping.document.encoding
        self._decode = msgspec.json.Decoder().decode

    def read(self, value: bytes) -> Mapped:
        """What a message says; what cannot be read is left out, and told with its path."""
        try:
            row: Any = self._decode(value.decode(self._encoding))
        except (msgspec.DecodeError, UnicodeError) as error:
            return _nothing(NOT_JSON, str(error)[:_DETAIL_LIMIT])
        except RecursionError:
            return _nothing(NOT_JSON, "the message is nested too deeply")
        if not isinstance(row, dict):
            return _nothing(BAD_VALUE, "the message is no object")
        try:
            return self._reader.read(row, 0)
        except (OverflowError, ValueError, LookupError) as error:
            # A worker that ends by a message reads it again when it is started, and ends again.
            return _nothing(BAD_VALUE, f"the message cannot be read: {error}"[:_DETAIL_LIMIT])


def _nothing(kind: str, detail: str) -> Mapped:
    return Mapped(None, (), (), [Oddity(0, kind, detail)])
