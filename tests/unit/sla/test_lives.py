"""A number is used, closed, remembered, forgotten and used again."""

from collections.abc import Mapping

from streams.partition.judging import CARE
from streams.sla.codes import code_of
from streams.sla.details import ScanDetails
from streams.sla.docket import Docket
from streams.sla.evidence import MOST_SCANS
from streams.sla.judge import Judge
from streams.sla.policy import parse_policy
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from tests.property.engine import arrival
from tests.unit.sla.parcel import Parcel, at, ms

CLOCK = "- {name: c, from: picked_up, until: delivered, within: PT10H}"
LIVES = "{settle: PT20H, retention: PT100H, orphan_retention: PT30H, expire: PT200H}"


def parcel() -> Parcel:
    return Parcel(CLOCK, shipment=LIVES)


def shipments(one: Parcel) -> Mapping[str, int]:
    return one.player.core.gauges()["shipments"]


def test_scans_without_a_registration_wait_and_are_forgotten() -> None:
    one = parcel().scan("picked_up", 0).until(30)
    assert shipments(one) == {"orphan": 1}
    one.until(31)
    assert (shipments(one), len(one.player.core), one.said()) == ({}, 0, [])
    assert one.player.changelog[-2].value is None


def test_a_registration_in_time_takes_the_waiting_scans_over() -> None:
    one = parcel().scan("picked_up", 0).scan("delivered", 5).register(29).until(30)
    assert one.kinds == ["outcome met"]
    assert shipments(one) == {"closed": 1}


def test_a_closed_shipment_takes_corrections_until_it_has_settled() -> None:
    one = parcel().register(0).scan("picked_up", 0).scan("delivered", 12, scan_id="d").until(13)
    one.scan("delivered", 9, uploaded=31, scan_id="d", revision=1).until(31.5)
    assert [outcome["kind"] for outcome in one.outcomes] == ["missed", "met"]
    one.until(33)
    assert shipments(one) == {"residue": 1}
    one.scan("delivered", 8, uploaded=34, scan_id="d", revision=2).register(35, revision=9).until(36)
    assert one.reject_reasons == ["too-late", "too-late"]
    assert [outcome["kind"] for outcome in one.outcomes] == ["missed", "met"]


def test_a_shipment_settles_from_when_it_is_closed_also_by_a_record_with_an_older_timestamp() -> None:
    one = parcel().register(0).scan("picked_up", 0).until(30).scan("delivered", 5).until(49)
    assert shipments(one) == {"closed": 1}
    one.until(51)
    assert shipments(one) == {"residue": 1}


def test_after_retention_the_number_starts_a_new_life_with_new_ids() -> None:
    one = parcel().register(0).scan("picked_up", 0).scan("delivered", 5).until(104)
    assert shipments(one) == {"residue": 1}
    one.until(106)
    assert shipments(one) == {}
    assert one.player.changelog[-2].value is None
    one.register(110).scan("picked_up", 111).scan("delivered", 112).until(113)
    first, second = one.outcomes
    assert (first["life"], second["life"]) == (at(0), at(110))
    assert first["id"] != second["id"]
    assert (second["revision"], "replaces" in second, second["sequence"]) == (1, False, 1)


def test_a_scan_older_than_retention_starts_no_life() -> None:
    one = parcel().scan("picked_up", 0, uploaded=101).until(102)
    assert (one.reject_reasons, len(one.player.core)) == (["too-late"], 0)


def test_a_registration_older_than_retention_starts_no_life() -> None:
    one = parcel()
    one.register(101, registered_at=at(0)).until(102)
    assert (one.reject_reasons, len(one.player.core)) == (["too-late"], 0)


def test_what_is_as_old_as_retention_and_no_older_starts_a_life() -> None:
    one = parcel().scan("picked_up", 0, uploaded=100).until(101)
    assert (one.reject_reasons, shipments(one)) == ([], {"orphan": 1})
    other = parcel().register(100, registered_at=at(0)).until(101)
    assert (other.reject_reasons, shipments(other)) == ([], {"open": 1})


def test_a_shipment_that_never_ends_is_given_up() -> None:
    one = parcel().register(0).scan("picked_up", 150).until(250)
    assert one.kinds == ["alert opened", "alert resolved", "outcome cancelled"]
    assert one.outcomes[0]["reason"] == "expired"
    assert shipments(one) == {"residue": 1}
    assert one.said("shipment-status")[-1]["phase"] == "closed"


def test_what_is_opened_again_when_it_should_have_been_given_up_is_given_up_then_and_not_before() -> None:
    one = Parcel(CLOCK, shipment="{settle: PT20H, retention: PT100H, expire: PT50H}")
    one.register(0).scan("picked_up", 0).scan("delivered", 45, scan_id="d").until(46)
    one.scan("x", 60, voids="d").until(61)
    assert [outcome["reason"] for outcome in one.outcomes[1:]] == ["reopened", "expired"]
    decided = [decision["decided_at"] for decision in one.said()]
    assert decided == sorted(decided)
    assert shipments(one) == {"residue": 1}
    one.until(141)
    assert shipments(one) == {}


def test_a_registration_that_comes_when_the_shipment_should_have_been_given_up_is_judged_first() -> None:
    one = Parcel(CLOCK, shipment="{settle: PT20H, retention: PT100H, orphan_retention: PT80H, expire: PT50H}")
    one.scan("picked_up", 0).register(60).until(61)
    assert one.kinds == ["alert opened", "alert resolved", "outcome cancelled"]
    decided = [decision["decided_at"] for decision in one.said()]
    assert decided == sorted(decided)


def test_a_shipment_of_which_nothing_was_ever_said_is_told_to_be_closed_when_it_is_given_up() -> None:
    one = parcel().register(0).until(201)
    assert [(status["phase"], status["decided_at"]) for status in one.said()] == [("closed", at(200))]


def test_a_void_of_the_closing_scan_opens_the_shipment_again() -> None:
    one = parcel().register(0).scan("picked_up", 0).scan("delivered", 5, scan_id="d").until(6)
    one.scan("x", 7, voids="d").until(8)
    assert shipments(one) == {"open": 1}
    assert [status["phase"] for status in one.said("shipment-status")] == ["closed", "open"]


def test_a_shipment_keeps_so_many_scans_and_no_more() -> None:
    one = parcel().register(0)
    for _ in range(MOST_SCANS + 1):
        one.scan("arrived", 1)
    one.until(2)
    assert one.reject_reasons == ["too-many-scans"]


def test_the_scan_that_keeps_a_promise_is_kept_however_many_came_before_it() -> None:
    one = parcel().register(0).scan("picked_up", 0)
    for _ in range(MOST_SCANS + 10):
        one.scan("arrived", 1)
    one.scan("arrived", 1.5, scan_id="back").scan("unheard_of", 1.5).scan("delivered", 2).until(1_000)
    assert one.reject_reasons == ["too-many-scans"] * 13
    assert [outcome["kind"] for outcome in one.outcomes] == ["met"]
    assert one.alerts == []


def test_a_shipment_keeps_twice_as_many_scans_that_decide_something_and_no_more() -> None:
    one = parcel().register(0)
    for _ in range(2 * MOST_SCANS + 1):
        one.scan("picked_up", 1)
    one.until(2)
    assert one.reject_reasons == ["too-many-scans"]


def test_long_scans_are_kept_as_long_as_they_take_so_much_room_together() -> None:
    """Their state, and all that is said of them, must fit into one record each."""
    one = parcel().register(0)
    for number in range(300):
        facility = {"id": f"{number}" + "\N{PACKAGE}" * 120, "kind": "\N{PACKAGE}" * 128}
        one.scan("arrived", 1, scan_id=f"{number}" + "\N{PACKAGE}" * 120, facility=facility)
    one.until(2)
    assert 0 < len(one.reject_reasons) < 250
    assert set(one.reject_reasons) == {"too-many-scans"}


def test_a_status_names_so_many_clocks_and_counts_the_others() -> None:
    clocks = "- {name: visit, per: facility, from: arrived, until: departed, within: PT2H, warn: {before: PT1H}}"
    one = Parcel(clocks).register(0)
    for number in range(130):
        one.scan("arrived", 1, facility={"id": f"F{number}"})
    one.until(2.5)
    status = one.said("shipment-status")[-1]
    assert (len(status["at_risk"]), status["more_at_risk"], "overdue" in status) == (100, 30, False)
    one.until(4)
    status = one.said("shipment-status")[-1]
    assert (len(status["overdue"]), status["more_overdue"], "more_at_risk" in status) == (100, 30, False)


def test_a_case_that_nobody_closes_keeps_a_shipment_no_longer_than_any_other() -> None:
    clock = "- {name: answer, per: case, from: enquiry.opened, until: enquiry.answered, within: P90D}"
    one = Parcel(clock, shipment=LIVES).register(0).scan("delivered", 1)
    case = {"event_id": "e", "shipment_id": "S1", "case_id": "k", "kind": "enquiry", "step": "opened"}
    one.player.append([arrival(CARE, ms(2), case | {"occurred_at": at(2)})])
    one.until(199)
    assert shipments(one) == {"closed": 1}
    one.until(201)
    assert shipments(one) == {"residue": 1}
    assert [outcome["reason"] for outcome in one.outcomes] == ["expired"]


def test_a_closed_shipment_with_an_open_case_is_looked_at_once_an_hour_however_soon_it_settles() -> None:
    clock = "{name: answer, per: case, from: enquiry.opened, until: enquiry.answered, within: P9D}"
    judge = Judge(
        parse_policy(f"policy: p\nversion: '1'\nshipment: {{settle: PT0S}}\nclocks: [{clock}]"),
        Docket(),
    )
    shipment = judge.register(None, Registration("c", 0), 0, 0)
    judge.scan(shipment, KnownScan("e", "enquiry.opened", 1, more=ScanDetails(case="k")), 1, 1)
    judge.scan(shipment, KnownScan("d", code_of("delivered"), 2), 2, 2)
    assert shipment is not None
    assert shipment.life_at == 2
    assert judge.fire(shipment, 2) is shipment
    assert shipment.life_at == 2 + 3_600_000
