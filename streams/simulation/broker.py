"""The broker: logs by topic and partition, producers with epochs, transactions, and faults on demand."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from streams.partition.output import Output
from streams.partition.ports import WallClock
from streams.simulation.log import Log, Transaction

Fault = Literal["aborted", "unknown-committed", "unknown-aborted", "forbidden", "fenced"]
"""What the next commit comes to: a clear failure, one that the writer never learns the result of, or a right that is
missing."""


class Faults:
    """What goes wrong next."""

    def __init__(self) -> None:
        self._commits: list[Fault] = []

    def fail_commits(self, *faults: Fault) -> None:
        """The next commits fail in these ways, in order."""
        self._commits.extend(faults)

    def next_commit(self) -> Fault | None:
        """How the commit under way fails, if it does."""
        return self._commits.pop(0) if self._commits else None


@dataclass(slots=True)
class _Open:
    transaction: Transaction
    logs: list[Log]
    offsets: dict[tuple[str, int], int]


class Broker:
    """Keeps logs and settles transactions; append times come from `clock`, the broker's own."""

    def __init__(self, clock: WallClock) -> None:
        self.clock = clock
        self.faults = Faults()
        self.logs: defaultdict[tuple[str, int], Log] = defaultdict(Log)
        """By topic and partition."""
        self.offsets: dict[tuple[str, int], int] = {}
        """Committed offsets of the consumer group, by topic and partition."""
        self._epochs: defaultdict[str, int] = defaultdict(int)
        self._open: dict[str, _Open] = {}

    def log(self, topic: str, partition: int) -> Log:
        """The log of a partition; made when it is first asked for."""
        return self.logs[topic, partition]

    def produce(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> int:
        """Write a record outside any transaction, at the broker's time; gives its offset."""
        return self.log(topic, partition).append(self.clock.now_ms(), key, value)

    def outputs(self, topics: Iterable[str], partition: int) -> list[Output]:
        """The committed records of some topics, topic by topic."""
        return [
            Output(topic, record.key, record.value, record.headers)
            for topic in topics
            for record in self.log(topic, partition).committed(0)
        ]

    # --- transactions

    def begin_epoch(self, transactional_id: str) -> int:
        """A producer starts: its predecessor is fenced and what that had open is aborted."""
        self._settle(transactional_id, committed=False)
        self._epochs[transactional_id] += 1
        return self._epochs[transactional_id]

    def is_current(self, transactional_id: str, epoch: int) -> bool:
        """Whether no other producer has started since."""
        return self._epochs[transactional_id] == epoch

    def begin(self, transactional_id: str) -> None:
        """A transaction begins."""
        self._open[transactional_id] = _Open(Transaction(), [], {})

    def write(self, transactional_id: str, topic: str, partition: int, output: Output) -> tuple[int, int]:
        """Write a record in the transaction that is open; gives its offset and append time."""
        opened, log = self._open[transactional_id], self.log(topic, partition)
        if log not in opened.logs:
            opened.logs.append(log)
        now = self.clock.now_ms() if output.timestamp is None else output.timestamp
        return log.append(now, output.key, output.value, output.headers, opened.transaction), now

    def add_offsets(self, transactional_id: str, partition: int, offsets: Mapping[str, int]) -> None:
        """Commit the group's offsets with the transaction."""
        opened = self._open[transactional_id]
        opened.offsets |= {(topic, partition): offset for topic, offset in offsets.items()}

    def commit(self, transactional_id: str) -> None:
        """End the open transaction well."""
        self._settle(transactional_id, committed=True)

    def abort(self, transactional_id: str) -> None:
        """End the open transaction, if there is one, as if it had never been."""
        self._settle(transactional_id, committed=False)

    def _settle(self, transactional_id: str, *, committed: bool) -> None:
        opened = self._open.pop(transactional_id, None)
        if opened is None:
            return
        opened.transaction.state = "committed" if committed else "aborted"
        for log in opened.logs:
            log.mark()
        if committed:
            self.offsets |= opened.offsets
