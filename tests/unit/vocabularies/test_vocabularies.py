"""Every value that the sources have, and what we take it for."""

from pathlib import Path

import pytest

from streams.errors import PolicyError
from streams.sla.codes import NUMBERS
from streams.vocabularies import load_vocabulary, shipped
from tests.unit.mapping.reading import read, told

PAGE = """
mapping: theirs
id: no
events:
  - {{at: time, code: {{column: first, beside: second, vocabulary: {name}}}}}
"""


def code(tmp_path: Path, name: str, first: str, second: str = "") -> str | None:
    """What a mapping makes of a value, or of two."""
    rows = read(tmp_path, PAGE.format(name=name), f"no,time,first,second\n1,2026-11-01,{first},{second}\n")
    assert told(rows) == []
    return rows[0].scans[0].code if rows[0].scans else None


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("0", "departed"),
        ("1", "picked_up"),
        ("2", None),
        ("3", "delivered"),
        ("4", "returned"),
        ("5", "out_for_delivery"),
        ("6", "return_started"),
        ("7", "forwarded"),
        ("8", "inspected"),
        ("10", "inspected"),
        ("11", "inspected"),
        ("12", "customs_released"),
        ("13", "customs_held"),
        ("14", "refused"),
    ],
)
def test_kuaidi100_states(tmp_path: Path, state: str, expected: str | None) -> None:
    assert code(tmp_path, "kuaidi100", state) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("Pending", None),
        ("InfoReceived", "label_created"),
        ("InTransit", "departed"),
        ("OutForDelivery", "out_for_delivery"),
        ("AttemptFail", "delivery_attempted"),
        ("Delivered", "delivered"),
        ("AvailableForPickup", "available_for_pickup"),
        ("Exception", None),
        ("Expired", None),
    ],
)
def test_aftership_tags(tmp_path: Path, tag: str, expected: str | None) -> None:
    assert code(tmp_path, "aftership", tag) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("EMA", "accepted"),
        ("EMB", "arrived"),
        ("EMC", "departed"),
        ("EMD", "arrived"),
        ("EMF", "departed"),
        ("EMG", "arrived_at_branch"),
        ("EMH", "delivery_attempted"),
        ("EMI", "delivered"),
        ("EMJ", "arrived"),
        ("EMK", "departed"),
    ],
)
def test_emsevt_events(tmp_path: Path, event: str, expected: str) -> None:
    assert code(tmp_path, "upu-emsevt", event) == expected


def test_customs_pauses_an_item_only_with_a_retention_code(tmp_path: Path) -> None:
    assert code(tmp_path, "upu-emsevt", "EME") == "inspected"
    assert code(tmp_path, "upu-emsevt", "EME", "30") == "customs_held"


@pytest.mark.parametrize(
    ("step", "disposition", "expected"),
    [
        ("accepting", "", "accepted"),
        ("arriving", "in_progress", "arrived"),
        ("departing", "in_transit", "departed"),
        ("inspecting", "", "inspected"),
        ("picking", "", None),
        ("shipping", "", "dispatched"),
        ("shipping", "in_transit", "departed"),
        ("receiving", "in_progress", "arrived"),
        ("storing", "", "stored"),
        ("receiving", "damaged", "damaged"),
        ("shipping", "returned", "return_started"),
        ("receiving", "returned", "returned"),
        ("inspecting", "stolen", "lost"),
    ],
)
def test_epcis_steps_and_dispositions(tmp_path: Path, step: str, disposition: str, expected: str | None) -> None:
    assert code(tmp_path, "epcis-cbv", step, disposition) == expected


def test_epcis_names_may_be_written_as_uris(tmp_path: Path) -> None:
    first, second = "https://ref.gs1.org/cbv/BizStep-receiving", "urn:epcglobal:cbv:disp:returned"
    assert code(tmp_path, "epcis-cbv", first, second) == "returned"


@pytest.mark.parametrize("name", shipped())
def test_every_value_says_what_it_means(name: str) -> None:
    vocabulary = load_vocabulary(name)
    assert vocabulary.vocabulary == name
    assert all(term.means for term in vocabulary.values.values())
    assert {term.code for term in vocabulary.values.values()} <= {None, *NUMBERS}


def test_an_unknown_value_is_kept_and_told(tmp_path: Path) -> None:
    rows = read(tmp_path, PAGE.format(name="aftership"), "no,time,first,second\n1,2026-11-01,Teleported,\n")
    assert rows[0].scans[0].code == "Teleported"
    assert told(rows) == [(2, "unknown-code")]


def test_a_vocabulary_of_ones_own_may_only_name_our_codes(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "vocabulary: mine\nsource: us\nfield: state\nvalues:\n  OK: {code: deliverd}\n", encoding="utf-8"
    )
    with pytest.raises(PolicyError, match=r"mine\.yaml:5:\d+: \$\.values\.OK\.code: 'deliverd' is no code of ours"):
        load_vocabulary("mine", str(tmp_path))
