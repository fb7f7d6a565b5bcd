"""Documents are taken in once: by revision and content, in the caller's transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from pydantic import BaseModel
from sqlalchemy import Connection

from edge.domain.faults import Fault
from edge.domain.orders import schedule_from
from erp_sync.errors import conflict
from erp_sync.masterdata.documents import DefinitionDocument, ReceiptsDocument, ScheduleDocument
from erp_sync.masterdata.schedules import Judged, Known, Place, checked_schedule, json_place
from erp_sync.planfiles.difference import difference
from erp_sync.storage import documents, orders

NEXT = "next"


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What became of a document; `new` False if the same one was there."""

    id: str
    revision: str
    sha256: str
    position: int
    new: bool


@dataclass(frozen=True)
class ScheduleInput:
    """A schedule as it was sent, JSON or a file, not judged yet.

    `revision` of the head may be NEXT: one more than that in force, unless nothing changes.
    `judged` are fields that `faults` names already, `notes` what was left aside, in words.
    `based_on` is the revision that was edited; where another is in force it is refused.
    """

    head: Any
    orders: Any
    place: Place = json_place
    faults: tuple[Fault, ...] = ()
    judged: Judged = ()
    notes: Sequence[str] = ()
    based_on: int | None = None


def take_definition(
    connection: Connection, product: str, revision: str, document: DefinitionDocument, now: int
) -> Accepted:
    """Keep a definition; raises Problem (409) if this revision has other content."""
    content = _canonical(document)
    kind = documents.DEFINITION
    known = documents.find(connection, kind, product, revision)
    if known is not None:
        return _same(known, content, f"definition {product}/{revision}", "a new revision")
    return _add(connection, kind, product, revision, content, now)


def take_receipts(
    connection: Connection, id_: str, document: ReceiptsDocument, now: int
) -> Accepted:
    """Keep expected receipts; raises Problem (409) for an older or another revision."""
    content, kind = _canonical(document), documents.RECEIPTS
    last = documents.latest(connection, kind, id_)
    if last is not None and int(last.revision) > document.revision:
        raise conflict(
            "older-revision",
            "A newer revision is in force",
            f"receipts {id_} are at revision {last.revision}; {document.revision} came",
            f"send them as revision {int(last.revision) + 1} or higher",
            revision=int(last.revision),
        )
    known = documents.find(connection, kind, id_, str(document.revision))
    if known is not None:
        what = f"receipts {id_} revision {document.revision}"
        return _same(known, content, what, "a new revision")
    return _add(connection, kind, id_, str(document.revision), content, now)


def take_schedule(connection: Connection, id_: str, sent: ScheduleInput, now: int) -> Accepted:
    """Check and keep a schedule; raises Problem: 422 with every fault, 409 for a revision
    that has other content or is older than the one in force."""
    schedule, known = _judged(connection, id_, sent)
    if known is not None:
        return known
    content = _canonical(schedule)
    accepted = _add(connection, documents.SCHEDULE, id_, str(schedule.revision), content, now)
    documents.replace_orders(connection, schedule_from(id_, msgspec.json.decode(content)))
    return accepted


def preview_schedule(connection: Connection, id_: str, sent: ScheduleInput) -> dict[str, Any]:
    """What `take_schedule` would do, and the difference to what is there; keeps nothing.

    Raises the same Problems.
    """
    schedule, known = _judged(connection, id_, sent)
    last = documents.latest(connection, documents.SCHEDULE, id_)
    before = None if last is None else _document(last.content).model_dump()
    ids = [order.id for order in schedule.orders]
    return {
        "id": id_,
        "revision": str(schedule.revision),
        "sha256": _sha256(_canonical(schedule)),
        "new": known is None,
        "dry_run": True,
        "before": None if last is None else last.revision,
        "difference": difference(
            before,
            schedule.model_dump(),
            documents.elsewhere(connection, id_, ids),
            orders.made(connection),
        ),
        "notes": list(sent.notes),
    }


def _judged(
    connection: Connection, id_: str, sent: ScheduleInput
) -> tuple[ScheduleDocument, Accepted | None]:
    """The schedule, and what it is already if this revision is there with this content."""
    known = Known(
        documents.revisions(connection),
        documents.numbers_elsewhere(connection, id_),
        documents.promises_elsewhere(connection, id_),
    )
    last = documents.latest(connection, documents.SCHEDULE, id_)
    head = sent.head
    if isinstance(head, dict) and head.get("revision") == NEXT:
        head = head | {"revision": 1 if last is None else int(last.revision) + 1}
    schedule = checked_schedule(head, sent.orders, known, sent.place, sent.faults, sent.judged)
    if head is not sent.head and last is not None:
        as_last = schedule.model_copy(update={"revision": int(last.revision)})
        if _canonical(as_last) == _canonical(_document(last.content)):
            schedule = as_last
    before = documents.find(connection, documents.SCHEDULE, id_, str(schedule.revision))
    if last is not None and int(last.revision) > schedule.revision:
        raise conflict(
            "older-revision",
            "A newer revision is in force",
            f"schedule {id_} is at revision {last.revision}; {schedule.revision} came",
            f"send it as revision {int(last.revision) + 1} or higher",
            revision=int(last.revision),
        )
    if before is None:
        _not_overtaken(id_, sent, last)
        return schedule, None
    what = f"schedule {id_} revision {schedule.revision}"
    return schedule, _same(before, _canonical(schedule), what, "a new one")


def _not_overtaken(id_: str, sent: ScheduleInput, last: Any) -> None:
    """Raise Problem (409) if the file was made from a revision that is in force no more."""
    there = None if last is None else int(last.revision)
    if sent.based_on is None or sent.based_on == there:
        return
    raise conflict(
        "overtaken",
        "The plan was changed by somebody else",
        f"the file changes revision {sent.based_on} of schedule {id_}; in force is {there}",
        "take the plan in force (taktline plan template), and make your changes there",
        revision=there,
    )


def _document(content: bytes) -> ScheduleDocument:
    """A schedule that is kept; keys that it was kept without stand at their defaults."""
    return ScheduleDocument.model_validate_json(content)


def _canonical(document: BaseModel) -> bytes:
    return msgspec.json.encode(document.model_dump(), order="sorted")


MODELS: Mapping[str, type[BaseModel]] = {
    documents.DEFINITION: DefinitionDocument,
    documents.SCHEDULE: ScheduleDocument,
    documents.RECEIPTS: ReceiptsDocument,
}


def _same(known: Any, content: bytes, what: str, instead: str) -> Accepted:
    """The document that is there; keys that it was kept without stand at their defaults."""
    model = MODELS[known.kind]
    if content not in {known.content, _canonical(model.model_validate_json(known.content))}:
        raise conflict(
            "other-content",
            "This revision has other content",
            f"{what} was released with other content, and released revisions never change",
            f"send the change as {instead}",
            sha256=known.sha256,
        )
    return Accepted(
        id=known.id,
        revision=known.revision,
        sha256=known.sha256,
        position=known.position,
        new=False,
    )


def _add(
    connection: Connection, kind: str, id_: str, revision: str, content: bytes, now: int
) -> Accepted:
    sha256 = _sha256(content)
    position = documents.add(connection, kind, id_, revision, sha256, content, now)
    return Accepted(id=id_, revision=revision, sha256=sha256, position=position, new=True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
