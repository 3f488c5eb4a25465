"""The job that listens to feeds: by the time of the main job, exactly once, through crashes."""

import asyncio
from typing import Any

import msgspec
import pytest

from streams.partition.core import Core
from streams.partition.job import CONTROL, SIGHTINGS, CoreSettings
from streams.partition.lanes import TimeSource
from streams.partition.listening import Listening
from streams.partition.meta import KEY
from streams.partition.output import Output
from streams.partition.outputs import FEED_ALERTS
from streams.partition.partitioners import murmur2
from streams.partition.ports import ChangelogEntry, SourceBatch
from streams.partition.record import Record
from streams.simulation import Broker, ManualClock
from streams.simulation.broker import Fault
from streams.sla.instants import rfc3339
from streams.sla.listening import first_revision
from tests.unit.partition.simulated import SimulatedWorker
from tests.unit.partition.town import BEGIN, HOUR, anywhere

DAY = 24 * HOUR
LATER = BEGIN + 60 * DAY
"""When records were written: after all that they tell."""
FIRST = first_revision(BEGIN)
STATE = "feeds-state"
Body = dict[str, Any]


def sighting(facility: str, hour: float, *, silent_after: float | None = 2, catch_up: int = 0) -> Body:
    """A facility was heard of at an hour."""
    until = {} if silent_after is None else {"silent_at": at(hour + silent_after)}
    policy = {"policy": "test", "policy_version": "1"}
    return {"type": "sighting", "facility": facility, "seen_at": at(hour), "catch_up_ms": catch_up, **until, **policy}


def progress(hour: float, partition: int = 0) -> Body:
    """A partition of the main job has read up to an hour."""
    return {"type": "progress", "partition": partition, "at": at(hour)}


def at(hour: float) -> str:
    return rfc3339(BEGIN + round(hour * HOUR))


def key_of(body: Body) -> bytes:
    return str(body.get("facility", body.get("partition"))).encode()


class Listener:
    """One partition that listens, and may lose its memory at any time."""

    def __init__(self, *, partitions: int = 1, deadlines_per_unit: int = 2000) -> None:
        self._settings = CoreSettings(
            "ns",
            0,
            partitions,
            TimeSource.APPEND,
            partitioner=anywhere,
            reject_limit=1.0,
            deadlines_per_unit=deadlines_per_unit,
        )
        self._log: list[Record] = []
        self._changelog: list[ChangelogEntry] = []
        self.said: list[Output] = []
        self.units = 0
        self.restart()

    def restart(self) -> None:
        """Whatever was not committed is lost, and read again."""
        self.core = Core(Listening, self._settings)
        self.core.load(self._changelog)
        offset = max(self.core.restored(len(self._changelog))[SIGHTINGS], 0)
        if self._log[offset:]:
            self.core.offer(SourceBatch(SIGHTINGS, self._log[offset:], LATER))

    def hears(self, *bodies: Body) -> "Listener":
        """Records come, and are handled and committed."""
        self.receive(*bodies)
        while self.core.work(1000):
            self.commit()
        self.commit()
        return self

    def receive(self, *bodies: Body) -> None:
        records = [
            Record(len(self._log) + place, LATER, key_of(body), msgspec.json.encode(body))
            for place, body in enumerate(bodies)
        ]
        self._log += records
        self.core.offer(SourceBatch(SIGHTINGS, records, LATER))

    def commit(self) -> None:
        unit = self.core.take()
        self.units += 1
        self.said += unit.outputs
        entries = [*unit.changelog.items(), (KEY, unit.meta)]
        self._changelog += [
            ChangelogEntry(len(self._changelog) + place, key, value) for place, (key, value) in enumerate(entries)
        ]

    @property
    def alerts(self) -> list[tuple[str, str, str]]:
        return alerts(self.said)

    @property
    def statuses(self) -> list[tuple[int | None, str, bool, int]]:
        """Partition, facility, whether it is silent, and the revision of that, counted from the first one."""
        found = [(one.partition, msgspec.json.decode(one.value or b"")) for one in self.said if one.topic == CONTROL]
        return [(number, body["facility"], body["silent"], body["revision"] - FIRST) for number, body in found]


def alerts(outputs: list[Output]) -> list[tuple[str, str, str]]:
    """Facility, kind, and when it was decided."""
    found = [msgspec.json.decode(one.value or b"") for one in outputs if one.topic == FEED_ALERTS]
    return [(body["facility"], body["kind"], body["decided_at"]) for body in found]


def test_silence_is_told_once_and_to_every_partition() -> None:
    listener = Listener(partitions=3)
    listener.hears(sighting("HUB", 0), *(progress(hour, number) for hour in (2.1, 5) for number in range(3)))
    assert listener.alerts == [("HUB", "opened", at(2))]
    assert listener.statuses == [(number, "HUB", True, 1) for number in range(3)]


def test_nobody_is_silent_while_a_partition_of_the_main_job_is_behind() -> None:
    listener = Listener(partitions=2).hears(sighting("HUB", 0), progress(9, 0), progress(1, 1))
    assert listener.alerts == []
    listener.hears(sighting("HUB", 1.5), progress(3, 1))
    assert listener.alerts == []
    assert listener.hears(progress(4, 1)).alerts == [("HUB", "opened", at(3.5))]


def test_a_partition_of_which_nothing_was_heard_is_behind() -> None:
    assert Listener(partitions=2).hears(sighting("HUB", 0), progress(9, 0)).alerts == []


def test_progress_does_not_go_back() -> None:
    listener = Listener().hears(sighting("HUB", 0), progress(9), progress(1))
    assert listener.alerts == [("HUB", "opened", at(2))]


def test_the_deadline_itself_is_not_past() -> None:
    listener = Listener().hears(sighting("HUB", 0), progress(2))
    assert listener.alerts == []
    assert listener.hears(sighting("HUB", 2), progress(3)).alerts == []


def test_who_speaks_again_is_told_at_once_and_partitions_when_late_scans_have_come() -> None:
    listener = Listener().hears(sighting("HUB", 0), progress(3), sighting("HUB", 4, catch_up=HOUR))
    assert listener.alerts == [("HUB", "opened", at(2)), ("HUB", "resolved", at(4))]
    assert listener.statuses == [(0, "HUB", True, 1)]
    listener.hears(sighting("HUB", 4.5), progress(5))
    assert listener.statuses == [(0, "HUB", True, 1)]
    assert listener.hears(progress(5.1)).statuses == [(0, "HUB", True, 1), (0, "HUB", False, 2)]


def test_who_falls_silent_again_while_coming_back_is_told_again_and_stays_doubtful() -> None:
    listener = Listener().hears(sighting("HUB", 0), progress(3), sighting("HUB", 4, catch_up=10 * HOUR), progress(7))
    assert listener.alerts == [("HUB", "opened", at(2)), ("HUB", "resolved", at(4)), ("HUB", "opened", at(6))]
    assert listener.statuses == [(0, "HUB", True, 1), (0, "HUB", True, 2)]


def test_what_was_heard_before_the_newest_scan_says_nothing() -> None:
    listener = Listener().hears(sighting("HUB", 1), sighting("HUB", 0), progress(2.5))
    assert listener.alerts == []
    assert listener.hears(progress(3.1)).alerts == [("HUB", "opened", at(3))]


def test_the_same_sighting_again_says_nothing_again() -> None:
    listener = Listener().hears(sighting("HUB", 0), progress(3), sighting("HUB", 4), sighting("HUB", 4))
    assert len(listener.alerts) == len(listener.statuses) == 2


def test_each_statement_has_an_id_of_its_own_that_depends_on_input_alone() -> None:
    story = [sighting("HUB", 0), progress(3), sighting("HUB", 4), progress(7), sighting("HUB", 8)]
    one, other = (
        [
            msgspec.json.decode(said.value or b"")["id"]
            for said in Listener().hears(*story).said
            if said.key == b"HUB" and said.topic == FEED_ALERTS
        ]
        for _ in range(2)
    )
    assert one == other
    assert len(set(one)) == 4


def test_a_facility_that_no_feed_is_about_any_more_is_forgotten() -> None:
    listener = Listener().hears(sighting("HUB", 0), sighting("OLD", 0), progress(1))
    assert len(listener.core) == 2
    listener.hears(sighting("OLD", 1, silent_after=None), progress(50))
    assert listener.alerts == [("HUB", "opened", at(2))]
    listener.hears(sighting("HUB", 51, silent_after=None))
    assert (listener.alerts[-1], len(listener.core)) == (("HUB", "resolved", at(51)), 0)
    listener.restart()
    assert len(listener.core) == 0


def test_a_silence_of_a_state_that_was_lost_ends_with_the_next_sighting() -> None:
    told = Listener(partitions=2).hears(sighting("HUB", 0), progress(3), progress(3, 1)).said
    silent = [msgspec.json.decode(one.value or b"") for one in told if one.topic == CONTROL]
    anew = Listener(partitions=2).hears({**sighting("HUB", 5), "known_silent": True}, sighting("HUB", 6))
    assert [(number, over) for number, _, over, _ in anew.statuses] == [(0, False), (1, False)]
    assert min(revision for *_, revision in anew.statuses) + FIRST > max(one["revision"] for one in silent)
    assert anew.alerts == []


def test_after_thirty_days_nobody_waits_for_a_facility_any_more() -> None:
    listener = Listener().hears(sighting("HUB", 0), progress(24 * 31))
    assert listener.alerts == [("HUB", "opened", at(2)), ("HUB", "expired", at(2 + 24 * 30))]
    assert listener.statuses == [(0, "HUB", True, 1), (0, "HUB", False, 2)]
    assert len(listener.core) == 0


@pytest.mark.parametrize("units", range(8))
def test_a_storm_is_told_in_bounded_units_and_goes_on_after_a_crash_where_it_was(units: int) -> None:
    story = [*(sighting(f"F{number}", number / 10) for number in range(5)), progress(10)]
    whole = Listener(deadlines_per_unit=2).hears(*story)
    assert [kind for _, kind, _ in whole.alerts] == ["opened"] * 5
    assert whole.units >= 3
    halted = Listener(deadlines_per_unit=2)
    halted.receive(*story)
    for _ in range(units):
        halted.core.work(1)
        halted.commit()
    halted.core.work(1)
    halted.restart()
    assert halted.hears().said == whole.said


@pytest.mark.parametrize(
    ("body", "reason", "path"),
    [
        (b"{", b"not-json", b"$"),
        (msgspec.json.encode(sighting("OTHER", 0)), b"key-mismatch", b"$.facility"),
        (msgspec.json.encode(progress(0, 7)), b"invalid", b"$.partition"),
        (None, b"tombstone", b"$"),
        (msgspec.json.encode({**sighting("HUB", 0), "catch_up_ms": 2**64 - 1}), b"invalid", b"$.catch_up_ms"),
        (msgspec.json.encode(sighting("HUB", 24.1)), b"absurd-time", b"$.seen_at"),
        (msgspec.json.encode({**progress(0), "at": "9999-12-31T00:00:00Z"}), b"absurd-time", b"$.at"),
    ],
)
def test_a_record_that_is_none_is_rejected(body: bytes | None, reason: bytes, path: bytes) -> None:
    listener = Listener()
    listener.core.offer(SourceBatch(SIGHTINGS, [Record(0, BEGIN, b"HUB", body)], BEGIN))
    listener.core.work(10)
    (reject,) = listener.core.take().outputs
    headers = dict(reject.headers)
    assert (headers["reason"], headers["path"], headers["topic"]) == (reason, path, SIGHTINGS.encode())


def test_a_facility_of_another_partition_is_rejected() -> None:
    core = Core(Listening, CoreSettings("ns", 1 - murmur2(b"HUB", 2), 2, TimeSource.APPEND))
    core.restored(0)
    core.offer(SourceBatch(SIGHTINGS, [Record(0, BEGIN, b"HUB", msgspec.json.encode(sighting("HUB", 0)))], BEGIN))
    core.work(10)
    (reject,) = core.take().outputs
    assert dict(reject.headers)["reason"] == b"wrong-partition"


@pytest.mark.parametrize("fault", ["aborted", "unknown-committed", "unknown-aborted"])
@pytest.mark.parametrize("failing", range(4))
def test_through_failed_transactions_silence_is_told_once_and_everywhere(fault: Fault, failing: int) -> None:
    async def scenario() -> None:
        clock = ManualClock(BEGIN)
        broker = Broker(clock)
        core = Core(Listening, CoreSettings("ns", 0, 1, TimeSource.APPEND, partitioner=anywhere))
        worker = SimulatedWorker(broker, core, clock=clock, state=STATE)
        worker.task.start()

        def handled() -> bool:
            end = broker.log(SIGHTINGS, 0).high_watermark
            return worker.source.positions == {SIGHTINGS: end} and not core.buffered and not core.pending

        for place, body in enumerate([sighting("HUB", 0), progress(3), sighting("HUB", 4), progress(5)]):
            if place == failing:
                broker.faults.fail_commits(fault)
            broker.produce(SIGHTINGS, 0, key_of(body), msgspec.json.encode(body))
            await worker.until(handled)
        await worker.task.stop(commit=True)
        assert alerts(broker.outputs([FEED_ALERTS], 0)) == [("HUB", "opened", at(2)), ("HUB", "resolved", at(4))]
        told = [msgspec.json.decode(one.value or b"")["silent"] for one in broker.outputs([CONTROL], 0)]
        assert told == [True, False]

    asyncio.run(scenario())
