"""The main job: shipments and scans in, decisions out."""

from collections.abc import Mapping
from typing import Final

from streams.errors import PartitionParked
from streams.partition.clerk import Clerk
from streams.partition.deadlines import DeadlineIndex
from streams.partition.doubts import DOUBTS
from streams.partition.governance import PAGES
from streams.partition.job import CONTROL, CoreSettings, Done, Handler, MakeJob, OtherPolicy
from streams.partition.meta import FORMAT, Meta
from streams.partition.output import Output
from streams.partition.ports import Tally
from streams.partition.reject_guard import RejectGuard
from streams.partition.watching import HEARD
from streams.sla.policy import Policy

SHIPMENTS: Final = "shipments"
SCANS: Final = "parcel-scans"
CARE: Final = "care-events"
SOURCES: Final = (CONTROL, SHIPMENTS, SCANS, CARE)
"""Short names of the source topics, in the order in which records of the same timestamp are handled."""


class Judging:
    """Judges the shipments of one partition; see `streams.partition.job.Job`."""

    def __init__(
        self,
        policy: Policy,
        settings: CoreSettings,
        guard: RejectGuard,
        *,
        copies: bool = False,
        sightings: bool = False,
    ) -> None:
        self._policy = policy
        self._time = 0
        self._clerk = clerk = Clerk(
            policy,
            namespace=settings.namespace,
            partition=settings.partition,
            partitions=settings.partitions,
            partitioner=settings.partitioner,
            guard=guard,
            copies=copies,
            sightings=sightings,
        )
        self.handlers: Mapping[str, Handler] = {
            CONTROL: clerk.control,
            SHIPMENTS: clerk.registration,
            SCANS: clerk.scan,
            CARE: clerk.care_event,
        }

    @property
    def tally(self) -> Tally:
        """Of the unit of work under way."""
        return self._clerk.journal.tally

    def told(self) -> list[Output]:
        """Give away the output records that there are so far."""
        return self._clerk.journal.told()

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over a shipment, the page of a policy, an unverified shipment, or when a facility was told of."""
        clerk = self._clerk
        if key.startswith(PAGES):
            clerk.governance.load(key, value)
        elif key.startswith(DOUBTS):
            clerk.doubts.load(key, value)
        elif key.startswith(HEARD):
            if clerk.watch is not None:
                clerk.watch.load(key, value)
        else:
            clerk.memory.load(key, value)

    def restored(self, meta: Meta | None) -> None:
        """File what has been loaded, and take over what is in force."""
        clerk = self._clerk
        clerk.memory.index_all()
        if clerk.watch is not None:
            clerk.watch.restored()
        if meta is not None:
            counted, found = sum(meta.gauges.get("shipments", {}).values()), len(clerk.memory)
            if found < counted:
                raise PartitionParked(
                    f"the state changelog has {found} shipments, and had {counted} when it was last written: records"
                    " of it are gone, and with them promises. Bring them back, or give them up (docs/operations.md)"
                )
            clerk.docket.restore(meta.gauges)
            clerk.governance.restore(meta)
            clerk.adopt(meta.time)

    @property
    def other_policy(self) -> OtherPolicy | None:
        """Other policies are in force than the worker was given: to change that, one publishes."""
        policy, governance = self._policy, self._clerk.governance
        known = governance.policies(governance.now)
        if any(one.digest == policy.digest for one in known):
            return None
        return OtherPolicy(
            in_force=", ".join(f"{one.name} {one.version} ({one.digest})" for one in known),
            configured=f"{policy.name} {policy.version} ({policy.digest})",
        )

    @property
    def index(self) -> DeadlineIndex:
        """The shipments by what is due."""
        return self._clerk.memory.index

    def fire(self, key: bytes, deadline: int) -> None:
        """Attend to a shipment."""
        self._clerk.fire(key, deadline)

    @property
    def sweeping(self) -> bool:
        """Whether all shipments are being judged again."""
        return self._clerk.sweeping

    def sweep(self, most: int, time: int) -> int:
        """Judge shipments again; gives how many."""
        return self._clerk.sweep(most, time)

    def look_ahead(self, keys: list[bytes]) -> None:
        """Get ready to judge these shipments."""
        self._clerk.memory.look_ahead(keys)

    def examine(self) -> None:
        """Raise `PartitionParked` when the shipment that was looked at last cannot be read to its end."""
        self._clerk.memory.examine()

    def meta(self, offsets: dict[str, int], time: int) -> Meta:
        """The meta record, with what is in force."""
        clerk, governance = self._clerk, self._clerk.governance
        self._time = time
        return Meta(
            format=FORMAT,
            offsets=offsets,
            time=time,
            policies=governance.policies(governance.now),
            suspensions=governance.now.suspensions,
            sweep=governance.sweep(),
            gauges=clerk.docket.gauges(),
            silences=governance.now.silences,
        )

    @property
    def changed_bytes(self) -> int:
        """Bytes of the state of shipments that have changed, each time that they did."""
        return self._clerk.memory.changed_bytes

    def take(self) -> Done:
        """Give what has been done since the last time."""
        clerk = self._clerk
        tally, outputs = clerk.journal.settle(), self.told()
        changelog = clerk.memory.flush()
        changelog.update(clerk.governance.flush())
        changelog.update(clerk.doubts.flush())
        if clerk.watch is not None:
            outputs.extend(clerk.watch.farewells(self._time))
            changelog.update(clerk.watch.flush())
            outputs.extend(clerk.watch.progress(self._time))
        tally.opened = clerk.docket.take_opened()
        tally.scans = tally.records.get(SCANS, 0)
        return Done(changelog, outputs, tally)

    def gauges(self) -> Mapping[str, Mapping[str, int]]:
        """How many clocks run and are overdue by clock, and shipments by phase."""
        return self._clerk.docket.gauges()

    def __len__(self) -> int:
        return len(self._clerk.memory)


def judging(policy: Policy, *, copies: bool = False, sightings: bool = False) -> MakeJob:
    """Makes the main job; `policy` is in force where a partition knows of none.

    With `copies` it also writes outcomes by customer, for the job that keeps scorecards, with `sightings` which
    facilities speak, for the one that watches feeds.
    """
    return lambda settings, guard: Judging(policy, settings, guard, copies=copies, sightings=sightings)
