"""Several processes come to what one comes to."""

from itertools import islice

import msgspec

from streams.backtest import crew
from streams.backtest.history import History
from streams.backtest.report import Report
from streams.backtest.run import backtest
from streams.backtest.spool import Event
from streams.backtest.whatif import shifted
from streams.feed.profile import Profile
from streams.feed.simulation import simulate
from streams.partition.judging import SCANS, SHIPMENTS
from streams.sla.policy import parse_policy

BEGIN = 1_793_577_600_000
PAGE = """
policy: shop
version: "1"
clocks:
  - {name: promised-date, from: registered, until: delivered, due: promised, warn: {before: PT6H}}
  - {name: stalled, per: gap, from: any, until: any, within: PT8H}
"""
PROFILE = Profile(shipments_per_second=2, speed=36_000, late=0.3, offline=0.2, orphans=0.1)


def report(jobs: int) -> Report:
    events = (
        Event(one.topic, one.timestamp, one.key or b"", one.value or b"", number)
        for number, one in enumerate(islice(simulate(PROFILE, 7, BEGIN), 3_000))
        if one.topic in {SHIPMENTS, SCANS}
    )
    past = History([*events, Event(SCANS, BEGIN, b"x", b"{", 9_999)])
    policy = parse_policy(PAGE)
    found = backtest(past, policy, shifted(policy, "promised-date=-PT4H"), jobs=jobs, part_events=300, worthwhile=0)
    return msgspec.structs.replace(found, seconds=0.0)


def test_several_processes_report_what_one_reports() -> None:
    alone, together = report(1), report(2)
    assert together == alone
    assert alone.comparison is not None
    assert alone.comparison.newly_missed > 0
    assert sum(row.volume for row in alone.sides[0].rows) > 100
    assert [side.rejects for side in alone.sides] == [{"parcel-scans not-json": 1}] * 2


def test_a_batch_holds_whole_shipments() -> None:
    piles = [(b"%d" % number, [Event(SCANS, 0, b"%d" % number, b"", 0)] * number) for number in (1, 2, 3, 4)]
    assert [[key for key, _ in batch] for batch in crew.batches(piles, 3)] == [[b"1", b"2"], [b"3"], [b"4"]]
