"""What the source says about the fields of a record: the string under each attribute.

Python throws these strings away, so they are read from the source again.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise


def field_docstrings(record: type) -> dict[str, str]:
    """Return field name to description, inherited fields included, for the fields that have one.

    A field without a description of its own takes that of its type alias (`Revision`, `Moment`, ...).
    """
    described: dict[str, str] = {}
    for base in reversed(record.__mro__):
        if base.__module__.startswith("schemas."):
            described |= _own_docstrings(base)
    return described


def _own_docstrings(record: type) -> dict[str, str]:
    module = _module(record.__module__)
    (definition,) = (node for node in module.body if isinstance(node, ast.ClassDef) and node.name == record.__name__)
    aliases = {
        target.id: text
        for statement, text in _documented(module.body)
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    described = {
        statement.target.id: aliases[alias]
        for statement in definition.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        if (alias := _alias(statement.annotation)) in aliases
    }
    described |= {
        statement.target.id: text
        for statement, text in _documented(definition.body)
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    return described


@cache
def _module(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[name]))


def _documented(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    for statement, following in pairwise(body):
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            text = following.value.value
            if isinstance(text, str):
                yield statement, " ".join(text.split())


def _alias(annotation: ast.expr) -> str:
    """`Moment` of `Moment` and of `Moment | None`; nothing of anything else."""
    if isinstance(annotation, ast.BinOp):
        annotation = annotation.left
    return annotation.id if isinstance(annotation, ast.Name) else ""
