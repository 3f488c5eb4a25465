"""One raw value to the type of its setting, or a sentence that says which value is wanted."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from streams.errors import SettingsError
from streams.secret import Secret

_LINK: Final = re.compile(r"(tcp|udp|sctp)://")
_WANTED: Final = {
    bool: "true or false",
    int: "a whole number, such as 1000",
    float: "a number, such as 0.5",
    str: "a text, which a file has in quotes",
    Secret: "a text, which a file has in quotes",
    Path: "a path",
}


def converted(raw: Any, wanted: Any, source: str) -> Any:
    """The value of a setting; texts may stand for numbers.

    `wanted` is the type, `source` where it is written.  Raises `SettingsError`, which shows a secret to nobody.
    """
    if raw == "" and Path in _kinds(wanted):
        raise SettingsError(f"{source} is empty: give a path, or leave it out")
    try:
        return msgspec.convert(raw, wanted, strict=False, dec_hook=_decode)
    except msgspec.ValidationError:
        wrong = "cannot be used" if Secret in _kinds(wanted) else f"is {_shown(raw)}"
        raise SettingsError(f"{source} {wrong}: {_remedy(raw, wanted)}") from None


def _decode(wanted: type[Any], raw: Any) -> Any:
    if issubclass(wanted, Path | Secret) and isinstance(raw, str | Path):
        return wanted(raw)
    raise ValueError(wanted)


def _remedy(raw: Any, wanted: Any) -> str:
    if isinstance(raw, str) and _LINK.match(raw):
        return (
            "that is a service link of Kubernetes; put enableServiceLinks: false into the pod's spec, or give the"
            " service another name"
        )
    return f"give {' or '.join(_choices(wanted))}"


def _choices(wanted: Any) -> Iterator[str]:
    if get_origin(wanted) is Literal:
        *others, last = map(str, get_args(wanted))
        yield from filter(None, (", ".join(others), last))
    else:
        yield from (_WANTED[kind] for kind in _kinds(wanted))


def _kinds(wanted: Any) -> tuple[Any, ...]:
    """The types that a value may have; None only means that it may be left out."""
    if get_origin(wanted) is Literal:
        return (str,)
    return tuple(kind for kind in get_args(wanted) or (wanted,) if kind is not type(None))


def _shown(raw: Any) -> str:
    """What is written, unless more than one value is."""
    return repr(raw) if isinstance(raw, str | int | float | Path) else "a list or a mapping"
