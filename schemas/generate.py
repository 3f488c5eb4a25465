"""Write the generated part of the contract: `python -m schemas.generate [--check]`.

With `--check` nothing is written; the exit code is 1 when a file is missing, differs or is left over.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from schemas.asyncapi import asyncapi_document
from schemas.catalogue import load_catalogue
from schemas.json_schema import topic_schema
from streams.sla.policy.schema import policy_schema

ROOT = Path(__file__).parent


def generated_files() -> dict[str, str]:
    """Return every generated file: path relative to the folder `schemas`, to its text."""
    specs = load_catalogue().values()
    files = {f"json/{spec.schema_file}": _text(topic_schema(spec)) for spec in specs if spec.value}
    files["json/policy.schema.json"] = _text(policy_schema())
    files["asyncapi.json"] = _text(asyncapi_document(specs))
    return files


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def differences(root: Path = ROOT) -> list[str]:
    """Return one line for every file below `root` that is not as it would be generated."""
    expected = generated_files()
    found = {f"json/{path.name}" for path in (root / "json").glob("*.json")}
    lines = [f"{path}: nothing generates it" for path in sorted(found - expected.keys())]
    for name, text in expected.items():
        path = root / name
        if not path.exists():
            lines.append(f"{name}: missing")
        elif path.read_text(encoding="utf-8") != text:
            lines.append(f"{name}: differs from what the records say")
    return lines


def write(root: Path = ROOT) -> None:
    """Write all generated files below `root` and delete what is left over from earlier."""
    expected = generated_files()
    (root / "json").mkdir(exist_ok=True)
    for path in (root / "json").glob("*.json"):
        if f"json/{path.name}" not in expected:
            path.unlink()
    for name, text in expected.items():
        (root / name).write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m schemas.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    if not parser.parse_args().check:
        write()
        return 0
    lines = differences()
    for line in lines:
        sys.stderr.write(f"schemas/{line}; run python -m schemas.generate\n")
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main())
