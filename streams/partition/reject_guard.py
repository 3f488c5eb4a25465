"""When so many records are bad that going on would do harm: a feed has changed its format, not a parcel its mind."""

from streams.errors import RejectStorm


class RejectGuard:
    """Parks a partition whose share of rejected records exceeds a limit, over windows of records read."""

    def __init__(self, window: int, limit: float) -> None:
        """`window` in records, `limit` as a share from 0 to 1; 1 never parks."""
        self._window = window
        self._limit = limit
        self._read = 0
        self._rejected = 0
        self._forgiving = False

    def rejected(self) -> None:
        """A record was rejected."""
        self._rejected += 1

    def read(self, count: int) -> None:
        """`count` records were read, the rejected ones among them.  Raises `RejectStorm`."""
        self._read += count
        if self._rejected > self._limit * max(self._window, self._read) and not self._forgiving:
            share = self._rejected / self._read
            raise RejectStorm(
                f"{self._rejected} of the last {self._read} records were rejected ({share:.0%}, limit"
                f" {self._limit:.0%}); look at scan-rejects and the feed, then run: shipclock partitions resume"
            )
        if self._read >= self._window:
            self._forgiving = self._forgiving and self._rejected > self._limit * self._read
            self._read = self._rejected = 0

    def forget(self) -> None:
        """What was counted is void: it is read again, or was committed before a storm that may be over."""
        self._read = self._rejected = 0

    def forgive(self) -> None:
        """An operator has resumed the partition: let the storm pass, park again only after it has ended."""
        self._forgiving = True
        self.forget()
