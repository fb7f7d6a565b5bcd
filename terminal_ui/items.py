"""What a room adds to the terminal's More menu: items, as a table (terminal_ui/README.md)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from terminal_ui.asking import Answers, Field
from terminal_ui.model import Board, Reasons
from terminal_ui.texts import Texts

Get = Callable[..., Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What an item may look at. `get(path, **params)` is a GET of the edge's API, decoded;
    it may raise what EdgeClient raises, which is told on the screen."""

    board: Board
    reasons: Reasons
    actor: str
    texts: Texts
    get: Get


class Nothing(Exception):
    """There is nothing to ask or to show: raised by an Ask or a Show with the whole text."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A POST to `path` (without /api/v1). `actor` is added to the body if it is not there;
    the Idempotency-Key is the terminal's, and stays the same however often it is sent."""

    path: str
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a read-only page shows. Columns are keys of `ROOM.column.NAME`; `note` stands above."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What follows from the edge's answer: another actor from now on, other words to say."""

    actor: str = ""
    message: str = ""


def always(_sight: Sight) -> bool:
    return True


def nothing_more(_sight: Sight, _answers: Answers, _answer: Mapping[str, object]) -> Outcome:
    return Outcome()


Ask = Callable[[Sight, Answers], Awaitable[Sequence[Field]]]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of the menu: it asks page by page, and then sends or shows.

    `asks` are pages; each gets the answers of the pages before. A page whose fields are all
    answered by a scan is not shown. Texts: `ROOM.item.NAME`, and where `possible` is not
    `always`, `ROOM.cannot.NAME`.
    """

    name: str
    asks: Sequence[Ask] = ()
    possible: Callable[[Sight], bool] = always
    send: Callable[[Sight, Answers], Call] | None = None
    show: Callable[[Sight, Answers], Awaitable[Table]] | None = None
    then: Callable[[Sight, Answers, Mapping[str, object]], Outcome] = nothing_more


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A scanned code that begins with `prefix` begins `item`, its rest as answer of `field`."""

    prefix: str
    item: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Room:
    """The items of one room under the text `ROOM.title`; `order` is its place in the menu."""

    name: str
    order: int
    items: Sequence[Item]
    scans: Sequence[Scan] = ()


def page(*fields: Field) -> Ask:
    """A page that always asks the same."""

    async def ask(_sight: Sight, _answers: Answers) -> Sequence[Field]:
        return fields

    return ask
