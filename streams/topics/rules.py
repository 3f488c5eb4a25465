"""When a topic's configuration is good enough, how bad it is otherwise, and why."""

from typing import Literal

from schemas.catalogue import TopicSpec
from streams.topics.target import Target

Severity = Literal["fatal", "advice"]

_AT_LEAST = frozenset(
    {
        "delete.retention.ms",
        "max.message.bytes",
        "message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms",
        "min.insync.replicas",
        "retention.bytes",
        "retention.ms",
    }
)
_AT_MOST = frozenset(
    {
        "max.compaction.lag.ms",
        "min.cleanable.dirty.ratio",
        "min.compaction.lag.ms",
        "segment.bytes",
        "segment.ms",
    }
)
_UNLIMITED = "-1"
LATE_COMERS = frozenset({"message.timestamp.after.max.ms", "message.timestamp.before.max.ms"})
"""What brokers before 3.6 do not know, and do well without: they take records of any time."""

_REASONS = {
    "cleanup.policy": "records that are still needed would be deleted, or would never be",
    "delete.retention.ms": "a tombstone could vanish before every reader has seen it, and what it deleted come back",
    "max.compaction.lag.ms": "quiet partitions would keep what has long been replaced, and restores take longer",
    "max.message.bytes": "the largest record that can be read could not be written again",
    "message.timestamp.after.max.ms": "recorded scans that lie ahead of the brokers' clock would be refused",
    "message.timestamp.before.max.ms": "recorded scans of the past would be refused",
    "message.timestamp.type": "partition time is taken from these timestamps",
    "min.cleanable.dirty.ratio": "the compactor would start late, and restores take longer",
    "min.compaction.lag.ms": "the compactor would start late, and restores take longer",
    "min.insync.replicas": "what was acknowledged could be lost with one broker",
    "retention.bytes": "a burst could push records out before they are read",
    "retention.ms": "records could be gone before they are read",
    "segment.bytes": "the active segment is not compacted, and restores take longer",
    "segment.ms": "the active segment is not compacted, and restores take longer",
    "unclean.leader.election.enable": "a broker that lags could take over and lose what was acknowledged",
}


def satisfied(name: str, actual: str, wanted: str) -> bool:
    """Whether a value of a configuration is as good as the wanted one: longer retention and smaller segments are."""
    if name == "cleanup.policy":
        return set(actual.replace(" ", "").split(",")) == set(wanted.split(","))
    if name in _AT_LEAST:
        if _UNLIMITED in (actual, wanted):
            return actual == _UNLIMITED
        return int(actual) >= int(wanted)
    if name in _AT_MOST:
        return float(actual) <= float(wanted)
    return actual.lower() == wanted.lower()


def reason(name: str) -> str:
    """Say what happens when the configuration is not as wanted."""
    return _REASONS.get(name, "the catalogue asks for it")


def severity(spec: TopicSpec, name: str, actual: str, target: Target, required_bytes: int) -> Severity:
    """Say whether a configuration that is not satisfied loses data or corrupts state, or only deserves advice."""
    if name == "cleanup.policy":
        needs_all = spec.config[name] == "delete" and "compact" in actual
        return "fatal" if needs_all or spec.direction == "state" else "advice"
    if name == "max.message.bytes":
        return "fatal" if spec.direction != "input" and int(actual) < required_bytes else "advice"
    if spec.direction == "state" and name == "delete.retention.ms":
        return "fatal"
    if spec.direction == "input":
        return _severity_of_source(spec, name, target)
    return "advice"


def _severity_of_source(spec: TopicSpec, name: str, target: Target) -> Severity:
    if target.time == "replay":
        return "fatal" if name in spec.config_by_time["replay"] else "advice"
    # Behind, a worker would take the senders' clocks for the time of arrival, and break promises that are kept.
    trusted = target.source_timestamps == "append"
    return "fatal" if name == "message.timestamp.type" and trusted else "advice"
