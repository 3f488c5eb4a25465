"""What packed scans do to a clock, without being unpacked."""

import pytest
from librt.strings import BytesWriter

from streams.sla.codes import code_of
from streams.sla.policy import parse_policy
from streams.sla.policy.compiled import ENDS, STARTS, STOPS
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans

POLICY = """
policy: test
version: "1"
time_zone: UTC
clocks:
  - {name: own, from: weighed, until: unpacked, within: PT5H}
"""
CODES = ("picked_up", "weighed", "arrived", "weighed", "unpacked", "delivered")


@pytest.mark.parametrize("role", [STARTS, STOPS, ENDS])
def test_codes_of_our_own_and_of_others_mean_the_same_packed_and_unpacked(role: int) -> None:
    (clock,) = parse_policy(POLICY).clocks
    listed, packed = Scans(0), BytesWriter()
    for number, name in enumerate(CODES):
        listed.append(KnownScan(f"s{number}", code_of(name), 1_000 * number))
    listed.pack(packed, b"S1")
    expected = next((scan for scan in listed.listed if clock.role(scan.code) & role), None)
    assert Scans(0, b"S1", packed.getvalue(), len(CODES)).first(clock, role) == expected
    assert (expected is not None) or role == ENDS
