"""How long facilities may be silent, as a policy has it."""

from collections.abc import Sequence
from typing import Final

from streams.sla.calendars.zones import LAST_INSTANT
from streams.sla.policy.compiled import Feed
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

SHORTEST_MS: Final = 500
LONGEST_MS: Final = 60_000
_NOBODY: Final = Registration("", 0)
"""A facility is silent for all shipments alike."""


def interval(feeds: Sequence[Feed]) -> int:
    """How often it is told at most that a facility speaks, milliseconds: a tenth of the shortest silence."""
    return min(LONGEST_MS, max(SHORTEST_MS, min([feed.length for feed in feeds], default=LONGEST_MS) // 10))


def feed_of(feeds: Sequence[Feed], scan: KnownScan) -> Feed | None:
    """The first feed that is about the facility of a scan."""
    for feed in feeds:
        if feed.condition.holds(_NOBODY, scan):
            return feed
    return None


def silent_at(feed: Feed, heard_at: int, scan: KnownScan) -> int | None:
    """When a facility that was heard of last by this scan, which arrived then (UTC milliseconds), counts as silent.

    None when that never comes: its calendar has no hours any more.
    """
    at = feed.silent_after.due(heard_at, _NOBODY, scan)
    return None if at is None or at >= LAST_INSTANT else at
