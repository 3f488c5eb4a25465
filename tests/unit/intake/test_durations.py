"""Durations of plans are remembered, but not without end."""

from streams.intake import plans
from streams.intake.registrations import read_registration


def planned(within: str) -> int | None:
    plan = f'{{"legs": [{{"leg": "a", "milestones": [{{"code": "delivered", "within": "{within}"}}]}}]}}'
    body = f'{{"shipment_id": "S", "customer_id": "C", "registered_at": "2026-11-01T00:00:00Z", "plan": {plan}}}'
    return read_registration(b"S", body.encode(), 1_793_491_200_000).plan.legs[0].milestones[0].within


def test_durations_without_end_do_not_fill_memory() -> None:
    for seconds in range(9_000):
        assert planned(f"PT{seconds}S") == seconds * 1_000
    assert len(plans._durations) <= plans._MOST_KNOWN < 9_000


def test_long_texts_are_not_remembered() -> None:
    plans._durations.clear()
    for _ in range(2):
        assert planned("PT1." + "0" * 60 + "S") == 1_000
    assert planned("PT2S") == 2_000
    assert list(plans._durations) == ["PT2S"]
