"""What a clock is worth, as a function of the set of scans: no order of arrival, no time of day."""

from collections.abc import Iterable, Iterator, Sequence

from streams.sla.gaps import gaps
from streams.sla.journeys import leg_verdicts, milestone_verdicts
from streams.sla.policy.compiled import EVERYTHING, Clock
from streams.sla.spans import span
from streams.sla.state import KnownScan, Registration
from streams.sla.verdict import Verdict

Keyed = tuple[str | None, Verdict]
"""The instance of a clock (None for the one of a whole shipment), and its verdict."""


def every(clock: Clock, registration: Registration, scans: Sequence[KnownScan]) -> Iterable[Keyed]:
    """All instances of a clock that have started, by the effective scans in order."""
    if clock.per == "shipment":
        verdict = span(clock, registration, scans)
        return () if verdict is None else ((None, verdict),)
    if clock.per == "gap":
        return gaps(clock, registration, scans)
    if clock.per == "milestone":
        return milestone_verdicts(clock, registration, scans)
    if clock.planned is not None:
        return leg_verdicts(clock, registration, scans)
    return _grouped(clock, registration, scans)


def after(clock: Clock, registration: Registration, scans: Sequence[KnownScan]) -> Iterable[Keyed]:
    """The instances that the latest scan, the last of `scans`, can have changed; the others are as they were."""
    if clock.per == "gap" and clock.stops is EVERYTHING and clock.starts is EVERYTHING:
        return gaps(clock, registration, scans[-2:])
    if clock.per == "milestone":
        return milestone_verdicts(clock, registration, scans, scans[-1])
    if clock.planned is not None:
        return leg_verdicts(clock, registration, scans, scans[-1])
    if clock.per in {"shipment", "gap"}:
        return every(clock, registration, scans)
    latest = scans[-1]
    key = _key(clock, latest)
    if key is None or latest.code in clock.ends:
        return _grouped(clock, registration, scans)
    verdict = span(clock, registration, _group(clock, key, scans))
    return () if verdict is None else ((key, verdict),)


def _grouped(clock: Clock, registration: Registration, scans: Sequence[KnownScan]) -> Iterator[Keyed]:
    for key in dict.fromkeys(_key(clock, scan) for scan in scans):
        if key is not None:
            verdict = span(clock, registration, _group(clock, key, scans))
            if verdict is not None:
                yield key, verdict


def _key(clock: Clock, scan: KnownScan) -> str | None:
    if clock.per == "facility":
        return scan.facility
    return scan.leg if clock.per == "leg" else scan.piece


def _group(clock: Clock, key: str, scans: Sequence[KnownScan]) -> list[KnownScan]:
    """The scans of one instance: its own, and those of the whole shipment that end every instance."""
    ends = clock.ends
    return [scan for scan in scans if _key(clock, scan) == key or scan.code in ends]


def one(clock: Clock, registration: Registration, scans: Sequence[KnownScan], key: str | None) -> Verdict | None:
    """One instance; None when it has not started."""
    if key is None:
        return span(clock, registration, scans)
    return next((verdict for name, verdict in every(clock, registration, scans) if name == key), None)
