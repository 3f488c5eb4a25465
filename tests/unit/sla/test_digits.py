"""Digits are written as they are by `str`."""

import pytest
from librt.strings import BytesWriter

from streams.sla.digits import write_decimal


@pytest.mark.parametrize(
    "number",
    [
        0,
        9,
        10,
        99,
        100,
        999,
        1_000,
        12_345,
        999_999,
        1_000_000,
        1_002_003,
        999_999_999,
        10**9,
        2**61,
        -1,
        -9,
        -10,
        -99,
        -100,
    ],
)
def test_a_number_is_written_in_decimal(number: int) -> None:
    to = BytesWriter()
    write_decimal(to, number)
    assert to.getvalue() == str(number).encode()
