"""Logs: one event per fact, JSON or for the eye, the libraries' included."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import MutableMapping
from time import monotonic
from typing import Any, Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer

QUIET_S = 30.0
"""What a library says is not repeated sooner."""

# Faust's services log under the names of the modules of their subclasses.
FAUST_SERVICES = ("streams.app", "streams.kafka")

LIBRARY_LEVELS = {
    **dict.fromkeys(FAUST_SERVICES, logging.WARNING),
    "faust": logging.WARNING,
    "mode": logging.WARNING,
    "aiokafka": logging.WARNING,
    "asyncio": logging.WARNING,
}

_plain_dicts = ExceptionDictTransformer(show_locals=False)  # passwords are among the local variables


class RateLimit(logging.Filter):
    """Lets each warning of a library, and each error of aiokafka, through once in `QUIET_S`, whatever its arguments.

    aiokafka warns each time Kafka answers "busy" after a commit, which is normal and happens several times a second.
    While a broker is away it calls every attempt to reach it an error, a hundred times a second; errors that matter are
    raised, and told by whoever caught them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to let it through."""
        if not record.name.startswith(tuple(LIBRARY_LEVELS)):
            return True
        if record.levelno >= logging.ERROR and not record.name.startswith("aiokafka"):
            return True
        what, now = (record.name, str(record.msg)), monotonic()
        if now - self._last.get(what, -QUIET_S) < QUIET_S:
            return False
        self._last[what] = now
        return True


def configure_logging(form: Literal["json", "console"], level: str) -> None:
    """Send everything to standard error in one form.

    `level` is for Shipclock's own events; libraries speak from warnings on.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    rendering: list[Any] = (
        [structlog.processors.ExceptionRenderer(_plain_dicts), structlog.processors.JSONRenderer()]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=_coloured(), exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_say_message, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    handler.addFilter(RateLimit())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in LIBRARY_LEVELS.items():
        logging.getLogger(name).setLevel(least)
    threading.excepthook = _say_why_a_thread_ended


def _coloured() -> bool:
    """Whether somebody looks, at a terminal that has colours, and has not asked for none (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _say_why_a_thread_ended(ended: threading.ExceptHookArgs) -> None:
    """Log it as one event.  To be cancelled while it stops is how the consumer's thread ends when no broker answers."""
    error = ended.exc_value
    if error is not None and not isinstance(error, asyncio.CancelledError):
        name = None if ended.thread is None else ended.thread.name
        structlog.get_logger(__name__).error("a thread has failed", thread=name, exc_info=error)


def _say_message(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep a library's message on one line."""
    event["event"] = " ".join(str(event["event"]).split())
    return event
