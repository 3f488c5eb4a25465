"""Durations: the schema allows what is read, and nothing else."""

import re
from itertools import product

import msgspec

from schemas.records import PlannedMilestone

PARTS = ("P", "-P", "1D", "1.5D", "T", "1H", "1.5H", "1M", "1.5M", "1S", "0.25S", "1W", ".")


def _is_read(text: str) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode({"code": "x", "within": text}), type=PlannedMilestone)
    except msgspec.ValidationError:
        return False
    return True


def test_the_schema_allows_what_is_read() -> None:
    within = msgspec.json.schema(PlannedMilestone)["$defs"]["PlannedMilestone"]["properties"]["within"]
    (pattern,) = [re.compile(one["pattern"]) for one in within["anyOf"] if "pattern" in one]
    texts = {"".join(parts) for count in range(5) for parts in product(PARTS, repeat=count)}
    read = {text for text in texts if _is_read(text)}
    assert {text for text in texts if pattern.search(text)} == read
    assert {"P1DT1H", "PT1H1M", "-PT0.25S"} <= read
    assert "P1W" not in read
