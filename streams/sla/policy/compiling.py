"""From a page of promises to a policy."""

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from streams.sla.calendars import Calendar
from streams.sla.codes import CLOSING
from streams.sla.policy.allowances import Duration, Place, Working
from streams.sla.policy.allowing import Terms
from streams.sla.policy.calendar_document import compile_calendar
from streams.sla.policy.clocks import compile_clock, touches
from streams.sla.policy.codesets import codeset
from streams.sla.policy.compiled import Clock, Feed, Lifecycle, Policy, Stage
from streams.sla.policy.conditions import Condition
from streams.sla.policy.document import ClockDocument, FeedDocument, LifecycleDocument, PolicyDocument
from streams.sla.policy.durations import duration
from streams.sla.policy.problems import Problem
from streams.sla.zone_names import no_such_zone, zone_names


def compile_policy(document: PolicyDocument, digest: str) -> Policy:
    """Compile a document.  Raises `Problem` with the field path of what makes no sense."""
    if document.time_zone not in zone_names():
        raise Problem("$.time_zone", no_such_zone(document.time_zone))
    lifecycle = _lifecycle(document.shipment)
    calendars: dict[str, Calendar] = {
        name: compile_calendar(calendar, f"$.calendars.{name}") for name, calendar in document.calendars.items()
    }
    terms = Terms(document, calendars)
    clocks = _clocks(document, terms, lifecycle)
    feeds = tuple(_feed(item, f"$.feeds[{place}]", document, terms) for place, item in enumerate(document.feeds))
    names = {clock.name for clock in clocks}
    for place, name in enumerate(document.scorecards.veto):
        _require(name, names, f"$.scorecards.veto[{place}]")
    codes = {code for clock in clocks for code in clock.roles} | lifecycle.closes
    return Policy(
        name=document.policy,
        version=document.version,
        digest=digest,
        document=msgspec.json.encode(document, order="sorted"),
        time_zone=document.time_zone,
        clocks=clocks,
        by_number={clock.number: clock for clock in clocks},
        touched={code: touches(clocks, code) for code in codes},
        touched_by_others=touches(clocks, ""),
        lifecycle=lifecycle,
        needs=_needs(clocks, feeds),
        feeds=feeds,
        veto=frozenset(document.scorecards.veto),
    )


def _clocks(document: PolicyDocument, terms: Terms, lifecycle: Lifecycle) -> tuple[Clock, ...]:
    """The clocks in the order of the page; those that refer to others are compiled after them."""
    stages = tuple(
        Stage(
            one.name,
            codeset(one.begin, f"$.stages[{place}].from"),
            codeset(one.until, f"$.stages[{place}].until"),
            duration(one.within, f"$.stages[{place}].within"),
        )
        for place, one in enumerate(document.stages)
    )
    _check_names(document.clocks)
    found: dict[str, Clock] = {}
    for referring in (False, True):
        for place, item in enumerate(document.clocks):
            path = f"$.clocks[{place}]"
            if bool(item.all_of) is referring:
                members = tuple(_member(name, found, f"{path}.all_of[{at}]") for at, name in enumerate(item.all_of))
                found[item.name] = compile_clock(
                    item, path, terms=terms, lifecycle=lifecycle, stages=stages, members=members
                )
    numbers: dict[int, str] = {}
    for place, item in enumerate(document.clocks):
        other = numbers.setdefault(found[item.name].number, item.name)
        if other != item.name:
            raise Problem(f"$.clocks[{place}].name", f"{item.name!r} has the checksum of {other!r}: rename one")
    return tuple(found[item.name] for item in document.clocks)


def _check_names(items: Sequence[ClockDocument]) -> None:
    seen: set[str] = set()
    for place, item in enumerate(items):
        if item.name in seen:
            raise Problem(f"$.clocks[{place}].name", f"the clock {item.name!r} is there twice")
        seen.add(item.name)


def _member(name: str, clocks: dict[str, Clock], path: str) -> Clock:
    _require(name, set(clocks), path)
    member = clocks[name]
    if member.per != "shipment" or member.members:
        raise Problem(path, f"{name!r} is not one clock of the whole shipment: name one that is")
    return member


def _require(name: str, names: set[str], path: str) -> None:
    if name not in names:
        near = get_close_matches(name, names, n=1)
        others = f"there are {', '.join(sorted(names))}" if names else "there is no other"
        hint = f"did you mean {near[0]!r}?" if near else others
        raise Problem(path, f"no such clock: {name!r}; {hint}")


def _feed(item: FeedDocument, path: str, document: PolicyDocument, terms: Terms) -> Feed:
    length = duration(item.silent_after, f"{path}.silent_after")
    if length <= 0:
        raise Problem(f"{path}.silent_after", "every facility would be silent at once: give more than PT0S")
    catch_up = duration(item.catch_up, f"{path}.catch_up")
    if catch_up < 0:
        raise Problem(f"{path}.catch_up", "late scans come after the return: give PT0S or more")
    condition = Condition(item.when, f"{path}.when")
    for name in item.when:
        if not name.startswith("facility."):
            raise Problem(f"{path}.when.{name}", f"a feed is about facilities, and {name} is none of theirs")
    if item.calendar is None:
        return Feed(condition, Duration(length), length, catch_up)
    hours = Working(length, terms.calendar(item.calendar, path), Place("facility", document.time_zone))
    return Feed(condition, hours, length, catch_up)


def _needs(clocks: Sequence[Clock], feeds: Sequence[Feed]) -> frozenset[str]:
    """What the clocks and feeds look at, beyond what is always kept."""
    needs: set[str] = set()
    for clock in clocks:
        needs |= clock.allowance.needs
        for choice in (clock.warns, clock.severities, clock.routes):
            if choice is not None:
                needs |= choice.needs
        for proposal in clock.proposals:
            needs |= proposal.needs
    for feed in feeds:
        needs |= feed.condition.needs | feed.silent_after.needs
    return frozenset(needs)


def _lifecycle(document: LifecycleDocument) -> Lifecycle:
    return Lifecycle(
        closes=codeset(document.closes if document.closes is not None else list(CLOSING), "$.shipment.closes"),
        settle=duration(document.settle, "$.shipment.settle"),
        retention=duration(document.retention, "$.shipment.retention"),
        orphan_retention=duration(document.orphan_retention, "$.shipment.orphan_retention"),
        expire=duration(document.expire, "$.shipment.expire"),
    )
