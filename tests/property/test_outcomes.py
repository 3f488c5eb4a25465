"""The engine against the oracle, whatever the order of arrival."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.partition.output import Output
from streams.sla.policy import parse_policy
from tests.oracles import consequences
from tests.oracles.pauses import Span
from tests.oracles.promises import Final, facts_of, finals, ms
from tests.property.engine import bodies, newest, replay
from tests.property.pages import text_of
from tests.property.vocabulary import BEGIN, FACTS_END, HALF_HOUR
from tests.property.worlds import World, arrivals, in_time_order, worlds
from tests.unit.partition.publishing import suspension


def said(outputs: Iterable[Output]) -> dict[tuple[str, str, str | None], Final]:
    """The newest outcomes, without those that were taken back."""
    return {
        key: Final(
            body["kind"],
            ms(body["start"]),
            None if body["due"].startswith("9999") else ms(body["due"]),
            ms(body["stopped_at"]) if "stopped_at" in body else None,
            body.get("reason"),
        )
        for key, body in newest(outputs).items()
        if body.get("reason") != "reopened"
    }


def expected(
    world: World, suspensions: Mapping[str, Sequence[Span]] = MappingProxyType({})
) -> dict[tuple[str, str, str | None], Final]:
    """What the oracle has for every shipment, without what still runs."""
    return {
        (shipment_id, *instance): final
        for shipment_id, registrations in world.registered.items()
        for instance, final in finals(world.policy, registrations, world.scanned[shipment_id], suspensions).items()
        if final.kind != "running"
    }


def without_quiet_gaps(world: World, found: dict[Any, Final]) -> dict[Any, Final]:
    """Gaps in time are not published unless they had been called missed."""
    gaps = {clock["name"] for clock in world.policy["clocks"] if clock.get("per") == "gap"}
    return {key: final for key, final in found.items() if key[1] not in gaps or final.kind == "missed"}


@given(st.data())
def test_outcomes_are_those_of_the_oracle_in_any_order_of_arrival(data: st.DataObject) -> None:
    world = data.draw(worlds())
    outputs = replay(parse_policy(world.text), data.draw(arrivals(world)))
    found, wanted = said(outputs), expected(world)
    assert without_quiet_gaps(world, found) == without_quiet_gaps(world, wanted)
    for key in found.keys() - without_quiet_gaps(world, found).keys():
        assert found[key] == wanted[key]


@given(st.data())
def test_what_still_runs_in_the_end_has_a_standing_alert_and_so_has_an_incident(data: st.DataObject) -> None:
    world = data.draw(worlds())
    outputs = replay(parse_policy(world.text), data.draw(arrivals(world)))
    standing = {}
    for alert in bodies(outputs, "breach-alerts"):
        standing[alert["shipment_id"], alert["clock"], alert.get("instance")] = alert["kind"] == "opened"
    incidents = {clock["name"] for clock in world.policy["clocks"] if clock.get("never")}
    wanted = {
        (shipment_id, *instance)
        for shipment_id, registrations in world.registered.items()
        for instance, final in finals(world.policy, registrations, world.scanned[shipment_id]).items()
        if (final.kind == "running" and final.due is not None) or (final.kind == "missed" and instance[0] in incidents)
    }
    assert {key for key, stands in standing.items() if stands} == wanted


@given(st.data())
def test_while_a_region_is_suspended_time_counts_for_no_kind_of_clock(data: st.DataObject) -> None:
    world = data.draw(worlds())
    span = st.tuples(st.integers(0, 60), st.none() | st.integers(1, 20))
    suspended: dict[str, Sequence[Span]] = {}
    control = []
    for region in ("north", "south"):
        first, length = data.draw(span)
        begins = BEGIN + first * HALF_HOUR
        until = None if length is None else begins + length * HALF_HOUR
        suspended[region] = [(begins, until)]
        control.append(
            suspension(BEGIN + data.draw(st.integers(0, 99)) * HALF_HOUR, begins, until, regions=[region], id=region)
        )
    records = sorted([*control, *data.draw(arrivals(world))], key=lambda record: record.timestamp)
    found, wanted = said(replay(parse_policy(world.text), records)), expected(world, suspended)
    assert without_quiet_gaps(world, found) == without_quiet_gaps(world, wanted)


@given(st.data())
def test_a_miss_names_the_stages_at_fault_and_what_is_owed_for_it(data: st.DataObject) -> None:
    world = data.draw(worlds())
    outputs = replay(parse_policy(world.text), data.draw(arrivals(world)))
    finally_said = said(outputs)
    clocks = {clock["name"]: clock for clock in world.policy["clocks"]}
    for (shipment_id, name, instance), body in newest(outputs).items():
        if body["kind"] != "missed":
            assert not {"faults", "compensation"} & body.keys()
            continue
        registration = max(world.registered[shipment_id], key=lambda one: one["revision"])
        facts = facts_of(world.scanned[shipment_id])
        starts = [scan["scan_id"] for scan in body.get("evidence", []) if scan["role"] == "start"]
        begin = next((fact for fact in facts if fact.scan_id in starts), None)
        final = finally_said[shipment_id, name, instance]
        owed = body.get("compensation")
        assert consequences.of(world.policy, clocks[name], registration, facts, begin, final) == (
            tuple((fault["stage"], fault["spent_ms"], fault["budget_ms"]) for fault in body.get("faults", [])),
            owed and (owed["amount"], owed["currency"], owed["rule"]),
        )


@given(st.data())
def test_scans_in_time_order_end_as_scans_in_any_order(data: st.DataObject) -> None:
    world = data.draw(worlds())
    policy = parse_policy(world.text)
    straight = replay(policy, in_time_order(world))
    mixed = replay(policy, data.draw(arrivals(world)))
    assert shown(world, straight) == shown(world, mixed)


@given(st.data())
def test_shipments_that_expire_end_alike_in_any_order(data: st.DataObject) -> None:
    world = data.draw(worlds(short=True))
    world.policy["shipment"] |= {"settle": "PT2H", "retention": "P9D"}
    policy = parse_policy(text_of(world.policy))
    straight, mixed = (
        [record._replace(timestamp=FACTS_END + place) for place, record in enumerate(records[:-1])] + records[-1:]
        for records in (in_time_order(world), data.draw(arrivals(world, ticks=False)))
    )
    assert shown(world, replay(policy, straight)) == shown(world, replay(policy, mixed))


OF_ARRIVAL = ("id", "life", "revision", "sequence", "decided_at", "replaces", "day")
"""Fields of outcomes that tell when records came; `day` does where nothing is due."""


def shown(world: World, outputs: Iterable[Output]) -> dict[Any, Any]:
    """All that the newest outcomes show of the facts, but for those that were taken back, and gaps in time."""
    quiet = {clock["name"] for clock in world.policy["clocks"] if clock.get("per") == "gap"}
    found = {}
    for key, body in newest(outputs).items():
        if body.get("reason") == "reopened" or (key[1] in quiet and body["kind"] != "missed"):
            continue
        found[key] = {field: value for field, value in body.items() if field not in OF_ARRIVAL}
        for scan in body.get("evidence", []):
            if scan.get("suspect") == "ahead-of-time":
                del scan["suspect"]
    return found
