"""Output records as Kafka sees them: CloudEvents in binary mode."""

from typing import Final

import msgspec

from schemas.records import FeedAlert, Scorecard
from streams.partition.headers import Identified, Kind
from streams.partition.output import Output
from streams.partition.record import Record
from streams.sla.decision import STATUS

REJECTS: Final = "scan-rejects"
BY_CUSTOMER: Final = "sla-outcomes-by-customer"
"""Copies of `sla-outcomes`, each in the partition of its customer."""
SCORECARDS: Final = "sla-scorecards"
FEED_ALERTS: Final = "feed-alerts"
_SCHEMAS: Final = "https://shipclock.dev/schemas"
MOST_BYTES: Final = 2_000_000
"""Of key and value of a reject together: below the topic's `max.message.bytes`, so that no record, which may have been
compressed when it was sent, is too large to be rejected.  Its partition would stop there for good."""
MOST_TOLD: Final = 300
"""Characters of path and detail each: they may quote the record, and headers count as its bytes do."""

Body = Scorecard | FeedAlert

_encode: Final = msgspec.json.Encoder().encode


class Envelope:
    """Wraps records of one partition; the headers that do not change are made once."""

    def __init__(self, namespace: str, partition: int) -> None:
        self._source = f"/shipclock/{namespace}/{partition}".encode()
        self._partition = partition
        self._kinds: dict[str, Kind] = {}

    def wrap(self, key: bytes, topic: str, kind: str, body: Body) -> Output:
        """An output record with its CloudEvents headers."""
        return self.enclose(key, topic, f"{topic}.{kind}", body.id.encode(), _encode(body))

    def enclose(self, key: bytes, topic: str, sort: str, ident: bytes, body: bytes) -> Output:
        """The same of a record that is encoded already; its sort is `topic.kind`."""
        shared = self._kinds.get(sort)
        if shared is None:
            shared = self._kinds[sort] = self._headers(topic, sort)
        return Output(topic, key, body, Identified("ce_id", ident, shared))

    @staticmethod
    def farewell(key: bytes) -> Output:
        """The tombstone that takes a forgotten shipment out of the compacted `shipment-status`."""
        return Output(STATUS, key, None, ())

    def _headers(self, topic: str, sort: str) -> Kind:
        headers = (
            ("ce_specversion", b"1.0"),
            ("ce_type", f"dev.shipclock.{sort}.v1".encode()),
            ("ce_source", self._source),
            ("ce_dataschema", f"{_SCHEMAS}/{topic}.v1.schema.json".encode()),
            ("content-type", b"application/json"),
        )
        return Kind(headers)

    def reject(
        self, topic: str, record: Record, reason: str, path: str, detail: str, into: int | None = None
    ) -> Output:
        """A rejected record, its key and value bytes untouched unless they are more than the topic takes.

        It goes into the partition `into`, or the one that it was read from.
        """
        facts = {
            "reason": reason,
            "path": path[:MOST_TOLD],
            "detail": detail[:MOST_TOLD],
            "topic": topic,
            "partition": str(self._partition),
            "offset": str(record.offset),
            "timestamp": str(record.timestamp),
        }
        key, value = record.key, record.value
        size = len(key or b"") + len(value or b"")
        if size > MOST_BYTES:
            facts["truncated"] = str(size)
            key = key and key[: MOST_BYTES // 2]
            value = value and value[: MOST_BYTES - len(key or b"")]
        return Output(REJECTS, key, value, [(name, fact.encode()) for name, fact in facts.items()], into)
