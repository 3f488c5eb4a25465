"""One database of time zones for all workers, whatever their machines have."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from streams.sla.calendars.zones import zone_of
from streams.sla.instants import DAY_MS, end_of_local_day
from streams.sla.zone_names import zone_info, zone_names

OF_THE_MACHINE = ("localtime", "posixrules", "right/UTC", "posix/UTC", "Factory")
NO_NAMES = ("", "/etc/localtime", "../UTC", "asia/shanghai", "Mars", "Europe")
PROGRAM = """
from zoneinfo import ZoneInfo
ZoneInfo("Asia/Shanghai")
from streams.sla.calendars.zones import zone_of
print(zone_of("Asia/Shanghai").offset(0))
"""


@pytest.mark.parametrize("name", [*OF_THE_MACHINE, *NO_NAMES])
def test_a_name_that_the_database_does_not_have_is_no_zone(name: str) -> None:
    for read in (zone_of, zone_info, lambda zone: end_of_local_day(738_000, zone)):
        with pytest.raises(ZoneInfoNotFoundError):
            read(name)


def test_every_name_of_the_database_is_a_zone() -> None:
    assert len(zone_names()) > 500
    for name in zone_names():
        assert zone_info(name).key == name


def test_files_of_the_machine_do_not_count(tmp_path: Path) -> None:
    false = tmp_path / "Asia" / "Shanghai"
    false.parent.mkdir()
    false.write_bytes(files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert int(told.stdout) == DAY_MS // 3


def test_zones_that_others_ask_for_are_the_same() -> None:
    assert ZoneInfo("Asia/Shanghai") is zone_info("Asia/Shanghai")
