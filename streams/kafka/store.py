# ruff: noqa: ARG002, FBT001, FBT002 - the signatures are Faust's
"""Faust store `shipclock://`: state lives in the partition tasks, which restore themselves.

A real Faust table makes the assignor keep partition n of the changelog and of every source topic on one worker, and
that is all that Faust's table machinery is used for.
"""

from collections.abc import Callable, Iterable
from typing import Any

from faust.stores import base
from faust.types import TP, EventT

ALREADY_RESTORED = 2**62
"""Above every offset: Faust's own recovery, record by record through Python objects, then has nothing to do."""


class Store(base.Store[bytes, bytes]):
    """Registered in `pyproject.toml`; chosen by the table's `store` URL."""

    def __post_init__(self) -> None:
        """Called by Faust at the end of construction."""
        self.data: dict[bytes, bytes] = {}

    def persisted_offset(self, tp: TP) -> int | None:
        """Return an offset above all: nothing for Faust to restore."""
        return ALREADY_RESTORED

    async def need_active_standby_for(self, tp: TP) -> bool:
        """Return False: there are no standbys."""
        return False

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Callable[[Any], bytes],
        to_value: Callable[[Any], bytes],
    ) -> None:
        """Refuse: it cannot happen."""
        raise RuntimeError("Faust has read the changelog, which only partition tasks may")

    def reset_state(self) -> None:
        """Do nothing: there are no local files."""

    async def backup_partition(self, tp: TP | int, flush: bool = True, purge: bool = False, keep: int = 1) -> None:
        """Do nothing: the changelog is the backup."""

    def restore_backup(self, tp: TP | int, latest: bool = True, backup_id: int = 0) -> None:
        """Do nothing: the changelog is the backup."""
