"""Reading a policy: YAML with line numbers, what it extends, then types, then sense.

Every error names its place and the remedy.
"""

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from streams.errors import PolicyError
from streams.pages import Value, convert, located, parse_page, read_page
from streams.sla.policy.compiled import Policy
from streams.sla.policy.compiling import compile_policy
from streams.sla.policy.document import PolicyDocument
from streams.sla.policy.inheritance import Library, inherited
from streams.sla.policy.naming import POLICIES
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
    return compiled(inherited(parse_page(text, source), Library(POLICIES, Path()).find))


def policy_page(path: Path) -> Value:
    """The page of a YAML file with everything that it extends.  Raises `PolicyError`."""
    return inherited(read_page(path, POLICIES.name), Library(POLICIES, path.parent, path).find)


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
