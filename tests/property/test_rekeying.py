"""Whatever a carrier sends: nothing is lost, nothing is made up, and nothing ends the worker."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.intake import read_care_event, read_registration, read_scan
from streams.mapping import Messages, parse_mapping
from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.lanes import TimeSource
from streams.partition.partitioners import murmur2
from streams.partition.ports import SourceBatch, UnitOfWork
from streams.partition.record import Record
from streams.partition.rekeying import CARRIER, Carrier, rekeying

PAGE = """
mapping: any
format: json
id: no
times: {formats: [iso, unix], zone: Asia/Shanghai}
shipment:
  when: {kind: order}
  customer: client
  registered_at: {column: at, zone: zone}
  revision: n
  weight_kg: n
  destination: {region: client, time_zone: zone, remote: n}
  declared_value: {amount: n, currency: client}
  labels: {a: client}
events:
  - {code: accepted, at: at, when: {n: {at_least: 1}}}
  - each: list
    at: {first: [at, /at]}
    code: {column: code, beside: n, table: {PU: picked_up, "*/1": delivered, X: null}}
    facility: no
    revision: n
    id: client
  - {care: {case: no, kind: {column: kind, otherwise: other, table: {order: complaint}}, step: opened}, at: at}
oddities: [{name: odd, before: [at, zone]}]
"""
MESSAGES = Messages(parse_mapping(PAGE))
READERS = {"shipments": read_registration, "parcel-scans": read_scan, "care-events": read_care_event}
PARTITIONS = 7
NOW = 1_793_577_600_000

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from(["PU", "OK", "X", "order", "1", "2026-11-02T08:00:00", "1793577600", "Asia/Shanghai", "S1", "nan"]),
)
names = st.sampled_from(["no", "kind", "client", "at", "zone", "n", "list", "code"])
anything = st.recursive(plain, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(names, inside, max_size=8))
likely = st.fixed_dictionaries(
    {"no": st.sampled_from(["S1", "S2", 7]), "at": st.sampled_from(["2026-11-02T08:00:00", 1793577600])},
    optional={
        "kind": plain,
        "client": plain,
        "n": plain,
        "zone": plain,
        "list": st.lists(st.dictionaries(names, plain, max_size=5), max_size=4),
    },
)
values = st.one_of(st.none(), st.binary(max_size=20), st.one_of(anything, likely).map(msgspec.json.encode))


def taken_in(sent: list[bytes | None]) -> UnitOfWork:
    settings = CoreSettings("ns", 3, PARTITIONS, TimeSource.UNTIMED, reject_limit=1.0)
    core = Core(rekeying(Carrier("any", MESSAGES)), settings)
    core.restored(0)
    records = [Record(offset, NOW, None, value) for offset, value in enumerate(sent)]
    core.offer(SourceBatch(CARRIER, records, NOW))
    while core.buffered:
        core.work(100)
    return core.take()


@given(values)
def test_every_message_gives_records_a_reject_or_a_flag(value: bytes | None) -> None:
    unit = taken_in([value])
    rejects = [output for output in unit.outputs if output.topic == "scan-rejects"]
    assert len(rejects) <= 1
    for reject in rejects:
        assert (reject.key, reject.value) == (None, value)
    assert unit.outputs or unit.tally.flags
    assert sum(unit.tally.rejects.values()) == len(rejects)


@given(values)
def test_what_is_written_is_taken_by_the_main_job_and_lies_where_it_belongs(value: bytes | None) -> None:
    for output in taken_in([value]).outputs:
        if output.topic != "scan-rejects":
            read: Any = READERS[output.topic]
            read(output.key, output.value, 2**62)
            assert output.key is not None
            assert output.partition == murmur2(output.key, PARTITIONS)


@given(st.lists(values, min_size=1, max_size=3))
def test_the_same_messages_give_the_same_records_whatever_came_between(sent: list[bytes | None]) -> None:
    alone = [output for value in sent for output in taken_in([value]).outputs if output.topic != "scan-rejects"]
    together = [output for output in taken_in(sent).outputs if output.topic != "scan-rejects"]
    assert together == alone
