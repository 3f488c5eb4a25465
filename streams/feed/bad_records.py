"""Records that break the contract, as real feeds send them now and then.  Pure."""

from random import Random

from streams.feed.records import FeedRecord


def bad_record(rng: Random, good: FeedRecord) -> FeedRecord:
    """A broken variant of a good scan."""
    value = good.value or b""
    broken = rng.choice(
        (
            b"not json at all",
            value[: len(value) // 2],
            b"[1, 2, 3]",
            b"{}",
            value.replace(b'"occurred_at"', b'"happened_at"'),
            value.replace(b'"scan_id":"', b'"scan_id":7,"was":"'),
            value.replace(b'"occurred_at":"20', b'"occurred_at":"21'),
            b"\xff\xfe" + value,
        )
    )
    key = None if rng.random() < 0.1 else good.key  # noqa: PLR2004
    return good._replace(key=key, value=broken)
