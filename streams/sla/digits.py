"""Decimal digits, written into a buffer: no text is made of a number only to be copied."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

_ZERO: Final = 48


def write_decimal(to: BytesWriter, number: i64) -> None:
    """A number of any size and sign."""
    if 0 <= number < 10:  # noqa: PLR2004 - one digit
        to.append(u8(_ZERO + number))
    elif 0 <= number < 100:  # noqa: PLR2004 - two digits
        write_two(to, number)
    else:
        to.write(str(number).encode())


def write_two(to: BytesWriter, number: i64) -> None:
    """A number from 0 to 99 in two digits."""
    tens: i64 = number // 10
    to.append(u8(_ZERO + tens))
    to.append(u8(_ZERO + number - tens * 10))


def write_three(to: BytesWriter, number: i64) -> None:
    """A number from 0 to 999 in three digits."""
    hundreds: i64 = number // 100
    to.append(u8(_ZERO + hundreds))
    write_two(to, number - hundreds * 100)
