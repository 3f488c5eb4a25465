"""What state packs comes back as it was, however often and in whatever order it is looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sla.codes import NUMBERS
from streams.sla.decision import TakenBack
from streams.sla.details import RegistrationDetails, ScanDetails
from streams.sla.encoding import UnknownFormat, check, content, deadline_of, decode, encode, examine, next_deadline
from streams.sla.evidence import insert
from streams.sla.instance import Instance, Said
from streams.sla.instants import NEVER
from streams.sla.milestone import KnownMilestone
from streams.sla.packing import lies_at
from streams.sla.phases import ORPHAN
from streams.sla.plan import KnownLeg, Plan
from streams.sla.registration import Registration, pack_registration, unpack_registration
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment

NAME = "SF1000000001"
KEY = NAME.encode()

texts = st.text(min_size=1, max_size=300)
maybe = st.none() | texts
instants = st.integers(-(2**61), 2**61) | st.integers(1_700_000_000_000, 1_700_100_000_000)
lives = st.integers(0, 2_000_000_000_000)
codes = st.sampled_from(sorted(NUMBERS.values())) | st.text(min_size=1, max_size=40)
identifiers = (
    st.text("0123456789", min_size=1, max_size=30)
    | st.text("0123456789abcdef", min_size=1, max_size=40)
    | st.text("٠١٢٣۴۵", min_size=1, max_size=8)
    | st.text("ab-", max_size=8).map(lambda rest: NAME + rest)
    | texts
)
scans = st.builds(
    KnownScan,
    identifiers,
    codes,
    instants,
    st.none() | st.just(0) | st.integers(-(2**61), 2**61),
    st.none() | st.sampled_from(["", "CAN-H13", "CAN-B02", "f" * 300]) | texts,
    maybe,
    st.none() | st.builds(ScanDetails, st.integers(0, 9), maybe, maybe, maybe),
)
milestones = st.builds(
    KnownMilestone, codes, maybe, st.none() | st.integers(0, 2**40) | st.just(90 * 60_000), st.none() | instants
)
legs = st.builds(
    KnownLeg,
    texts,
    st.lists(milestones, min_size=1, max_size=4).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
)
registrations = st.builds(
    Registration,
    texts,
    instants,
    st.integers(0, 2**31 - 1),
    maybe,
    maybe,
    maybe,
    maybe,
    maybe,
    st.booleans(),
    st.integers(1, 100_000),
    st.none() | instants,
    st.none() | st.integers(1, 3_652_059),
    st.lists(legs, max_size=3).map(tuple).map(Plan),
    st.none() | st.builds(RegistrationDetails, maybe),
)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    instance = Instance(draw(st.integers(0, 0xFFFF)), draw(st.none() | identifiers))
    instance.status = draw(st.integers(0, 5))
    instance.next_after = draw(st.just(NEVER) | st.integers(-(2**61), 2**61))
    if draw(st.booleans()):
        said = instance.said = Said()
        said.notice, said.alert = draw(st.integers(0, 3)), draw(st.integers(0, 3))
        said.notice_revision, said.alert_revision = draw(st.integers(0, 999)), draw(st.integers(0, 999))
        said.outcome_revision = draw(st.integers(0, 999))
        if said.outcome_revision:
            said.outcome_sequence, said.outcome_after = draw(st.integers(0, 999)), draw(instants)
        said.doubt = draw(maybe)
    return instance


def taken(one: TakenBack) -> tuple[object, ...]:
    return (one.clock, one.key, one.customer, one.told)


def seen(shipment: Shipment) -> tuple[object, ...]:
    """Everything that a shipment tells."""
    registration = shipment.registration
    return (
        (shipment.life, shipment.phase, shipment.sequence, shipment.life_at, shipment.has_voids, shipment.life_hash),
        registration and content(registration),
        list(shipment.scans),
        sorted(map(_instance, shipment.instances.every()), key=repr),
        list(map(taken, shipment.taken_back)),
    )


def _instance(one: Instance) -> tuple[object, ...]:
    return (one.clock, one.key, one.status, one.next_after, one.said and _said(one.said))


def _said(said: Said) -> tuple[object, ...]:
    return (
        (said.notice, said.notice_revision, said.alert, said.alert_revision),
        (said.outcome_revision, said.outcome_sequence, said.outcome_after, said.doubt),
    )


@st.composite
def shipments(draw: st.DrawFn) -> Shipment:
    shipment = Shipment(draw(lives), draw(st.integers(0, 3)), draw(st.integers(0, 70_000)), draw(instants))
    shipment.registration = draw(st.none() | registrations)
    if draw(st.booleans()):
        shipment.life_hash = (draw(st.integers(-(2**63), 2**63 - 1)), draw(st.integers(-(2**63), 2**63 - 1)))
    known = {scan.scan_id: scan for scan in draw(st.lists(scans, max_size=6))}
    for scan in known.values():
        insert(shipment, scan, None)
    shipment.instances.awake = draw(st.lists(instances(), max_size=4))
    if draw(st.booleans()) and shipment.scans:
        shipment.instances.awake.append(Instance(7, shipment.scans[-1].scan_id))
    for _ in range(draw(st.integers(0, 2))):
        one = TakenBack(draw(st.integers(0, 0xFFFF)), draw(maybe), draw(maybe), draw(st.binary(max_size=600)))
        shipment.taken_back.append(one)
    return shipment


@given(shipments())
def test_a_shipment_comes_back_as_it_was(shipment: Shipment) -> None:
    at = next_deadline(shipment)
    value = encode(shipment, at, KEY)
    assert deadline_of(value) == at
    back = decode(value, KEY)
    assert encode(back, at, KEY) == value, "packed again without having been looked at"
    assert seen(back) == seen(shipment)
    assert encode(back, at, KEY) == value, "packed again after it has been looked at"


def _change(instance: Instance, what: str, number: int) -> None:
    match what:
        case "its status":
            instance.status = number
        case "its deadline":
            instance.next_after = number
        case "no deadline":
            instance.next_after = NEVER
        case "said anew":
            instance.said = Said()
        case "unsaid":
            instance.said = None
        case "said again" if instance.said is not None:
            instance.said.alert_revision += 1
        case "looked at":
            _ = instance.key, instance.said
        case _:
            pass


@given(shipments(), st.data())
def test_what_has_changed_since_it_was_unpacked_is_packed_and_the_rest_copied(
    shipment: Shipment, data: st.DataObject
) -> None:
    back = decode(encode(shipment, 0, KEY), KEY)
    changes = [
        "its status",
        "its deadline",
        "no deadline",
        "said anew",
        "unsaid",
        "said again",
        "looked at",
        "",
        "",
        "",
    ]
    awake = shipment.instances.awake
    shipment.instances.awake = [one for one in awake if one.rests] + [one for one in awake if not one.rests]
    if data.draw(st.booleans()):
        assert [_instance(one) for one in back.instances.awake] == [_instance(one) for one in awake if not one.rests]
    for pair in zip(shipment.instances.awake, back.instances.every(), strict=True):
        what, number = data.draw(st.sampled_from(changes)), data.draw(st.integers(0, 5))
        for instance in pair:
            _change(instance, what, number)
    places = range(len(awake))
    order = data.draw(st.permutations(places) | st.just(places))
    kept = order[: data.draw(st.integers(0, len(order)))]
    more = [Instance(9, "new")] if data.draw(st.booleans()) else []
    for one in (shipment, back):
        one.instances.awake = [one.instances.awake[place] for place in kept] + more
    assert seen(decode(encode(back, 0, KEY), KEY)) == seen(shipment)


@given(shipments(), st.data())
def test_what_is_broken_is_found_out_when_all_of_it_is_read(shipment: Shipment, data: st.DataObject) -> None:
    value = encode(shipment, 0, KEY)
    examine(value, KEY)
    broken = bytearray(value)
    for place in data.draw(st.lists(st.integers(0, len(value) - 1), min_size=1, max_size=3)):
        broken[place] = data.draw(st.integers(0, 255))
    try:
        check(bytes(broken), KEY)
        examine(bytes(broken), KEY)
    except UnknownFormat:
        return
    seen(decode(bytes(broken), KEY))


@given(shipments(), st.lists(scans, max_size=3), st.data())
def test_scans_are_found_and_added_whether_packed_or_not(
    shipment: Shipment, more: list[KnownScan], data: st.DataObject
) -> None:
    listed = list(shipment.scans)
    for scan in more:
        if data.draw(st.booleans()):
            shipment = decode(encode(shipment, 0, KEY), KEY)
        known = next((one for one in listed if one.scan_id == scan.scan_id), None)
        assert shipment.evidence.find(scan) == known
        if known is None and data.draw(st.booleans()):
            shipment.evidence.append(scan)
            listed.append(scan)
        else:
            listed = [one for one in listed if one != known]
            insert(shipment, scan, known)
            listed.append(scan)
            listed = sorted(listed, key=KnownScan.order) if known is None else list(shipment.scans)
        latest = shipment.evidence.latest
        assert latest == shipment.scans[-1]
        assert sorted(map(KnownScan.order, shipment.scans), key=str) == sorted(map(KnownScan.order, listed), key=str)
        listed = list(shipment.scans)


def test_ids_of_digits_and_hashes_and_those_that_begin_with_the_shipments_take_less_room() -> None:
    def size(scan_id: str) -> int:
        shipment = Shipment(0, ORPHAN)
        shipment.evidence.append(KnownScan(scan_id, 30, 0))
        return len(encode(shipment, 0, KEY))

    plain = size("+")
    assert size("12345678901234") == plain - 1 + 7
    assert size("0123456789abcdef" * 2) == plain - 1 + 16
    assert size(f"{NAME}-001") == plain - 1 + 4
    assert size("not a number +") == plain - 1 + 14


def test_a_facility_is_written_once_for_scans_in_a_row_however_they_came() -> None:
    def size(*facilities: str, last_first: bool = False) -> int:
        scans = [KnownScan(f"+{number}", 30, number, 0, where) for number, where in enumerate(facilities)]
        shipment = Shipment(0, ORPHAN)
        for scan in reversed(scans) if last_first else scans:
            if last_first:
                insert(shipment, scan, None)
            else:
                shipment.evidence.append(scan)
            shipment = decode(encode(shipment, 0, KEY), KEY)
        assert [scan.facility for scan in shipment.scans] == list(facilities)
        return len(encode(shipment, 0, KEY))

    twice, thrice = size("CAN-H13", "CAN-H13"), size("CAN-H13", "CAN-H13", "CAN-H13")
    assert twice == size("CAN-H13", "CAN-H14") - 6
    assert thrice == size("CAN-H13", "CAN-H14", "CAN-H15") - 12
    assert thrice == size("CAN-H13", "CAN-H13", "CAN-H13", last_first=True)


@given(registrations, lives)
def test_what_registrations_are_compared_by_does_not_depend_on_the_life(registration: Registration, life: int) -> None:
    shipment = Shipment(life, 1)
    shipment.registration = registration
    back = decode(encode(shipment, 0, KEY), KEY).registration
    assert back is not None
    assert content(back) == content(registration)


@given(registrations, lives)
def test_a_leg_is_found_and_added_up_without_the_others(registration: Registration, life: int) -> None:
    packed = pack_registration(registration, life)
    for leg in registration.plan.legs:
        found = unpack_registration(packed, life).plan.leg(leg.name)
        first = next(one for one in registration.plan.legs if one.name == leg.name)
        assert found is not None
        assert (found.total, found.after) == (first.total, first.after)
        assert len(found.milestones) == len(first.milestones)
        assert found.total == first.total, "added up again after it has been looked at"
    assert unpack_registration(packed, life).plan.leg("there is none of this name" * 20) is None


@given(st.binary(max_size=40), st.binary(max_size=20), st.binary(max_size=20), st.data())
def test_bytes_lie_where_every_one_of_them_does(
    content: bytes, before: bytes, after: bytes, data: st.DataObject
) -> None:
    packed = bytearray(before + content + after)
    assert lies_at(content, bytes(packed), len(before))
    for place in range(len(before), len(before) + len(content)):
        packed[place] ^= data.draw(st.integers(1, 255))
        assert not lies_at(content, bytes(packed), len(before))
        packed[place] = (before + content)[place]
    if content:
        with pytest.raises(IndexError):
            lies_at(content, before + content[:-1], len(before))
