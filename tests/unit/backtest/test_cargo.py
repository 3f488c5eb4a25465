"""Real transports, judged through a mapping: as arithmetic on the file's own text has it."""

from pathlib import Path

from streams.backtest.run import backtest
from streams.backtest.table import read_table
from streams.demo.dataset import BUNDLED
from streams.mapping import load_mapping
from streams.sla.policy import load_policy
from tests.oracles.cargo2000 import count

AIR_FREIGHT = Path(__file__).parents[3] / "streams" / "policies" / "air-freight.yaml"


def test_late_journeys_legs_and_milestones_of_cargo_2000_are_those_of_the_file() -> None:
    expected = count(BUNDLED)
    report = backtest(read_table(BUNDLED, load_mapping("cargo2000")), load_policy(AIR_FREIGHT), None, jobs=2)
    [side] = report.sides
    rows = {row.clock: row for row in side.rows if row.lane is None}
    assert {name: (row.volume, row.missed) for name, row in rows.items()} == {
        "end-to-end": (expected.shipments, expected.late_end_to_end),
        "leg": (expected.legs, expected.late_legs),
        "milestone": (expected.milestones, expected.overrun_milestones),
    }
    assert report.oddities == []
    assert side.rejects == {}
