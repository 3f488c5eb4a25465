"""The job that keeps scorecards: outcomes of a customer in, sums out."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import msgspec

from streams.errors import PartitionParked
from streams.intake import Rejected
from streams.intake.reading import read
from streams.intake.rejection import KEY_MISMATCH, NULL_KEY
from streams.partition.belonging import check_partition
from streams.partition.deadlines import DeadlineIndex
from streams.partition.job import CoreSettings, Done, Handler
from streams.partition.meta import Meta
from streams.partition.output import Output
from streams.partition.outputs import BY_CUSTOMER, SCORECARDS
from streams.partition.plain import PlainJob
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard
from streams.scorecards.book import Book
from streams.scorecards.card import PREFIX
from streams.scorecards.outcome import Outcome
from streams.scorecards.render import scorecard

REMEMBERED_MS: Final = 24 * 3_600_000
"""How long an outcome that comes again is known to have been counted."""
SEEN: Final = b"\xff"
"""With what the changelog keys of counted outcomes begin; the key of a card is JSON and never begins so."""

_outcome = msgspec.json.Decoder(Outcome)


class Scoring(PlainJob):
    """Sums up the outcomes of the customers of one partition; see `streams.partition.job.Job`."""

    def __init__(self, settings: CoreSettings, guard: RejectGuard) -> None:
        super().__init__(settings, guard)
        self.handlers: Mapping[str, Handler] = {BY_CUSTOMER: self._take_in}
        self._book = Book()
        self._seen: dict[bytes, int] = {}
        """Outcomes counted, and when to forget that."""
        self._changed: dict[bytes, bytes | None] = {}

    def load(self, key: bytes, value: bytes | None) -> None:
        """Take over a card or a counted outcome.  Raises `PartitionParked` when it cannot be read."""
        if key.startswith(SEEN):
            if value is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = int.from_bytes(value, "big")
            return
        if value is not None and not value.startswith(PREFIX):
            raise PartitionParked(
                f"the scorecard {key!r} cannot be read: it begins with {value[:9]!r}; run the version that wrote it"
            )
        self._book.load(key, value)

    def restored(self, meta: Meta | None) -> None:  # noqa: ARG002 - it holds nothing of ours
        """File what has been loaded."""
        self.index = DeadlineIndex(self._seen.get)
        for key, deadline in self._seen.items():
            self.index.file(key, deadline)

    def _take_in(self, record: Record, time: int) -> None:
        """A record of `sla-outcomes-by-customer`."""
        try:
            outcome, key, customer = self._read(record)
        except Rejected as rejected:
            self.reject(BY_CUSTOMER, record, rejected)
            return
        seen = SEEN + blake2b(b"\x1f".join((key, outcome.id.encode())), digest_size=16).digest()
        if seen not in self._seen:
            self._remember(seen, max(record.timestamp, time) + REMEMBERED_MS)
            try:
                self._book.enter(outcome, customer)
            except msgspec.MsgspecError as error:
                raise PartitionParked(f"a scorecard of customer {customer!r} cannot be read: {error}") from error

    def _read(self, record: Record) -> tuple[Outcome, bytes, str]:
        """An outcome and the customer that the record is for.  Raises `Rejected`."""
        key, settings = record.key, self.settings
        if key is None:
            raise Rejected(NULL_KEY, "the record has no key; it must be the customer_id")
        outcome = read(_outcome, key, record.value)
        before = outcome.replaces
        customer = key.decode(errors="replace")
        if customer != outcome.customer_id and (before is None or customer != before.customer_id):
            raise Rejected(KEY_MISMATCH, f"the key is {customer!r}", "$.customer_id")
        check_partition(key, settings.partition, settings.partitions, settings.partitioner)
        return outcome, key, customer

    def _remember(self, seen: bytes, until: int) -> None:
        self._seen[seen] = until
        self._changed[seen] = until.to_bytes(8, "big")
        self.index.file(seen, until)

    def fire(self, key: bytes, deadline: int) -> None:  # noqa: ARG002 - there is one thing to do, whenever
        """Forget that an outcome was counted; what it counts stays."""
        del self._seen[key]
        self._changed[key] = None

    def take(self) -> Done:
        """Give the cards that have changed, each once however often it was written on."""
        changelog, self._changed = self._changed, {}
        outputs, tally = self.closed()
        before = len(outputs)
        for key, value, card in self._book.close():
            changelog[key] = value
            if value is None:
                outputs.append(Output(SCORECARDS, key, None, ()))
            else:
                body = scorecard(self.settings.namespace, key, value, card)
                outputs.append(self.envelope.wrap(key, SCORECARDS, "changed", body))
        if len(outputs) > before:
            tally.decisions[SCORECARDS, "changed"] = len(outputs) - before
        return Done(changelog, outputs, tally)

    def gauges(self) -> Mapping[str, Mapping[str, int]]:
        """How many cards there are, by length of their period."""
        return {"scorecards": dict(self._book.lengths)}

    def __len__(self) -> int:
        return len(self._book)
