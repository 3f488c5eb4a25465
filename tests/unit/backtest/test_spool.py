"""Histories that are larger than memory."""

from streams.backtest.history import History
from streams.backtest.spool import Event

MANY = 500


def events() -> list[Event]:
    """Of seven shipments in turn, in a disorder that is always the same."""
    topics = ("parcel-scans", "shipments", "parcel-scans", "care-events")
    return [
        Event(topics[number % 4], (number * 37) % 91, b"shipment %d" % (number % 7), b"%d" % number, number)
        for number in range(MANY)
    ]


def test_what_waits_on_disk_comes_back_as_what_is_in_memory() -> None:
    held, spooled = History(events()), History(events(), most_in_memory=60)
    assert dict(spooled.shipments()) == dict(held.shipments())
    assert spooled.events() == held.events()
    assert len(spooled) == len(held) == MANY
    assert spooled.end == held.end == 91


def test_a_history_can_be_read_again() -> None:
    past = History(events(), most_in_memory=60)
    assert list(past.shipments()) == list(past.shipments())


def test_every_shipment_comes_once_with_its_events_by_time_and_topic() -> None:
    found = list(History(events(), most_in_memory=60).shipments())
    assert len(found) == len({key for key, _ in found}) == 7
    ranks = {"shipments": 0, "parcel-scans": 1, "care-events": 2}
    for _, pile in found:
        order = [(event.timestamp, ranks[event.topic], event.offset) for event in pile]
        assert order == sorted(order)


def test_an_empty_history_has_nothing() -> None:
    past = History()
    assert (list(past.shipments()), len(past), past.end) == ([], 0, 0)
