"""What the engine counts on real data, against plain arithmetic on the rows."""

import csv
import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from bench.oracles import Figures, figures
from streams.backtest.table import read_table
from streams.mapping import load_mapping

TWO_DAYS = timedelta(days=2)


@cache
def counted() -> Figures:
    return figures(Path(os.environ["SHIPCLOCK_DATA"]), Console(quiet=True))


def rows() -> list[dict[str, str]]:
    with (Path(os.environ["SHIPCLOCK_DATA"]) / "olist_orders.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_olist_is_as_an_independent_script_has_counted_it() -> None:
    found = counted()
    assert (found.olist_late_instant, found.olist_late_date) == (1_587, 1_334)
    assert (found.olist_still_owed, found.olist_excused) == (330, 239)


def test_cargo_2000_is_as_an_independent_script_has_counted_it() -> None:
    found = counted()
    assert (found.cargo_late_end_to_end, found.cargo_late_legs, found.cargo_overrun_milestones) == (
        1_048,
        2_647,
        20_258,
    )


def test_a_promise_two_days_tighter_misses_as_many_more_as_the_dates_of_the_file_say() -> None:
    more = 0
    for row in rows():
        if row["order_delivered_customer_date"]:
            promised, delivered = (
                local(row[f"order_{name}_date"]) for name in ("estimated_delivery", "delivered_customer")
            )
            more += promised - TWO_DAYS < delivered <= promised
    assert counted().olist_what_if_two_days_tighter == more > 0


def local(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=ZoneInfo("America/Sao_Paulo"))


def test_what_is_odd_about_the_orders_is_told() -> None:
    found = read_table(Path(os.environ["SHIPCLOCK_DATA"]) / "olist_orders.csv", load_mapping("olist"))
    assert len(found) == 19_999 + 19_430 + 239
    odd = {sentence.partition(" ")[0]: count for sentence, count in found.oddities.items()}
    assert odd == {
        "no-approval-time": 36,
        "delivered-before-approval": 9,
        "cancelled-yet-delivered": 2,
        "delivered-without-a-time": 1,
        "repeated-hour": 2,
    }
