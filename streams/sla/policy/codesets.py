"""Scan codes as a policy names them."""

from difflib import get_close_matches
from typing import Final

from streams.sla.codes import NUMBERS, Code, code_of
from streams.sla.policy.document import Codes
from streams.sla.policy.problems import Problem

REGISTERED: Final = "registered"
"""Stands in `from` for the instant of registration."""
ANY: Final = "any"
"""Stands in `from` and `until` for every code that a parcel's scan can have."""
_WORDS: Final = frozenset({REGISTERED, ANY})


def codeset(codes: Codes, path: str) -> frozenset[Code]:
    """The codes of a field, without the words that stand for others.

    Any text is a code, but for what is nearly one of our own, or one in another case: surely that one is meant.
    Raises `Problem`.
    """
    names = [name for name in named(codes) if name not in _WORDS]
    for name in names:
        if name in NUMBERS:
            continue
        other_case = name.casefold()
        near = [other_case] if other_case in NUMBERS else get_close_matches(name, NUMBERS, n=1, cutoff=0.85)
        if near:
            raise Problem(path, f"no scan carries the code {name!r}: did you mean {near[0]!r}?")
    return frozenset(code_of(name) for name in names)


def named(codes: Codes) -> list[str]:
    """The codes of a field, as they are written."""
    return [codes] if isinstance(codes, str) else list(codes)


def is_care(code: Code) -> bool:
    """Whether a code that a policy names is a step of a care case, `complaint.opened`."""
    return isinstance(code, str) and "." in code
