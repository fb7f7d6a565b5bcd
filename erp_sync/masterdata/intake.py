"""Documents are taken in once: by revision and content, in the caller's transaction."""

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
from pydantic import BaseModel
from sqlalchemy import Connection

from edge.domain.faults import Fault
from edge.domain.orders import schedule_from
from erp_sync.errors import conflict
from erp_sync.masterdata.documents import DefinitionDocument, ScheduleDocument
from erp_sync.masterdata.schedules import Known, Place, checked_schedule, json_place
from erp_sync.storage import documents


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
    """A schedule as it was sent, JSON or CSV, not judged yet."""

    head: Any
    orders: Any
    place: Place = json_place
    faults: tuple[Fault, ...] = ()


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


def take_schedule(connection: Connection, id_: str, sent: ScheduleInput, now: int) -> Accepted:
    """Check and keep a schedule; raises Problem: 422 with every fault, 409 for a revision
    that has other content or is older than the one in force."""
    known = Known(documents.revisions(connection), documents.numbers_elsewhere(connection, id_))
    schedule = checked_schedule(sent.head, sent.orders, known, sent.place, sent.faults)
    content, kind = _canonical(schedule), documents.SCHEDULE
    before = documents.find(connection, kind, id_, str(schedule.revision))
    last = documents.latest(connection, kind, id_)
    if last is not None and int(last.revision) > schedule.revision:
        raise conflict(
            "older-revision",
            "A newer revision is in force",
            f"schedule {id_} is at revision {last.revision}; {schedule.revision} came",
            f"send it as revision {int(last.revision) + 1} or higher",
            revision=int(last.revision),
        )
    if before is not None:
        return _same(before, content, f"schedule {id_} revision {schedule.revision}", "a new one")
    accepted = _add(connection, kind, id_, str(schedule.revision), content, now)
    documents.replace_orders(connection, schedule_from(id_, msgspec.json.decode(content)))
    return accepted


def _canonical(document: BaseModel) -> bytes:
    return msgspec.json.encode(document.model_dump(), order="sorted")


def _same(known: Any, content: bytes, what: str, instead: str) -> Accepted:
    """The document that is there; keys that it was kept without stand at their defaults."""
    model = DefinitionDocument if known.kind == documents.DEFINITION else ScheduleDocument
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
