"""Reading a policy: YAML with line numbers, then types, then sense.  Every error names its place and the remedy."""

import hashlib
import re
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from streams.errors import PolicyError
from streams.sla.policy.compiled import Policy, compile_policy
from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.problems import Problem

Positions = dict[str, tuple[int, int]]
_TEXT_TAGS = ("tag:yaml.org,2002:timestamp",)
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)


def load_policy(path: Path) -> Policy:
    """The compiled policy of a YAML file.

    Raises `PolicyError` naming file, line, column and field path.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as a policy: {error}"
        raise PolicyError(message) from error
    return parse_policy(text, source=str(path))


def parse_policy(text: str, *, source: str = "policy") -> Policy:
    """The compiled policy of a YAML text.  Raises `PolicyError`, as `load_policy`."""
    positions: Positions = {}
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        content = _plain(root, "$", positions) if root is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        message = f"{place}: this is not YAML: {error.problem}"
        raise PolicyError(message) from error
    try:
        document = msgspec.convert(content, PolicyDocument)
        digest = hashlib.blake2b(msgspec.json.encode(document, order="sorted"), digest_size=8).hexdigest()
        return compile_policy(document, digest)
    except msgspec.ValidationError as error:
        matched = _PATH.match(str(error))
        path = (matched and matched["path"]) or "$"
        what = matched["what"] if matched else str(error)
        raise PolicyError(_located(source, positions, path, what)) from error
    except Problem as problem:
        raise PolicyError(_located(source, positions, problem.path, problem.what)) from problem


def _located(source: str, positions: Positions, path: str, what: str) -> str:
    known = path
    while known not in positions and known != "$":
        known = known.rpartition("[" if known.endswith("]") else ".")[0] or "$"
    line, column = positions.get(known, (1, 1))
    return f"{source}:{line}:{column}: {path}: {what}"


def _plain(node: Node, path: str, positions: Positions) -> Any:
    positions[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, MappingNode):
        content: dict[Any, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in content:
                raise MarkedYAMLError(problem=f"the key {name!r} is there twice", problem_mark=key.start_mark)
            content[name] = _plain(value, f"{path}.{name}", positions)
        return content
    if isinstance(node, SequenceNode):
        return [_plain(item, f"{path}[{place}]", positions) for place, item in enumerate(node.value)]
    if node.tag in _TEXT_TAGS:
        return node.value
    return YAML(typ="safe", pure=True).constructor.construct_object(node, deep=True)
