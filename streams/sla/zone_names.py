"""The one source of time zones: the database that the requirements lock (`tzdata`), and no file of the machine.

`zoneinfo` looks into the machine's own files first.  Two workers of one group may have different ones, and would judge
one parcel differently; and some of their names mean another time on each machine (`localtime`, `posixrules`), or one
that nobody's clock shows (`right/UTC`, which counts leap seconds).  So whoever imports this module has `zoneinfo` read
`tzdata` alone, in the whole process, from then on.
"""

import zoneinfo
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NOWHERE: Final = "Factory"
"""The database's name for a clock that nobody has set yet."""

zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()  # of what somebody may have read from the machine's files before


@cache
def zone_names() -> frozenset[str]:
    """All names of IANA time zones, those of former times included."""
    text = files("tzdata").joinpath("zones").read_text("utf-8")
    return frozenset(text.split()) - {_NOWHERE}


def no_such_zone(name: str) -> str:
    """What to tell a person who gave a name that is none, with what may have been meant."""
    near = get_close_matches(name, zone_names(), n=1)
    hint = f": did you mean {near[0]!r}?" if near else "; give an IANA name such as Asia/Shanghai"
    return f"no such time zone: {name!r}{hint}"


def zone_info(name: str) -> ZoneInfo:
    """The time zone of an IANA name.  Raises `zoneinfo.ZoneInfoNotFoundError` for every other text."""
    if name not in zone_names():
        raise ZoneInfoNotFoundError(f"no such time zone: {name!r}")
    return ZoneInfo(name)
