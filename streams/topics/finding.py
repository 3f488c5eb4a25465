"""One thing that is wrong with the topics of a namespace."""

from dataclasses import dataclass

from streams.topics.rules import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong."""

    severity: Severity
    """`fatal` would corrupt state or lose data; `advice` would not."""
    topic: str
    """Full topic name; `*` for the cluster as a whole."""
    problem: str
    remedy: str
    """What to do, a command where there is one."""

    def describe(self) -> str:
        """Return one line for people."""
        return f"{self.topic}: {self.problem}. Remedy: {self.remedy}"
