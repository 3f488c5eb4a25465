"""When a run of the demo counts as a success, and what its workers are told."""

from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from streams.cli import main
from streams.demo.ledger import Ledger
from streams.demo.report import Report, report, shortcoming
from streams.demo.workers import foreign

GOOD = replace(
    report(Ledger(), rejects={}, shipments_fed=10, scans=70, workers=1, partitions=6, seconds=1.0, kills=()),
    shipments=10,
)
BAD = [
    (replace(GOOD, shipments=9), "10 shipments were fed, 9 were judged end to end."),
    (replace(GOOD, rejects=2, reject_reasons={"too-late": 2}), "Records were rejected: 2 too-late."),
]


def test_all_judged_and_nothing_rejected_is_a_success() -> None:
    assert shortcoming(GOOD) is None


@pytest.mark.parametrize(("bad", "sentence"), BAD)
def test_the_demo_fails_in_one_line(bad: Report, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def perform(_options: Any, _console: Any, on_report: Any) -> None:
        on_report(bad)

    monkeypatch.setattr("streams.cli.demo.perform", perform)
    result = CliRunner().invoke(main, ["demo", "--format", "json"])
    assert result.exit_code == 1
    assert result.stderr == f"shipclock: {sentence}\n"
    assert len(result.stdout.splitlines()) == 1


def test_workers_do_not_inherit_settings() -> None:
    environment = {"PATH": "/bin", "SHIPCLOCK_CACHE": "/c", "SHIPCLOCK_CONFIG": "/x", "SHIPCLOCK_REJECT_WINDOW": "10"}
    assert foreign(environment) == {"PATH": "/bin", "SHIPCLOCK_CACHE": "/c"}
