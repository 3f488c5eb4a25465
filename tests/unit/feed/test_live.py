"""What `shipclock feed` sends must lie where the workers expect it."""

from typing import Any

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.feed.live import placing
from streams.partition.partitioners import PARTITIONERS, crc32, murmur2

KEYS = [b"", b"SF1", b"SF1029384757", "é".encode()]


@pytest.mark.parametrize("name", PARTITIONERS)
def test_keys_go_where_the_partitioner_says(name: str) -> None:
    place = placing(PARTITIONERS[name])
    for key in KEYS:
        # A partition without a leader stays the partition of its keys.
        assert place(key, range(12), [3]) == PARTITIONERS[name](key, 12)


def test_records_without_a_key_go_to_a_partition_with_a_leader() -> None:
    assert placing(murmur2)(None, range(12), [3]) == 3
    assert placing(murmur2)(None, range(1), []) == 0


def test_the_partitioner_is_that_of_the_settings_and_the_end_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[Any] = []

    async def send_live(_connection: Any, _topic: Any, _records: Any, on_sent: Any, partitioner: Any) -> None:
        used.append(partitioner)
        on_sent(1234)

    monkeypatch.setattr("streams.cli.feed.send_live", send_live)
    result = CliRunner(env={"SHIPCLOCK_PARTITIONER": "crc32"}).invoke(main, ["feed", "--seconds", "1"])
    assert result.exit_code == 0
    assert used == [crc32]
    assert result.stderr == "sent 1,234 records\n"
