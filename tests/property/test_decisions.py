"""The list of decisions: the same however the log is cut, and sound in itself."""

import random
from collections import Counter
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
    player = Player(policy, deadlines_per_unit=choose.choice([1, 2, 3, 2000]))
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
    world = data.draw(worlds())
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
    world = data.draw(worlds())
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
    world = data.draw(worlds())
    published: dict[tuple[Any, ...], dict[str, Any]] = {}
    for body in bodies(replay(parse_policy(world.text), data.draw(arrivals(world))), "sla-outcomes"):
        instance = (body["shipment_id"], body["life"], body["clock"], body.get("instance"))
        replaced = body.pop("replaces", None)
        assert replaced == published.get(instance)
        assert body["revision"] == (1 if replaced is None else replaced["revision"] + 1)
        published[instance] = body


@given(st.data())
def test_revisions_of_notices_and_alerts_follow_each_other_and_say_something_new(data: st.DataObject) -> None:
    world = data.draw(worlds())
    decisions = bodies(replay(parse_policy(world.text), data.draw(arrivals(world))))
    alerts: dict[tuple[Any, ...], list[str]] = {}
    for body in decisions:
        if "explanation" in body and "severity" in body:
            alerts.setdefault((body["shipment_id"], body["clock"], body.get("instance")), []).append(body["kind"])
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
