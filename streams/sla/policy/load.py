"""Reading a policy: YAML with line numbers, what it extends, then types, then sense.

Every error names its place and the remedy.
"""

import hashlib
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import msgspec

from streams.errors import PolicyError
from streams.pages import Value, convert, located, parse_page, read_page
from streams.sla.policy.compiled import Policy
from streams.sla.policy.compiling import compile_policy
from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.inheritance import inherited
from streams.sla.policy.problems import Problem

_UNFORESEEN: Final = (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""What compiling can raise for a page whose mistake it does not look for."""


def load_policy(path: Path) -> Policy:
    """The compiled policy of a YAML file.

    Raises `PolicyError` naming file, line, column and field path.
    """
    return compiled(policy_page(path))


def parse_policy(text: str, *, source: str = "policy") -> Policy:
    """The compiled policy of a YAML text.  Raises `PolicyError`, as `load_policy`."""
    return compiled(inherited(parse_page(text, source), _Library(Path()).find))


def policy_page(path: Path) -> Value:
    """The page of a YAML file with everything that it extends.  Raises `PolicyError`."""
    return inherited(read_page(path, "policy"), _Library(path.parent, path).find)


def restored(document: bytes) -> Policy:
    """The compiled policy of what `Policy.document` gave, here or elsewhere.

    Raises `PolicyError` naming the field path.  Nothing else, whatever is in it: a page that one worker cannot compile
    comes again after every restart.
    """
    try:
        page = msgspec.json.decode(document, type=PolicyDocument)
        return compile_policy(page, digest_of(page))
    except (msgspec.MsgspecError, Problem) as error:
        raise PolicyError(f"the policy cannot be read: {error}") from error
    except _UNFORESEEN as error:
        message = f"the policy cannot be read, {type(error).__name__}: {error}; check it with `shipclock policy check`"
        raise PolicyError(message) from error


def document_of(page: Value) -> PolicyDocument:
    """The document of a page.  Raises `PolicyError`."""
    return convert(page, PolicyDocument)


def digest_of(document: PolicyDocument) -> str:
    """16 hexadecimal digits of the content of a policy, whatever pages it was put together from."""
    return hashlib.blake2b(msgspec.json.encode(document, order="sorted"), digest_size=8).hexdigest()


def compiled(page: Value) -> Policy:
    """The policy of a page.  Raises `PolicyError`."""
    document = document_of(page)
    try:
        return compile_policy(document, digest_of(document))
    except Problem as problem:
        raise located(page, problem.path, problem.what) from problem


class _Library:
    """Where pages that are extended are found: beside the page that names them, or among those of Shipclock."""

    def __init__(self, folder: Path, page: Path | None = None) -> None:
        self._folder = folder
        self._seen = [] if page is None else [page.resolve()]

    def find(self, name: str, named: Value) -> Value:
        """The page of a name.  Raises `PolicyError`."""
        file_name = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
        beside = self._folder / file_name
        if beside.is_file():
            return self._read(beside, named)
        with as_file(files("streams") / "policies") as shipped:
            if (shipped / file_name).is_file():
                return self._read(shipped / file_name, named)
            known = ", ".join(sorted(page.stem for page in shipped.glob("*.yaml")))
        message = f"{named.place}: $.extends: no {file_name} in {self._folder.resolve()}; with Shipclock come {known}"
        raise PolicyError(message)

    def _read(self, file: Path, named: Value) -> Value:
        if file.resolve() in self._seen:
            message = f"{named.place}: $.extends: {file.name} extends itself by way of this page: break the circle"
            raise PolicyError(message)
        self._seen.append(file.resolve())
        self._folder = file.parent
        return read_page(file, "policy")
