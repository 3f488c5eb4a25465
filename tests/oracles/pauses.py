"""Time that does not count: pauses between two scans, and suspensions of a region."""

from collections.abc import Sequence
from typing import Any

from tests.oracles import hours
from tests.oracles.dues import extra_of
from tests.oracles.terms import Fact, Json, codes

Span = tuple[int, int | None]
"""From, until; None where nothing has ended it."""


def moved(
    policy: Json,
    clock: Json,
    registration: Json,
    facts: list[Fact],
    begin: Fact | None,
    start: int,
    due: int,
    given: Any,
    until: int | None,
    held: Sequence[Span] = (),
) -> int | None:
    """Where the due instant lies after all that does not count until then; None while a pause goes on for ever.

    `given` is the allowance that gave it, `until` when the clock stopped.
    """
    spans = _together(
        [
            (max(began, start), until if ended is None else ended if until is None else min(ended, until))
            for began, ended in [*_pauses(clock, facts), *(held if clock.get("suspensions", True) else ())]
        ]
    )
    by_length, extra = due, extra_of(clock, registration, begin)
    for began, ended in spans:
        if began >= due:
            break
        if ended is None:
            return None
        by_length += ended - began
        if isinstance(given, dict) and "working" in given:
            left = began < due - extra
            due = (
                hours.go_on(policy, given, registration, begin, began, ended, due - extra) + extra
                if left
                else due + ended - began
            )
        elif isinstance(given, dict) and "days" in given:
            due = hours.next_such(policy, given, registration, begin, by_length - extra) + extra
        else:
            due = by_length
    return due


def _pauses(clock: Json, facts: list[Fact]) -> list[Span]:
    spans: list[Span] = []
    for pause in clock.get("pause", []):
        began: int | None = None
        for fact in facts:
            if began is None and fact.code in codes(pause["from"]):
                began = fact.at
            elif began is not None and fact.code in codes(pause["until"]):
                spans.append((began, fact.at))
                began = None
        if began is not None:
            spans.append((began, None))
    return spans


def _together(spans: Sequence[Span]) -> list[Span]:
    """The same times as spans that neither overlap nor touch, in order; without those that are empty."""
    found: list[Span] = []
    for began, ended in sorted(spans, key=lambda span: span[0]):
        if ended is not None and ended <= began:
            continue
        if found and (found[-1][1] is None or began <= found[-1][1]):
            last = found[-1][1]
            found[-1] = (found[-1][0], None if last is None or ended is None else max(last, ended))
        else:
            found.append((began, ended))
    return found
