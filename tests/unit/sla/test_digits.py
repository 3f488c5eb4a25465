"""Digits are written as they are by `str`."""

import pytest
from librt.strings import BytesWriter

from streams.sla.digits import write_decimal


@pytest.mark.parametrize("number", [0, 9, 10, 99, 100, 12_345, 2**61, -1, -9, -10, -99, -100])
def test_a_number_is_written_in_decimal(number: int) -> None:
    to = BytesWriter()
    write_decimal(to, number)
    assert to.getvalue() == str(number).encode()
