"""What the calls answer: the shapes of docs/contracts.md, sections 2 and 3."""

from typing import Any

import msgspec


class Answer(msgspec.Struct, kw_only=True):
    """An answer's JSON object."""


class FaultAnswer(Answer):
    """One fault of an input."""

    place: str
    value: str
    message: str
    mend: str


class ProblemDocument(Answer):
    """RFC 9457: what is wrong and what would mend it. Some kinds have more members."""

    type: str
    title: str
    status: int
    detail: str
    mend: str
    errors: list[FaultAnswer] | msgspec.UnsetType = msgspec.UNSET


class WelcomeAnswer(Answer):
    """The epoch to go on in, and how far the facts are committed here."""

    epoch: int
    acknowledged_seq: int
    acknowledged_hash: str
    action: str


class TakenAnswer(Answer):
    """How far an edge's facts are committed."""

    epoch: int
    acknowledged_seq: int
    hash: str


class HeldFactsAnswer(Answer):
    """Facts that sync holds, for a store that lacks them; `next` is the seq to ask after."""

    facts: list[dict[str, Any]]
    next: int


class DownlinkItem(Answer):
    """A document on its way to the floor."""

    position: int
    kind: str
    id: str
    revision: str
    sha256: str
    content: dict[str, Any]


class DownlinkAnswer(Answer):
    """Documents after a position; `next` is the position to ask after."""

    items: list[DownlinkItem]
    next: int


class AcceptedAnswer(Answer):
    """What became of a document."""

    id: str
    revision: str
    sha256: str
    position: int
    new: bool


class ChangeAnswer(Answer):
    """A field that would be another; null where it was not there."""

    field: str
    from_: Any = msgspec.field(name="from")
    to: Any


class ChangedOrderAnswer(Answer):
    """An order that would change; `made`: its good pieces so far, null if it is not begun."""

    id: str
    made: int | None
    changes: list[ChangeAnswer]


class MovedOrderAnswer(Answer):
    """An order that would come from another schedule."""

    id: str
    schedule: str


class DifferenceAnswer(Answer):
    """What a schedule would change; orders as they are in a JSON schedule."""

    head: list[ChangeAnswer]
    new: list[dict[str, Any]]
    moved: list[MovedOrderAnswer]
    changed: list[ChangedOrderAnswer]
    removed: list[dict[str, Any]]
    same: int


class PreviewAnswer(Answer):
    """What became of a schedule if it were sent without dry_run; `before` is in force now."""

    id: str
    revision: str
    sha256: str
    new: bool
    dry_run: bool
    before: str | None
    difference: DifferenceAnswer
    notes: list[str]


class EffectAnswer(Answer):
    """Pieces that an item adds to an operation's production day; moves are negative."""

    order: str | None
    operation: int | None
    production_day: str
    good: int
    scrap: int
    rework: int


class FactItem(Answer):
    """A fact in the feed; `effects` is what it does to the pieces, empty for most kinds."""

    position: int
    id: str
    type: str
    order: str | None
    operation: int | None
    effects: list[EffectAnswer]
    fact: dict[str, Any]


class GroupItem(Answer):
    """Pieces of a closed hour, shift or order; a correction holds differences."""

    position: int
    id: str
    type: str
    order: str | None
    operation: int | None
    equipment_id: str
    good: int
    scrap: int
    rework: int
    correction: bool
    hour: int | msgspec.UnsetType = msgspec.UNSET
    production_day: str | msgspec.UnsetType = msgspec.UNSET
    shift: str | msgspec.UnsetType | None = msgspec.UNSET


class FeedAnswer(Answer):
    """A page of the feed of facts; `complete` at its tip."""

    items: list[FactItem]
    next: str
    complete: bool


class GroupFeedAnswer(Answer):
    """A page of a feed of closed hours, shifts or orders; `complete` at its tip."""

    items: list[GroupItem]
    next: str
    complete: bool


class AcknowledgedAnswer(Answer):
    """How many acknowledgements were new or changed, and how many known."""

    accepted: int
    unchanged: int


class BooksAnswer(Answer):
    """The books of a day that were kept."""

    consumer: str
    day: str
    lines: int


class OrderOperation(Answer):
    """One operation of an order as it stands."""

    operation: int
    work_center: str | None
    quantity: int
    good: int
    scrap: int
    left: int
    over: int
    state: str
    started_at: int | None
    ended_at: int | None


class OrderAnswer(Answer):
    """Where an order is; `good` is that of its last operation, `as_of` what is known until."""

    id: str
    product: str
    quantity: int
    customer: str
    priority: int
    due: int
    planned_finish: int | None
    forecast_finish: int | None
    forecast_range: dict[str, Any] | None
    forecast_hours: int
    recovery: dict[str, Any] | None
    late_s: int
    late_reasons: list[Any]
    late_because: list[Any]
    moved: dict[str, Any] | None
    plan: int | None
    forecast_at: int | None
    forecast_age_s: int | None
    state: str
    operations: list[OrderOperation]
    good: int
    scrap: int
    left: int
    over: int
    as_of: int | None


class OrdersAnswer(Answer):
    """Orders by due date."""

    items: list[OrderAnswer]


class KpiItem(Answer):
    """KPIs of one thing in a window, with their elements (times in microseconds).

    `equipment_id` is what they are of: at other levels than unit a line, area, site, order or
    product. `absent` says of each figure that is null why,
    `absent_coded` the same as `{code, params}`.
    """

    equipment_id: str
    level: str
    from_: int = msgspec.field(name="from")
    to: int
    label: str
    elements: dict[str, int]
    kpis: dict[str, str | None]
    absent: dict[str, str]
    absent_coded: dict[str, dict[str, Any]]
    coverage: str | None
    flags: list[str]


class KpisAnswer(Answer):
    """KPIs by work center and window."""

    items: list[KpiItem]


class ExplanationAnswer(Answer):
    """Why figures are what they are: one for each window, as docs/contracts.md says."""

    items: list[dict[str, Any]]


class CatalogueItem(Answer):
    """One KPI: what it is made of, where it means something, and where it comes from."""

    name: str
    symbol: str
    en: str
    zh: str
    formula: str
    elements: list[str]
    unit: str
    levels: list[str]
    periods: list[str]
    source: str
    needs: str


class CatalogueAnswer(Answer):
    """All KPIs."""

    items: list[CatalogueItem]


class PiecesAnswer(Answer):
    """Good and scrap pieces."""

    good: int
    scrap: int


class ReconciliationRow(Answer):
    """One operation in three books; `booked` null while the consumer sent none."""

    order: str | None
    operation: int | None
    recorded: PiecesAnswer
    posted: PiecesAnswer
    booked: PiecesAnswer | None
    difference: int


class WaitingAnswer(Answer):
    """Facts that edges have not sent, items that the consumer has not acknowledged."""

    edges: int
    consumers: int


class FindingAnswer(Answer):
    """Something to look into."""

    place: str
    message: str
    mend: str


class ReconciliationAnswer(Answer):
    """The three books of a production day."""

    day: str
    complete: bool
    rows: list[ReconciliationRow]
    pieces: int
    difference: int
    waiting: WaitingAnswer
    findings: list[FindingAnswer]


class AlarmItem(Answer):
    """A refusal of what an edge sent; the last three are null while it is open."""

    edge_id: str
    kind: str
    epoch: int
    seq: int
    offered: str
    known: str
    detail: str
    at: int
    closed_at: int | None
    closed_by: str | None
    note: str | None


class AlarmsAnswer(Answer):
    """Alarms of edges, oldest first."""

    items: list[AlarmItem]


class ClosedAnswer(Answer):
    """How many alarms were closed."""

    closed: int


class PromiseAnswer(Answer):
    """What can be promised, as the edge answers (docs/contracts.md, section 4)."""

    date: int | None
    reservation: dict[str, Any] | None


class PromisesAnswer(Answer):
    """Reservations as the edge has them."""

    items: list[dict[str, Any]]


class ReservationAnswer(Answer):
    """A reservation as the edge has it."""

    id: int
    state: str


class RecordedAnswer(Answer):
    """The fact that it has become at the edge."""

    seq: int


class QuestionsAnswer(Answer):
    """Calls of an edge's own API that it is to answer."""

    items: list[dict[str, Any]]


class AnsweredAnswer(Answer):
    """Whether somebody still waited for the answer."""

    taken: bool


class HealthAnswer(Answer):
    """Whether the service is alive or ready."""

    status: str


ANSWERS = (
    ProblemDocument,
    WelcomeAnswer,
    TakenAnswer,
    HeldFactsAnswer,
    DownlinkAnswer,
    AcceptedAnswer,
    PreviewAnswer,
    EffectAnswer,
    FactItem,
    GroupItem,
    FeedAnswer,
    GroupFeedAnswer,
    AcknowledgedAnswer,
    BooksAnswer,
    OrderAnswer,
    OrdersAnswer,
    CatalogueAnswer,
    KpisAnswer,
    ExplanationAnswer,
    ReconciliationAnswer,
    AlarmsAnswer,
    ClosedAnswer,
    PromiseAnswer,
    PromisesAnswer,
    ReservationAnswer,
    RecordedAnswer,
    QuestionsAnswer,
    AnsweredAnswer,
    HealthAnswer,
)
