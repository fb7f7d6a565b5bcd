"""One recording, inside the writer's transaction: checks first, then all of it."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from edge.domain.facts import Fact, FactKind, Source
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
from edge.domain.sentences import say
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
    plans.expect(conn, recording.plan, recording.decides)
    baselines.move(conn, recording.baselines)
    drafts = recording.drafts
    if tail.unconfirmed:
        drafts = settling.flagged(conn, drafts, tail.seq)
    end, facts = append(conn, tail, drafts, now)
    for document in recording.documents:
        _keep(conn, document)
    if recording.plan:
        plans.release(conn, recording.plan)
    if recording.proposed:
        plans.propose(conn, recording.proposed)
    if recording.request:
        _remember(conn, recording.request, tail.seq + 1, end.seq)
    return end, Recorded(first_seq=tail.seq + 1, last_seq=end.seq, facts=facts)


@dataclass(frozen=True, eq=False)
class Record:
    """The writer's work of one recording; `now` is asked when it is written."""

    recording: Recording
    now: Callable[[], int]

    def __call__(self, conn: sqlite3.Connection, tail: Tail) -> tuple[Tail, Recorded]:
        return write(conn, tail, self.recording, self.now())


def is_plain(recording: Recording) -> bool:
    """Whether it brings nothing but facts and the moves of counters, as most do."""
    expects = recording.request or recording.versions or recording.states
    brings = recording.documents or recording.plan or recording.proposed
    return not (expects or brings or recording.decides)


def write_together(
    conn: sqlite3.Connection, tail: Tail, works: Sequence[Record]
) -> tuple[Tail, list[Recorded]]:
    """Plain recordings as if one by one, at the cost of one; raises what any of them would.

    The caller takes all of it back then, and writes them by themselves.
    """
    done: list[Recorded] = []
    if tail.unconfirmed:  # each tells the counters that it is the first to move
        for work in works:
            tail, answer = work(conn, tail)
            done.append(answer)
        return tail, done
    recordings = [work.recording for work in works]
    baselines.move(conn, chain.from_iterable(one.baselines for one in recordings))
    drafts = [draft for one in recordings for draft in one.drafts]
    end, facts = append(conn, tail, drafts, works[0].now())
    return end, list(_answers(recordings, facts, tail.seq))


def _answers(
    recordings: Sequence[Recording], facts: Sequence[Fact], seq: int
) -> Iterator[Recorded]:
    """What each recording has added behind `seq`."""
    start = 0
    for one in recordings:
        end = start + len(one.drafts)
        yield Recorded(first_seq=seq + start + 1, last_seq=seq + end, facts=tuple(facts[start:end]))
        start = end


def _repeated(conn: sqlite3.Connection, request: Request) -> Recorded | None:
    row = conn.execute(
        "SELECT fingerprint, first_seq, last_seq FROM requests WHERE key = ?", (request.key,)
    ).fetchone()
    if row is None:
        return None
    fingerprint, first_seq, last_seq = row
    if fingerprint != request.fingerprint:
        raise RequestConflict(
            say(
                "key.used",
                "idempotency key {key!r} was used for another request (seq {seq})",
                "use a new one",
                key=request.key,
                seq=first_seq,
            )
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
            say(
                "job.version",
                "job order {job}: expected version {seen}, is {version}",
                "look again",
                job=expected.job_order_id,
                seen=expected.version,
                version=version,
            )
        )


def _expect_state(tail: Tail, expected: ExpectedState) -> None:
    known = tail.state.open_states.get(expected.equipment_id)
    opened = known.opened if known else None
    if opened != expected.opened:
        raise StateConflict(
            say(
                "state.changed",
                "{work_center}: expected the state of fact {seen}, it is in that of {opened}",
                "look again",
                work_center=expected.equipment_id,
                seen=str(expected.opened),
                opened=str(opened),
            )
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
