"""Working time, where the start scan was made."""

from streams.sla.codes import code_of
from streams.sla.details import RegistrationDetails, ScanDetails
from streams.sla.policy.allowances import Place, Working
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from tests.unit.sla.calendars.wall import HOUR, at, calendar, shown

ZONE = "Asia/Shanghai"
BRANCH = calendar(hours="08:00-20:00", regions={"NYC": {"hours": "10:00-16:00"}})
ABROAD = Registration(
    "c1",
    0,
    origin="SHA",
    destination="NYC",
    more=RegistrationDetails(origin_zone=ZONE, destination_zone="America/New_York"),
)


def arrival(instant: int, region: str | None) -> KnownScan:
    return KnownScan("s1", code_of("arrived_at_branch"), instant, more=ScanDetails(facility_region=region))


def due(start: int, region: str | None) -> int:
    scan = arrival(start, region)
    found = Working(2 * HOUR, BRANCH, Place("facility", "UTC")).due(start, ABROAD, scan)
    assert found is not None
    return found


def test_branch_to_door_goes_on_the_next_morning() -> None:
    assert shown(due(at("2026-11-02 19:00", ZONE), "SHA"), ZONE) == "2026-11-03 09:00"


def test_a_facility_in_the_region_of_the_destination_has_its_hours_and_its_zone() -> None:
    new_york = "America/New_York"
    assert shown(due(at("2026-11-02 15:00", new_york), "NYC"), new_york) == "2026-11-03 11:00"


def test_a_facility_of_which_nothing_is_known_counts_as_the_destination() -> None:
    start = at("2026-11-02 15:00", "America/New_York")
    assert due(start, None) == due(start, "NYC")


def test_a_shipment_that_names_no_zone_has_that_of_the_policy() -> None:
    plain = Registration("c1", 0)
    start = at("2026-11-02 19:00", ZONE)
    found = Working(2 * HOUR, BRANCH, Place("destination", ZONE)).due(start, plain, None)
    assert found == at("2026-11-03 09:00", ZONE)


def test_the_steps_say_what_was_worked_on_each_day() -> None:
    work = Working(3 * HOUR, calendar(country="CN", hours="09:00-18:00"), Place("destination", ZONE))
    assert work.steps(at("2026-09-30 17:00", ZONE), Registration("c1", 0), None) == [
        "allowed 3 h of the opening hours of branch, in Asia/Shanghai",
        "2026-09-30 Wed, open: 1 h worked, 2 h left",
        "2026-10-01 Thu, National Day: nothing worked, 2 h left",
        "2026-10-02 Fri, National Day: nothing worked, 2 h left",
        "2026-10-03 Sat, National Day: nothing worked, 2 h left",
        "2026-10-04 Sun, weekend: nothing worked, 2 h left",
        "2026-10-05 Mon, National Day (observed): nothing worked, 2 h left",
        "2026-10-06 Tue, Day off (substituted from 09/20/2026): nothing worked, 2 h left",
        "2026-10-07 Wed, Day off (substituted from 10/10/2026): nothing worked, 2 h left",
        "2026-10-08 Thu, open: 2 h worked, all of it",
        "due at 2026-10-08 Thu 11:00:00",
    ]
