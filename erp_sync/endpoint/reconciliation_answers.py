"""What the calls about reconciliations and alarms answer."""

from erp_sync.endpoint.answers import Answer


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


ANSWERS = (
    ReconciliationAnswer,
    AlarmsAnswer,
    ClosedAnswer,
)
