"""Scorecards are a sum over the last revisions, whatever the order, with crashes and with repetitions."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.lanes import TimeSource
from streams.partition.meta import KEY
from streams.partition.outputs import BY_CUSTOMER, SCORECARDS
from streams.partition.ports import CaughtUp, ChangelogEntry, SourceBatch
from streams.partition.record import Record
from streams.partition.scoring import Scoring
from streams.scorecards.cards import periods
from streams.sla.instants import from_datetime
from tests.unit.scorecards.outcomes import BEGIN, body, correction

Body = dict[str, Any]
CUSTOMERS = ("C", "D")

revisions = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["met", "missed", "cancelled", "excused"]),
        "customer_id": st.sampled_from(CUSTOMERS),
        "day": st.sampled_from(["2026-11-02", "2026-11-30", "2026-12-01", "2027-01-01"]),
        "spent": st.none() | st.integers(0, 10**10),
        "late": st.none() | st.integers(1, 10**10),
        "reason": st.sampled_from([None, None, None, "reopened"]),
    }
)
promises = st.fixed_dictionaries(
    {
        "clock": st.sampled_from(["pickup", "delivery"]),
        "destination": st.sampled_from(["B", "X"]),
        "tier": st.sampled_from([None, "A"]),
        "measure": st.sampled_from(["promise", "promise", "perfect-order", "incident"]),
        "veto": st.booleans(),
    }
)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Body]]:
    """For every promise the revisions of its outcome, oldest first."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        promise, chain = draw(promises), list[Body]()
        for revision, fields in enumerate(draw(st.lists(revisions, min_size=1, max_size=4))):
            said: dict[str, Any] = {**promise, **fields}
            name = f"{number}.{revision}"
            chain.append(correction(name, chain[-1], **said) if chain else body(name, **said))
        found.append(chain)
    return found


def records_of(histories: Sequence[Sequence[Body]]) -> list[tuple[bytes, bytes]]:
    """The copies that the main job writes: one for the customer, one for the customer it had before."""
    records = []
    for chain in histories:
        for one in chain:
            customers = dict.fromkeys([one["customer_id"], one.get("replaces", one)["customer_id"]])
            records += [(customer.encode(), msgspec.json.encode(one)) for customer in customers]
    return records


def cards_by_brute_force(histories: Sequence[Sequence[Body]]) -> dict[tuple[Any, ...], Body]:
    """Count the last revisions one by one."""
    groups: dict[tuple[Any, ...], list[Body]] = defaultdict(list)
    for chain in histories:
        last = chain[-1]
        if last.get("reason") != "reopened":
            for period in periods(last["day"]):
                about = (last["origin"], last["destination"], last.get("tier"), period)
                groups[last["customer_id"], last["clock"], *about].append(last)
                groups[last["customer_id"], None, *about].append(last)
    return {about: counted(outcomes, of_clock=about[1] is not None) for about, outcomes in groups.items()}


def counted(outcomes: Sequence[Body], *, of_clock: bool) -> Body:
    own = [one for one in outcomes if of_clock or one["measure"] == "promise"]
    kinds = Counter(one["kind"] for one in own)
    named = Counter((one["measure"], one["kind"]) for one in outcomes)
    lengths = [
        instant(one["stopped_at"]) - instant(one["start"])
        for one in own
        if of_clock and one["kind"] in ("met", "missed") and one.get("stopped_at")
    ]
    spent = [length for length in lengths if length >= 0]
    vetoes = sum(1 for one in outcomes if one["veto"] and one["kind"] == "missed")
    late = [one for one in own if one["kind"] == "missed" and one["measure"] == "promise"]
    return {
        "kinds": {kind: kinds[kind] for kind in ("met", "missed", "cancelled", "excused")},
        "perfect": (named["perfect-order", "met"], named["perfect-order", "missed"]),
        "incidents": (named["incident", "missed"], named["incident", "missed"] + named["incident", "met"]),
        "vetoes": vetoes,
        "late": len(late),
        "longest": max((one.get("late_by_ms") or 10**18 for one in late), default=0),
        "spent": (len(spent), round(statistics.fmean(spent), 3) if spent else None),
    }


NOTHING = counted([], of_clock=False)
"""A card of which nothing is left is taken back: all outcomes of it are counted elsewhere."""


def instant(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


class Keeper:
    """One partition that keeps scorecards, and may lose its memory at any time."""

    def __init__(self, records: Sequence[tuple[bytes, bytes]]) -> None:
        self._log = [Record(offset, BEGIN + offset, key, value) for offset, (key, value) in enumerate(records)]
        self._changelog: list[ChangelogEntry] = []
        self.cards: dict[bytes, Body] = {}
        """As a subscriber of the compacted topic has them."""
        self.crash()

    def crash(self) -> None:
        """What was not committed is lost."""
        self._core = Core(Scoring, CoreSettings("ns", 0, 1, TimeSource.APPEND, reject_limit=1.0))
        self._core.load(self._changelog)
        self._read = max(self._core.restored(len(self._changelog))[BY_CUSTOMER], 0)

    def work(self, most: int) -> None:
        records = self._log[self._read : self._read + most]
        self._read += len(records)
        self._core.offer(SourceBatch(BY_CUSTOMER, records, 1))
        self._core.caught_up(CaughtUp(BY_CUSTOMER, self._read, 1))
        while self._core.buffered:
            self._core.work(1000)

    def commit(self) -> None:
        unit = self._core.take()
        entries = [*unit.changelog.items(), (KEY, unit.meta)]
        self._changelog += [ChangelogEntry(len(self._changelog) + n, *entry) for n, entry in enumerate(entries)]
        cards = [output for output in unit.outputs if output.topic == SCORECARDS]
        assert len(cards) == len(unit.outputs), "nothing is rejected"
        assert len({output.key for output in cards}) == len(cards), "at most once a commit"
        for output in cards:
            assert output.key is not None
            if output.value is None:
                del self.cards[output.key]
            else:
                self.cards[output.key] = msgspec.json.decode(output.value)

    @property
    def done(self) -> bool:
        return self._read >= len(self._log)

    def told(self) -> dict[tuple[Any, ...], Body]:
        found = {}
        for card in self.cards.values():
            about = ("customer_id", "clock", "origin", "destination", "tier", "period")
            found[tuple(card.get(name) for name in about)] = {
                "kinds": {kind: card[kind] for kind in ("met", "missed", "cancelled", "excused")},
                "perfect": (card.get("perfect_orders", 0), card.get("imperfect_orders", 0)),
                "incidents": (card.get("incidents", 0), card.get("watched", 0)),
                "vetoes": card.get("vetoes", 0),
                "late": sum(bucket["count"] for bucket in card.get("lateness", ())),
                "longest": card.get("lateness", [{"upto_ms": 0}])[-1]["upto_ms"],
                "spent": (card.get("spent_count", 0), card.get("spent_mean_ms")),
            }
        return found


def agree(told: dict[tuple[Any, ...], Body], counted: dict[tuple[Any, ...], Body]) -> None:
    counted = {about: card for about, card in counted.items() if card != NOTHING}
    assert told.keys() == counted.keys()
    for about, card in told.items():
        longest, bound = counted[about].pop("longest"), card.pop("longest")
        assert bound is None or longest <= bound
        assert card == counted[about], about


@given(histories(), st.randoms(use_true_random=False), st.lists(st.tuples(st.integers(1, 5), st.sampled_from("ck-"))))
def test_in_any_order_with_repetitions_and_crashes_the_cards_are_the_sum_of_the_last_revisions(
    past: list[list[Body]], chance: Any, steps: list[tuple[int, str]]
) -> None:
    records = records_of(past)
    records += chance.sample(records, chance.randrange(len(records) + 1))
    chance.shuffle(records)
    keeper = Keeper(records)
    for most, then in steps:
        keeper.work(most)
        if then == "c":
            keeper.commit()
        elif then == "k":
            keeper.crash()
    while not keeper.done:
        keeper.work(3)
    keeper.commit()
    agree(keeper.told(), cards_by_brute_force(past))
