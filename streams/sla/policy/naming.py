"""Which page a name on the command line means."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from streams.errors import PolicyError
from streams.sla.policy.inheritance import Kind

POLICIES: Final = Kind("policy", "policies")


def page_file(name: str) -> Path:
    """The file of a policy that is named by its path, or as one that comes with Shipclock.

    Raises `PolicyError` that tells what comes with it.
    """
    path = Path(name)
    if path.is_file():
        return path
    folder = Path(str(files("streams"))) / POLICIES.shipped
    shipped = folder / f"{name}.yaml"
    if shipped.is_file():
        return shipped
    known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
    message = f"there is no policy {name}; give a YAML file, or one that comes with Shipclock: {known}"
    raise PolicyError(message)
