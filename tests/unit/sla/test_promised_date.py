"""A date means until the end of that day where the parcel goes."""

from datetime import date

import pytest

from streams.sla.instants import end_of_local_day
from tests.oracles.dues import end_of_day
from tests.unit.sla.parcel import Parcel

CLOCK = "- {name: c, from: registered, until: delivered, due: promised}"


def due_of(day: str, zone: str | None, *, page_zone: str = "UTC") -> str:
    parcel = Parcel(CLOCK, time_zone=page_zone, shipment="{expire: P3650D}")
    destination = {} if zone is None else {"destination": {"time_zone": zone}}
    parcel.register(0, promised_date=day, **destination).until(24 * 400)
    (alert,) = parcel.alerts
    return str(alert["due"])


@pytest.mark.parametrize(
    ("day", "zone", "due"),
    [
        ("2026-11-05", "Asia/Shanghai", "2026-11-05T15:59:59.999Z"),
        ("2026-11-05", "America/Sao_Paulo", "2026-11-06T02:59:59.999Z"),
        ("2027-03-27", "Europe/Berlin", "2027-03-27T22:59:59.999Z"),
        ("2027-03-28", "Europe/Berlin", "2027-03-28T21:59:59.999Z"),
        ("2027-10-31", "Europe/Berlin", "2027-10-31T22:59:59.999Z"),
    ],
)
def test_the_day_ends_at_the_midnight_of_the_destination(day: str, zone: str, due: str) -> None:
    assert due_of(day, zone) == due


def test_without_a_zone_of_its_own_the_zone_of_the_policy_counts() -> None:
    assert due_of("2026-11-05", None, page_zone="Asia/Tokyo") == "2026-11-05T14:59:59.999Z"


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        ("2018-11-03", "America/Sao_Paulo"),
        ("2018-02-17", "America/Sao_Paulo"),
        ("2024-10-31", "America/Havana"),
        ("2011-12-29", "Pacific/Apia"),
        ("2027-03-27", "Asia/Beirut"),
    ],
)
def test_midnights_that_are_skipped_or_come_twice_end_the_day_as_calendars_do(day: str, zone: str) -> None:
    assert end_of_local_day(date.fromisoformat(day).toordinal(), zone) == end_of_day(day, zone)


def test_a_promised_instant_goes_before_a_date() -> None:
    parcel = Parcel(CLOCK).register(0, promised_date="2026-11-09", promised_at="2026-11-03T12:00:00+08:00").until(72)
    assert [alert["due"] for alert in parcel.alerts] == ["2026-11-03T04:00:00.000Z"]


def test_a_shipment_without_a_promise_has_no_clock() -> None:
    assert Parcel(CLOCK).register(0).scan("delivered", 100).until(200).kinds == []
