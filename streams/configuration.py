"""Settings from the environment and from one file; the environment wins."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from streams.errors import SettingsError
from streams.settings import Settings, variable

FILE_VARIABLE = "SHIPCLOCK_CONFIG"
"""Names the settings file, `*.toml`, `*.yaml` or `*.yml`."""


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
            values[item.name] = _convert(raw, types[item.name], source, secret=not item.repr)
    return Settings(**values)


def _convert(raw: Any, wanted: Any, source: str, *, secret: bool) -> Any:
    try:
        return msgspec.convert(raw, wanted, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        shown = "its value" if secret else repr(raw)
        raise SettingsError(f"{source} is {shown}: {error}") from None


def _decode(wanted: type[Any], raw: Any) -> Any:
    if issubclass(wanted, Path) and isinstance(raw, str | Path):
        return Path(raw)
    raise NotImplementedError(wanted)


def _from_file(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        document: Any = tomllib.loads(text) if file.suffix == ".toml" else YAML(typ="safe", pure=True).load(text)
    except OSError as error:
        raise SettingsError(f"{FILE_VARIABLE} is {str(file)!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise SettingsError(f"{file}: write one `setting: value` per line")
    unknown = sorted(str(key) for key in document.keys() - {item.name for item in fields(Settings)})
    if unknown:
        raise SettingsError(f"{file}: there is no setting {', '.join(unknown)}")
    return document
