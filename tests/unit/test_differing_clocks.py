"""What the log says of clocks that differ."""

from dataclasses import dataclass

from structlog.testing import capture_logs

from streams.differing_clocks import DifferingClocks
from streams.partition.task import TaskHealth


@dataclass
class Measured:
    """Partitions that have measured so much, milliseconds."""

    skews: list[int]

    def health(self) -> dict[int, TaskHealth]:
        return {
            number: TaskHealth(
                state="running",
                detail="",
                restored=True,
                time=0,
                behind_s=0.0,
                buffered=0,
                restore_s=0.0,
                gauges={},
                skew_ms=skew,
            )
            for number, skew in enumerate(self.skews)
        }


def test_clocks_that_differ_are_told_once_and_again_when_they_agree() -> None:
    measured = Measured([3, -1])
    clocks = DifferingClocks(measured.health, limit_ms=2_000)
    with capture_logs() as said:
        for skews in ([3, -1], [3, -2_500], [3, -2_600], [3, 0], []):
            measured.skews = skews
            clocks.look()
    assert [(one["log_level"], one.get("brokers_ahead_s")) for one in said] == [("warning", -2.5), ("info", None)]
