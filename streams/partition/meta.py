"""The meta record: one per partition, written in every transaction.  It is the authority on where the partition is."""

from typing import Final

import msgspec
from msgspec import Struct

from streams.errors import PartitionParked
from streams.sla.silences import Silence
from streams.sla.surroundings import Suspension

KEY: Final = b""
"""Its changelog key; a shipment id cannot be empty."""
BARRIER: Final = b"barrier"
"""Key of what is appended to learn where the changelog ends; it is never committed, so nobody reads it."""
FORMAT: Final = 2


class PolicyInForce(Struct, frozen=True, kw_only=True):
    """One version of the policy; its page lies beside the meta record, under its digest."""

    name: str
    version: str
    digest: str
    begins: int
    """From which start of a clock on it holds, UTC milliseconds."""


class Sweep(Struct, frozen=True, kw_only=True):
    """Shipments are being judged again, one after the other, because something changed that holds for all of them."""

    at: int
    """When that happened, UTC milliseconds."""
    after: str = ""
    """The last shipment that was judged again, in the order of their keys."""
    policies: tuple[PolicyInForce, ...]
    """In force before."""
    suspensions: tuple[Suspension, ...]
    """Known before."""


class Meta(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a partition is."""

    format: int
    offsets: dict[str, int]
    """Next offset to read, by short topic name; -1 where nothing is known of the topic yet."""
    topics: dict[str, str] = {}
    """The cluster's ids of these topics, as far as it gives any: the offsets are theirs."""
    partitions: int = 0
    """How many partitions the namespace has: state lies where keys belong by that; 0 where it was not written down."""
    time: int
    """Partition time, UTC milliseconds."""
    policies: tuple[PolicyInForce, ...] = ()
    """Oldest first."""
    suspensions: tuple[Suspension, ...] = ()
    sweep: Sweep | None = None
    """None when every shipment has been judged under what is in force."""
    gauges: dict[str, dict[str, int]]
    """How many clocks run and are overdue, by clock; how many shipments there are, by phase."""
    silences: tuple[Silence, ...] = ()
    """Facilities whose scans do not arrive."""


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
