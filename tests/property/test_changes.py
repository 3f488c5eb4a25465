"""Versions and suspensions that come in between: decisions stay the same however the log is cut, and sound."""

import random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.partition.output import Output
from streams.sla.policy import parse_policy
from tests.property.engine import Arrival, newest, replay
from tests.property.test_decisions import stumble
from tests.property.turns import pages, turns
from tests.property.vocabulary import BEGIN, FACTS_END, HALF_HOUR
from tests.property.worlds import arrivals, worlds
from tests.unit.partition.publishing import publication, suspension

instants = st.integers(0, (FACTS_END - BEGIN) // HALF_HOUR).map(lambda place: BEGIN + place * HALF_HOUR)


@st.composite
def changes(draw: st.DrawFn) -> list[Arrival]:
    """Control records: other policies, some of them for what has started already, and suspensions."""
    found = []
    for version in range(draw(st.integers(1, 3))):
        text = draw(worlds()).text.replace("version: '1'", f"version: 'v{version}'")
        rerate = draw(st.booleans())
        found.append(publication(parse_policy(text), draw(instants), draw(instants), rerate=rerate))
    for revision in range(draw(st.integers(0, 2))):
        begins = draw(instants)
        until = draw(st.none() | st.integers(1, 20).map(lambda count, at=begins: at + count * HALF_HOUR))  # type: ignore[misc]
        found.append(suspension(draw(instants), begins, until, revision=revision, regions=["north", "south"]))
    return found


def among(records: list[Arrival], control: list[Arrival]) -> list[Arrival]:
    """All records in the order of their timestamps; those of equal ones as they were."""
    return sorted([*control, *records], key=lambda record: record.timestamp)


@given(st.data())
def test_batches_units_of_work_and_crashes_change_no_decision_when_policies_change(data: st.DataObject) -> None:
    world = data.draw(worlds())
    records = among(data.draw(arrivals(world)), data.draw(changes()))
    policy = parse_policy(world.text)
    undisturbed = replay(policy, records)
    assert stumble(policy, records, data.draw(st.randoms(use_true_random=False))) == undisturbed


@given(st.data())
def test_every_revision_carries_the_record_that_it_replaces_when_policies_change(data: st.DataObject) -> None:
    world = data.draw(worlds())
    records = among(data.draw(arrivals(world)), data.draw(changes()))
    _check_replaced(replay(parse_policy(world.text), records))


@given(st.data())
def test_what_is_stopped_reopened_and_stopped_again_between_versions_is_replaced_to_the_byte(
    data: st.DataObject,
) -> None:
    _check_replaced(replay(data.draw(pages("1")), data.draw(turns())))


def _check_replaced(outputs: list[Output]) -> None:
    """What a subscriber holds of an instance must be what the next record of it replaces."""
    held: dict[tuple[Any, ...], bytes] = {}
    for output in outputs:
        if output.topic != "sla-outcomes" or output.value is None:
            continue
        body = msgspec.json.decode(output.value)
        instance = (body["shipment_id"], body["life"], body["clock"], body.get("instance"))
        before = held.get(instance)
        told = output.value
        assert ("replaces" in body) == (before is not None)
        if before is not None:
            told, whole, rest = told.partition(b',"replaces":' + before + b"}")
            assert (whole != b"", rest) == (True, b""), (body, msgspec.json.decode(before))
            told += b"}"
        held[instance] = told


@given(st.data(), st.randoms(use_true_random=False))
def test_rerating_from_the_beginning_ends_as_if_the_policy_had_always_been_so(
    data: st.DataObject, choose: random.Random
) -> None:
    world, other = data.draw(worlds()), data.draw(worlds())
    records = data.draw(arrivals(world))
    policy = parse_policy(other.text)
    change = publication(policy, choose.randrange(BEGIN, FACTS_END), 0, rerate=True)
    changed = newest(replay(parse_policy(world.text), among(records, [change])))
    always = newest(replay(policy, records))
    assert _judged(changed) == _judged(always)


def _judged(outcomes: dict[tuple[str, str, str | None], dict[str, Any]]) -> dict[Any, Any]:
    return {
        key: (body["kind"], body["start"], body["due"])
        for key, body in outcomes.items()
        if body["kind"] in {"met", "missed"} and not key[1].startswith("gap")
    }
