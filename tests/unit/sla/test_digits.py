"""Digits are written as they are by `str`."""

import pytest
from librt.strings import BytesWriter

from streams.sla.digits import write_decimal, write_three, write_two


@pytest.mark.parametrize("number", [0, 9, 10, 99, 100, 12_345, 2**61, -1, -9, -10, -99, -100])
def test_a_number_is_written_in_decimal(number: int) -> None:
    to = BytesWriter()
    write_decimal(to, number)
    assert to.getvalue() == str(number).encode()


@pytest.mark.parametrize("number", range(0, 1_000, 37))
def test_two_and_three_digits_are_filled_up_with_zeros(number: int) -> None:
    to = BytesWriter()
    write_two(to, number // 10)
    write_three(to, number)
    assert to.getvalue() == f"{number // 10:02d}{number:03d}".encode()
