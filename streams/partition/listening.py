"""The job that listens to feeds: sightings of facilities in, alerts of their silence out, and word to every partition.

Its time is not that of its own topic, but how far *all* partitions of the main job have read: a worker that is behind
or down is no silent facility.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from schemas.records import FeedProgress, FeedReport, FeedSighting, FeedStatus
from streams.errors import PartitionParked
from streams.intake import Rejected
from streams.intake.reading import event_time, read
from streams.intake.rejection import INVALID, KEY_MISMATCH, NULL_KEY
from streams.partition.belonging import check_partition
from streams.partition.deadlines import DeadlineIndex
from streams.partition.job import CONTROL, SIGHTINGS, CoreSettings, Done, Handler
from streams.partition.meta import Meta
from streams.partition.output import Output
from streams.partition.outputs import FEED_ALERTS
from streams.partition.plain import PlainJob
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard
from streams.partition.watching import moment
from streams.sla.instants import NEVER, from_datetime
from streams.sla.listening import SPEAKING, Facility, Heard, Said, hear, meet, pass_over
from streams.sla.telling import feed_alert

PROGRESS: Final = b"\xff"
"""With what the changelog keys of partitions of the main job begin; the name of a facility is UTF-8 and never begins
so."""
_PREFIX: Final = b"\x02"
"""Version of the state of a facility."""

_report: msgspec.json.Decoder[FeedSighting | FeedProgress] = msgspec.json.Decoder(FeedReport)
_encode = msgspec.json.Encoder().encode
_state = msgspec.msgpack.Decoder(Facility)


class Listening(PlainJob):
    """Listens to the facilities of one partition; see `streams.partition.job.Job`."""

    def __init__(self, settings: CoreSettings, guard: RejectGuard) -> None:
        super().__init__(settings, guard)
        self.handlers: Mapping[str, Handler] = {SIGHTINGS: self._take_in}
        self._facilities: dict[bytes, Facility] = {}
        self._due = DeadlineIndex(self._deadline_of)
        """By the time of the main job; by that of the topic nothing is due."""
        self._read: dict[int, int] = {}
        """How far each partition of the main job has read."""
        self._through = 0
        """How far all of them have."""
        self._changed: dict[bytes, bytes | None] = {}

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over a facility or the progress of a partition.  Raises `PartitionParked` when it cannot be read."""
        if value is None:
            self._facilities.pop(key, None)
        elif key.startswith(PROGRESS):
            self._read[int.from_bytes(key[1:], "big")] = int.from_bytes(value, "big")
        else:
            try:
                if not value.startswith(_PREFIX):
                    raise msgspec.DecodeError(f"it begins with {value[:1]!r}")
                self._facilities[key] = _state.decode(value[1:])
            except msgspec.MsgspecError as error:
                raise PartitionParked(
                    f"the state of facility {key!r} cannot be read: {error}; run the version that wrote it"
                ) from error

    def restored(self, meta: Meta | None) -> None:  # noqa: ARG002 - it holds nothing of ours
        """File what has been loaded."""
        self._due = DeadlineIndex(self._deadline_of)
        for key, facility in self._facilities.items():
            self._due.file(key, facility.deadline)
        self._pass()

    def _take_in(self, record: Record, time: int) -> None:  # noqa: ARG002 - the time that counts is in the record
        """A record of `feed-sightings`."""
        try:
            body = self._body(record)
        except Rejected as rejected:
            self.reject(SIGHTINGS, record, rejected)
            return
        if isinstance(body, FeedProgress):
            self._note_progress(body.partition, from_datetime(body.at))
        else:
            self._note_sighting(body)

    def _body(self, record: Record) -> FeedSighting | FeedProgress:
        """The body of a record.  Raises `Rejected`: an instant far ahead would make us deaf for as long."""
        key, settings = record.key, self.settings
        if key is None:
            raise Rejected(NULL_KEY, "the record has no key; it must be the facility")
        body = read(_report, key, record.value)
        if isinstance(body, FeedProgress):
            if body.partition >= settings.partitions:
                raise Rejected(INVALID, f"there are {settings.partitions} partitions", "$.partition")
            event_time(body.at, record.timestamp, "$.at")
            return body
        if key != body.facility.encode():
            raise Rejected(KEY_MISMATCH, f"the key is not the facility {body.facility!r}", "$.facility")
        check_partition(key, settings.partition, settings.partitions, settings.partitioner)
        event_time(body.seen_at, record.timestamp, "$.seen_at")
        return body

    def _note_progress(self, partition: int, at: int) -> None:
        if at > self._read.get(partition, 0):
            self._read[partition] = at
            self._changed[PROGRESS + partition.to_bytes(4, "big")] = at.to_bytes(8, "big")
            self._pass()

    def _pass(self) -> None:
        if len(self._read) == self.settings.partitions:
            self._through = min(self._read.values())

    def _note_sighting(self, body: FeedSighting) -> None:
        key = body.facility.encode()
        due = NEVER if body.silent_at is None else from_datetime(body.silent_at)
        heard = Heard(from_datetime(body.seen_at), due, body.catch_up_ms, body.policy, body.policy_version)
        facility = self._facilities.get(key)
        if facility is None:
            facility, said = meet(heard, known_silent=body.known_silent)
            self._facilities[key] = facility
            self._say(key, facility, said, heard.at)
        else:
            self._say(key, facility, hear(facility, heard), heard.at)

    def _say(self, key: bytes, facility: Facility, said: Said, at: int) -> None:
        name = key.decode()
        if said.alert is not None:
            body = feed_alert(self.settings.namespace, name, facility, said.alert, at)
            self.outputs.append(self.envelope.wrap(key, FEED_ALERTS, said.alert, body))
            self._count(FEED_ALERTS, said.alert)
        if said.silent is not None:
            status = FeedStatus(
                facility=name,
                silent=said.silent,
                heard_at=moment(facility.heard_at),
                revision=facility.revision,
            )
            value = _encode(status)
            self.outputs += [Output(CONTROL, key, value, (), number) for number in range(self.settings.partitions)]
            self._count(CONTROL, "feed-status")
        self._keep(key, facility)

    def _count(self, topic: str, kind: str) -> None:
        count = (topic, kind)
        self.tally.decisions[count] = self.tally.decisions.get(count, 0) + 1

    def _keep(self, key: bytes, facility: Facility) -> None:
        if facility.forgettable:
            del self._facilities[key]
            self._changed[key] = None
        else:
            self._changed[key] = _PREFIX + msgspec.msgpack.encode(facility)
            self._due.file(key, facility.deadline)

    def _deadline_of(self, key: bytes) -> int | None:
        """When something changes for a facility, by the time of the main job."""
        facility = self._facilities.get(key)
        return None if facility is None else facility.deadline

    def fire(self, key: bytes, deadline: int) -> None:
        """Nothing is due by the time of the topic."""

    @property
    def sweeping(self) -> bool:
        """Whether the main job has read past something that is due."""
        return self._due.earliest < self._through

    def sweep(self, most: int, time: int) -> int:  # noqa: ARG002 - see above
        """Attend to up to `most` facilities; gives how many."""
        for count in range(most):
            found = self._due.pop(self._through)
            if found is None:
                return count
            deadline, key = found
            facility = self._facilities[key]
            self._say(key, facility, pass_over(facility, deadline), deadline)
        return most

    def take(self) -> Done:
        """Give what has been done since the last time."""
        changelog, self._changed = self._changed, {}
        return Done(changelog, *self.closed())

    def gauges(self) -> Mapping[str, Mapping[str, int]]:
        """How many facilities speak and are silent."""
        silent = sum(facility.phase != SPEAKING for facility in self._facilities.values())
        return {"feeds": {"speaking": len(self._facilities) - silent, "silent": silent}}

    def __len__(self) -> int:
        return len(self._facilities)
