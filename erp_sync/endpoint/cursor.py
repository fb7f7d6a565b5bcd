"""Cursors: opaque, bound to a feed and a filter, and to what was read before them.

A cursor keeps a check of the item at its position. If the store was put back and the
feed went on otherwise, that item is another one or gone, and the cursor is refused.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

import msgspec

from erp_sync.errors import Problem

FACTS = "fact"


@dataclass(frozen=True)
class Filter:
    """What a feed is asked for: facts of some kinds (none: all), or a grouping."""

    grouping: str = FACTS
    kinds: tuple[str, ...] = ()


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a feed, after the item at `position`."""

    feed: str
    grouping: str
    kinds: tuple[str, ...]
    position: int
    check: str

    def encode(self) -> str:
        """The cursor as text for a URL."""
        return base64.urlsafe_b64encode(msgspec.msgpack.encode(self)).decode().rstrip("=")


def start(feed: str, wanted: Filter) -> Cursor:
    """The cursor before the first item."""
    return Cursor(feed, wanted.grouping, wanted.kinds, 0, "")


def decode(text: str) -> Cursor:
    """The cursor of a text; raises Problem (422) if it is none."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.msgpack.decode(data, type=Cursor)
    except (binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise _other("it is not a cursor of this feed") from error


def placed(text: str | None, feed: str, wanted: Filter) -> Cursor:
    """The cursor to go on from; raises Problem: 422 of another filter, 410 of another feed."""
    if not text:
        return start(feed, wanted)
    cursor = decode(text)
    if cursor.feed != feed:
        raise gone("it is of another feed: the store was made anew")
    if Filter(cursor.grouping, cursor.kinds) != wanted:
        raise _other("it was made with other kinds or by another grouping")
    return cursor


def check_of(item: str | bytes) -> str:
    """What a cursor keeps of the item before it."""
    data = item.encode() if isinstance(item, str) else item
    return hashlib.sha256(data).hexdigest()[:12]


def gone(detail: str) -> Problem:
    """410: the feed that a cursor belongs to is no more."""
    return Problem(
        410,
        "cursor-gone",
        "This cursor's feed is gone",
        detail,
        "read the feed from its start (without after, past any HTTP cache); items keep their "
        "ids, so that what was booked is known",
    )


def _other(detail: str) -> Problem:
    return Problem(
        422,
        "cursor-of-another-filter",
        "This cursor does not fit",
        detail,
        "use a cursor with the kinds and by that it was made with, or start without one",
    )
