"""Counts of a Cargo 2000 file, taken from its text by arithmetic of its own: it shares nothing with the product."""

import csv
import random
from pathlib import Path
from typing import NamedTuple

LEGS = ("i1", "i2", "i3", "o")


class Counts(NamedTuple):
    shipments: int
    late_end_to_end: int
    legs: int
    late_legs: int
    milestones: int
    overrun_milestones: int


def count(path: Path) -> Counts:
    shipments = late = legs = late_legs = milestones = overrun = 0
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            shipments += 1
            actual: dict[str, int] = {}
            planned: dict[str, int] = {}
            for leg in LEGS:
                hops = int(row[f"{leg}_hops"])
                if hops == 0:
                    continue
                columns = [f"{leg}_rcs", f"{leg}_dlv"]
                columns += [f"{leg}_{kind}_{hop + 1}" for kind in ("dep", "rcf") for hop in range(hops)]
                pairs = [(int(row[f"{name}_p"]), int(row[f"{name}_e"])) for name in columns]
                milestones += len(pairs)
                overrun += sum(took > allowed for allowed, took in pairs)
                planned[leg] = sum(allowed for allowed, _ in pairs)
                actual[leg] = sum(took for _, took in pairs)
                legs += 1
                late_legs += actual[leg] > planned[leg]
            late += _through(actual) > _through(planned)
    return Counts(shipments, late, legs, late_legs, milestones, overrun)


def _through(minutes: dict[str, int]) -> int:
    return max(value for leg, value in minutes.items() if leg != "o") + minutes["o"]


def perturb(source: Path, target: Path, *, rows: int, seed: int) -> None:
    """Write a sample of the rows with other minutes: some equal to the plan, some zero, some a minute off."""
    rng = random.Random(seed)
    with source.open(newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        sample = rng.sample(list(reader), rows)
    for row in sample:
        for column in columns:
            if not column.endswith("_e") or int(row[f"{column.split('_')[0]}_hops"]) == 0:
                continue
            plan = int(row[f"{column.removesuffix('_e')}_p"])
            took = int(row[column])
            row[column] = str(rng.choice((took, plan, plan + 1, max(0, plan - 1), 0, took // 2, rng.randrange(5000))))
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(sample)
