"""Reading a Cargo 2000 file."""

import pytest

from streams.demo.cargo2000 import CargoFileError, Transport, read_transports
from streams.demo.dataset import BUNDLED, load


def lines(row: int, **cells: str) -> list[str]:
    """The header and the first rows of the bundled file, with cells of one line replaced (line 2 is the first)."""
    text = BUNDLED.read_text().splitlines()[:5]
    header = text[0].split(",")
    changed = text[row - 1].split(",")
    for name, value in cells.items():
        changed[header.index(name)] = value
    text[row - 1] = ",".join(changed)
    return text


def read(row: int, **cells: str) -> list[Transport]:
    return read_transports(lines(row, **cells), "some.csv")


def test_the_bundled_file_holds_every_transport() -> None:
    assert len(load(BUNDLED)) == 3942


def test_a_leg_without_hops_does_not_exist() -> None:
    (first, *_) = read(2, i2_hops="0")
    assert [leg.name for leg in first.inbound] == ["i1"]


@pytest.mark.parametrize("nothing", ["", "?"])
def test_an_unused_cell_may_be_empty(nothing: str) -> None:
    (first, *_) = read(2, i3_hops=nothing, i3_rcs_p=nothing)
    assert [leg.name for leg in first.inbound] == ["i1", "i2"]


def test_a_duration_of_zero_is_a_duration() -> None:
    (first, *_) = read(2, i1_rcs_p="0", i1_rcs_e="0")
    assert first.inbound[0].steps[0].planned == first.inbound[0].steps[0].actual == 0


@pytest.mark.parametrize("cell", ["", "?", "-3", "soon", "1.5", "123456789", "5256000", "٣"])
def test_a_leg_with_a_bad_duration_is_reported_with_line_and_column(cell: str) -> None:
    with pytest.raises(
        CargoFileError, match=r"some\.csv, line 3, column i1_dep_1_e: a whole number from 0 to 5,255,999"
    ):
        read(3, i1_dep_1_e=cell)


@pytest.mark.parametrize(("column", "said"), [("i1_rcs_p", "was planned to take"), ("i1_rcs_e", "took")])
def test_a_transport_of_more_than_ten_years_is_reported(column: str, said: str) -> None:
    with pytest.raises(CargoFileError, match=rf"some\.csv, line 3: the transport {said} 5,2\d\d,\d{{3}} minutes"):
        read(3, **{column: "5255999"})


def test_a_row_that_is_cut_off_says_how_much_is_there() -> None:
    text = lines(2)
    text[2] = ",".join(text[2].split(",")[:10])
    columns = len(text[0].split(","))
    with pytest.raises(CargoFileError, match=rf"some\.csv, line 3: the row has 10 of {columns} columns"):
        read_transports(text, "some.csv")


def test_too_many_hops_are_reported() -> None:
    with pytest.raises(CargoFileError, match=r"line 4, column o_hops: 4 hops"):
        read(4, o_hops="4")


def test_a_transport_without_its_outbound_leg_is_reported() -> None:
    with pytest.raises(CargoFileError, match=r"line 2, column o_hops: .* outbound"):
        read(2, o_hops="0")


def test_a_transport_without_inbound_legs_is_reported() -> None:
    with pytest.raises(CargoFileError, match=r"line 2, column i1_hops: .* inbound"):
        read(2, i1_hops="0", i2_hops="0", i3_hops="0")


def test_a_missing_column_is_reported() -> None:
    with pytest.raises(CargoFileError, match=r"some\.csv, line 1: column i1_hops is missing"):
        read_transports(["a,b", "1,2"], "some.csv")


def test_a_file_without_rows_is_reported() -> None:
    with pytest.raises(CargoFileError, match=r"line 2: there is no transport"):
        read_transports(lines(2)[:1], "some.csv")
