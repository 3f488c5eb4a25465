"""The meta record: one per partition, written in every transaction.  It is the authority on where the partition is."""

from typing import Final

import msgspec
from msgspec import Struct

from streams.errors import PartitionParked

KEY: Final = b""
"""Its changelog key; a shipment id cannot be empty."""
FORMAT: Final = 1


class Meta(Struct, frozen=True, kw_only=True):
    """Where a partition is."""

    format: int = FORMAT
    offsets: dict[str, int]
    """Next offset to read, by short topic name; -1 where nothing is known of the topic yet."""
    time: int
    """Partition time, UTC milliseconds."""
    policy: str
    """Name, version and digest of the policy in force."""
    gauges: dict[str, dict[str, int]]
    """How many clocks run and are overdue, by clock; how many shipments there are, by phase."""


_decoder = msgspec.json.Decoder(Meta)


def encode_meta(meta: Meta) -> bytes:
    """The value of the meta record: JSON, so that it can be read with any tool."""
    return msgspec.json.encode(meta)


def decode_meta(value: bytes) -> Meta:
    """The meta record of a value.  Raises `PartitionParked` for a format that this version does not know."""
    try:
        meta = _decoder.decode(value)
    except msgspec.MsgspecError as error:
        raise PartitionParked(f"the meta record of the state changelog cannot be read: {error}") from error
    if meta.format != FORMAT:
        raise PartitionParked(
            f"the state changelog has format {meta.format}, this version knows {FORMAT}: run the version that wrote it"
        )
    return meta
