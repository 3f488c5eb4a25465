"""Force majeure: while a region is suspended, time does not count there."""

from tests.stories.story import Story, page

CLOCK = "- {name: trip, from: picked_up, until: delivered, within: PT24H}"


def _on_its_way(clock: str = CLOCK) -> Story:
    return Story(page(clock)).registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")


def test_a_typhoon_at_the_destination_moves_the_promise_by_its_length() -> None:
    story = _on_its_way().region("PEK", "2026-11-02 20:00", since="2026-11-02 20:00", until="2026-11-03 08:00")
    story.scan("delivered", "2026-11-03 21:59").until("2026-11-10 00:00")
    assert story.told("trip") == ["11-03 21:59 outcome met"]
    assert story.due("trip") == "11-03 22:00"


def test_without_an_end_there_is_no_alarm_until_it_is_told() -> None:
    story = _on_its_way().region("SZX", "2026-11-02 20:00", since="2026-11-02 20:00").until("2026-11-05 00:00")
    assert story.told("trip") == []
    story.region("SZX", "2026-11-05 08:00", since="2026-11-02 20:00", until="2026-11-05 08:00", revision=1)
    assert story.until("2026-11-06 00:00").told("trip") == ["11-05 22:00 alert opened"]


def test_a_suspension_that_is_told_late_takes_an_alert_back() -> None:
    story = _on_its_way().until("2026-11-03 11:00")
    assert story.told("trip") == ["11-03 10:00 alert opened"]
    story.region("PEK", "2026-11-03 12:00", since="2026-11-03 00:00", until="2026-11-04 00:00")
    story.scan("delivered", "2026-11-04 09:00").until("2026-11-10 00:00")
    assert story.told("trip") == [
        "11-03 10:00 alert opened",
        "11-03 12:00 alert withdrawn",
        "11-04 09:00 outcome met",
    ]


def test_elsewhere_time_goes_on() -> None:
    story = _on_its_way().region("CAN", "2026-11-02 20:00", since="2026-11-02 20:00").until("2026-11-03 10:01")
    assert story.told("trip") == ["11-03 10:00 alert opened"]


def test_a_clock_may_run_on_all_the_same() -> None:
    story = _on_its_way(CLOCK.replace("}", ", suspensions: false}"))
    story.region("PEK", "2026-11-02 20:00", since="2026-11-02 20:00").until("2026-11-03 10:01")
    assert story.told("trip") == ["11-03 10:00 alert opened"]


def test_a_shipment_may_be_suspended_by_itself() -> None:
    story = _on_its_way(CLOCK.replace("}", ", pause: [{from: suspended, until: resumed}]}"))
    story.scan("suspended", "2026-11-02 20:00").scan("resumed", "2026-11-04 20:00").scan(
        "delivered", "2026-11-05 09:00"
    )
    assert story.told("trip") == ["11-05 09:00 outcome met"]
    assert story.due("trip") == "11-05 10:00"
