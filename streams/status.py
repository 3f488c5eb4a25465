"""What a worker knows of itself, for those who ask over HTTP and for the metrics."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from streams.assignment import Assignment
from streams.kafka.source import Sources
from streams.partition.task import TaskHealth

UNHEARD_AFTER_S = 15.0
"""How long the brokers may leave the fetches of a topic unanswered before the worker is not ready: a broker that is
replaced in good order takes less, and answers come several times a second."""


class Status:
    """Reads the state of the worker off its parts, at the moment it is asked for."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.assignment: Assignment | None = None
        """None until the topics have been checked."""
        self.ending = False

    def health(self) -> Mapping[int, TaskHealth]:
        """Return the health of each partition owned."""
        tasks = self.assignment.tasks if self.assignment else {}
        return {number: task.health() for number, task in tasks.items()}

    def lags(self) -> Iterable[tuple[str, int, int]]:
        """Return topic, partition and records not fetched yet, of the partitions owned, as far as that is known."""
        owned = self.assignment.tasks if self.assignment else {}
        return [
            (reading.topic, reading.tp.partition, left)
            for reading in self._sources.readings()
            if reading.tp.partition in owned and (left := reading.records_left) is not None
        ]

    def held_s(self, number: int) -> float:
        """Return for how many seconds this worker has had a partition."""
        return self.assignment.held_s(number) if self.assignment else 0.0

    @property
    def rebalances(self) -> int:
        """How often the group has taken partitions away to deal them out again."""
        return self.assignment.rebalances if self.assignment else 0

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Return whether every partition owned is restored, runs, and hears from the brokers, and the detail."""
        assignment = self.assignment
        tasks = assignment.tasks if assignment else {}
        unheard = self._unheard()
        detail = {
            str(number): {
                "state": task.state,
                "detail": task.detail,
                "restored": task.health().restored,
                "unheard": unheard[number],
            }
            for number, task in tasks.items()
        }
        ready = (
            assignment is not None
            and assignment.assigned
            and not self.ending
            and not any(unheard[number] for number in tasks)
            and all(task.state == "running" and task.health().restored for task in tasks.values())
        )
        return ready, {"assigned": bool(assignment and assignment.assigned), "partitions": detail}

    def _unheard(self) -> Mapping[int, list[str]]:
        """Return the topics whose fetches are not answered, by partition."""
        unheard = defaultdict[int, list[str]](list)
        for reading in self._sources.begun():
            if reading.unheard_s > UNHEARD_AFTER_S:
                unheard[reading.tp.partition].append(reading.topic)
        return unheard

    def resume(self, number: int) -> bool:
        """Start a parked partition again; False when it is not parked here."""
        return self.assignment is not None and self.assignment.resume(number)
