"""Which rule gives the due instant."""

from dataclasses import dataclass

import pytest

from streams.sla.calendars import ALWAYS
from streams.sla.details import RegistrationDetails, Window
from streams.sla.policy.allowances import (
    Appointment,
    Days,
    Duration,
    MoreDays,
    MoreTime,
    Place,
    PlanTotal,
    Promised,
    Rule,
    Rules,
)
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from tests.unit.sla.calendars.wall import HOUR, at, calendar

ZONE = "Asia/Shanghai"
THERE = Place("destination", ZONE)
WORK = calendar(country="CN", hours="09:00-18:00")


@dataclass
class Tier:
    """Holds for one tier, and for every shipment when it names none."""

    name: str | None = None
    needs: frozenset[str] = frozenset()

    def holds(self, registration: Registration, scan: KnownScan | None) -> bool:
        del scan
        return self.name in {None, registration.tier}


class Remote:
    """Holds for remote destinations."""

    needs: frozenset[str] = frozenset()

    def holds(self, registration: Registration, scan: KnownScan | None) -> bool:
        del scan
        return registration.remote


def parcel(
    tier: str | None = None, *, remote: bool = False, promised_at: int | None = None, pickup: Window | None = None
) -> Registration:
    more = None if pickup is None else RegistrationDetails(pickup=pickup)
    return Registration("c1", 0, tier=tier, remote=remote, promised_at=promised_at, more=more)


@pytest.mark.parametrize("cached", [False, True])
def test_the_first_rule_that_holds_counts(cached: bool) -> None:  # noqa: FBT001 - a parameter of the test
    rules = Rules(
        [Rule(Tier("A"), Duration(1)), Rule(Tier("A"), Duration(2)), Rule(Tier(), Duration(3))], cached=cached
    )
    for _ in range(2):
        assert rules.due(10, parcel("A"), None) == 11
        assert rules.due(10, parcel("B"), None) == 13


def test_where_no_rule_holds_nothing_was_promised() -> None:
    rules = Rules([Rule(Tier("A"), Duration(1)), Rule(Remote(), add=MoreTime(5))])
    assert rules.due(10, parcel("B", remote=True), None) is None
    assert rules.explain(10, parcel("B"), None) == "not promised"


def test_an_appointment_counts_where_there_is_one_and_the_next_rule_where_there_is_none() -> None:
    rules = Rules([Rule(Tier(), Appointment("pickup")), Rule(Tier(), Duration(HOUR))], cached=True)
    assert rules.due(0, parcel(pickup=Window(5 * HOUR, 7 * HOUR)), None) == 7 * HOUR
    assert rules.due(0, parcel(), None) == HOUR
    assert rules.needs == {"pickup"}


@pytest.mark.parametrize("allowance", [Appointment("delivery"), Promised(ZONE), PlanTotal()], ids=type)
def test_what_was_not_agreed_cannot_be_given(allowance: Appointment | Promised | PlanTotal) -> None:
    assert allowance.due(0, parcel(), None) is None


def test_everything_that_is_added_counts() -> None:
    rules = Rules([Rule(Tier(), Duration(HOUR)), Rule(Remote(), add=MoreTime(1)), Rule(Tier("A"), add=MoreTime(2))])
    assert rules.due(0, parcel("A", remote=True), None) == HOUR + 3
    assert rules.due(0, parcel("A"), None) == HOUR + 2
    assert rules.due(0, parcel("B"), None) == HOUR


def test_durations_are_told_in_one() -> None:
    rules = Rules([Rule(Tier(), Duration(72 * HOUR)), Rule(Remote(), add=MoreTime(4 * HOUR))])
    assert rules.explain(0, parcel(remote=True), None) == "allowed 3 d 4 h"


def test_a_remote_area_adds_two_working_days_at_the_same_hour() -> None:
    next_morning = Days(1, 12 * HOUR, None, ALWAYS, THERE)
    rules = Rules([Rule(Tier(), next_morning), Rule(Remote(), add=MoreDays(2, WORK, THERE))])
    start = at("2026-11-04 10:00", ZONE)  # a Wednesday
    assert rules.due(start, parcel(), None) == at("2026-11-05 12:00", ZONE)
    assert rules.due(start, parcel(remote=True), None) == at("2026-11-09 12:00", ZONE)


def test_the_two_working_days_of_a_remote_area_step_over_the_spring_festival() -> None:
    rules = Rules([Rule(Tier(), Duration(24 * HOUR)), Rule(Remote(), add=MoreDays(2, WORK, THERE))])
    start = at("2026-02-12 10:00", ZONE)
    assert rules.due(start, parcel(remote=True), None) == at("2026-02-24 10:00", ZONE)


def test_the_steps_tell_every_rule() -> None:
    rules = Rules(
        [
            Rule(Tier("A"), Duration(1)),
            Rule(Tier(), Appointment("pickup")),
            Rule(Tier(), Duration(72 * HOUR)),
            Rule(Tier(), Duration(96 * HOUR)),
            Rule(Remote(), add=MoreDays(2, WORK, THERE)),
        ]
    )
    assert rules.steps(0, parcel("B", remote=True), None) == [
        "rule 1 does not hold",
        "rule 2 holds, but cannot be given: no appointment for the pickup",
        "rule 3 holds",
        "allowed 3 d",
        "rule 4 holds, but comes later",
        "rule 5 holds: adds 2 days (branch)",
    ]
    assert rules.explain(0, parcel("B", remote=True), None) == "allowed 3 d and 2 days (branch)"
