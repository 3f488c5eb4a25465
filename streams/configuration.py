"""Settings from the environment and from one file; the environment wins."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, get_type_hints

from streams.conversion import converted
from streams.errors import PolicyError, SettingsError
from streams.pages import compose
from streams.settings import Settings, variable

FILE_VARIABLE = "SHIPCLOCK_CONFIG"
"""Names the settings file, `*.toml`, `*.yaml` or `*.yml`."""

NO_SETTINGS: Final = frozenset(
    {
        FILE_VARIABLE,
        *("SHIPCLOCK_CACHE", "SHIPCLOCK_KAFKA_LOCK"),  # of the embedded Kafka
        "SHIPCLOCK_FAULTS",  # of the demo's workers
        *("SHIPCLOCK_COMPILE", "SHIPCLOCK_DATA", "SHIPCLOCK_HYPOTHESIS"),  # of the build, the oracles and the tests
    }
)
"""Variables of ours that are no settings of a worker."""


def load_settings(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Read, convert and check all settings.

    `overrides` are settings by name that win over everything, for options of the command line; None leaves one alone.
    Raises `SettingsError`, which names the variable or the key of the file, and the remedy.
    """
    named_file = environment.get(FILE_VARIABLE)
    given = _from_file(Path(named_file)) if named_file else {}
    types = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for item in fields(Settings):
        raw, source = given.get(item.name), f"{item.name} in {named_file}"
        text = environment.get(variable(item.name))
        if text is not None:
            raw, source = text, variable(item.name)
        if overrides.get(item.name) is not None:
            raw, source = overrides[item.name], f"--{item.name.replace('_', '-')}"
        if raw is not None:
            values[item.name] = converted(raw, types[item.name], source)
    return Settings(**values)


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that are named like settings and are none: slips of the pen, or service links of Kubernetes."""
    known = NO_SETTINGS | {variable(item.name) for item in fields(Settings)}
    return sorted(name for name in environment if name.startswith(variable("")) and name not in known)


def _from_file(file: Path) -> dict[str, Any]:
    """What a file gives by setting.  Raises `SettingsError`, which names the place and quotes no value."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{FILE_VARIABLE} is {str(file)!r}: {error.strerror}; name a file *.toml, *.yaml or *.yml"
        raise SettingsError(message) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: byte {error.start} is no UTF-8; write the file in UTF-8") from None
    document = _from_toml(text, file) if file.suffix == ".toml" else _from_yaml(text, file)
    if not isinstance(document, dict):
        raise SettingsError(f"{file}: write one `setting: value` per line")
    unknown = sorted(document.keys() - {item.name for item in fields(Settings)})
    if unknown:
        raise SettingsError(f"{file}: there is no setting {', '.join(unknown)}; {_meant(unknown)}")
    return document


def _meant(unknown: list[str]) -> str:
    """What may have been meant by names that no setting has."""
    known = [item.name for item in fields(Settings)]
    near = [one for name in unknown for one in get_close_matches(name, known, n=1)]
    return f"did you mean {', '.join(near)}?" if near else "docs/settings.md has those there are"


def _from_toml(text: str, file: Path) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: this is not TOML: {error}") from None


def _from_yaml(text: str, file: Path) -> Any:
    try:
        page = compose(text, str(file), quoting=False)
    except PolicyError as error:
        raise SettingsError(str(error)) from None
    return {} if page is None else page.plain()
