"""What a new version of the schemas breaks: `python -m schemas.compatibility OLD_FOLDER NEW_FOLDER`.

What others write must stay readable for us: the new schema may refuse nothing that the old one allowed.  What
Shipclock writes must stay readable for old subscribers: the new schema may allow nothing that they do not expect, but
for new fields, which everybody ignores.  In neither may a field go away.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.catalogue import Direction, load_catalogue
from schemas.narrowing import Refusal, Schema, Side, refusals

_FOR_WRITERS = {
    "absent": "{path}: required now, was optional or unknown",
    "type": "{path}: {sent} is not accepted any more, only {expected}",
    "value": "{path}: the value {sent} is not accepted any more",
    "bound": "{path}: was {sent}, is narrowed to {expected}",
    "format": "{path}: was {sent}, must be {expected} now",
}
_FOR_SUBSCRIBERS = {
    "absent": "{path}: may be missing now, was always there",
    "type": "{path}: may be {sent} now, was {expected}",
    "value": "{path}: may have the value {sent} now, which subscribers do not know",
    "bound": "{path}: was {expected}, is widened to {sent}",
    "format": "{path}: was {expected}, is {sent} now",
}


def breaking_changes(old: Schema, new: Schema, direction: Direction) -> list[str]:
    """Return one line for every change that breaks somebody, each beginning with the path of the field.

    `direction` says who writes the records: `input` others, anything else Shipclock.
    """
    removed = sorted(field_paths(old) - field_paths(new))
    lines = [f"{path}: removed" for path in removed if path.rpartition(".")[0] not in removed]
    if direction == "input":
        lines += _worded(refusals(old, new), _FOR_WRITERS)
    else:
        found = [refusal for refusal in refusals(new, old) if refusal.path not in removed]
        lines += _worded(found, _FOR_SUBSCRIBERS)
    return lines


def _worded(found: list[Refusal], words: dict[str, str]) -> list[str]:
    return sorted({words[refusal.kind].format(**refusal._asdict()) for refusal in found})


def field_paths(schema: Schema) -> set[str]:
    """Return the path of every field, nested ones included: `$.plan.legs[].leg`."""
    return set(_walk(Side(schema, schema), "$", ()))


def _walk(side: Side, path: str, above: tuple[int, ...]) -> Iterator[str]:
    for variant in side.at(side.here).variants():
        if id(variant.here) in above:  # a record that contains itself
            continue
        inside = (*above, id(variant.here))
        for name, node in variant.here.get("properties", {}).items():
            yield f"{path}.{name}"
            yield from _walk(variant.at(node), f"{path}.{name}", inside)
        if "items" in variant.here:
            yield from _walk(variant.at(variant.here["items"]), f"{path}[]", inside)


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def compare_folders(old: Path, new: Path) -> list[str]:
    """Compare every schema of the catalogue that is in the `old` folder with the `new` one of the same name."""
    lines = []
    for spec in load_catalogue().values():
        before, after = old / spec.schema_file, new / spec.schema_file
        if before.exists() and not after.exists():
            lines.append(f"{spec.schema_file}: removed")
        elif before.exists():
            changes = breaking_changes(_load(before), _load(after), spec.direction)
            lines += [f"{spec.schema_file}: {change}" for change in changes]
    return lines


def main() -> int:
    """Run the command line; return 1 when something breaks."""
    parser = argparse.ArgumentParser(prog="python -m schemas.compatibility", description=__doc__)
    parser.add_argument("old", type=Path, help="folder with the released schemas")
    parser.add_argument("new", type=Path, help="folder with the schemas to release")
    arguments = parser.parse_args()
    lines = compare_folders(arguments.old, arguments.new)
    for line in lines:
        sys.stderr.write(f"{line}\n")
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main())
