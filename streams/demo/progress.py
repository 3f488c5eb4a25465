"""Shows how far a run has come: a calm block that is redrawn, or a line now and then where nothing can be redrawn."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from streams.demo.report import Standing
from streams.feed.records import instant

_LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""
_BAR_WIDTH = 40


class ProgressView:
    """What people watch while the demo runs."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._begun = time.monotonic()
        self._last_line = self._begun
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def say(self, sentence: str) -> None:
        """Add a line that stays, above what is redrawn."""
        self._console.print(Text.assemble(("• ", "cyan"), sentence), soft_wrap=True)

    def show(self, standing: Standing, *, reached: int, share: float | None = None) -> None:
        """Show the present state; `reached` is the feed's time in UTC milliseconds, `share` how much has been fed."""
        if self._live:
            self._live.update(self._block(standing, reached, share), refresh=True)
        elif time.monotonic() - self._last_line >= _LINE_EVERY:
            self._last_line = time.monotonic()
            self._console.print(self._line(standing, reached, share), soft_wrap=True)

    def _block(self, standing: Standing, reached: int, share: float | None) -> Group:
        cells = (
            ("open", standing.open, "bold"),
            ("at risk", standing.at_risk, "bold yellow"),
            ("overdue", standing.overdue, "bold red"),
            ("on time", standing.on_time, "bold green"),
            ("late", standing.late, "bold red"),
        )
        counts = Table.grid(padding=(0, 3))
        counts.add_row(*(Text(f"{count:,}", style=style, justify="right") for _, count, style in cells))
        counts.add_row(*(Text(name, style="dim", justify="right") for name, _, _ in cells))
        head = Text.assemble((self._title, "bold"), "   ", (self._when(reached), "dim"))
        parts: list[Text | Table] = [Text(), head]
        if share is not None:
            bar = Table.grid()
            bar.add_row(ProgressBar(total=1.0, completed=share, width=_BAR_WIDTH))
            parts.append(bar)
        return Group(*parts, counts, Text())

    def _line(self, standing: Standing, reached: int, share: float | None) -> Text:
        fed = "" if share is None else f"{share:4.0%} fed, "
        return Text(
            f"  {fed}{self._when(reached)}: {standing.open:,} open, {standing.at_risk:,} at risk, "
            f"{standing.overdue:,} overdue, {standing.on_time:,} on time, {standing.late:,} late"
        )

    def _when(self, reached: int) -> str:
        seconds = time.monotonic() - self._begun
        day = f"{instant(reached):%Y-%m-%d %H:%M} UTC" if reached else "not begun"
        return f"{day} · {seconds:.0f} s"
