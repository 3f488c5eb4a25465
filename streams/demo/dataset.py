"""The file that the demo plays."""

from pathlib import Path

from streams.demo.cargo2000 import CargoFileError, Transport, read_transports

BUNDLED = Path(__file__).with_name("data") / "cargo2000.csv"
"""3,942 real air-freight transports; attribution beside it."""


def load(path: Path) -> list[Transport]:
    """Read all transports of a CSV file.

    Raises:
        CargoFileError: the file cannot be read or is not of the Cargo 2000 form.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return read_transports(lines, path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CargoFileError(f"{path} cannot be read: {error}") from error
