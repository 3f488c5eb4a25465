"""Feeds: what the main job tells the job `feeds` of facilities, and what that one says of their silence."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.records.inputs import Identifier, Moment
from schemas.records.outputs import Instant


class FeedSighting(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, tag_field="type", tag="sighting"):
    """A scan from a facility has arrived.  At most one for a facility, partition and some interval."""

    facility: Identifier
    seen_at: Moment
    """When it arrived: partition time, not when the scan happened."""
    silent_at: Moment | None = None
    """When the facility counts as silent, if nothing else arrives; absent where no feed of the policy is about it."""
    catch_up_ms: Annotated[int, Meta(ge=0, le=315_619_200_000)] = 0
    """How long after its return the facility still hands in late scans; ten years at most, like all durations."""
    policy: str
    policy_version: str
    known_silent: bool = False
    """Whether the partition knows the facility to be silent, and so waits to be told that it is not."""


class FeedProgress(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="progress"):
    """Everything that had arrived in a partition of the scans before `at` has been read and told."""

    partition: Annotated[int, Meta(ge=0)]
    at: Moment


FeedReport = FeedSighting | FeedProgress
"""Records of topic `feed-sightings`; a tagged union by `type`."""


class FeedAlert(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The silence of a facility: one alert that stands for all breaches that may come of it.  Topic `feed-alerts`."""

    id: str
    """Hash of namespace, facility, topic, `heard_at` and kind: 32 hexadecimal digits."""
    facility: str
    kind: Literal["opened", "resolved", "expired"]
    """Silent; heard of again; silent for so long that nobody waits for it any more."""
    heard_at: Instant
    """When the last scan before the silence arrived."""
    silent_at: Instant
    """When the silence had lasted longer than the policy allows."""
    back_at: Instant | None = None
    """When the first scan after it arrived."""
    policy: str
    policy_version: str
    decided_at: Instant
    explanation: str
