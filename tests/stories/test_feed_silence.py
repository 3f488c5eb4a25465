"""A feed that is late is not a shipment that is late: silence is told once, and breaches wait for the feed."""

from streams.sla.policy import Policy
from tests.stories.network import Network
from tests.stories.story import page

CLOCK = "- {name: trip, from: picked_up, until: delivered, within: PT6H}"
HUB = "feeds: [{when: {facility.kind: hub}, silent_after: PT2H, catch_up: PT0S}]"


def _network(policy: Policy | None = None) -> Network:
    """A parcel that was seen last at the hub at 10:00, and is due at 15:00."""
    network = Network(policy or page(CLOCK, more=HUB))
    network.registered("S1", "2026-11-02 08:55").scan("S1", "picked_up", "2026-11-02 09:00")
    return network.scan("S1", "arrived", "2026-11-02 10:00", "HUB")


def test_a_hub_that_is_not_heard_of_for_two_hours_is_told_once() -> None:
    assert _network().until("2026-11-03 10:00").silences() == ["11-02 12:01 opened HUB"]


def test_a_hub_that_goes_on_speaking_is_no_news() -> None:
    network = _network().registered("S2", "2026-11-02 10:30")
    for hour in range(11, 18):
        network.scan("S2", "departed", f"2026-11-02 {hour}:30", "HUB")
    assert network.silences() == []
    assert network.alerts("S1") == ["11-02 15:00 opened"]


def test_one_alert_stands_for_all_breaches_that_wait_for_the_hub() -> None:
    network = _network()
    for number in range(2, 6):
        network.registered(f"S{number}", "2026-11-02 10:00").scan(f"S{number}", "picked_up", "2026-11-02 10:00", "HUB")
    network.until("2026-11-02 17:00")
    assert network.silences() == ["11-02 12:01 opened HUB"]
    assert network.alerts("S1") == ["11-02 15:00 opened unverified HUB"]
    for number in range(2, 6):
        assert network.alerts(f"S{number}") == ["11-02 16:00 opened unverified HUB"]


def test_when_the_hub_comes_back_and_there_is_still_no_scan_the_breach_is_confirmed() -> None:
    network = _network().registered("S2", "2026-11-02 17:00")
    network.scan("S2", "arrived", "2026-11-02 17:30", "HUB").until("2026-11-02 18:00")
    assert network.silences() == ["11-02 12:01 opened HUB", "11-02 17:30 resolved HUB"]
    assert network.alerts("S1") == ["11-02 15:00 opened unverified HUB", "11-02 17:31 confirmed confirmed HUB"]
    network.scan("S1", "delivered", "2026-11-02 19:00").until("2026-11-02 19:30")
    assert network.alerts("S1")[2:] == ["11-02 19:00 resolved"]
    assert network.outcomes("S1") == ["missed"]


def test_a_late_scan_that_the_hub_hands_in_withdraws_the_breach() -> None:
    network = _network().scan("S1", "delivered", "2026-11-02 14:00", "HUB", uploaded="2026-11-02 17:30")
    network.until("2026-11-02 18:00")
    assert network.silences() == ["11-02 12:01 opened HUB", "11-02 17:30 resolved HUB"]
    assert network.alerts("S1") == ["11-02 15:00 opened unverified HUB", "11-02 17:30 withdrawn"]
    assert network.outcomes("S1") == ["met"]


def test_late_scans_have_some_minutes_before_breaches_are_confirmed() -> None:
    network = _network(page(CLOCK, more=HUB.replace("PT0S", "PT30M"))).registered("S2", "2026-11-02 17:00")
    network.scan("S2", "arrived", "2026-11-02 17:30", "HUB")
    network.scan("S1", "delivered", "2026-11-02 14:00", "HUB", uploaded="2026-11-02 17:50").until("2026-11-02 18:10")
    assert network.alerts("S1") == ["11-02 15:00 opened unverified HUB", "11-02 17:50 withdrawn"]


def test_what_comes_after_the_confirmation_withdraws_the_breach_all_the_same() -> None:
    network = _network().registered("S2", "2026-11-02 17:00").scan("S2", "arrived", "2026-11-02 17:30", "HUB")
    network.scan("S1", "delivered", "2026-11-02 14:00", "HUB", uploaded="2026-11-02 20:00").until("2026-11-02 21:00")
    assert network.alerts("S1") == [
        "11-02 15:00 opened unverified HUB",
        "11-02 17:31 confirmed confirmed HUB",
        "11-02 20:00 withdrawn",
    ]
    assert network.outcomes("S1") == ["met"]


def test_a_breach_that_waits_for_another_facility_is_verified() -> None:
    network = _network().registered("S2", "2026-11-02 10:00").scan("S2", "picked_up", "2026-11-02 11:00", "DEPOT")
    network.registered("S3", "2026-11-02 11:00")
    for hour in range(12, 18):
        network.scan("S3", "arrived", f"2026-11-02 {hour}:00", "DEPOT")
    assert network.silences() == ["11-02 12:01 opened HUB"]
    assert network.until("2026-11-02 17:30").alerts("S2") == ["11-02 17:00 opened"]


def test_a_breach_before_the_silence_was_noticed_is_verified() -> None:
    network = _network(page(CLOCK.replace("PT6H", "PT2H"), more=HUB))
    assert network.until("2026-11-02 18:00").alerts("S1") == ["11-02 11:00 opened"]


def test_a_clock_of_one_facility_waits_for_that_facility() -> None:
    clock = "- {name: sorting, per: facility, from: arrived, until: departed, within: PT4H}"
    network = _network(page(clock, more=HUB)).scan("S1", "in_transit", "2026-11-02 11:00", "ELSEWHERE")
    assert network.until("2026-11-02 18:00").alerts("S1") == ["11-02 14:00 opened unverified HUB"]


def test_a_night_that_the_calendar_excludes_is_no_silence() -> None:
    feeds = "feeds: [{silent_after: PT4H, calendar: branch}]"
    network = Network(page(CLOCK, calendars="{branch: {hours: {mon-sun: '08:00-20:00'}}}", more=feeds))
    network.registered("S1", "2026-11-02 18:30").scan("S1", "arrived", "2026-11-02 19:00", "BRANCH")
    assert network.until("2026-11-03 11:00").silences() == []
    assert network.until("2026-11-03 12:00").silences() == ["11-03 11:01 opened BRANCH"]


def test_the_same_scan_again_is_no_sign_of_life() -> None:
    network = _network().scan("S1", "arrived", "2026-11-02 10:00", "HUB", uploaded="2026-11-02 11:30", scan_id="s2")
    assert network.until("2026-11-02 13:00").silences() == ["11-02 12:01 opened HUB"]


def test_a_second_silence_is_told_again_and_doubts_again() -> None:
    network = _network().registered("S2", "2026-11-02 13:00").scan("S2", "picked_up", "2026-11-02 13:00", "HUB")
    network.until("2026-11-02 20:00")
    assert network.silences() == ["11-02 12:01 opened HUB", "11-02 13:00 resolved HUB", "11-02 15:01 opened HUB"]
    assert network.alerts("S1") == ["11-02 15:00 opened"]
    assert network.alerts("S2") == ["11-02 19:00 opened unverified HUB"]


def test_facilities_that_no_feed_names_are_not_listened_to() -> None:
    network = _network(page(CLOCK, more=HUB.replace("hub", "branch")))
    assert network.until("2026-11-03 10:00").silences() == []
    assert network.alerts("S1") == ["11-02 15:00 opened"]


def test_a_facility_that_never_speaks_again_is_given_up_and_its_breaches_are_confirmed() -> None:
    network = _network().until("2026-12-03 00:00")
    assert network.silences() == ["11-02 12:01 opened HUB", "12-02 12:01 expired HUB"]
    assert network.alerts("S1")[1] == "12-02 12:02 confirmed confirmed HUB"


def test_a_hub_that_speaks_to_the_end_of_a_minute_is_not_called_silent_before_two_hours_have_passed() -> None:
    network = _network().scan("S1", "in_transit", "2026-11-02 10:00:50", "HUB")
    network.registered("S2", "2026-11-02 11:00:30").scan("S2", "arrived", "2026-11-02 12:00:40", "HUB")
    assert network.until("2026-11-02 13:00").silences() == []
