"""Groups of columns that are alike: the legs of a journey, with what was planned and what happened."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from schemas.records import Facility, ParcelScan, Plan, PlannedLeg, PlannedMilestone
from streams.mapping.cells import Cell
from streams.mapping.conditions import Condition, condition
from streams.mapping.document import LegsDocument, MilestoneDocument, Text, ValueDocument, When
from streams.mapping.events import facility_reader
from streams.mapping.local_times import later
from streams.mapping.problems import Problem
from streams.mapping.times import Moments, lasting
from streams.mapping.values import Values

_LEG = "{leg}"


class _Stone(NamedTuple):
    code: str
    holds: Condition | None
    planned: Callable[[Any], timedelta | None]
    took: Callable[[Any], timedelta | None]
    facility: Callable[[Any], Facility | None]


class _Leg(NamedTuple):
    name: str
    holds: Condition | None
    after: tuple[str, ...]
    stones: tuple[_Stone, ...]
    carrier: Cell


class Legs:
    """All legs that rows of a file may have."""

    def __init__(self, documents: Sequence[LegsDocument], values: Values) -> None:
        """Raises `Problem`."""
        self._legs = [leg for n, document in enumerate(documents) for leg in _legs(document, values, f"$.legs[{n}]")]
        names = [leg.name for leg in self._legs]
        for number, document in enumerate(documents):
            for name in document.after:
                if name not in names:
                    raise Problem(f"$.legs[{number}].after", f"there is no leg {name!r}; there are {', '.join(names)}")

    def read(self, row: Any, shipment_id: str, moments: Moments) -> tuple[Plan | None, list[ParcelScan]]:
        """The plan of a row's legs, and the scans of what happened on them.  Raises `Unreadable`.

        A leg starts with the row, or when the last of those it comes after has ended.
        """
        planned: list[PlannedLeg] = []
        scans: list[ParcelScan] = []
        ends: dict[str, datetime | None] = {}
        for leg in self._legs:
            if leg.holds is not None and not leg.holds(row):
                continue
            after = tuple(name for name in leg.after if name in ends)
            at = _latest([ends[name] for name in after]) if after else moments.start
            stones: list[PlannedMilestone] = []
            for number, stone in enumerate(_there(leg, row), 1):
                facility = stone.facility(row)
                stones.append(
                    PlannedMilestone(
                        code=stone.code, facility=None if facility is None else facility.id, within=stone.planned(row)
                    )
                )
                took = stone.took(row)
                at = None if at is None or took is None else later(at, took)
                if at is None:
                    continue
                scans.append(
                    ParcelScan(
                        scan_id=f"{shipment_id}-{leg.name}-{number}",
                        shipment_id=shipment_id,
                        leg=leg.name,
                        code=stone.code,
                        occurred_at=at,
                        facility=facility,
                        carrier=leg.carrier(row),
                    )
                )
            ends[leg.name] = at
            if stones:
                planned.append(PlannedLeg(leg=leg.name, milestones=tuple(stones), after=after))
        return (Plan(legs=tuple(planned)) if planned else None), scans


def _latest(ends: Sequence[datetime | None]) -> datetime | None:
    """The last of all; None when one of them is not known."""
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _there(leg: _Leg, row: Any) -> Iterator[_Stone]:
    return (stone for stone in leg.stones if stone.holds is None or stone.holds(row))


def _legs(document: LegsDocument, values: Values, path: str) -> Iterator[_Leg]:
    for name in document.names:
        stones = [
            _stone(stone, name, document.unit, values, f"{path}.milestones[{number}]")
            for number, stone in enumerate(document.milestones)
        ]
        yield _Leg(
            name,
            condition(_named(document.when, name), values, f"{path}.when"),
            tuple(document.after),
            tuple(stones),
            values.optional(_filled(document.carrier, name), f"{path}.carrier"),
        )


def _stone(document: MilestoneDocument, leg: str, unit: str, values: Values, path: str) -> _Stone:
    took = document.took.replace(_LEG, leg)
    planned = None if document.planned is None else document.planned.replace(_LEG, leg)
    return _Stone(
        document.code,
        condition(_named(document.when, leg), values, f"{path}.when"),
        lasting(values.optional(planned, f"{path}.planned"), unit, planned or ""),
        lasting(values.text(took, f"{path}.took"), unit, took),
        facility_reader(_filled(document.facility, leg), values, f"{path}.facility"),
    )


def _named(when: When, leg: str) -> When:
    return {name.replace(_LEG, leg): wanted for name, wanted in when.items()}


def _filled(text: Text | None, leg: str) -> Text | None:
    return text if text is None or isinstance(text, ValueDocument) else text.replace(_LEG, leg)
