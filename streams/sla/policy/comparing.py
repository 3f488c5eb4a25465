"""What changes from one policy to another, and for whom, in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.sla.policy.codesets import named
from streams.sla.policy.document import ClockDocument, Label, PolicyDocument, Rule, Warn
from streams.sla.policy.wording import (
    addition_in_words,
    allowance_in_words,
    condition_in_words,
    duration_in_words,
    value_in_words,
)

_CODES: Final = ("begin", "until", "ends", "excused_by", "recorded", "never")
_BY_CONDITION: Final = ("within", "warn", "severity", "route")
_PAGE: Final = ("time_zone", "calendars", "stages", "feeds", "scorecards", "shipment")

Lines = list[tuple[str, str]]
"""For whom, and what, in order."""


class Change(Struct, frozen=True):
    """One difference."""

    kind: str
    """`added`, `removed` or `changed`."""
    where: str
    """`clocks.pickup`, `clocks.pickup.within`, `calendars.work`."""
    what: str
    """A sentence."""


def changes(before: PolicyDocument, after: PolicyDocument) -> list[Change]:
    """Every difference that matters to a shipment or to a reader of decisions; names and versions apart."""
    old = {clock.name: clock for clock in before.clocks}
    new = {clock.name: clock for clock in after.clocks}
    found = [Change("removed", f"clocks.{name}", f"{name} is not judged any more") for name in old if name not in new]
    for name, clock in new.items():
        if name in old:
            found.extend(_of_clock(old[name], clock))
        else:
            found.append(Change("added", f"clocks.{name}", f"{name} is new: {_summary(clock)}"))
    for field in _PAGE:
        found.extend(_of_page(field, _plain(getattr(before, field)), _plain(getattr(after, field))))
    return found


def _summary(clock: ClockDocument) -> str:
    if clock.all_of:
        return f"met when {', '.join(clock.all_of)} are met"
    until = " or ".join(named(clock.until))
    course = f"from {' or '.join(named(clock.begin))}{f' until {until}' if until else ''}"
    if clock.never:
        return f"{course}: never {' or '.join(named(clock.never))}"
    if clock.uploads is not None:
        return f"{course}: every scan recorded within {duration_in_words(clock.uploads)}"
    allowed = "; ".join(_line(*line) for line in _by_condition(clock, "within"))
    return f"{course}: {allowed or f'due as {clock.due}'}"


def _of_clock(old: ClockDocument, new: ClockDocument) -> Iterator[Change]:
    for field in msgspec.structs.fields(ClockDocument):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after or field.name == "title":
            continue
        where = f"clocks.{new.name}.{field.encode_name}"
        if field.name in _CODES and before is not None and after is not None:
            sentences = list(_codes(field.encode_name, named(before), named(after)))
        elif field.name in _BY_CONDITION:
            sentences = list(_lines(field.name, _by_condition(old, field.name), _by_condition(new, field.name)))
        else:
            sentences = [f"{field.encode_name} is {_said(after)} instead of {_said(before)}"]
        for sentence in sentences:
            yield Change("changed", where, f"{new.name}: {sentence}")


def _codes(field: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    more, less = [c for c in after if c not in before], [c for c in before if c not in after]
    if more:
        yield f"`{field}` has {', '.join(more)} as well"
    if less:
        yield f"`{field}` has {', '.join(less)} no longer"


def _by_condition(clock: ClockDocument, field: str) -> Lines:
    value = getattr(clock, field)
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [_worded(item) for item in items]


def _worded(item: Any) -> tuple[str, str]:
    if isinstance(item, Rule):
        if item.allow is not None:
            return condition_in_words(item.when), allowance_in_words(item.allow)
        return f"{condition_in_words(item.when)} (added)", addition_in_words(item.add or "")
    if isinstance(item, Warn):
        said = "no notice" if item.before is None else f"a notice {duration_in_words(item.before)} before"
        return condition_in_words(item.when), said
    if isinstance(item, Label):
        return condition_in_words(item.when), item.value
    return "everybody", allowance_in_words(item)


def _lines(field: str, before: Lines, after: Lines) -> Iterator[str]:
    """By condition, so that a line that has moved is not told as two changes."""
    old, new = _grouped(before), _grouped(after)
    for who, what in new.items():
        if who not in old:
            yield f"`{field}` for {who} is new: {what}"
        elif old[who] != what:
            yield f"`{field}` for {who} is {what} instead of {old[who]}"
    for who, what in old.items():
        if who not in new:
            yield f"`{field}` for {who} is gone: it was {what}"
    kept = [who for who in old if who in new]
    if kept != [who for who in new if who in old]:
        yield f"`{field}` has its lines in another order: {', then '.join(new)}"


def _grouped(lines: Lines) -> dict[str, str]:
    found: dict[str, str] = {}
    for who, what in lines:
        found[who] = f"{found[who]}, else {what}" if who in found else what
    return found


def _line(who: str, what: str) -> str:
    return what if who == "everybody" else f"{what} for {who}"


def _of_page(field: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    old, new = _parts(before), _parts(after)
    for name in [*old, *(name for name in new if name not in old)]:
        where = f"{field}.{name}" if name else field
        if name not in new:
            yield Change("removed", where, f"{where} is gone")
        elif name not in old:
            yield Change("added", where, f"{where} is new: {_said(new[name])}")
        elif old[name] != new[name]:
            yield Change("changed", where, f"{where} is {_said(new[name])} instead of {_said(old[name])}")


def _parts(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list):
        return {str(one.get("name", place)): one for place, one in enumerate(value)}
    return {"": value}


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def _said(value: Any) -> str:
    return value_in_words(_plain(value))
