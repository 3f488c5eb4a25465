"""How this Shipclock was built."""

from functools import cache
from pathlib import Path

from streams.sla import judge


@cache
def is_native() -> bool:
    """Whether the hot path has been compiled to native modules (hatch_build.py), or runs as plain Python."""
    return Path(judge.__file__).suffix != ".py"
