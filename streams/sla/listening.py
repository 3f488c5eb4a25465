"""How a facility is listened to: it speaks, falls silent, comes back, and has handed in what was late.

    SPEAKING -> SILENT -> RETURNING -> SPEAKING

Pure: what is heard and what time has passed come in, and what there is to say comes out.  UTC milliseconds.
"""

from typing import Final, NamedTuple

from msgspec import Struct

from streams.sla.instants import NEVER

SPEAKING: Final = 0
SILENT: Final = 1
RETURNING: Final = 2
"""It has been heard of again, and may still hand in scans that are late."""

OPENED: Final = "opened"
RESOLVED: Final = "resolved"
EXPIRED: Final = "expired"

GIVEN_UP_MS: Final = 30 * 86_400_000
"""After so long a silence nobody waits for a facility any more."""

_YEAR_2000: Final = 946_684_800_000


class Facility(Struct, array_like=True, gc=False):
    """What is known of one facility; new fields are added at the end, with a default."""

    heard_at: int
    """When its newest scan arrived."""
    silent_at: int
    """When it counts as silent, if nothing else comes; `NEVER` where no feed is about it."""
    catch_up: int
    policy: str
    policy_version: str
    phase: int = SPEAKING
    revision: int = 0
    """Of what partitions were told of its silence: it grows with each word; see `first_revision`."""
    before: int = 0
    """When the last scan before the silence arrived."""
    began: int = 0
    """When the silence was one."""
    settles_at: int = NEVER
    """When it has handed in what was late."""

    @property
    def deadline(self) -> int:
        """When something changes without anything being heard."""
        if self.phase == SPEAKING:
            return self.silent_at
        return self.began + GIVEN_UP_MS if self.phase == SILENT else min(self.silent_at, self.settles_at)

    @property
    def forgettable(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.phase == SPEAKING and self.silent_at == NEVER


class Heard(NamedTuple):
    """A scan of a facility has arrived."""

    at: int
    silent_at: int
    catch_up: int
    policy: str
    policy_version: str


class Said(NamedTuple):
    """What is to be said of a facility."""

    alert: str | None = None
    """`OPENED`, `RESOLVED` or `EXPIRED`."""
    silent: bool | None = None
    """What all partitions are to be told."""


NOTHING: Final = Said()


def first_revision(at: int) -> int:
    """Where revisions begin for a facility that is not known at that instant: whole seconds since 2000.

    So they are greater than those of a state that was lost, in which partitions may still believe.
    """
    return max(at - _YEAR_2000, 0) // 1000


def meet(heard: Heard, *, known_silent: bool) -> tuple[Facility, Said]:
    """Hear of a facility for the first time; whoever knows it to be silent has that of a state that was lost."""
    facility = Facility(*heard, revision=first_revision(heard.at))
    return facility, Said(silent=False) if known_silent else NOTHING


def hear(facility: Facility, heard: Heard) -> Said:
    """Take over that it was heard of; what arrived before its newest scan says nothing new."""
    if heard.at <= facility.heard_at:
        return NOTHING
    facility.heard_at, facility.silent_at, facility.catch_up = heard.at, heard.silent_at, heard.catch_up
    facility.policy, facility.policy_version = heard.policy, heard.policy_version
    if facility.phase != SILENT:
        return NOTHING
    if facility.catch_up:
        facility.phase, facility.settles_at = RETURNING, heard.at + facility.catch_up
        return Said(RESOLVED)
    return _back(facility, RESOLVED)


def pass_over(facility: Facility, deadline: int) -> Said:
    """Time has passed over its deadline."""
    if facility.phase == SILENT:
        facility.silent_at = NEVER
        return _back(facility, EXPIRED)
    if facility.settles_at <= deadline:
        return _back(facility, None)
    facility.before, facility.began = facility.heard_at, deadline
    facility.phase, facility.settles_at = SILENT, NEVER
    facility.revision += 1
    return Said(OPENED, silent=True)


def _back(facility: Facility, alert: str | None) -> Said:
    facility.phase, facility.settles_at = SPEAKING, NEVER
    facility.revision += 1
    return Said(alert, silent=False)
