"""How instances of clocks on milestones are named: `leg/2` is the second milestone of a leg."""

from typing import Final

from mypy_extensions import i64

_MOST_LEGS: Final = 4_000
_MOST_NAMED: Final = 64
_MOST_KEYS: Final = 8_000
_keys: Final[dict[str, list[str]]] = {}
"""The keys of the first milestones of a leg, by its name: plans use the same names again and again."""
_named: Final[dict[str, tuple[str, int]]] = {}
"""The legs and places that keys name."""


def milestone_key(leg: str, place: i64) -> str:
    """The name of a milestone of a leg; the first one's place is 0."""
    known = _keys.get(leg)
    if known is None:
        if len(_keys) >= _MOST_LEGS:
            _keys.clear()
        known = _keys[leg] = []
    while len(known) <= place < _MOST_NAMED:
        known.append(f"{leg}/{len(known) + 1}")
    return known[place] if place < _MOST_NAMED else f"{leg}/{place + 1}"


def milestone_of(key: str) -> tuple[str, int]:
    """The leg and the place that `milestone_key` named; place -1 for what it cannot have named."""
    known = _named.get(key)
    if known is None:
        leg, _, number = key.rpartition("/")
        known = (leg, int(number) - 1 if number.isdecimal() else -1)
        if len(_named) >= _MOST_KEYS:
            _named.clear()
        _named[key] = known
    return known
