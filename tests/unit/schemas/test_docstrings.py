from schemas.docstrings import field_docstrings
from schemas.records import ParcelScan, SlaOutcome


def test_a_field_has_the_string_below_it() -> None:
    assert field_docstrings(ParcelScan)["voids"] == "The `scan_id` that this record takes back."


def test_a_field_without_one_has_that_of_its_type_alias() -> None:
    assert "RFC 3339" in field_docstrings(ParcelScan)["occurred_at"]
    assert "RFC 3339" in field_docstrings(ParcelScan)["recorded_at"]


def test_inherited_fields_are_described_too() -> None:
    assert field_docstrings(SlaOutcome)["decided_at"] == "Partition time of the decision."


def test_a_field_that_nobody_describes_is_left_out() -> None:
    assert "facility" not in field_docstrings(ParcelScan)
