"""When everything that was fed has been judged."""

import time

from streams.demo.conditions import DeadlineMissed, holds, holds_within
from streams.demo.offsets import GroupOffsets
from streams.demo.transactions import OpenTransactions

_STALLED_AFTER = 90.0
"""Seconds without a commit after which waiting ends."""
_MARKED_WITHIN = 30.0


async def judged(offsets: GroupOffsets, transactions: OpenTransactions, partitions: int) -> None:
    """Wait until every record of the sources, the last tick included, is judged.

    A record is handled only after all deadlines before its time have fired, and its offset is committed in the
    transaction of all that followed from it.  So once the last tick's offset is committed, every decision is.  Each log
    learns of that by a marker of its own, a moment later perhaps: a decision can be read when no transaction is open.

    Raises:
        DeadlineMissed: nothing was committed for a long time.
    """
    seen = -1
    since = time.monotonic()

    async def nothing_unread() -> bool:
        nonlocal seen, since
        total = await offsets.total()
        if total != seen:
            seen, since = total, time.monotonic()
        elif time.monotonic() - since > _STALLED_AFTER:
            unread = await offsets.unread()
            raise DeadlineMissed(
                f"The workers committed nothing for {_STALLED_AFTER:.0f} s; {unread} records are unread."
            )
        return await offsets.unread() == 0

    async def nothing_open() -> bool:
        return await transactions.records(range(partitions)) == 0

    await holds(nothing_unread)
    await holds_within(_MARKED_WITHIN, "the last transactions end in every log", nothing_open)
