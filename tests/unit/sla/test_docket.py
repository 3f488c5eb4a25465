"""The counts of clocks and shipments that a partition keeps."""

from streams.sla.docket import Docket


def test_clocks_that_were_started_are_told_once() -> None:
    docket = Docket()
    docket.clocks("a").opened += 2
    docket.clocks("b").running += 1
    assert docket.take_opened() == {"a": 2}
    assert docket.take_opened() == {}
    docket.clocks("a").opened += 1
    assert docket.take_opened() == {"a": 1}


def test_what_is_restored_takes_the_place_of_all_that_was_counted() -> None:
    docket = Docket()
    docket.clocks("a").running += 3
    docket.clocks("a").overdue += 1
    docket.clocks("b").overdue += 1
    docket.shipments["open"] += 2
    kept = {"running": {"b": 4}, "overdue": {"a": 5}, "shipments": {"closed": 1}}
    docket.restore(kept)
    assert docket.gauges() == kept
    assert docket.take_opened() == {}
    docket.restore({})
    assert docket.gauges() == {"running": {}, "overdue": {}, "shipments": {}}
