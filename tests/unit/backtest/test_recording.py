"""A recorded history, line by line."""

from pathlib import Path

import msgspec

from streams.backtest.recording import NO_RECORD, read_recording

LINE = {"topic": "parcel-scans", "key": "S1", "value": "{}", "timestamp": 5}


def recording(folder: Path, *lines: bytes, mark: bytes = b"") -> Path:
    file = folder / "history.jsonl"
    file.write_bytes(mark + b"\n".join(lines))
    return file


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    line = msgspec.json.encode(LINE)
    found = read_recording(recording(tmp_path, line, line, mark=b"\xef\xbb\xbf"))
    assert len(found) == 2
    assert found.odd.totals() == {}


def test_a_line_that_is_no_record_is_counted(tmp_path: Path) -> None:
    line = msgspec.json.encode(LINE)
    found = read_recording(recording(tmp_path, line, b"{", line))
    assert len(found) == 2
    assert found.odd.totals() == {NO_RECORD: 1}
