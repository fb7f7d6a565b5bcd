"""What is kept of quality: holds, results, charts' samples, nonconformances, and their reader."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from edge.domain.production import HourQuantity, Reasons
from edge.domain.sentences import Sentence, plain, remembered

MACHINE_RUN = "machine_run"  # the inspection that a run of a machine is recorded as


class HoldScope(StrEnum):
    """What a hold is put on; its `target` is then:"""

    LOT = "lot"  # the lot's id
    JOB_ORDER = "job_order"  # a job order, or a whole order
    PRODUCT = "product"  # a product, or PRODUCT/REVISION
    WORK_CENTER = "work_center"
    GAUGE = "gauge"


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A hold; `id` is the seq of the fact that placed it, `released_at` None while it is on.

    `origin` is person, inspection or rule; `interrupts` 1 where a running job is interrupted
    too. Times in us.
    """

    id: int
    scope: str
    target: str
    reason: str
    origin: str
    inspection: str
    interrupts: int
    equipment_id: str
    placed_at: int
    placed_by: str
    released_at: int | None
    released_by: str | None
    release_note: str | None
    reason_coded: str = ""

    @property
    def why(self) -> Sentence:
        """The reason, as a sentence."""
        return (
            remembered(json.loads(self.reason_coded)) if self.reason_coded else plain(self.reason)
        )


@dataclass(frozen=True, kw_only=True)
class InspectionResult:
    """An inspection that was done; `seq` of its fact.

    `covers` are the due points that it answers (JSON texts), `findings` what is wrong (JSON
    sentences, or texts where they were found before they had codes);
    `again` 1 for pieces that were inspected before. `voided_at` None: it holds.
    """

    seq: int
    equipment_id: str
    job_order_id: str
    product: str
    revision: str
    operation: int
    inspection: str
    at: int
    actor: str
    sample: str
    again: int
    passed: int
    inspected: int
    first_pass_good: int
    covers: str
    findings: str
    voided_at: int | None
    voided_by: str | None
    void_note: str | None

    @property
    def found(self) -> list[Sentence]:
        """The findings, as sentences."""
        said = json.loads(self.findings)
        return [plain(one) if isinstance(one, str) else remembered(one) for one in said]


@dataclass(frozen=True, kw_only=True)
class MeasuredSample:
    """The readings of one characteristic in one result: a point of its chart.

    `readings` is a JSON list of decimal texts; limits are decimal texts, empty for none.
    """

    seq: int
    characteristic: str
    equipment_id: str
    product: str
    operation: int
    inspection: str
    job_order_id: str
    at: int
    actor: str
    chart: str
    gauge: str
    unit: str
    lower: str
    nominal: str
    upper: str
    readings: str
    findings: str


@dataclass(frozen=True, kw_only=True)
class FrozenLimits:
    """Control limits that a person froze from a baseline; fractions as texts."""

    seq: int
    equipment_id: str
    product: str
    operation: int
    characteristic: str
    at: int
    actor: str
    chart: str
    size: int
    subgroups: int
    center: str
    spread: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Nonconformance:
    """Pieces that are not as they should be, and where they are now.

    `quantity` is always the sum of `held` (not decided), `used`, `scrapped`, `returned`,
    `waiting` (for rework), `reworked_good` and `reworked_scrap`.
    """

    id: int
    equipment_id: str
    job_order_id: str
    lot: str
    reason: str
    cause: str
    place: str
    note: str
    inspection: str
    opened_at: int
    opened_by: str
    quantity: int
    held: int
    used: int
    scrapped: int
    returned: int
    waiting: int
    reworked_good: int
    reworked_scrap: int


@dataclass(frozen=True, kw_only=True)
class NonconformingPart:
    """Pieces of a nonconformance by the hour bucket in which they were made."""

    nonconformance: int
    equipment_id: str
    hour: int
    job_order_id: str
    run_time_per_item: str
    shift: str
    production_day: str
    held: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class InspectionHour:
    """First inspections by hour: pieces inspected, and good the first time."""

    equipment_id: str
    hour: int
    job_order_id: str
    shift: str
    production_day: str
    inspected: int
    first_pass_good: int


@dataclass(frozen=True, kw_only=True)
class Defect:
    """Pieces that were bad: scrap or rework, what was wrong and where on the part."""

    kind: str
    reason: str
    place: str
    quantity: int


class QualityReader(Protocol):
    """What the quality room reads; each call is one short read transaction."""

    def holds(self, *, open_: bool | None = None) -> Sequence[Hold]:
        """Holds, oldest first; `open_` None: all."""
        ...

    def hold(self, id_: int) -> Hold | None: ...
    def results(self, job_order_id: str) -> Sequence[InspectionResult]:
        """Results of a job order, oldest first."""
        ...

    def result(self, seq: int) -> InspectionResult | None: ...
    def latest_results(self, equipment_id: str, limit: int) -> Sequence[InspectionResult]:
        """The last results of a work center, the newest first."""
        ...

    def samples(
        self, equipment_id: str, product: str, operation: int, characteristic: str, limit: int
    ) -> Sequence[MeasuredSample]:
        """The last points of a chart, oldest first."""
        ...

    def machine_runs(self, equipment_id: str, limit: int) -> Sequence[MeasuredSample]:
        """The last runs of a machine, the newest first."""
        ...

    def frozen_limits(
        self, equipment_id: str, product: str, operation: int, characteristic: str
    ) -> FrozenLimits | None:
        """The limits that were frozen last; None before the first."""
        ...

    def nonconformances(self, *, open_: bool | None = None) -> Sequence[Nonconformance]:
        """Nonconformances, oldest first; open ones have pieces held or waiting for rework."""
        ...

    def nonconformance(self, id_: int) -> Nonconformance | None: ...
    def parts(self, id_: int) -> Sequence[NonconformingPart]:
        """Pieces of a nonconformance that are not done with, the latest hour first."""
        ...

    def defects(self, equipment_id: str, start: int, end: int) -> Sequence[Defect]:
        """Bad pieces of hours that start in [start, end), the most frequent first."""
        ...

    def named_scrap(self, equipment_id: str, job_order_id: str) -> Reasons:
        """Scrap of a job order that has a reason."""
        ...

    def apart(self, bucket: HourQuantity) -> int:
        """Pieces of an hour bucket that are held, or wait for rework, by a nonconformance."""
        ...

    def run_time_of(self, equipment_id: str, job_order_id: str, since: int, now: int) -> int:
        """Production time (us) of a job order from `since` to `now`."""
        ...

    def inspection_hours(self, equipment_id: str, start: int, end: int) -> Sequence[InspectionHour]:
        """First inspections of hours that start in [start, end)."""
        ...
