"""The list of decisions: the same however the log is cut, and sound in itself."""

import random
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from streams.partition.judging import SOURCES
from streams.partition.output import Output
from streams.sla.policy import Policy, parse_policy
from tests.property.engine import Arrival, Player, bodies, replay
from tests.property.worlds import arrivals, worlds


def stumble(policy: Policy, records: list[Arrival], choose: random.Random) -> list[Output]:
    """Appends, fetches, polls, commits and crashes as they come, until everything is committed."""
    player = Player(
        policy, deadlines_per_unit=choose.choice([1, 2, 3, 2000]), unit_bytes=choose.choice([1, 600, 3_000, 32_000_000])
    )
    waiting = list(records)
    while waiting:
        match choose.randrange(8):
            case 0 | 1:
                count = choose.randrange(1, 6)
                player.append(waiting[:count])
                del waiting[:count]
            case 2 | 3:
                player.fetch(choose.choice(SOURCES), choose.randrange(1, 5))
            case 4:
                player.poll(choose.choice(SOURCES))
            case 5:
                player.work(choose.randrange(1, 4))
            case 6:
                player.work(choose.randrange(1, 4))
                player.commit()
            case 7 if choose.randrange(3) == 0:
                player.restart()
    return player.finish()


@given(st.data())
def test_batches_units_of_work_and_crashes_change_no_decision(data: st.DataObject) -> None:
    world = data.draw(worlds(short=data.draw(st.booleans())))
    policy = parse_policy(world.text)
    records = data.draw(arrivals(world))
    undisturbed = replay(policy, records)
    stumbled = stumble(policy, records, data.draw(st.randoms(use_true_random=False)))
    assert [(one.topic, one.key, one.value) for one in stumbled] == [
        (one.topic, one.key, one.value) for one in undisturbed
    ]
    assert [one.headers for one in stumbled] == [one.headers for one in undisturbed]


@given(st.data())
def test_no_id_is_used_twice_and_sequences_have_no_gaps(data: st.DataObject) -> None:
    world = data.draw(worlds(short=data.draw(st.booleans())))
    decisions = bodies(replay(parse_policy(world.text), data.draw(arrivals(world))))
    ids = Counter(body["id"] for body in decisions)
    assert not [name for name, count in ids.items() if count > 1]
    sequences: dict[tuple[str, str], list[int]] = {}
    for body in decisions:
        sequences.setdefault((body["shipment_id"], body["life"]), []).append(body["sequence"])
    for numbers in sequences.values():
        assert numbers == list(range(1, len(numbers) + 1))


@given(st.data())
def test_every_revision_carries_the_record_that_it_replaces(data: st.DataObject) -> None:
    world = data.draw(worlds(short=data.draw(st.booleans())))
    published: dict[tuple[Any, ...], dict[str, Any]] = {}
    for body in bodies(replay(parse_policy(world.text), data.draw(arrivals(world))), "sla-outcomes"):
        instance = instance_of(body)
        replaced = body.pop("replaces", None)
        assert replaced == published.get(instance)
        assert body["revision"] == (1 if replaced is None else replaced["revision"] + 1)
        published[instance] = body


@given(st.data())
def test_revisions_of_notices_and_alerts_follow_each_other_and_say_something_new(data: st.DataObject) -> None:
    world = data.draw(worlds(short=data.draw(st.booleans())))
    decisions = bodies(replay(parse_policy(world.text), data.draw(arrivals(world))))
    alerts: dict[tuple[Any, ...], list[str]] = {}
    for body in decisions:
        if "explanation" in body and "severity" in body:
            alerts.setdefault(instance_of(body), []).append(body["kind"])
    for kinds in alerts.values():
        assert kinds[0] == "opened"
        for before, after in pairwise(kinds):
            assert (before, after) in {
                ("opened", "resolved"),
                ("opened", "withdrawn"),
                ("resolved", "withdrawn"),
                ("resolved", "opened"),
                ("withdrawn", "opened"),
            }


def instance_of(body: dict[str, Any]) -> tuple[Any, ...]:
    return body["shipment_id"], body["life"], body["clock"], body.get("instance")


@given(st.data())
def test_no_alert_is_left_where_the_facts_show_that_there_was_no_breach(data: st.DataObject) -> None:
    world = data.draw(worlds())
    outputs = replay(parse_policy(world.text), data.draw(arrivals(world)))
    alerts = {instance_of(body): body["kind"] for body in bodies(outputs, "breach-alerts")}
    outcomes = {instance_of(body): body for body in bodies(outputs, "sla-outcomes")}
    for instance, body in outcomes.items():
        if body["kind"] != "missed" and body.get("stopped_at", "never") <= body["due"]:
            assert alerts.get(instance, "withdrawn") == "withdrawn"


@given(st.data())
def test_what_stands_by_the_alerts_is_what_the_status_tells_and_the_gauges_count(data: st.DataObject) -> None:
    world = data.draw(worlds(short=data.draw(st.booleans())))
    player = Player(parse_policy(world.text))
    records = data.draw(arrivals(world))
    player.append(records[: data.draw(st.integers(0, len(records)))])
    outputs = player.finish()
    incidents = {clock["name"] for clock in world.policy["clocks"] if clock.get("never")}
    standing: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for body in bodies(outputs, "breach-alerts"):
        shipment, name = (body["shipment_id"], body["life"]), body["clock"]
        label = name if body.get("instance") is None else f"{name}/{body['instance']}"
        standing[shipment].discard(label)
        if body["kind"] == "opened" and name not in incidents:
            standing[shipment].add(label)
    told: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for body in bodies(outputs, "shipment-status"):
        told[body["shipment_id"], body["life"]] = set(body.get("overdue", []))
    assert +Counter(label for labels in standing.values() for label in labels) == +Counter(
        label for labels in told.values() for label in labels
    )
    overdue = Counter(label.partition("/")[0] for labels in told.values() for label in labels)
    assert +Counter(player.core.gauges()["overdue"]) == overdue
