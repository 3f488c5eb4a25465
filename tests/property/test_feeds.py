"""Silent feeds change no verdict, every doubt ends, and nobody is called silent who has spoken."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.partition.output import Output
from streams.partition.outputs import FEED_ALERTS
from streams.sla.policy import parse_policy
from tests.property.engine import Arrival, Decision, bodies, replay
from tests.property.vocabulary import FACILITIES, FAR
from tests.property.worlds import arrivals, worlds
from tests.unit.partition.publishing import feed_status
from tests.unit.partition.test_listening import Listener, at, progress, sighting

OF_DOUBT = ("verification", "silent_feed", "explanation")
"""Fields of an alert that may differ."""
OF_NUMBERING = ("id", "revision", "sequence")
"""Fields that count what was said, and a confirmation is one more."""


@st.composite
def with_silences(draw: st.DrawFn, records: list[Arrival]) -> list[Arrival]:
    """The same records, and facilities that fall silent between them and come back in the end."""
    told: defaultdict[str, int] = defaultdict(int)
    found: list[Arrival] = []
    for record in records[:-1]:
        found.append(record)
        facility = draw(st.none() | st.sampled_from(FACILITIES))
        if facility is not None:
            told[facility] += 1
            found.append(status(record.timestamp, facility, told[facility]))
    for facility, revision in told.items():
        if revision % 2:
            found.append(status(FAR - 1, facility, revision + 1))
    return [*found, records[-1]]


def status(at: int, facility: str, revision: int) -> Arrival:
    return feed_status(at, facility, silent=bool(revision % 2), revision=revision)


def without(body: Decision, *fields: str) -> Decision:
    """A record without some fields, also in what it replaces."""
    return {
        name: without(value, *fields) if isinstance(value, dict) else value
        for name, value in body.items()
        if name not in fields
    }


def decisions(outputs: Iterable[Output], topic: str, *fields: str) -> list[Decision]:
    """What was said in a topic, but that a breach is confirmed."""
    return [without(body, *fields) for body in bodies(outputs, topic) if body.get("kind") != "confirmed"]


@given(st.data())
def test_outcomes_notices_and_alerts_are_the_same_with_and_without_silent_feeds(data: st.DataObject) -> None:
    world = data.draw(worlds())
    policy, records = parse_policy(world.text), data.draw(arrivals(world))
    plain = replay(policy, records)
    doubtful = replay(policy, data.draw(with_silences(records)))
    for topic in ("sla-outcomes", "delay-notices"):
        assert decisions(doubtful, topic, "sequence") == decisions(plain, topic, "sequence")
    for topic in ("breach-alerts", "shipment-status"):
        assert decisions(doubtful, topic, *OF_DOUBT, *OF_NUMBERING) == decisions(plain, topic, *OF_DOUBT, *OF_NUMBERING)


@given(st.data())
def test_every_unverified_breach_is_confirmed_withdrawn_or_resolved_next_and_no_other_is(data: st.DataObject) -> None:
    world = data.draw(worlds())
    records = data.draw(with_silences(data.draw(arrivals(world))))
    said: dict[tuple[Any, ...], list[Decision]] = defaultdict(list)
    for body in bodies(replay(parse_policy(world.text), records), "breach-alerts"):
        said[body["shipment_id"], body["life"], body["clock"], body.get("instance")].append(body)
    for alerts in said.values():
        assert [one["revision"] for one in alerts] == list(range(1, len(alerts) + 1))
        for one, after in zip(alerts, [*alerts[1:], None], strict=True):
            if one.get("verification") == "unverified":
                assert after is not None
                assert after["kind"] in ("confirmed", "withdrawn", "resolved")
            if after is not None and after["kind"] == "confirmed":
                assert one["verification"] == "unverified"
                assert one["silent_feed"] == after["silent_feed"]


SILENT_AFTER = 3
"""Hours."""
PARTITIONS = 3


@st.composite
def reports(draw: st.DrawFn) -> tuple[list[int], list[Decision]]:
    """Hours at which a facility was heard of, by any partition; and what was told of it, in some order of arrival.

    Each partition tells things in their order, and its progress behind what it has seen.
    """
    heard: list[int] = []
    queues: list[list[Decision]] = []
    for number in range(PARTITIONS):
        hours = sorted(draw(st.sets(st.integers(0, 30), max_size=6)))
        heard += hours
        told = [(hour, 0, sighting("HUB", hour, silent_after=SILENT_AFTER)) for hour in hours]
        told += [(hour, 1, progress(hour, number)) for hour in [*draw(st.lists(st.integers(0, 30), max_size=6)), 99]]
        queues.append([body for _, _, body in sorted(told, key=lambda one: one[:2])])
    mixed = []
    while any(queues):
        mixed.append(draw(st.sampled_from([queue for queue in queues if queue])).pop(0))
    return heard, mixed


@given(reports(), st.integers(1, 4))
def test_a_facility_is_called_silent_only_where_no_partition_has_heard_of_it_for_so_long(
    told: tuple[list[int], list[Decision]], cut: int
) -> None:
    heard, records = told
    listener = Listener(partitions=PARTITIONS)
    for first in range(0, len(records), cut):
        listener.hears(*records[first : first + cut])
        listener.restart()
    alerts = [msgspec.json.decode(one.value or b"") for one in listener.said if one.topic == FEED_ALERTS]
    opened = [one["heard_at"] for one in alerts if one["kind"] == "opened"]
    ends = [*sorted(set(heard)), 10_000]
    silences = [at(end) for end, after in pairwise(ends) if after - end > SILENT_AFTER]
    assert opened == [one for one in silences if one in opened]
    assert opened[-1:] == silences[-1:]
    assert [one["kind"] for one in alerts] == (["opened", "resolved"] * len(opened))[: max(2 * len(opened) - 1, 0)]
