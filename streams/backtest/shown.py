"""What others have written, as people are shown it: of bounded length, on one line."""

from typing import Final

MOST_OF_ID: Final = 80
MOST_OF_SENTENCE: Final = 300
"""Characters."""


def shown(text: str, most: int) -> str:
    """The text, cut off after so many characters; what moves a terminal's cursor is written as an escape."""
    kept = text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"
    return kept if kept.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in kept)
