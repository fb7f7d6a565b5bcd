"""Job orders: their states, questions and answers, and where they stood at go-live."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tests.contract.bodies.words import (
    Count,
    FactSchema,
    Rational,
    Raw,
    Rules,
    RunTime,
    Sha256,
    Strict,
    Text,
    Time,
)


class ChangeoverStandard(Strict):
    from_: Text = msgspec.field(name="from")
    to: Text
    standard_s: Annotated[int, Meta(ge=0)]
    before: str


class PinnedMaterial(Strict):
    material: Text
    revision: str
    quantity: Rational
    unit: Text
    tracked: Literal["lot", "serial", "none"]


class Question(Strict):
    about: Literal["cut", "cancelled", "short", "over"]
    made: int
    wanted: Raw
    was: Count
    supersedes: Count | msgspec.UnsetType = msgspec.UNSET
    superseded_job: Text | msgspec.UnsetType = msgspec.UNSET


class Answer(Strict):
    question: Count
    answer: Literal["close", "as_planned", "stock", "withdrawn"]
    note: str
    surplus: Raw
    against: Raw | None
    kept: Count | None


class Told(Strict):
    good: int
    used: int
    target: Raw
    limit: Raw


class Beyond(Strict):
    made: int
    least: Raw
    most: Raw


class MorePieces(Strict):
    good: int
    scrap: int


class OpeningState(Strict):
    good: Raw
    scrap: Raw
    more: MorePieces
    sha256: Sha256


class MovedRun(Strict):
    started: Count
    start: Time | msgspec.UnsetType = msgspec.UNSET
    end: Time | msgspec.UnsetType = msgspec.UNSET


class JobOrderEvent(Strict):
    event: Literal[
        "created",
        "allowed",
        "started",
        "running",
        "interrupted",
        "resumed",
        "ended",
        "aborted",
        "revised",
        "moved",
        "asked",
        "answered",
        "told",
        "credited",
        "laid_aside",
        "opening",
    ]
    order: Text
    operation: Count
    product: Text
    revision: Text
    number: Count | None
    quantity: Raw
    run_time_per_item: RunTime | None
    work_center: Text
    state: Literal[
        "NotAllowedToStart", "AllowedToStart", "Running", "Interrupted", "Ended", "Aborted"
    ]
    version: Count
    phase: Literal["setup", "run", "beside", ""]
    main: Text | msgspec.UnsetType = msgspec.UNSET
    raw: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    changeover: ChangeoverStandard | msgspec.UnsetType = msgspec.UNSET
    bom_revision: Text | msgspec.UnsetType = msgspec.UNSET
    routing_revision: Text | msgspec.UnsetType = msgspec.UNSET
    materials: list[PinnedMaterial] | msgspec.UnsetType = msgspec.UNSET
    question: Question | msgspec.UnsetType = msgspec.UNSET
    answer: Answer | msgspec.UnsetType = msgspec.UNSET
    told: Told | msgspec.UnsetType = msgspec.UNSET
    beyond: Beyond | msgspec.UnsetType = msgspec.UNSET
    run: MovedRun | msgspec.UnsetType = msgspec.UNSET
    started_at: Time | msgspec.UnsetType | None = msgspec.UNSET
    ended_at: Time | msgspec.UnsetType | None = msgspec.UNSET
    opening: OpeningState | msgspec.UnsetType = msgspec.UNSET

    def rules(self, fact: FactSchema) -> Rules:
        yield fact.job_order_id == f"{self.order}.{self.operation}", "the job order's id"
        yield fact.equipment_id == self.work_center, "the job order's work center"
