"""Decimal digits, written into a buffer: of most numbers no text is made only to be copied."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64, u8

_ZERO: Final = 48


def write_decimal(to: BytesWriter, number: i64) -> None:
    """A number of any size and sign."""
    if 0 <= number < 10:  # noqa: PLR2004 - one digit
        to.append(u8(_ZERO + number))
    else:
        to.write(str(number).encode())
