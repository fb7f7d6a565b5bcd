"""A store in plain Python, to compare the real one with."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from edge.domain.changes import Put
from edge.domain.facts import Fact, FactDraft, FactKind, decode
from edge.domain.fold import FoldState, fold
from edge.domain.recording import (
    Baseline,
    BaselineConflict,
    ExpectedVersion,
    Recording,
    Request,
    RequestConflict,
    VersionConflict,
)
from edge.storage.errors import RecordingInvalid

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
Outcome = tuple[int, int, bool] | type[Exception]


class Model:
    """What a store must hold after a sequence of recordings."""

    def __init__(self) -> None:
        self.drafts: list[FactDraft] = []
        self.baselines: dict[tuple[str, str], Baseline] = {}
        self.versions: dict[str, int] = {}
        self.requests: dict[str, tuple[str, int, int]] = {}

    def apply(self, recording: Recording) -> Outcome:
        """First and last seq and whether it was a repetition, or the conflict."""
        if recording.request and recording.request.key in self.requests:
            return self._again(recording.request)
        if not all(self._is_at(version) for version in recording.versions):
            return VersionConflict
        baselines = dict(self.baselines)
        for step in recording.baselines:
            key = (step.new.equipment_id, step.new.tag)
            if baselines.get(key) != step.expected:
                return BaselineConflict
            baselines[key] = step.new
        if any("broken" in draft.body for draft in recording.drafts):
            return RecordingInvalid
        return self._take(recording, baselines)

    def _again(self, request: Request) -> Outcome:
        fingerprint, first_seq, last_seq = self.requests[request.key]
        same = fingerprint == request.fingerprint
        return (first_seq, last_seq, True) if same else RequestConflict

    def _is_at(self, expected: ExpectedVersion) -> bool:
        return self.versions.get(expected.job_order_id, 0) == expected.version

    def _take(self, recording: Recording, baselines: dict[tuple[str, str], Baseline]) -> Outcome:
        first_seq = len(self.drafts) + 1
        self.drafts += recording.drafts
        self.baselines = baselines
        for draft in recording.drafts:
            if draft.kind == FactKind.JOB_ORDER_EVENT:
                self.versions[str(draft.job_order_id)] = draft.body["version"]
        last_seq = len(self.drafts)
        if recording.request:
            answer = (recording.request.fingerprint, first_seq, last_seq)
            self.requests[recording.request.key] = answer
        return first_seq, last_seq, False


def as_draft(fact: Fact) -> FactDraft:
    """What was asked to be recorded, from the fact that it became."""
    return FactDraft(
        kind=fact.kind,
        occurred_at=fact.occurred_at,
        equipment_id=fact.equipment_id,
        job_order_id=fact.job_order_id,
        source=fact.source,
        actor=fact.actor,
        body=fact.body,
    )


def folded(data: Sequence[bytes]) -> Rows:
    """Projections of facts, folded from scratch: rows by table and key."""
    rows: Rows = {}
    at = FoldState()
    for fact in map(decode, data):
        step = fold(at, fact)
        at = step.state
        for change in step.changes:
            key = tuple(change.key.values())
            row = rows.setdefault(change.table, {}).setdefault(key, dict(change.key))
            if isinstance(change, Put):
                row.update(change.values)
            else:
                for column, amount in change.amounts.items():
                    row[column] = row.get(column, 0) + amount
    return rows


def with_defaults(row: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """A folded row with the columns that no fact has set, as a table has them."""
    empty = {"good": 0, "scrap": 0, "rework": 0, "reason": "", "note": ""}
    empty |= {
        "class": "",
        "planned": 0,
        "cause": "",
        "cause_class": "",
        "cause_planned": 0,
        "said": 0,
    }
    return {column: row.get(column, empty.get(column)) for column in columns}


def broken(draft: FactDraft) -> FactDraft:
    """A draft that no store can take: its body is not what its kind demands."""
    return replace(draft, body={"broken": True}, kind=FactKind.PRODUCTION_COUNT)
