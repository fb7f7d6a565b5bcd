"""What travels on the hot calls: one class a message, read and written by msgspec."""

from typing import Annotated, Any, TypeVar

import msgspec

from erp_sync.errors import invalid

T = TypeVar("T")
Seq = Annotated[int, msgspec.Meta(ge=0)]
Epoch = Annotated[int, msgspec.Meta(ge=1)]
Micros = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
LARGEST_BATCH = 5_000


class Message(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are refused."""


class HelloMessage(Message):
    """What an edge says when it starts: the end of its chain of facts."""

    store_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    epoch: Epoch
    last_seq: Seq
    last_hash: str
    acknowledged_seq: Seq = 0
    version: str = ""


class FactsMessage(Message):
    """A batch of facts: the stored bytes, embedded unchanged, in the order of seq."""

    epoch: Epoch
    facts: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=LARGEST_BATCH)]
    watermark: int | None = None


class AcknowledgedItem(Message):
    """What a consumer did with an item of the feed."""

    id: str
    status: str
    document: str | None = None
    reason: str | None = None


class AcknowledgementsMessage(Message):
    """What a consumer did with items of the feed."""

    items: Annotated[list[AcknowledgedItem], msgspec.Meta(max_length=LARGEST_BATCH)]


class BookedLine(Message):
    """Pieces of one operation in the consumer's own books.

    Negative where a day holds only what was taken back: a count corrected after midnight.
    """

    order: str
    operation: int
    good: int
    scrap: int


class BooksMessage(Message):
    """The consumer's own totals of a production day, up to the cursor `after`."""

    items: list[BookedLine]
    after: str | None = None


class PromiseMessage(Message):
    """What somebody wants promised; `wanted` and `until` ISO 8601 with an offset, or us."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    revision: Annotated[str, msgspec.Meta(max_length=64)] = ""
    wanted: int | str | None = None
    customer: Annotated[str, msgspec.Meta(max_length=200)] = ""
    priority: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    split: bool = False
    may_move: bool = False
    from_stock: bool = True
    reserve_s: Annotated[int, msgspec.Meta(ge=1)] | None = None
    until: int | str | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class ExtensionMessage(Message):
    """Until when a reservation is held from now on: `reserve_s` or `until`."""

    reserve_s: Annotated[int, msgspec.Meta(ge=1)] | None = None
    until: int | str | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class ShippedPart(Message):
    """So many pieces of a lot or pallet."""

    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    quantity: Annotated[int, msgspec.Meta(ge=1)]


class ShipmentMessage(Message):
    """Of which lots and pallets what a promise holds in stock went to the customer."""

    lots: Annotated[list[ShippedPart], msgspec.Meta(max_length=1000)]
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class AnswerMessage(Message):
    """What an edge answers to a question: status and JSON body of its own API."""

    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    body: Any


class ClosureMessage(Message):
    """Someone has looked into an edge's alarms, up to those of `until` (none: now)."""

    edge_id: str
    note: Annotated[str, msgspec.Meta(max_length=2000)]
    until: Micros | None = None


def read(data: bytes, type_: type[T]) -> T:
    """The message of a body; raises Problem (422) that says what is wrong and where."""
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise invalid(f"the body is not valid: {error}", "write it as /docs shows it") from error


def read_any(data: bytes) -> Any:
    """Any JSON value; raises Problem (422)."""
    return read(data, Any)
