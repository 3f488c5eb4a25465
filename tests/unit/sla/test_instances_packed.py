"""Instances of clocks in packed state: what has changed is written anew, the rest is copied."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest

from streams.sla.encoding import decode, encode
from streams.sla.instance import Instance, Said
from streams.sla.instants import NEVER
from streams.sla.phases import CANCELLED, ENDED, EXCUSED, MET, MISSED, RUNNING, STANDING, WAITING, WITHDRAWN
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment

KEY = b"S1"
KEYS = (None, "1234", "i2/1", "scan", "")
DEADLINES = (NEVER, 5_000, 2**40)
Told = tuple[object, ...]


def instance_of(number: int, key: str | None, after: int, *, spoken_of: bool) -> Instance:
    instance = Instance(number, key)
    instance.status, instance.next_after = 1, after
    if spoken_of:
        said = instance.said = Said()
        said.alert, said.alert_revision, said.outcome_revision = 1, 3, 2
        said.outcome_sequence, said.outcome_after = 7, 900
    return instance


def shipment_with(instances: Sequence[Instance]) -> Shipment:
    shipment = Shipment(1_000, 1, 9, 10**12)
    shipment.evidence.append(KnownScan("scan", 30, 2_000))
    shipment.instances.awake = list(instances)
    return shipment


def every_shape() -> list[Instance]:
    return [
        instance_of(number, key, after, spoken_of=said)
        for number, (key, after, said) in enumerate(product(KEYS, DEADLINES, (False, True)))
    ]


def told(shipment: Shipment) -> list[Told]:
    return [
        (
            one.clock,
            one.key,
            one.status,
            one.next_after,
            said and (said.alert, said.alert_revision, said.outcome_revision, said.outcome_sequence),
            said and (said.outcome_after, said.doubt, said.notice),
        )
        for one in shipment.instances.every()
        for said in [one.said]
    ]


def once_more(shipment: Shipment) -> Shipment:
    return decode(encode(shipment, 0, KEY), KEY)


def _status(one: Instance) -> None:
    one.status = 2


def _later(one: Instance) -> None:
    one.next_after = 6_000


def _far(one: Instance) -> None:
    one.next_after = 2**41


def _never(one: Instance) -> None:
    one.next_after = NEVER


def _said_anew(one: Instance) -> None:
    one.said = Said()


def _unsaid(one: Instance) -> None:
    one.said = None


def _said_again(one: Instance) -> None:
    if one.said is not None:
        one.said.alert_revision += 1


def _looked_at(one: Instance) -> None:
    _ = one.key, one.said


CHANGES = (_status, _later, _far, _never, _said_anew, _unsaid, _said_again, _looked_at)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_change_of_any_instance_is_packed_and_nothing_else_changes(
    change: Callable[[Instance], None], every: int
) -> None:
    fresh, packed = shipment_with(every_shape()), once_more(shipment_with(every_shape()))
    for shipment in (fresh, packed):
        for one in shipment.instances.every()[::every]:
            change(one)
    # What rests goes before what does not.
    assert sorted(told(once_more(packed)), key=repr) == sorted(told(fresh), key=repr)


def test_instances_that_are_taken_away_or_added_leave_the_others_as_they_were() -> None:
    fresh, packed = shipment_with(every_shape()), once_more(shipment_with(every_shape()))
    for shipment in (fresh, packed):
        awake = shipment.instances.awake
        del awake[3:5], awake[0]
        awake.insert(4, instance_of(99, "new", 70, spoken_of=False))
        awake.reverse()
    assert told(once_more(packed)) == told(fresh)


def test_what_was_named_by_the_latest_scan_keeps_its_name_when_another_is_the_latest() -> None:
    packed = once_more(shipment_with([instance_of(1, "scan", NEVER, spoken_of=False)]))
    packed.evidence.append(KnownScan("later", 30, 3_000))
    assert [one.key for one in once_more(packed).instances.every()] == ["scan"]


def test_what_comes_to_rest_under_the_name_of_the_latest_scan_keeps_it_when_another_is_the_latest() -> None:
    packed = once_more(shipment_with([instance_of(1, "scan", NEVER, spoken_of=False)]))
    packed.instances.awake[0].status = MET
    packed = once_more(packed)
    packed.evidence.append(KnownScan("later", 30, 3_000))
    packed = once_more(packed)
    assert packed.instances.awake == []
    assert [one.key for one in packed.instances.every()] == ["scan"]


@pytest.mark.parametrize("status", [WAITING, MET, MISSED, CANCELLED, EXCUSED])
@pytest.mark.parametrize("alert", [0, ENDED, WITHDRAWN])
def test_what_has_stopped_and_of_which_nothing_stands_rests_until_somebody_asks_for_it(status: int, alert: int) -> None:
    others = [instance_of(number, "x", 70, spoken_of=True) for number in (2, 4)]
    one = instance_of(5, None, NEVER, spoken_of=True)
    one.status, one.said.alert = status, alert  # type: ignore[union-attr]
    packed = once_more(shipment_with([others[0], one, others[1]]))
    for _ in range(2):
        assert [known.clock for known in packed.instances.awake] == [2, 4]
        assert packed.instances.status_of(5) == status
        assert packed.instances.find(5, "other") is None
        packed = once_more(packed)
    assert packed.instances.status_of(6) < 0
    found = packed.instances.find(5, None)
    assert found is not None
    assert (found.status, found in packed.instances.awake, packed.instances.status_of(5)) == (status, True, status)
    assert packed.instances.find(4, "x") is packed.instances.awake[-1]


@pytest.mark.parametrize("stands", ["notice", "alert"])
def test_what_waits_for_a_deadline_or_has_said_what_stands_does_not_rest(stands: str) -> None:
    waiting, standing = instance_of(1, None, 70, spoken_of=False), instance_of(2, None, NEVER, spoken_of=True)
    waiting.status = standing.status = MISSED
    standing.said.alert = 0  # type: ignore[union-attr]
    setattr(standing.said, stands, STANDING)
    packed = once_more(shipment_with([waiting, standing]))
    assert [one.clock for one in packed.instances.awake] == [1, 2]
    standing = packed.instances.awake[1]
    setattr(standing.said, stands, ENDED)
    packed.instances.awake[0].next_after = NEVER
    assert once_more(packed).instances.awake == []


def test_many_may_rest() -> None:
    fresh = shipment_with([instance_of(number, f"leg-{number}", NEVER, spoken_of=True) for number in range(100)])
    packed = fresh
    for number in range(100):
        one = packed.instances.find(number, f"leg-{number}")
        assert one is not None
        one.status, one.said = MET, None
        packed = once_more(packed)
        assert len(packed.instances.awake) == 99 - number
    assert [one.key for one in packed.instances.every()] == [f"leg-{number}" for number in range(100)]


def test_rest_that_breaks_off_is_found_out() -> None:
    one = instance_of(1, "leg", NEVER, spoken_of=False)
    one.status = MET
    value = bytearray(encode(shipment_with([one]), 0, KEY))
    size = value.index(b"leg")  # before it: the size of all that rests, flags, the clock, the size of the key
    value[size - 1] = 4
    shipment = decode(bytes(value), KEY)
    with pytest.raises(ValueError, match="break off"):
        shipment.instances.every()


def test_names_whose_bytes_are_the_same_are_told_apart() -> None:
    for status in (RUNNING, MET):
        for named, other in (("34", "4"), ("4", "34")):
            one = instance_of(1, named, NEVER, spoken_of=False)
            one.status = status
            packed = once_more(shipment_with([one]))
            assert packed.instances.find(1, other) is None
            assert packed.instances.find(1, None) is None
            assert packed.instances.find(1, named) is packed.instances.awake[0]
