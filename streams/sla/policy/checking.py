"""What a policy may say and surely does not mean: clocks that never start or stop, rules that never match."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from streams.sla.codes import CLOSING, NUMBERS
from streams.sla.policy.attributes import NUMERIC
from streams.sla.policy.codesets import ANY, REGISTERED, named
from streams.sla.policy.document import AllowanceDocument, ClockDocument, Codes, PolicyDocument, Rule, When
from streams.sla.policy.durations import duration
from streams.sla.policy.overlaps import covers, never_holds, of_another_kind
from streams.sla.policy.problems import Problem

SEVERITIES: Final = ("info", "warning", "critical")
"""What most call them; others are free to be used, but for slips of the pen."""


def doubts(document: PolicyDocument) -> list[Problem]:
    """Everything doubtful in a policy that compiles, in the order of the page."""
    found: list[Problem] = []
    for place, clock in enumerate(document.clocks):
        path = f"$.clocks[{place}]"
        for check in (_ends_of, _pauses, _rules, _choices, _warnings, _severities):
            found.extend(check(clock, path))
    for place, feed in enumerate(document.feeds):
        found.extend(_never(feed.when, f"$.feeds[{place}].when"))
    return [*found, *_expiry(document), *_stages(document), *_calendars(document)]


def _ends_of(clock: ClockDocument, path: str) -> Iterator[Problem]:
    """Starts and stops that no scan brings about, or that another code forestalls."""
    starts, stops = set(named(clock.begin)), set(named(clock.until))
    for field, codes in (("from", starts), ("until", stops)):
        own = sorted(code for code in codes if not _is_known(code))
        if own and len(own) == len(codes):
            what = "start" if field == "from" else "stop"
            yield Problem(
                f"{path}.{field}",
                f"it can only {what} where scans carry {', '.join(own)}, which is none of our codes; "
                "name one of ours as well, or see to it that scans carry it",
            )
    if clock.per == "case" and starts and not any("." in code for code in starts):
        yield Problem(f"{path}.from", "it never starts: only care events have a case; name a step: complaint.opened")
    elif clock.per == "case" and stops and not any("." in code for code in stops):
        yield Problem(f"{path}.until", "it never stops: only care events have a case; name a step: complaint.closed")
    if clock.start == "last" and stops and stops <= starts:
        yield Problem(f"{path}.until", "it never stops: every code that stops it starts it again; use `start: first`")
    for field, what, ending in (("ends", "ends", clock.ends or []), ("excused_by", "excuses", clock.excused_by)):
        for code in sorted(stops.intersection(named(ending))):
            yield Problem(f"{path}.{field}", f"{code} never {what} it: it stops it; take it out of one of them")
    for code in sorted(stops.intersection(named(clock.never))):
        yield Problem(f"{path}.never", f"{code} never stops it: it breaks it; take it out of one of them")


def _pauses(clock: ClockDocument, path: str) -> Iterator[Problem]:
    """Pauses that one scan both begins and ends."""
    for place, pause in enumerate(clock.pause):
        for code in sorted(set(named(pause.begin)).intersection(named(pause.until))):
            yield Problem(
                f"{path}.pause[{place}]", f"{code} both begins and ends the pause; name another code in one of them"
            )


def _is_known(code: str) -> bool:
    return code in NUMBERS or code in {ANY, REGISTERED} or "." in code


def _rules(clock: ClockDocument, path: str) -> Iterator[Problem]:
    """Lines of `within` that never count."""
    if not isinstance(clock.within, list):
        return
    given: list[tuple[int, When]] = []
    for place, rule in enumerate(clock.within):
        where = f"{path}.within[{place}]"
        yield from _never(rule.when, f"{where}.when")
        if rule.allow is None:
            continue
        earlier = next((at for at, when in given if covers(when, rule.when)), None)
        if earlier is not None:
            yield _shadowed(where, earlier)
        if _always_given(rule):
            given.append((place, rule.when))
    if all(rule.allow is None for rule in clock.within):
        yield Problem(f"{path}.within", "it never runs: there is nothing to add to; give a rule with `allow`")


def _always_given(rule: Rule) -> bool:
    """Whether it gives a due instant wherever it holds; an appointment or a plan may be missing."""
    allow = rule.allow
    return allow not in {"plan", "promised"} if isinstance(allow, str) else _is_reckoned(allow)


def _is_reckoned(allow: AllowanceDocument | None) -> bool:
    return allow is not None and allow.appointment is None


def _choices(clock: ClockDocument, path: str) -> Iterator[Problem]:
    """Warnings, severities and routes by condition: the first that holds counts."""
    for field, lines in (("warn", clock.warn), ("severity", clock.severity), ("route", clock.route)):
        if isinstance(lines, list):
            yield from _first_counts([line.when for line in lines], f"{path}.{field}")
    for place, rule in enumerate(clock.compensate):
        yield from _never(rule.when, f"{path}.compensate[{place}].when")


def _first_counts(conditions: Sequence[When], path: str) -> Iterator[Problem]:
    for place, when in enumerate(conditions):
        yield from _never(when, f"{path}[{place}].when")
        earlier = next((at for at, other in enumerate(conditions[:place]) if covers(other, when)), None)
        if earlier is not None:
            yield _shadowed(f"{path}[{place}]", earlier)


def _shadowed(path: str, earlier: int) -> Problem:
    return Problem(path, f"it never counts: whenever it holds, line {earlier + 1} holds before it; put it above that")


def _never(when: When, path: str) -> Iterator[Problem]:
    for name, wanted in when.items():
        if never_holds(wanted):
            yield Problem(f"{path}.{name}", f"it never holds: nothing is all that is wanted of {name}")
        for value in of_another_kind(name, wanted):
            remedy = "a number: compare it with one" if name in NUMERIC else "a text: quote what is wanted of it"
            yield Problem(f"{path}.{name}", f"it never holds for {value!r}: {name} is {remedy}")


def _warnings(clock: ClockDocument, path: str) -> Iterator[Problem]:
    """Notices that would come the moment the clock starts, or after it was due."""
    warns = [clock.warn] if not isinstance(clock.warn, list) else clock.warn
    if not isinstance(clock.within, str) or clock.within in {"plan", "promised"}:
        return
    if duration(clock.within, path) == 0 and clock.shift is None:
        yield Problem(f"{path}.within", "it is due the moment it starts; give more than PT0S")
        return
    for warn in warns:
        if warn.before is not None and duration(warn.before, path) >= duration(clock.within, path):
            yield Problem(
                f"{path}.warn", f"{warn.before} before it is due is before it starts; give less than `within`"
            )


def _severities(clock: ClockDocument, path: str) -> Iterator[Problem]:
    labels = [clock.severity] if isinstance(clock.severity, str) else [one.value for one in clock.severity]
    for label in labels:
        near = get_close_matches(label, SEVERITIES, n=1, cutoff=0.7)
        if near and label not in SEVERITIES:
            yield Problem(f"{path}.severity", f"{label!r} is no usual severity: did you mean {near[0]!r}?")
    if clock.objective is not None and float(clock.objective.rstrip("%")) == 0:
        yield Problem(f"{path}.objective", "an objective of nothing is always kept; give a share such as 99%")


def _expiry(document: PolicyDocument) -> Iterator[Problem]:
    """Clocks that are due when nobody waits for the shipment any more: those that run while it is open."""
    written = document.shipment.expire
    expire = duration(written, "$.shipment.expire")
    for place, clock in enumerate(document.clocks):
        path = f"$.clocks[{place}].within"
        if clock.shift is not None or set(named(clock.begin)) <= set(CLOSING) or clock.per == "case":
            continue
        rules = clock.within if isinstance(clock.within, list) else [Rule(allow=clock.within)]
        for line, rule in enumerate(rules):
            where = f"{path}[{line}]" if isinstance(clock.within, list) else path
            allow = rule.allow
            if isinstance(allow, str) and allow not in {"plan", "promised"} and duration(allow, where) >= expire:
                yield Problem(where, f"by then the shipment has expired; give shipment.expire more than {written}")


def _stages(document: PolicyDocument) -> Iterator[Problem]:
    """Stages whose time would be counted twice."""
    begun: dict[str, str] = {}
    names: set[str] = set()
    for place, stage in enumerate(document.stages):
        path = f"$.stages[{place}]"
        if stage.name in names:
            yield Problem(f"{path}.name", f"the stage {stage.name!r} is there twice; rename one")
        names.add(stage.name)
        for code in _sorted(stage.begin):
            other = begun.setdefault(code, stage.name)
            if other != stage.name:
                yield Problem(f"{path}.from", f"it overlaps with {other!r}: {code} begins both; let one begin later")


def _sorted(codes: Codes) -> list[str]:
    return sorted(set(named(codes)))


def _calendars(document: PolicyDocument) -> Iterator[Problem]:
    used = {feed.calendar for feed in document.feeds}
    for clock in document.clocks:
        rules = clock.within if isinstance(clock.within, list) else [Rule(allow=clock.within)]
        used.update(
            given.calendar
            for rule in rules
            for given in (rule.allow, rule.add)
            if given is not None and not isinstance(given, str)
        )
    for name in sorted(document.calendars.keys() - used):
        yield Problem(f"$.calendars.{name}", "nothing uses this calendar; name it in an allowance, or take it out")
