"""The engine against the oracle, whatever the order of arrival."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.partition.output import Output
from streams.sla.policy import parse_policy
from tests.oracles.promises import Final, finals, ms
from tests.property.engine import bodies, newest, replay
from tests.property.worlds import World, arrivals, in_time_order, worlds


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


def expected(world: World) -> dict[tuple[str, str, str | None], Final]:
    """What the oracle has for every shipment, without what still runs."""
    return {
        (shipment_id, *instance): final
        for shipment_id, registrations in world.registered.items()
        for instance, final in finals(world.policy, registrations, world.scanned[shipment_id]).items()
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
def test_scans_in_time_order_end_as_scans_in_any_order(data: st.DataObject) -> None:
    world = data.draw(worlds())
    policy = parse_policy(world.text)
    straight = replay(policy, in_time_order(world))
    mixed = replay(policy, data.draw(arrivals(world)))
    assert without_quiet_gaps(world, said(straight)) == without_quiet_gaps(world, said(mixed))
