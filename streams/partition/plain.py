"""What jobs have in common for which nothing holds for all keys: no policy, nothing to look at again."""

from collections.abc import Mapping

from streams.intake import Rejected
from streams.partition.deadlines import DeadlineIndex
from streams.partition.job import CoreSettings, OtherPolicy
from streams.partition.meta import FORMAT, Meta
from streams.partition.output import Output
from streams.partition.outputs import Envelope
from streams.partition.ports import Tally
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard


class PlainJob:
    """Keeps outputs and tally of the unit of work under way; see `streams.partition.job.Job`."""

    def __init__(self, settings: CoreSettings, guard: RejectGuard) -> None:
        self.tally = Tally()
        self.index = DeadlineIndex(_never)
        self.settings = settings
        self.outputs: list[Output] = []
        self.envelope = Envelope(settings.namespace, settings.partition)
        self._guard = guard

    def reject(self, topic: str, record: Record, rejected: Rejected, *, read_from: str | None = None) -> None:
        """Keep a bad record, as it came, where somebody can look at it.

        `topic` is a short name; `read_from` what the topic is called where that is not our namespace's.
        """
        settings = self.settings
        # Another system's topic may have more partitions than ours.
        into = settings.partition % settings.partitions
        detail = str(rejected)
        self.outputs.append(
            self.envelope.reject(read_from or topic, record, rejected.reason, rejected.path, detail, into)
        )
        count = (topic, rejected.reason)
        self.tally.rejects[count] = self.tally.rejects.get(count, 0) + 1
        self._guard.rejected()

    def closed(self) -> tuple[list[Output], Tally]:
        """Outputs and tally of the unit of work, which begins anew."""
        tally, self.tally = self.tally, Tally()
        return self.told(), tally

    def told(self) -> list[Output]:
        """Give away the output records that there are so far."""
        outputs, self.outputs = self.outputs, []
        return outputs

    @property
    def other_policy(self) -> OtherPolicy | None:
        """There is none."""
        return None

    @property
    def sweeping(self) -> bool:
        """Never: nothing holds for all keys."""
        return False

    def sweep(self, most: int, time: int) -> int:  # noqa: ARG002 - the signature is the port's
        """Do nothing."""
        return 0

    def look_ahead(self, keys: list[bytes]) -> None:
        """Do nothing: there are few keys."""

    def examine(self) -> None:
        """Do nothing: state is read in full as it is loaded."""

    def meta(self, offsets: dict[str, int], time: int) -> Meta:
        """The meta record; the job adds nothing to it."""
        return Meta(format=FORMAT, offsets=offsets, time=time, gauges={})

    @property
    def changed_bytes(self) -> int:
        """None to speak of: state is as small as the records that it comes from."""
        return 0

    def gauges(self) -> Mapping[str, Mapping[str, int]]:
        """There is nothing to be counted."""
        return {}


def _never(key: bytes) -> None:
    """Nothing is due, unless a job says so."""
    del key
