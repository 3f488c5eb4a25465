"""What was registered, as state keeps it."""

from typing import Final

import msgspec
from librt.strings import BytesWriter, read_i32_be, read_i64_be, write_i32_be, write_i64_be
from mypy_extensions import i32, i64, mypyc_attr, u8

from streams.sla.details import BARE, RegistrationDetails
from streams.sla.packing import is_near, read_bytes, read_number, read_size, write_bytes, write_number, write_text
from streams.sla.plan import Plan, pack_plan, unpack_plan
from streams.sla.words import read_word

_NEAR: Final = 1
"""Instants are kept as the difference to the beginning of the life, in 32 bits."""
_TIER: Final = 2
_PRODUCT: Final = 4
_ORIGIN: Final = 8
_DESTINATION: Final = 16
_LABELS: Final = 30
KINDS_OF_LABELS: Final = 32
"""What `Registration.labels` says of which labels there are is less than this."""
_REMOTE: Final = 32
_PROMISED_AT: Final = 64
_RARE: Final = 128
"""There is a second byte of flags."""
_REVISION: Final = 1
_TIME_ZONE: Final = 2
_PIECES: Final = 4
_PROMISED_DAY: Final = 8
_PLAN: Final = 16
_MORE: Final = 32

_encode: Final = msgspec.msgpack.Encoder().encode
_details: Final = msgspec.msgpack.Decoder(RegistrationDetails)
NO_PLAN: Final = Plan()
"""Of a shipment for which none was registered."""


@mypyc_attr(acyclic=True, free_list_len=1)
class Registration:
    """What was registered, compactly: what promises depend on.  Instants in UTC milliseconds."""

    __slots__ = (
        "_destination",
        "_folded",
        "_kinds",
        "_labels",
        "_origin",
        "_product",
        "_tier",
        "customer_id",
        "more",
        "pieces",
        "plan",
        "promised_at",
        "promised_day",
        "registered_at",
        "remote",
        "revision",
        "time_zone",
    )

    def __init__(
        self,
        customer_id: str,
        registered_at: int,
        revision: int = 0,
        tier: str | None = None,
        product: str | None = None,
        origin: str | None = None,
        destination: str | None = None,
        time_zone: str | None = None,
        remote: bool = False,  # noqa: FBT001, FBT002 - a record
        pieces: int = 1,
        promised_at: int | None = None,
        promised_day: int | None = None,
        plan: Plan = NO_PLAN,
        more: RegistrationDetails | None = None,
    ) -> None:
        """`promised_day` is a proleptic ordinal; `more` is None where all of it would be as in `BARE`."""
        self.customer_id = customer_id
        self.registered_at = registered_at
        self.revision = revision
        self._tier = tier
        self._product = product
        self._origin = origin
        self._destination = destination
        self._kinds: i64 = -1
        """Which labels it has; -1 until somebody asks."""
        self._labels = b""
        """Those, packed."""
        self._folded = False
        """Whether nobody has looked yet at labels that came packed."""
        self.time_zone = time_zone
        self.remote = remote
        self.pieces = pieces
        self.promised_at = promised_at
        self.promised_day = promised_day
        self.plan = plan
        self.more = more

    @property
    def tier(self) -> str | None:
        """The service level that was bought."""
        if self._folded:
            self._unfold()
        return self._tier

    @property
    def product(self) -> str | None:
        """What was bought."""
        if self._folded:
            self._unfold()
        return self._product

    @property
    def origin(self) -> str | None:
        """The region that it comes from."""
        if self._folded:
            self._unfold()
        return self._origin

    @property
    def destination(self) -> str | None:
        """The region that it goes to."""
        if self._folded:
            self._unfold()
        return self._destination

    @property
    def labels(self) -> tuple[i64, bytes]:
        """Which of tier, product, origin and destination it has, and those as bytes: equal where all of them are."""
        if self._kinds < 0:
            self._kinds, self._labels = _pack_labels(self._tier, self._product, self._origin, self._destination)
        return self._kinds, self._labels

    def fold(self, kinds: i64, labels: bytes) -> None:
        """Let the labels be read when somebody looks."""
        self._kinds, self._labels = kinds, labels
        self._folded = kinds != 0

    def _unfold(self) -> None:
        kinds, labels, place = self._kinds, self._labels, i64(0)
        if kinds & _TIER:
            self._tier, place = read_word(labels, place)
        if kinds & _PRODUCT:
            self._product, place = read_word(labels, place)
        if kinds & _ORIGIN:
            self._origin, place = read_word(labels, place)
        if kinds & _DESTINATION:
            self._destination, place = read_word(labels, place)
        self._folded = False

    @property
    def details(self) -> RegistrationDetails:
        """What few registrations have."""
        return self.more or BARE

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Registration) and pack_registration(self, 0) == pack_registration(other, 0)

    __hash__ = None  # type: ignore[assignment]


def customer_of(registration: Registration | None) -> str | None:
    """Whose shipment it is; None where nothing, or nobody, was registered."""
    return None if registration is None else registration.customer_id


def pack_registration(registration: Registration, life: int) -> bytes:
    """A registration as bytes; `life` is when the life began, in UTC milliseconds."""
    to = BytesWriter()
    registered: i64 = registration.registered_at - life
    promised_at = registration.promised_at
    promised: i64 = 0 if promised_at is None else promised_at - life
    near = is_near(registered) and is_near(promised)
    rare = _rare(registration)
    kinds, labels = registration.labels
    flags: i64 = kinds | (_NEAR if near else 0) | (_RARE if rare else 0) | (_REMOTE if registration.remote else 0)
    if promised_at is not None:
        flags |= _PROMISED_AT
    to.append(u8(flags))
    if rare:
        to.append(u8(rare))
    write_text(to, registration.customer_id)
    write_number(to, registered, near)
    to.write(labels)
    if promised_at is not None:
        write_number(to, promised, near)
    if rare:
        _write_rare(to, registration, life)
    return to.getvalue()


def _pack_labels(
    tier: str | None, product: str | None, origin: str | None, destination: str | None
) -> tuple[i64, bytes]:
    to = BytesWriter()
    kinds: i64 = 0
    if tier is not None:
        kinds |= _TIER
        write_text(to, tier)
    if product is not None:
        kinds |= _PRODUCT
        write_text(to, product)
    if origin is not None:
        kinds |= _ORIGIN
        write_text(to, origin)
    if destination is not None:
        kinds |= _DESTINATION
        write_text(to, destination)
    return kinds, to.getvalue()


def _rare(registration: Registration) -> i64:
    flags: i64 = 0
    if registration.revision:
        flags |= _REVISION
    if registration.time_zone is not None:
        flags |= _TIME_ZONE
    if registration.pieces != 1:
        flags |= _PIECES
    if registration.promised_day is not None:
        flags |= _PROMISED_DAY
    if registration.plan:
        flags |= _PLAN
    if registration.more is not None:
        flags |= _MORE
    return flags


def _write_rare(to: BytesWriter, registration: Registration, life: int) -> None:
    if registration.revision:
        write_i64_be(to, registration.revision)
    if registration.time_zone is not None:
        write_text(to, registration.time_zone)
    if registration.pieces != 1:
        write_i64_be(to, registration.pieces)
    if registration.promised_day is not None:
        write_i32_be(to, i32(registration.promised_day))
    if registration.more is not None:
        write_bytes(to, _encode(registration.more))
    if registration.plan:
        pack_plan(to, registration.plan, life)


def unpack_registration(packed: bytes, life: int) -> Registration:
    """What `pack_registration` packed."""
    flags: i64 = packed[0]
    rare: i64 = 0
    place: i64 = 1
    if flags & _RARE:
        rare = packed[1]
        place = 2
    near = flags & _NEAR != 0
    width: i64 = 4 if near else 8
    customer_id, place = read_word(packed, place)
    registration = Registration(customer_id, life + read_number(packed, place, near))
    place += width
    begin = place
    kinds = flags & _LABELS
    label: i64 = _TIER
    while label <= _DESTINATION:
        if kinds & label:
            size, place = read_size(packed, place)
            place += size
        label += label
    if place > len(packed):
        raise ValueError("the labels of a registration break off")
    registration.fold(kinds, packed[begin:place])
    registration.remote = flags & _REMOTE != 0
    if flags & _PROMISED_AT:
        registration.promised_at = life + read_number(packed, place, near)
        place += width
    if rare:
        _read_rare(packed, place, rare, registration, life)
    return registration


def _read_rare(packed: bytes, place: i64, rare: i64, registration: Registration, life: int) -> None:
    if rare & _REVISION:
        registration.revision = read_i64_be(packed, place)
        place += 8
    if rare & _TIME_ZONE:
        registration.time_zone, place = read_word(packed, place)
    if rare & _PIECES:
        registration.pieces = read_i64_be(packed, place)
        place += 8
    if rare & _PROMISED_DAY:
        registration.promised_day = read_i32_be(packed, place)
        place += 4
    if rare & _MORE:
        content, place = read_bytes(packed, place)
        registration.more = _details.decode(content)
    if rare & _PLAN:
        registration.plan = unpack_plan(packed, place, life)
