"""What a policy says of time and of whom, in words for people."""

import json
from typing import Any

from streams.sla.instants import describe
from streams.sla.policy.conditions import Condition
from streams.sla.policy.document import AdditionDocument, AllowanceDocument, When
from streams.sla.policy.durations import signed
from streams.sla.policy.problems import Problem


def condition_in_words(when: When) -> str:
    """`everybody`, or `lane is same-city and tier is A or B`."""
    return str(Condition(when, "when")) if when else "everybody"


def duration_in_words(text: str) -> str:
    """`2 h` of `PT2H`; what is no duration stays as it is."""
    try:
        return describe(signed(text, ""))
    except Problem:
        return text


def allowance_in_words(given: str | AllowanceDocument) -> str:
    """`2 h`, `2 h of working time (branch)`, `12:00 of D+1 (work), cut-off 18:00`."""
    if isinstance(given, str):
        return {"promised": "as promised", "plan": "as planned"}.get(given) or duration_in_words(given)
    if given.appointment is not None:
        return f"the appointment for the {given.appointment}"
    calendar = f" ({given.calendar})" if given.calendar else ""
    zone = f" at the {given.zone}" if given.zone else ""
    if given.working is not None:
        return f"{duration_in_words(given.working)} of working time{calendar}{zone}"
    cutoff = f", cut-off {given.cutoff}" if given.cutoff else ""
    return f"{given.by or 'the end'} of D+{given.days}{calendar}{cutoff}{zone}"


def addition_in_words(given: str | AdditionDocument) -> str:
    """`2 d`, `2 working days (work)`."""
    if isinstance(given, str):
        return duration_in_words(given)
    if given.working_days is not None:
        return f"{given.working_days} working days ({given.calendar})"
    return f"{given.days} days"


def value_in_words(value: Any) -> str:
    """Any other value: durations in words, lists with commas, `nothing`."""
    if value is None or value in ([], {}, ""):
        return "nothing"
    if isinstance(value, str):
        return duration_in_words(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(_told(value), ensure_ascii=False)


def _told(value: Any) -> Any:
    """Without what is not said."""
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items() if one is not None and one not in ([], {})}
    return [_told(one) for one in value] if isinstance(value, list) else value
