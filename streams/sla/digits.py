"""Decimal digits, written into a buffer: of most numbers no text is made only to be copied."""

from typing import Final

from librt.strings import BytesWriter
from mypy_extensions import i64

_SHORT: Final = 1_000
_SHORTS: Final[list[bytes]] = [b"%d" % number for number in range(_SHORT)]
_THREES: Final[list[bytes]] = [b"%03d" % number for number in range(_SHORT)]
_LONG: Final = _SHORT**3


def write_decimal(to: BytesWriter, number: i64) -> None:
    """A number of any size and sign."""
    if number < 0 or number >= _LONG:
        to.write(str(number).encode())
    elif number < _SHORT:
        to.write(_SHORTS[number])
    else:
        head: i64 = number // _SHORT
        if head < _SHORT:
            to.write(_SHORTS[head])
        else:
            to.write(_SHORTS[head // _SHORT])
            to.write(_THREES[head % _SHORT])
        to.write(_THREES[number % _SHORT])
