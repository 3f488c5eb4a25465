"""What the output topics say after a run, read as a subscriber reads them."""

from collections import Counter
from dataclasses import dataclass, field

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.demo.ledger import OUTPUTS
from streams.demo.outputs import REJECTS
from streams.kafka.names import Names

_BATCH = 20_000
_FETCH_BYTES = 4 * 1024 * 1024


class _Replaced(msgspec.Struct, gc=False):
    kind: str


class _Output(msgspec.Struct, gc=False):
    """The fields of all outputs that matter here; each topic has some of them."""

    id: str
    shipment_id: str
    clock: str = ""
    instance: str | None = None
    kind: str = "changed"
    revision: int = 0
    replaces: _Replaced | None = None


_decode = msgspec.json.Decoder(_Output).decode


@dataclass(slots=True)
class Told:
    """All that was said."""

    closely: frozenset[str]
    """Shipments whose outcomes are kept one by one."""
    records: int = 0
    rejects: int = 0
    repeated: int = 0
    """Records whose id was there already."""
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Records by topic and kind."""
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Outcomes that hold in the end, by clock and verdict."""
    sampled: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """Newest revision and verdict, by shipment and clock (and instance, after a space)."""
    _ids: set[bytes] = field(default_factory=set)

    def add(self, topic: str, value: bytes) -> None:
        """Take in one record of an output topic (short name)."""
        output = _decode(value)
        self.records += 1
        self.kinds[topic, output.kind] += 1
        identity = bytes.fromhex(output.id)
        if identity in self._ids:
            self.repeated += 1
            return
        self._ids.add(identity)
        if topic == "sla-outcomes":
            self._outcome(output)

    def _outcome(self, output: _Output) -> None:
        self.outcomes[output.clock, output.kind] += 1
        if output.replaces is not None:
            self.outcomes[output.clock, output.replaces.kind] -= 1
        if output.shipment_id in self.closely:
            clock = output.clock if output.instance is None else f"{output.clock} {output.instance}"
            place = (output.shipment_id, clock)
            known = self.sampled.get(place)
            if known is None or known[0] < output.revision:
                self.sampled[place] = (output.revision, output.kind)


async def read_outputs(servers: str, names: Names, partitions: int, closely: frozenset[str]) -> Told:
    """Read everything that is committed now."""
    told = Told(closely)
    topics = {names.topic(short): short for short in (*OUTPUTS, REJECTS)}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=_FETCH_BYTES,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        tps = [TopicPartition(name, n) for name in topics for n in range(partitions)]
        consumer.assign(tps)
        ends = await consumer.end_offsets(tps)
        # Markers of commits occupy offsets too: the position passes them, a record's offset never would.
        while any([await consumer.position(tp) < ends[tp] for tp in tps]):
            for tp, records in (await consumer.getmany(timeout_ms=100, max_records=_BATCH)).items():
                short = topics[tp.topic]
                if short == REJECTS:
                    told.rejects += len(records)
                else:
                    for record in records:
                        if record.value is not None:
                            told.add(short, record.value)
    finally:
        await consumer.stop()
    return told
