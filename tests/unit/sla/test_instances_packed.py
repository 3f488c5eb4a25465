"""Instances of clocks in packed state: what has changed is written anew, the rest is copied."""

from collections.abc import Callable, Sequence
from itertools import product

import pytest

from streams.sla.encoding import decode, encode
from streams.sla.instance import Instance, Said
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment
from streams.sla.transitions import find

KEY = b"S1"
KEYS = (None, "1234", "i2/1", "scan", "")
DEADLINES = (None, 5_000, 2**40)
Told = tuple[object, ...]


def instance_of(number: int, key: str | None, after: int | None, *, spoken_of: bool) -> Instance:
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
    shipment.instances = list(instances)
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
        for one in shipment.instances
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
    one.next_after = None


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
        for one in shipment.instances[::every]:
            change(one)
    assert told(once_more(packed)) == told(fresh)


def test_instances_that_are_taken_away_or_added_leave_the_others_as_they_were() -> None:
    fresh, packed = shipment_with(every_shape()), once_more(shipment_with(every_shape()))
    for shipment in (fresh, packed):
        del shipment.instances[3:5], shipment.instances[0]
        shipment.instances.insert(4, instance_of(99, "new", 70, spoken_of=False))
        shipment.instances.reverse()
    assert told(once_more(packed)) == told(fresh)


def test_what_was_named_by_the_latest_scan_keeps_its_name_when_another_is_the_latest() -> None:
    packed = once_more(shipment_with([instance_of(1, "scan", None, spoken_of=False)]))
    packed.evidence.append(KnownScan("later", 30, 3_000))
    assert [one.key for one in once_more(packed).instances] == ["scan"]


def test_names_whose_bytes_are_the_same_are_told_apart() -> None:
    packed = once_more(shipment_with([instance_of(1, "34", None, spoken_of=False)]))
    assert find(packed, 1, "4") is None
    assert find(packed, 1, "34") is packed.instances[0]
    packed = once_more(shipment_with([instance_of(1, "4", None, spoken_of=False)]))
    assert find(packed, 1, "34") is None
