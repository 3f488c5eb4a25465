"""What of a page does not fit into its document, in words that name the remedy."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import inspect

_TOLD: Final = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`(?P<path>[^`]+)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]|(\[\.\.\.\])")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.+)`")
_MISSING: Final = re.compile(r"Object missing required field `(.+)`")
_CHOICE: Final = re.compile(r"Invalid enum value (.+)", re.DOTALL)
_TYPE: Final = re.compile(r"Expected `(.+)`, got `(.+)`")
_LENGTH: Final = re.compile(r"Expected `(str|array)` of length (>=|<=|==) (\d+)")
_BOUND: Final = re.compile(r"Expected `(?:int|float)` (>=|<=) (.+)")
_FORM: Final = re.compile(r"Expected `str` matching regex (.+)", re.DOTALL)
_WORDS: Final = {
    "str": "a text",
    "object": "a mapping",
    "array": "a list",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}
FORMS: Final = {
    r"^[a-z0-9][a-z0-9.-]{0,62}$": (
        "a name has lower-case letters, digits, dots and hyphens, begins with a letter or digit, "
        "and is 63 characters long at most: same-city-delivery"
    ),
    r"^\d{1,2}(\.\d+)?%$|^100%$": "a share is between 0% and 100%: 98.5%",
}
"""How texts of a pattern are written."""
_DURATIONS: Final = frozenset(
    (
        *("within", "allow", "add", "before", "grace", "shift", "uploads", "late_over", "working"),
        *("silent_after", "catch_up", "settle", "retention", "orphan_retention", "expire"),
    )
)
"""Fields whose text is a duration."""


def misfit(error: msgspec.ValidationError, content: Any, type_: Any) -> tuple[str, str]:
    """The path of what does not fit into a type, and what is wrong with it."""
    matched = _TOLD.match(str(error))
    path, what = ((matched["path"] or "$"), matched["what"]) if matched else ("$", str(error))
    path, part, types = _walk(path, content, [inspect.type_info(type_)])
    if unknown := _UNKNOWN.match(what):
        fields = [one.encode_name for kind in types if isinstance(kind, inspect.StructType) for one in kind.fields]
        return f"{path}.{unknown[1]}", f"no such field: '{unknown[1]}'; {_nearest(unknown[1], fields)}"
    return path, _told(what, path, part, types)


def _told(what: str, path: str, part: Any, types: list[inspect.Type]) -> str:
    if missing := _MISSING.match(what):
        return f"the field '{missing[1]}' is missing: add it"
    choices = [str(one) for kind in types if isinstance(kind, inspect.LiteralType) for one in kind.values]
    if _CHOICE.match(what) or (choices and _TYPE.match(what)):
        return f"no such choice: {_shown(part)}; {_nearest(str(part), choices)}"
    if _FORM.match(what):
        patterns = (kind.pattern for kind in types if isinstance(kind, inspect.StrType))
        return f"{part!r} has another form; {next((FORMS[one] for one in patterns if one in FORMS), what)}"
    if kinds := _TYPE.match(what):
        return _wanted(kinds[1].split(" | "), kinds[2], path, part)
    return _limit(what)


def _limit(what: str) -> str:
    """What is wrong with the size of a number, a text or a list."""
    if bound := _BOUND.match(what):
        return f"give {bound[2]} {'or more' if bound[1] == '>=' else 'or less'}"
    if length := _LENGTH.match(what):
        limit = {">=": "at least", "<=": "at most", "==": "exactly"}[length[2]]
        return (
            f"give {limit} {length[3]} {'character' if length[1] == 'str' else 'line'}{'' if length[3] == '1' else 's'}"
        )
    return what


def _wanted(kinds: list[str], got: str, path: str, part: Any) -> str:
    """What is wanted instead of a value of another type."""
    others = [_WORDS.get(kind, kind) for kind in kinds if kind not in {"null", "str"}]
    if "str" not in kinds:
        return f"give {_either(others)}, not {_WORDS.get(got, got)}"
    if path.rpartition(".")[2] in _DURATIONS:
        return f"{_shown(part)} is no duration: give {_either(['one such as PT24H', *others])}"
    if got == "int":
        return f'{part} is a number, and {_either(["a text", *others])} is wanted: quote it: "{part}"'
    if got in {"float", "bool"}:
        return f"{_shown(part)} is no text, and {_either(['a text', *others])} is wanted: quote it"
    return f"give {_either(['a text', *others])}, not {_WORDS.get(got, got)}"


def _shown(part: Any) -> str:
    if isinstance(part, dict | list):
        return "a mapping" if isinstance(part, dict) else "a list"
    return repr(part) if isinstance(part, str) else msgspec.json.encode(part).decode()


def _either(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"there are {', '.join(names)}" if names else "take it out"


def _walk(path: str, content: Any, types: list[inspect.Type]) -> tuple[str, Any, list[inspect.Type]]:
    """The path with the names of its mappings, what stands there, and the types that are allowed there."""
    told = "$"
    for name, number, key in _STEP.findall(path.removeprefix("$")):
        types = list(_alternatives(types))
        step: Any = int(number) if number else name
        if key:
            step = _first_misfit(content, types)
        inner: list[inspect.Type] = []
        for kind in types:
            if isinstance(kind, inspect.StructType):
                inner.extend(one.type for one in kind.fields if one.encode_name == step)
            elif isinstance(kind, inspect.DictType):
                inner.append(kind.value_type)
            elif isinstance(kind, inspect.ListType):
                inner.append(kind.item_type)
        told += f"[{step}]" if number else f".{step}"
        types, content = inner, _within(content, step)
    return told, content, list(_alternatives(types))


def _alternatives(types: list[inspect.Type]) -> Iterable[inspect.Type]:
    for kind in types:
        if isinstance(kind, inspect.UnionType):
            yield from _alternatives(list(kind.types))
        elif isinstance(kind, inspect.Metadata):
            yield from _alternatives([kind.type])
        else:
            yield kind


def _within(content: Any, step: Any) -> Any:
    try:
        return content[step]
    except (KeyError, IndexError, TypeError):
        return None


def _first_misfit(content: Any, types: list[inspect.Type]) -> Any:
    """The first name of a mapping whose value is not of its type: errors of msgspec leave it out."""
    values = next((kind.value_type for kind in types if isinstance(kind, inspect.DictType)), None)
    for name, value in content.items() if isinstance(content, dict) else ():
        if isinstance(values, inspect.StructType):
            try:
                msgspec.convert(value, values.cls)
            except msgspec.ValidationError:
                return name
        elif isinstance(values, inspect.StrType) and not isinstance(value, str):
            return name
    return "..."
