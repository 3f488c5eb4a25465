"""The state of one shipment: everything that is kept of it between two scans."""

from mypy_extensions import i64, mypyc_attr

from streams.sla.decision import TakenBack
from streams.sla.identity import Halves
from streams.sla.instances import Instances
from streams.sla.instants import NEVER
from streams.sla.registration import Registration, pack_registration, unpack_registration
from streams.sla.scan import KnownScan
from streams.sla.scans import Scans


@mypyc_attr(acyclic=True, free_list_len=1)
class Shipment:
    """One life of one shipment.  Its registration and its scans stay packed until somebody looks at them."""

    __slots__ = (
        "_packed",
        "_registration",
        "evidence",
        "filed",
        "has_voids",
        "instances",
        "life",
        "life_at",
        "life_hash",
        "phase",
        "sequence",
        "taken_back",
    )

    def __init__(self, life: int, phase: int, sequence: int = 0, life_at: int = NEVER) -> None:
        self.life = life
        """Timestamp of the record that began it."""
        self.phase = phase
        self.sequence = sequence
        self.life_at = life_at
        """When the life itself changes next: an orphan or an open life expires, a closed one shrinks or ends."""
        self.life_hash: Halves = (0, 0)
        """What its ids are made of (`streams.sla.identity`), where it is kept: with a plan, of which much is said."""
        self.filed: i64 = NEVER
        """The deadline that it had when it was taken from where it is kept: under this or an earlier one it is filed.
        `NEVER` for one that is new.  Whoever keeps it files it anew only when its deadline has moved before this."""
        self.evidence = Scans(life)
        self.has_voids = False
        """Whether any scan takes another one back."""
        self.instances = Instances()
        self.taken_back: list[TakenBack] = []
        self._registration: Registration | None = None
        self._packed = b""
        """The registration; empty where there is none."""

    def taken_back_of(self, clock: int, key: str | None) -> TakenBack | None:
        """The last outcome of an instance of a clock, where it took a verdict back."""
        for taken in self.taken_back:
            if taken.clock == clock and taken.key == key:
                return taken
        return None

    @property
    def scans(self) -> list[KnownScan]:
        """Its scans, in order."""
        return self.evidence.listed

    @property
    def registration(self) -> Registration | None:
        """What was registered; None for an orphan."""
        known = self._registration
        if known is None and self._packed:
            known = self._registration = unpack_registration(self._packed, self.life)
        return known

    @registration.setter
    def registration(self, registration: Registration | None) -> None:
        self._registration = registration
        self._packed = b"" if registration is None else pack_registration(registration, self.life)

    @property
    def registered(self) -> Registration:
        """What was registered, where it is known that something was."""
        registration = self.registration
        if registration is None:
            raise ValueError("an orphan has no registration")
        return registration

    @property
    def packed_registration(self) -> bytes:
        """What was registered, as bytes; empty for an orphan."""
        return self._packed

    @packed_registration.setter
    def packed_registration(self, packed: bytes) -> None:
        self._registration = None
        self._packed = packed
