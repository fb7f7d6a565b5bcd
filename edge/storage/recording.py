"""One recording, inside the writer's transaction: checks first, then all of it."""

import sqlite3

from edge.domain.facts import FactKind, Source
from edge.domain.recording import (
    Document,
    ExpectedState,
    ExpectedVersion,
    Recorded,
    Recording,
    Request,
    RequestConflict,
    StateConflict,
    VersionConflict,
)
from edge.storage import baselines, plans, settling
from edge.storage.chain import Tail, append
from edge.storage.errors import RecordingInvalid

INSERT_DOCUMENT = (
    "INSERT INTO documents (position, kind, id, revision, sha256, content)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)


def validate(recording: Recording) -> None:
    """Raise RecordingInvalid for what can be seen to be wrong without the store."""
    for draft in recording.drafts:
        if type(draft.occurred_at) is not int:
            raise RecordingInvalid(f"{draft.kind}: occurred_at {draft.occurred_at!r} is no integer")
        if not isinstance(draft.kind, FactKind) or not isinstance(draft.source, Source):
            raise RecordingInvalid(f"{draft.kind!r} of {draft.source!r}: no such kind or source")
        if not draft.equipment_id or draft.job_order_id == "":
            raise RecordingInvalid(f"{draft.kind}: an empty equipment_id or job_order_id")
    for step in recording.baselines:
        was, new = step.expected, step.new
        if was and (was.equipment_id, was.tag) != (new.equipment_id, new.tag):
            raise RecordingInvalid(f"baseline of {was.tag} moved to that of {new.tag}")


def write(
    conn: sqlite3.Connection, tail: Tail, recording: Recording, now: int
) -> tuple[Tail, Recorded]:
    """Commit-ready, or raises a conflict; the caller rolls back what a failure leaves."""
    if recording.request and (answer := _repeated(conn, recording.request)):
        return tail, answer
    for version in recording.versions:
        _expect(conn, version)
    for state in recording.states:
        _expect_state(tail, state)
    baselines.move(conn, recording.baselines)
    drafts = recording.drafts
    if tail.unconfirmed:
        drafts = settling.flagged(conn, drafts, tail.seq)
    end, facts = append(conn, tail, drafts, now)
    for document in recording.documents:
        _keep(conn, document)
    if recording.plan:
        plans.release(conn, recording.plan)
    if recording.request:
        _remember(conn, recording.request, tail.seq + 1, end.seq)
    return end, Recorded(first_seq=tail.seq + 1, last_seq=end.seq, facts=facts)


def _repeated(conn: sqlite3.Connection, request: Request) -> Recorded | None:
    row = conn.execute(
        "SELECT fingerprint, first_seq, last_seq FROM requests WHERE key = ?", (request.key,)
    ).fetchone()
    if row is None:
        return None
    fingerprint, first_seq, last_seq = row
    if fingerprint != request.fingerprint:
        raise RequestConflict(
            f"idempotency key {request.key!r} was used for another request (seq {first_seq})"
        )
    return Recorded(first_seq=first_seq, last_seq=last_seq, repeated=True)


def _remember(conn: sqlite3.Connection, request: Request, first_seq: int, last_seq: int) -> None:
    conn.execute(
        "INSERT INTO requests (key, fingerprint, first_seq, last_seq) VALUES (?, ?, ?, ?)",
        (request.key, request.fingerprint, first_seq, last_seq),
    )


def _expect(conn: sqlite3.Connection, expected: ExpectedVersion) -> None:
    row = conn.execute(
        "SELECT version FROM job_progress WHERE job_order_id = ?", (expected.job_order_id,)
    ).fetchone()
    version = (row[0] or 0) if row else 0  # a job that is not there yet has version 0
    if version != expected.version:
        raise VersionConflict(
            f"job order {expected.job_order_id}: expected version {expected.version}, is {version}"
        )


def _expect_state(tail: Tail, expected: ExpectedState) -> None:
    known = tail.state.open_states.get(expected.equipment_id)
    opened = known.opened if known else None
    if opened != expected.opened:
        raise StateConflict(
            f"{expected.equipment_id}: expected the state of fact {expected.opened}, it is in that "
            f"of {opened}"
        )


def _keep(conn: sqlite3.Connection, document: Document) -> None:
    """Store a document; the same one again changes nothing."""
    row = conn.execute(
        "SELECT sha256 FROM documents WHERE kind = ? AND position = ? AND id = ?",
        (document.kind, document.position, document.id),
    ).fetchone()
    if row is None:
        content = plans.pack(document.content)
        head = (document.position, document.kind, document.id, document.revision)
        conn.execute(INSERT_DOCUMENT, (*head, document.sha256, content))
    elif row[0] != document.sha256:
        raise RecordingInvalid(
            f"{document.kind} {document.id}: another document stands at position"
            f" {document.position}"
        )
