"""How a pause moves what each kind of allowance gave."""

from dataclasses import replace

from streams.sla.calendars import ALWAYS
from streams.sla.codes import code_of
from streams.sla.details import RegistrationDetails, Window
from streams.sla.instants import NEVER
from streams.sla.policy import parse_policy
from streams.sla.policy.allowances import (
    Allowance,
    Appointment,
    Days,
    Duration,
    MoreTime,
    Place,
    Promised,
    Rule,
    Rules,
    Shifted,
    Working,
)
from streams.sla.policy.conditions import Condition
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.spans import span
from tests.unit.sla.calendars.wall import HOUR, at, calendar, shown

ZONE = "Asia/Shanghai"
THERE = Place("destination", ZONE)
WORK = calendar(country="CN", hours="09:00-18:00")
CLOCK = parse_policy(
    "{policy: p, version: '1', clocks: [{name: c, from: picked_up, until: delivered, within: PT1H,"
    " pause: [{from: held, until: released}]}]}"
).clocks[0]


def due(allowance: Allowance, start: str, *pauses: tuple[str, str | None], parcel: Registration | None = None) -> str:
    scans = [KnownScan("start", code_of("picked_up"), at(start, ZONE))]
    for place, (began, ended) in enumerate(pauses):
        scans.append(KnownScan(f"held{place}", code_of("held"), at(began, ZONE)))
        if ended is not None:
            scans.append(KnownScan(f"released{place}", code_of("released"), at(ended, ZONE)))
    verdict = span(
        replace(CLOCK, allowance=allowance), parcel or Registration("c1", 0), sorted(scans, key=KnownScan.order)
    )
    assert verdict is not None
    return "never" if verdict.due == NEVER else shown(verdict.due, ZONE)


def test_time_that_passes_everywhere_alike_moves_by_the_length_of_the_pause() -> None:
    assert due(Duration(72 * HOUR), "2026-09-30 10:00", ("2026-10-01 10:00", "2026-10-05 10:00")) == "2026-10-07 10:00"


def test_working_time_that_is_left_when_a_pause_begins_is_left_when_it_ends() -> None:
    three_hours = Working(3 * HOUR, WORK, THERE)
    assert due(three_hours, "2026-11-03 09:00", ("2026-11-03 10:00", "2026-11-03 15:00")) == "2026-11-03 17:00"


def test_a_pause_over_a_holiday_gives_no_working_time() -> None:
    six_hours = Working(6 * HOUR, WORK, THERE)
    held = ("2026-09-30 19:00", "2026-10-07 20:00")
    assert due(six_hours, "2026-09-30 15:00") == "2026-10-08 12:00"
    assert due(six_hours, "2026-09-30 15:00", held) == "2026-10-08 12:00"


def test_a_promise_for_noon_is_one_for_noon_of_a_later_day() -> None:
    next_morning = Days(1, 12 * HOUR, 18 * HOUR, ALWAYS, THERE)
    held = ("2026-11-03 20:00", "2026-11-04 08:00")
    assert due(next_morning, "2026-11-03 10:00", held) == "2026-11-05 12:00"


def test_two_short_pauses_give_no_more_than_one_as_long_as_both() -> None:
    next_morning = Days(1, 12 * HOUR, 18 * HOUR, ALWAYS, THERE)
    held = ("2026-11-03 12:00", "2026-11-03 13:00"), ("2026-11-03 15:00", "2026-11-03 16:00")
    assert due(next_morning, "2026-11-03 10:00", *held) == "2026-11-05 12:00"


def test_a_day_that_pauses_reach_is_a_service_day() -> None:
    next_morning = Days(1, 12 * HOUR, 18 * HOUR, WORK, THERE)
    held = ("2026-11-05 12:00", "2026-11-06 11:00")
    assert due(next_morning, "2026-11-05 10:00") == "2026-11-06 12:00"
    assert due(next_morning, "2026-11-05 10:00", held) == "2026-11-09 12:00"


def test_a_promised_instant_moves_by_the_length_of_the_pause() -> None:
    parcel = Registration("c1", 0, promised_at=at("2026-11-05 18:00", ZONE))
    held = ("2026-11-04 10:00", "2026-11-04 13:00")
    assert due(Promised(ZONE), "2026-11-03 10:00", held, parcel=parcel) == "2026-11-05 21:00"


def test_an_appointment_moves_by_the_length_of_the_pause() -> None:
    window = Window(at("2026-11-05 16:00", ZONE), at("2026-11-05 18:00", ZONE))
    parcel = Registration("c1", 0, more=RegistrationDetails(delivery=window))
    held = ("2026-11-05 10:00", "2026-11-05 11:30")
    assert due(Appointment("delivery"), "2026-11-03 10:00", held, parcel=parcel) == "2026-11-05 19:30"


def _with_an_hour(allowance: Allowance) -> list[Allowance]:
    """An hour on top, as an addition and as a shift."""
    always = Condition({}, "$")
    return [Rules([Rule(always, allowance), Rule(always, add=MoreTime(HOUR))]), Shifted(allowance, HOUR)]


def test_what_comes_on_top_whatever_the_hour_stays_on_top() -> None:
    held = ("2026-11-03 17:00", "2026-11-03 17:15")
    for promise in _with_an_hour(Working(9 * HOUR - HOUR // 2, WORK, THERE)):
        assert due(promise, "2026-11-03 09:00") == "2026-11-03 18:30"
        assert due(promise, "2026-11-03 09:00", held) == "2026-11-03 18:45"
        assert due(promise, "2026-11-03 09:00", ("2026-11-03 18:00", "2026-11-03 18:15")) == "2026-11-03 18:45"
    for promise in _with_an_hour(Days(1, 12 * HOUR, 18 * HOUR, ALWAYS, THERE)):
        assert due(promise, "2026-11-03 10:00") == "2026-11-04 13:00"
        assert due(promise, "2026-11-03 10:00", held) == "2026-11-05 13:00"


def test_nothing_is_due_while_a_pause_lasts() -> None:
    assert due(Working(3 * HOUR, WORK, THERE), "2026-11-03 09:00", ("2026-11-03 10:00", None)) == "never"
