"""Instants are read from texts as the contract reads them, whatever the text."""

import re
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.records.inputs import Moment
from streams.intake.moments import UNCOMMON, common_instant, instant_of
from streams.intake.rejection import Rejected

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = re.compile(r"\.\d{6}")
MILLISECOND = timedelta(milliseconds=1)

offsets = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
EARLIEST, LATEST = (datetime.fromisoformat(day) for day in ("0002-01-01", "9998-12-31"))
moments = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC) | offsets)
written = st.builds(
    lambda moment, unit, zulu: moment.isoformat(timespec=unit).replace("+00:00", "Z" if zulu else "+00:00"),
    moments,
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
    st.booleans(),
)


def by_the_contract(text: str) -> int | None:
    try:
        return (msgspec.convert(text, Moment) - EPOCH) // MILLISECOND
    except msgspec.ValidationError:
        return None


def read(text: str) -> int | None:
    try:
        return instant_of(text, "$.occurred_at")
    except Rejected:
        return None


@given(written)
@example("1969-12-31T23:59:59.999Z")
@example("2024-02-29T00:00:00Z")
@example("2026-11-30T08:30:00.000-00:00")
def test_what_is_an_instant_is_read_as_the_contract_reads_it(text: str) -> None:
    assert read(text) == by_the_contract(text) is not None
    assert (common_instant(text) == UNCOMMON) == (MICROSECONDS.search(text) is not None)


others = st.sampled_from("0123456789.:-+TtZz /\0²日") | st.characters(codec="utf-8")


@given(written, st.integers(0, 35), others, st.integers(0, 1))
@example("2026-11-30T08:30:00Z", 10, " ", 1)
@example("2026-11-30T08:30:59Z", 17, "6", 1)
@example("2026-02-30T08:30:00Z", 0, "2", 1)
def test_what_is_nearly_an_instant_is_read_or_refused_as_by_the_contract(
    text: str, place: int, other: str, instead: int
) -> None:
    changed = text[:place] + other + text[place + instead :]
    assert read(changed) == by_the_contract(changed)


@given(st.text("0123456789:-+.TZ", max_size=32) | st.text(max_size=32))
@example("\0" * 10 + "T08:30:00Z")
@example("2026-W01-1T08:30:00Z")
@example("2026-11-31T08:30:00Z")
@example("2026-11-30T24:00:00Z")
@example("2026-11-30T08:60:00Z")
@example("2026-11-30T08:30:00+24:00")
@example("2026-11-30T08:30:00+08:60")
@example("2026-11-30T08:30:00")
@example("2026-11-30T08:30:00.")
@example("2026-11-30T08:30:00.12Z")
@example("2026-11-30T08:30:00.1 3Z")
@example("2026-11-30")
def test_what_is_none_is_refused_as_by_the_contract(text: str) -> None:
    assert read(text) == by_the_contract(text)


@pytest.mark.parametrize("form", ["2026-11-30T08:30:00Z", "2026-11-30T08:30:00.125Z", "2026-11-30T08:30:00-05:30"])
def test_whatever_stands_in_whatever_place_is_read_or_refused_as_by_the_contract(form: str) -> None:
    for place in range(len(form) + 1):
        for other in map(chr, range(128)):
            for changed in (form[:place] + other + form[place + 1 :], form[:place] + other + form[place:]):
                assert read(changed) == by_the_contract(changed), changed
    for changed in (form[:place] + form[place + 1 :] for place in range(len(form))):
        assert read(changed) == by_the_contract(changed), changed


def test_dates_that_share_a_place_are_told_apart() -> None:
    days = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(0, 36_500, 7)]
    for day in [*days, *reversed(days)]:
        assert common_instant(f"{day:%Y-%m-%d}T00:00:00Z") == (day - EPOCH) // MILLISECOND


@pytest.mark.parametrize("text", ["2026-11-30t08:30:00z", "2026-11-30 08:30:00Z", "2026-11-30T08:30:00.123456Z"])
def test_other_forms_that_the_contract_knows_are_read_too(text: str) -> None:
    assert common_instant(text) == UNCOMMON
    assert read(text) == by_the_contract(text) is not None


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(Rejected, match="RFC3339") as refused:
        instant_of("yesterday", "$.occurred_at")
    assert refused.value.path == "$.occurred_at"
