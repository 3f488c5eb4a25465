"""What is in force in a partition: versions of the policy, suspensions and silent feeds, as control records say.

A change holds for all shipments at once, so time stands still until each has been looked at: the sweep.  How far it has
come is in the meta record; after a crash it goes on there.  The page of every version is kept in the changelog, beside
the meta record: a partition never depends on a file or a topic to know what it promised.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from schemas.records import FeedStatus, PolicyPublication, RegionSuspension
from streams.errors import PartitionParked, PolicyError
from streams.intake import Rejected
from streams.intake.rejection import BAD_POLICY, BAD_SUSPENSION
from streams.partition.meta import Meta, PolicyInForce, Sweep
from streams.sla.instants import NEVER, from_datetime
from streams.sla.policy import Policy
from streams.sla.policy.load import restored
from streams.sla.policy.rulebook import Rulebook
from streams.sla.silences import Silence
from streams.sla.surroundings import Surroundings, Suspension

PAGES: Final = b"\xff"
"""With what the changelog keys of pages begin, before the digest; a shipment id is UTF-8 and never begins so."""
MOST_VERSIONS: Final = 32
"""How many versions may be in force at the same time."""
MOST_SUSPENSIONS: Final = 200
"""How many suspensions are known at the same time; the meta record carries them."""
MOST_SILENCES: Final = 1_000
"""How many facilities are silent at the same time; likewise."""
MOST_BYTES: Final = 200_000
"""Of the suspensions, and of the silences, as the meta record has them: it goes out with every unit of work, during a
sweep with the suspensions of before, too, and must fit into its topic."""


@dataclass(slots=True)
class Change:
    """A sweep under way."""

    former: Surroundings
    at: int
    after: str = ""


class Governance:
    """What is in force in one partition, and the change under way."""

    def __init__(self, policy: Policy) -> None:
        """`policy` is in force from the beginning, where the partition knows of none."""
        self._policy = policy
        self._pages: dict[bytes, bytes] = {}
        self._policies = {policy.digest: policy}
        self._unsaved = {PAGES + policy.digest.encode(): policy.document}
        self.now = Surroundings.of(policy)
        self.change: Change | None = None

    # --- restoring

    def load(self, key: bytes, page: bytes | None) -> None:
        """Take over a page from the changelog; None takes it away."""
        if page is None:
            self._pages.pop(key, None)
        else:
            self._pages[key] = page

    def restore(self, meta: Meta) -> None:
        """Take over what the meta record says.  Raises `PartitionParked` when a page is missing or unreadable."""
        if not meta.policies:
            return
        self.now = Surroundings(self._book(meta.policies), meta.suspensions, meta.silences)
        pages = {PAGES + policy.digest.encode(): policy.document for policy, _ in self.now.book.entries}
        self._unsaved = {key: page for key, page in pages.items() if key not in self._pages}
        self.change = None
        sweep = meta.sweep
        if sweep is not None:
            former = Surroundings(self._book(sweep.policies), sweep.suspensions)
            self.change = Change(former, sweep.at, sweep.after)

    def _book(self, policies: Iterable[PolicyInForce]) -> Rulebook:
        return Rulebook([(self._known(one), one.begins) for one in policies])

    def _known(self, wanted: PolicyInForce) -> Policy:
        """A version that is in force, read once."""
        found = self._policies.get(wanted.digest)
        if found is None:
            named = f"version {wanted.version!r} of the policy {wanted.name!r} (digest {wanted.digest})"
            page = self._pages.get(PAGES + wanted.digest.encode())
            if page is None:
                raise PartitionParked(
                    f"{named} is in force and its page is not in the state changelog: name its file in"
                    " SHIPCLOCK_POLICY and start the worker again"
                )
            try:
                found = restored(page)
            except PolicyError as error:
                raise PartitionParked(f"{named} is in force, {error}: run the version that accepted it") from error
            if found.digest != wanted.digest:
                raise PartitionParked(f"{named} has another digest here: run the version of Shipclock that accepted it")
            self._policies[wanted.digest] = found
        return found

    # --- changing

    def apply(self, body: PolicyPublication | RegionSuspension, time: int) -> bool:
        """Take over a control record that takes effect at this time; False when it says nothing new.

        Raises `Rejected` when it makes no sense; then everything stays as it was.
        """
        then = self._published(body, time) if isinstance(body, PolicyPublication) else self._suspended(body, time)
        if then is None:
            return False
        self.change = Change(self.now, time)
        self.now = then
        return True

    def hear(self, body: FeedStatus) -> bool:
        """Take over whether a feed is silent; False when it says nothing new.  Nothing is judged again for it."""
        known = self.now.silence(body.facility)
        if known is None and (not body.silent or self.is_full(body)):
            return False
        if known is not None and body.revision <= known.revision:
            return False
        silence = Silence(facility=body.facility, heard_at=from_datetime(body.heard_at), revision=body.revision)
        self.now = self.now.with_silence(body.facility, silence if body.silent else None)
        return True

    def is_full(self, body: FeedStatus) -> bool:
        """Whether so many feeds are silent that this silence cannot be remembered."""
        silences = self.now.silences
        if not body.silent or self.now.silence(body.facility) is not None:
            return False
        return len(silences) >= MOST_SILENCES or _size(silences) >= MOST_BYTES

    def _published(self, body: PolicyPublication, time: int) -> Surroundings | None:
        begins = from_datetime(body.effective_from)
        if not body.rerate:
            begins = max(begins, time)
        if self.now.book.at(begins).policy.digest == body.digest:
            return None
        try:
            policy = restored(msgspec.json.encode(body.document))
        except PolicyError as error:
            raise Rejected(BAD_POLICY, str(error), "$.document") from error
        if (policy.digest, policy.name, policy.version) != (body.digest, body.name, body.version):
            raise Rejected(
                BAD_POLICY,
                f"the document is {policy.name} {policy.version} ({policy.digest}), and is announced as {body.name}"
                f" {body.version} ({body.digest}): publish it with the version of Shipclock that the workers run",
                "$.digest",
            )
        policy = self._policies.setdefault(policy.digest, policy)
        then = self.now.with_version(policy, begins, time)
        if len(then.book.versions) > MOST_VERSIONS:
            raise Rejected(BAD_POLICY, f"{MOST_VERSIONS} versions are in force already: wait until old ones are done")
        _check_numbers(then.book)
        self._unsaved[PAGES + policy.digest.encode()] = policy.document
        return then

    def _suspended(self, body: RegionSuspension, time: int) -> Surroundings | None:
        begins, until = from_datetime(body.begin), NEVER if body.until is None else from_datetime(body.until)
        if until <= begins:
            raise Rejected(BAD_SUSPENSION, "it ends before it begins", "$.until")
        known = self.now.suspension(body.id)
        if known is not None and body.revision <= known.revision:
            return None
        suspension = Suspension(
            id=body.id,
            revision=body.revision,
            regions=body.regions,
            begins=begins,
            until=until,
            reason=body.reason,
            lifted=body.lifted,
        )
        then = self.now.with_suspension(suspension, time)
        if len(then.suspensions) > MOST_SUSPENSIONS:
            raise Rejected(BAD_SUSPENSION, f"{MOST_SUSPENSIONS} are known already: end some of them with `until`")
        if _size(then.suspensions) > max(MOST_BYTES, _size(self.now.suspensions)):
            raise Rejected(
                BAD_SUSPENSION,
                f"with it they would take more than {MOST_BYTES} bytes: name fewer regions, or end some with `until`",
            )
        return then

    # --- committing

    def policies(self, surroundings: Surroundings) -> tuple[PolicyInForce, ...]:
        """The versions of some surroundings, as the meta record has them."""
        return tuple(
            PolicyInForce(name=policy.name, version=policy.version, digest=policy.digest, begins=begins)
            for policy, begins in surroundings.book.entries
        )

    def sweep(self) -> Sweep | None:
        """The change under way, as the meta record has it."""
        change = self.change
        if change is None:
            return None
        former = change.former
        return Sweep(at=change.at, after=change.after, policies=self.policies(former), suspensions=former.suspensions)

    def flush(self) -> dict[bytes, bytes | None]:
        """Give the pages that are to be kept from now on, as changelog records."""
        unsaved, self._unsaved = self._unsaved, {}
        self._pages.update(unsaved)
        kept: dict[bytes, bytes | None] = dict(unsaved)
        if self.change is None:
            wanted = {PAGES + policy.digest.encode() for policy, _ in self.now.book.entries}
            for key in [key for key in self._pages if key not in wanted]:
                del self._pages[key]
                kept[key] = None
        return kept


def _check_numbers(book: Rulebook) -> None:
    """Raise `Rejected` where two clocks of different versions are the same to the state of a shipment."""
    names: dict[int, str] = {}
    for version in book.versions:
        for clock in version.policy.clocks:
            other = names.setdefault(clock.number, clock.name)
            if other != clock.name:
                raise Rejected(
                    BAD_POLICY,
                    f"the clocks {other!r} and {clock.name!r} of versions that are in force at the same time have the"
                    " same checksum: rename the new one",
                    "$.document",
                )


def _size(known: tuple[Suspension, ...] | tuple[Silence, ...]) -> int:
    return len(msgspec.json.encode(known))
