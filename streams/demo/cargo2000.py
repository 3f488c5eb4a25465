"""Reads Cargo 2000 rows: what was planned and what happened, in minutes.  Pure; source: `data/ATTRIBUTION.md`."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from streams.errors import ShipclockError

INBOUND = ("i1", "i2", "i3")
OUTBOUND = "o"
MAX_HOPS = 3
_LONGEST = 3650 * 24 * 60 - 1
"""Minutes of a whole journey: after ten years the demo's page (`air-freight.yaml`) expects nothing more of it."""
_ABSENT = ("", "?")
"""How an unused cell may look, beside 0."""

Kind = Literal["rcs", "dep", "rcf", "dlv"]


class CargoFileError(ShipclockError):
    """A file is not of the Cargo 2000 form; the message names its line and column."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One milestone of a leg."""

    kind: Kind
    planned: int
    """Minutes since the previous milestone of the leg, as planned."""
    actual: int
    """Minutes since the previous milestone of the leg, as it happened."""
    place: str | None = None
    """Where, for departures and arrivals."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg with its milestones in order."""

    name: str
    number: str
    """The file's own number of the leg."""
    steps: tuple[Step, ...]

    @property
    def planned(self) -> int:
        """Minutes from the leg's start to its end, as planned."""
        return sum(step.planned for step in self.steps)

    @property
    def actual(self) -> int:
        """Minutes from the leg's start to its end, as it happened."""
        return sum(step.actual for step in self.steps)


@dataclass(frozen=True, slots=True)
class Transport:
    """One row: the inbound legs that are consolidated at a hub, and the leg that goes on from there."""

    inbound: tuple[Leg, ...]
    outbound: Leg

    @property
    def planned(self) -> int:
        """Minutes from the order to the delivery, as planned."""
        return max(leg.planned for leg in self.inbound) + self.outbound.planned

    @property
    def actual(self) -> int:
        """Minutes from the order to the delivery, as it happened."""
        return max(leg.actual for leg in self.inbound) + self.outbound.actual


def read_transports(lines: Iterable[str], name: str) -> list[Transport]:
    """Read all rows of a file called `name`.

    Raises:
        CargoFileError: a column is missing, or a cell does not hold what it must.
    """
    rows = csv.DictReader(lines)
    wanted = list(_columns())
    missing = [column for column in wanted if column not in (rows.fieldnames or ())]
    if missing:
        raise CargoFileError(f"{name}, line 1: column {missing[0]} is missing ({len(missing)} in all).")
    transports = [_Row(_whole_row(row, where), where).transport() for row, where in _located(rows, name)]
    if not transports:
        raise CargoFileError(f"{name}, line 2: there is no transport in this file.")
    return transports


def _located(rows: "csv.DictReader[str]", name: str) -> Iterator[tuple[dict[str, str | None], str]]:
    for row in rows:
        yield dict(row), f"{name}, line {rows.line_num}"


def _whole_row(row: dict[str, str | None], where: str) -> dict[str, str | None]:
    there = sum(cell is not None for cell in row.values())
    if there < len(row):
        raise CargoFileError(f"{where}: the row has {there} of {len(row)} columns.")
    return row


def _columns() -> Iterator[str]:
    for leg in (*INBOUND, OUTBOUND):
        yield f"{leg}_hops"
        for step in ("rcs", "dlv", *(f"{k}_{h}" for h in range(1, MAX_HOPS + 1) for k in ("dep", "rcf"))):
            yield f"{leg}_{step}_p"
            yield f"{leg}_{step}_e"


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, str | None]
    where: str

    def transport(self) -> Transport:
        inbound = tuple(leg for leg in map(self._leg, INBOUND) if leg is not None)
        if not inbound:
            raise CargoFileError(f"{self.where}, column i1_hops: a transport needs an inbound leg.")
        outbound = self._leg(OUTBOUND)
        if outbound is None:
            raise CargoFileError(f"{self.where}, column o_hops: a transport needs its outbound leg.")
        transport = Transport(inbound, outbound)
        for minutes, what in ((transport.planned, "was planned to take"), (transport.actual, "took")):
            if minutes > _LONGEST:
                raise CargoFileError(
                    f"{self.where}: the transport {what} {minutes:,} minutes, not {_LONGEST:,} at most."
                )
        return transport

    def _leg(self, name: str) -> Leg | None:
        hops = 0 if self._text(f"{name}_hops") in _ABSENT else self._whole(f"{name}_hops")
        if hops == 0:
            return None
        if hops > MAX_HOPS:
            raise CargoFileError(f"{self.where}, column {name}_hops: {hops} hops; at most {MAX_HOPS} are known.")
        steps = [self._step(name, "rcs", "rcs")]
        for hop in range(1, hops + 1):
            steps += (self._step(name, "dep", f"dep_{hop}"), self._step(name, "rcf", f"rcf_{hop}"))
        steps.append(self._step(name, "dlv", "dlv"))
        return Leg(name, self._text(f"{name}_legid") or name, tuple(steps))

    def _step(self, leg: str, kind: Kind, column: str) -> Step:
        place = self._text(f"{leg}_{column}_place") if kind in {"dep", "rcf"} else ""
        return Step(
            kind=kind,
            planned=self._whole(f"{leg}_{column}_p"),
            actual=self._whole(f"{leg}_{column}_e"),
            place=None if place in _ABSENT else place,
        )

    def _text(self, column: str) -> str:
        return (self.cells.get(column) or "").strip()

    def _whole(self, column: str) -> int:
        text = self._text(column)
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LONGEST)) and int(text) <= _LONGEST):
            shown = repr(text) if text else "nothing"
            raise CargoFileError(
                f"{self.where}, column {column}: a whole number from 0 to {_LONGEST:,} is needed, found {shown}."
            )
        return int(text)
