"""Scans of one leg, and the first that does something to a clock, are found among packed ones as among all."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from streams.sla.codes import NUMBERS
from streams.sla.encoding import decode, encode
from streams.sla.evidence import insert
from streams.sla.phases import OPEN
from streams.sla.policy import load_policy, parse_policy
from streams.sla.policy.compiled import ENDS, STARTS, STOPS
from streams.sla.scan import KnownScan
from streams.sla.scans import together
from streams.sla.state import Shipment

KEY = b"SF1"
OF_OUR_OWN = "{policy: p, version: '1', clocks: [{name: own, from: X9, until: delivered, within: PT5H}]}"
CLOCKS = [
    *load_policy(Path(__file__).parents[2] / "streams" / "policies" / "carrier.yaml").clocks,
    *parse_policy(OF_OUR_OWN).clocks,
]
LEGS = (None, "", "main", "i1", "m" * 128)

scans = st.builds(
    KnownScan,
    st.uuids().map(str),
    st.sampled_from(sorted(NUMBERS.values())) | st.sampled_from(["X9", "x" * 128]),
    st.integers(0, 9) | st.integers(-(2**50), 2**50),
    leg=st.sampled_from(LEGS),
)


@given(st.lists(scans, max_size=7, unique_by=lambda scan: scan.scan_id), scans, st.booleans(), st.booleans())
def test_some_of_them_are_found_among_those_that_are_packed(
    before: list[KnownScan],
    new: KnownScan,
    appended: bool,  # noqa: FBT001 - drawn
    listed: bool,  # noqa: FBT001 - drawn
) -> None:
    shipment = Shipment(0, OPEN)
    for scan in before:
        insert(shipment, scan, None)
    packed = decode(encode(shipment, 0, KEY), KEY).evidence
    if appended:
        new.at = 2**51
        packed.append(new)
    every = together([*shipment.scans, *([new] if appended else [])])
    if listed:
        assert packed.listed == every.listed
    for leg in LEGS[1:]:
        assert packed.of_leg(str(leg)) == every.of_leg(str(leg)) == [scan for scan in every.listed if scan.leg == leg]
    for clock in CLOCKS:
        for role, codes in ((STARTS, clock.starts), (ENDS, clock.ends), (STOPS, clock.stops)):
            one = next((scan for scan in every.listed if clock.role(scan.code) & role), None)
            assert packed.first(clock, role) == every.first(clock, role) == one
            if one is not None and clock.form == "span":
                assert one.code in codes
    latest = packed.latest
    if latest is not None and latest.leg is not None:
        assert packed.of_leg(latest.leg)[-1] is latest, "evidence tells it by this"
    for clock in CLOCKS:
        first = packed.first(clock, STARTS)
        assert first is latest or first != latest
