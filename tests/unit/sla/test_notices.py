"""Warnings before a promise is missed, and the grace that delays alerts."""

from tests.unit.sla.parcel import Parcel, at

CLOCK = "- {name: c, from: picked_up, until: delivered, within: PT10H, warn: {before: PT3H}, grace: PT1H}"


def started() -> Parcel:
    return Parcel(CLOCK).register(0).scan("picked_up", 0)


def test_a_notice_is_sent_before_the_due_instant_and_says_why() -> None:
    parcel = started().scan("departed", 2).until(7)
    assert parcel.kinds == []
    (notice,) = parcel.until(7.5).notices
    assert (notice["kind"], notice["due"], notice["decided_at"]) == ("predicted", at(10), at(7))
    assert notice["explanation"] == (
        f"c began at {at(0)} by picked_up, allowed 10 h: due at {at(10)}; "
        f"3 h before that no stopping scan, the latest is departed at {at(2)}."
    )
    assert [one["role"] for one in notice["evidence"]] == ["start", "last"]


def test_a_stop_in_time_clears_the_notice() -> None:
    parcel = started().until(8).scan("delivered", 9).until(20)
    assert parcel.kinds == ["notice predicted", "notice cleared", "outcome met"]
    assert "delivered at 2026-11-02T09:00:00.000Z, in time" in parcel.notices[1]["explanation"]


def test_a_stop_too_late_ends_the_notice_without_clearing_it() -> None:
    parcel = started().until(8).scan("delivered", 10.5).until(20)
    assert parcel.kinds == ["notice predicted", "outcome missed"]


def test_a_stop_too_late_that_turns_out_to_be_in_time_clears_the_notice_that_no_alert_overtook() -> None:
    parcel = started().until(8).scan("delivered", 10.5, scan_id="d").until(12)
    parcel.scan("delivered", 9, uploaded=12, scan_id="d", revision=1).until(20)
    assert parcel.kinds == ["notice predicted", "outcome missed", "notice cleared", "outcome met"]
    parcel.scan("delivered", 10.6, uploaded=21, scan_id="d", revision=2).until(30)
    assert parcel.kinds[4:] == ["outcome missed"]


def missed_within_grace() -> Parcel:
    return started().until(8).scan("delivered", 10.5, scan_id="d").until(10.6)


def test_a_start_that_is_taken_back_clears_the_notice_of_a_miss_that_no_alert_overtook() -> None:
    parcel = missed_within_grace().scan("void", 0, uploaded=10.7, voids="s1").until(20)
    assert parcel.kinds == ["notice predicted", "outcome missed", "notice cleared", "outcome cancelled"]


def test_a_stop_that_is_taken_back_in_danger_tells_the_notice_again() -> None:
    parcel = missed_within_grace().scan("void", 10.5, uploaded=10.7, voids="d").until(12)
    assert parcel.kinds[1:] == ["outcome missed", "outcome cancelled", "notice predicted", "alert opened"]
    assert parcel.scan("delivered", 9, uploaded=13).until(14).kinds[5:] == ["alert withdrawn", "outcome met"]


def test_a_stop_that_is_taken_back_after_the_alarm_is_overtaken_by_the_alert() -> None:
    parcel = missed_within_grace().until(12).scan("void", 10.5, uploaded=12.5, voids="d").until(12.8)
    assert parcel.kinds[1:] == ["outcome missed", "outcome cancelled", "alert opened"]
    assert parcel.scan("delivered", 9, uploaded=13).until(14).kinds[4:] == ["alert withdrawn", "outcome met"]


def test_a_stop_that_turns_out_to_be_a_pause_clears_the_notice_of_a_miss_that_no_alert_overtook() -> None:
    clock = CLOCK.replace("grace: PT1H", "grace: PT1H, pause: [{from: held, until: released}]")
    parcel = Parcel(clock).register(0).scan("picked_up", 0).until(8).scan("released", 8.5)
    parcel.scan("delivered", 10.5, scan_id="d").until(10.6)
    parcel.scan("held", 2, uploaded=10.7, scan_id="d", revision=1).until(10.8)
    assert parcel.kinds == ["notice predicted", "outcome missed", "outcome cancelled", "notice cleared"]


def test_a_notice_that_an_alert_overtook_is_not_cleared() -> None:
    parcel = started().until(12).scan("delivered", 9, uploaded=12.5).until(20)
    assert parcel.kinds == ["notice predicted", "alert opened", "alert withdrawn", "outcome met"]


def test_a_due_instant_that_moves_updates_the_notice_or_clears_it() -> None:
    clock = CLOCK.replace("grace: PT1H", "pause: [{from: held, until: released}]")
    parcel = Parcel(clock).register(0).scan("picked_up", 0).until(8)
    parcel.scan("held", 1, uploaded=8.1).scan("released", 2, uploaded=8.2).until(8.3)
    assert parcel.kinds == ["notice predicted", "notice cleared", "notice predicted"]
    parcel.scan("held", 3, uploaded=8.4, scan_id="h").scan("released", 3.2, uploaded=8.5, scan_id="r").until(9)
    assert parcel.notices[-1]["due"] == at(11.2)


def test_grace_delays_the_alert_and_never_the_verdict() -> None:
    parcel = started().until(11).scan("delivered", 11).until(20)
    assert parcel.kinds == ["notice predicted", "outcome missed"]
    assert parcel.outcomes[0]["late_by_ms"] == 3_600_000
    alerted = started().until(20)
    assert [(one["due"], one["decided_at"]) for one in alerted.alerts] == [(at(10), at(11))]


def test_an_alert_says_what_it_rests_on() -> None:
    (alert,) = Parcel("- {name: c, from: registered, until: delivered, within: PT10H}").register(0).until(20).alerts
    assert alert["explanation"] == (
        f"c began at {at(0)} by registration, allowed 10 h: due at {at(10)}; "
        "no stopping scan by then, the latest is its registration."
    )


def test_the_status_names_what_is_at_risk_and_overdue() -> None:
    parcel = started().until(8).until(20).scan("delivered", 21).until(22)
    statuses = parcel.said("shipment-status")
    assert [(one["phase"], one.get("at_risk", []), one.get("overdue", [])) for one in statuses] == [
        ("open", ["c"], []),
        ("open", [], ["c"]),
        ("closed", [], []),
    ]
