"""Whom a condition means: every attribute, every comparison, and what is wrong with one."""

from typing import Any

import pytest

from streams.sla.details import RegistrationDetails, ScanDetails
from streams.sla.policy.conditions import Condition
from streams.sla.policy.problems import Problem
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

REGISTRATION = Registration(
    customer_id="c1",
    registered_at=0,
    tier="A",
    product="next-day",
    origin="SZX",
    destination="PEK",
    remote=True,
    pieces=3,
    more=RegistrationDetails(
        weight_kg=12.5, temperature="frozen", declared_value="900.50", insured=True, labels=(("vip", "yes"),)
    ),
)
SCAN = KnownScan(
    "s1",
    "complaint.opened",
    0,
    facility="F1",
    more=ScanDetails(facility_kind="hub", facility_region="SZX", case="k1", severity="major"),
)


@pytest.mark.parametrize(
    ("attribute", "holds", "fails"),
    [
        ("lane", "inter-city", "same-city"),
        ("tier", ["A", "B"], ["B", "C"]),
        ("product", {"not": "same-day"}, {"not": ["same-day", "next-day"]}),
        ("customer_id", "c1", "c2"),
        ("pieces", {"at_least": 3}, {"above": 3}),
        ("weight_kg", {"above": 12, "below": 13}, {"at_most": 12}),
        ("temperature", "frozen", "chilled"),
        ("declared_value", {"at_most": 1000}, {"below": 900.5}),
        ("insured", True, False),
        ("origin.region", "SZX", "PEK"),
        ("origin.remote", False, True),
        ("destination.region", "PEK", "SZX"),
        ("destination.remote", True, False),
        ("labels.vip", "yes", "no"),
        ("facility.id", "F1", "F2"),
        ("facility.kind", "hub", "branch"),
        ("facility.region", "SZX", "PEK"),
        ("case.kind", "complaint", "enquiry"),
        ("case.severity", "major", "minor"),
    ],
)
def test_an_attribute_is_what_is_wanted_or_not(attribute: str, holds: Any, fails: Any) -> None:
    assert Condition({attribute: holds}, "when").holds(REGISTRATION, SCAN)
    assert not Condition({attribute: fails}, "when").holds(REGISTRATION, SCAN)


def test_all_attributes_must_match() -> None:
    assert not Condition({"tier": "A", "lane": "same-city"}, "when").holds(REGISTRATION, SCAN)


def test_a_number_that_nobody_knows_is_neither_more_nor_less() -> None:
    bare = Registration(customer_id="c1", registered_at=0)
    assert not Condition({"weight_kg": {"at_least": 0}}, "when").holds(bare)
    assert not Condition({"weight_kg": {"below": 9}}, "when").holds(bare)


@pytest.mark.parametrize("kept", ["sNaN", "NaN", "Infinity", "-Infinity", "1e999999", "much"])
def test_an_amount_that_was_kept_and_makes_no_sense_raises_nothing(kept: str) -> None:
    odd = Registration(customer_id="c1", registered_at=0, more=RegistrationDetails(declared_value=kept))
    assert not Condition({"declared_value": {"at_most": 1000}}, "when").holds(odd)
    assert not Condition({"declared_value": [5, 6]}, "when").holds(odd)


def test_a_text_is_neither_more_nor_less_than_a_number() -> None:
    assert not Condition({"tier": {"at_least": 0}}, "when").holds(REGISTRATION)
    assert not Condition({"labels.vip": {"below": 9}}, "when").holds(REGISTRATION)


@pytest.mark.parametrize(
    ("when", "path", "hint"),
    [
        ({"teir": "A"}, "when.teir", "did you mean 'tier'?"),
        ({"lane": "same-town"}, "when.lane", "lane is never 'same-town'; "),
        (
            {"destination.remote": "True"},
            "when.destination.remote",
            "write true or false, without quotes",
        ),
        ({"pieces": {"at_leest": 2}}, "when.pieces.at_leest", "there are not, "),
        ({"pieces": {"at_least": "many"}}, "when.pieces.at_least", "is no number"),
        ({"pieces": {"below": 10**400}}, "when.pieces.below", "out of reach"),
        ({"weight_kg": [1, float("inf")]}, "when.weight_kg[1]", "out of reach"),
        ({"pieces": {}}, "when.pieces", "it compares with nothing"),
        ({"temperature": ["chilled", ["x"]]}, "when.temperature[1]", "is no single value; give a text"),
        ({"temperature": {"not": [{"a": 1}]}}, "when.temperature.not[0]", "is no single value; give a text"),
        ({"temperature": {"not": {"a": 1}}}, "when.temperature.not", "is no single value; give a text"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_a_hint(when: dict[str, Any], path: str, hint: str) -> None:
    with pytest.raises(Problem) as caught:
        Condition(when, "when")
    assert caught.value.path == path
    assert hint in caught.value.what


def test_what_a_condition_looks_at_is_asked_for() -> None:
    assert Condition(
        {"tier": "A", "weight_kg": {"above": 1}, "labels.vip": "yes", "facility.kind": "hub"}, "w"
    ).needs == {
        "weight_kg",
        "labels.vip",
        "facility",
    }


def test_a_condition_reads_as_a_sentence() -> None:
    when = {"lane": "same-city", "tier": ["A", "B"], "pieces": {"at_least": 2}, "insured": {"not": True}}
    expected = "lane is same-city and tier is A or B and pieces is at least 2 and insured is not true"
    assert str(Condition(when, "when")) == expected
