"""What is wrong with a mapping page, or with the file it is held against."""

from difflib import get_close_matches


class Problem(Exception):
    """Something at a path of the page does not make sense."""

    def __init__(self, path: str, what: str) -> None:
        """`path` as in `streams.pages.Value.places`; `what` ends with the remedy."""
        super().__init__(what)
        self.path = path
        self.what = what


def hint(name: str, known: list[str]) -> str:
    """What may have been meant."""
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known[:12])}"
