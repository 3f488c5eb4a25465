"""JSON Schema of policies, for editors: `# yaml-language-server: $schema=policy.schema.json`."""

from typing import Any, Final

import msgspec

from streams.sla.policy.document import PolicyDocument

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """The schema of a page of promises as somebody writes it, which may extend another.

    Such a page may leave out what the other one has, and take things away with `null`; what must be there in the end is
    for `shipclock policy check` to say.
    """
    (_,), parts = msgspec.json.schema_components((PolicyDocument,), ref_template="#/$defs/{name}")
    for part in parts.values():
        part["description"] = " ".join(part["description"].split())
        part.pop("required", None)
        part["properties"] = {name: _or_null(value) for name, value in part["properties"].items()}
    parts["ClockDocument"]["required"] = ["name"]
    parts["ClockDocument"]["properties"]["remove"] = {"const": True, "description": "Takes an inherited clock away."}
    page = parts.pop("PolicyDocument")
    page["properties"]["extends"] = {
        "type": "string",
        "description": "A page that this one changes: a file beside it, or the name of one that comes with Shipclock.",
    }
    return {"$schema": DIALECT, "title": "Shipclock policy", **page, "$defs": parts}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
