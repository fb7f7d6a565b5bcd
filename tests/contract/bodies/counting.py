"""Pieces and counters: what was counted, kept apart, missed, and found bad afterwards."""

from typing import Literal

import msgspec

from tests.contract.bodies.words import (
    Count,
    FactSchema,
    Rational,
    Raw,
    Resolved,
    Rules,
    Strict,
    Text,
    Time,
)

Flag = Literal[
    "rollover",
    "lower_bound",
    "ambiguous",
    "saturated",
    "recovered",
    "split",
    "estimated_time",
    "order_changed",
    "unassigned",
    "derived",
    "corrected",
    "total_only",
    "released",
    "reported",
    "pulse",
    "weighed",
    "setup",
    "unconfirmed",
]


class CountTool(Strict):
    id: Text
    pieces_per_stroke: Rational


class ProductionCount(Resolved):
    role: Literal["good", "scrap", "rework", "total", "energy"]
    quantity: int
    tag: Text
    counter_epoch: Count
    raw_from: int
    raw_to: int
    from_: Time = msgspec.field(name="from")
    to: Time
    flags: list[Flag]
    pieces_per_pulse: Rational | msgspec.UnsetType = msgspec.UNSET
    rest: Rational | msgspec.UnsetType = msgspec.UNSET
    quarantine: Count | msgspec.UnsetType = msgspec.UNSET
    beside: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET
    tool: CountTool | msgspec.UnsetType = msgspec.UNSET

    def rules(self, fact: FactSchema) -> Rules:
        back = bool({"corrected", "derived", "released", "reported"} & set(self.flags))
        begun = self.quantity == 0 and self.pieces_per_pulse is not msgspec.UNSET
        yield self.quantity > 0 or back or begun, "quantity"
        released = isinstance(self.quarantine, int) != isinstance(self.beside, int)
        yield released == ("released" in self.flags), "a release names its quarantine"
        yield not released or self.quantity >= 0, "no less than nothing is released"
        yield self.from_ <= self.to, "a count ends after it began"
        yield self.hour <= self.from_, "a count lies in its hour"
        yield self.to - self.hour <= 3_600_000_000, "a count never spans an hour's border"


class CounterBaseline(Strict):
    tag: Text
    counter_epoch: Count
    raw: int
    reason: Literal["first", "reset", "released"]
    rest: Rational | msgspec.UnsetType = msgspec.UNSET
    rest_of: str | msgspec.UnsetType = msgspec.UNSET


class Quarantine(Strict):
    tag: Text
    counter_epoch: Count
    raw_from: Raw
    raw_to: Raw
    reason: Literal[
        "jump",
        "preset",
        "rollover_or_reset",
        "correction_or_reset",
        "less_at_least",
        "away",
        "backward",
        "mailbox_first",
        "mailbox_changed",
        "mailbox_gap",
    ]
    from_: Time = msgspec.field(name="from")
    to: Time
    modulus: int | None
    limit: Count
    role: Literal["good", "scrap", "rework", "total", "energy"] | msgspec.UnsetType = msgspec.UNSET
    pieces_per_pulse: Rational | msgspec.UnsetType = msgspec.UNSET


class DataGap(Strict):
    from_: Time = msgspec.field(name="from")
    to: Time
    reason: Literal[
        "unreachable",
        "edge_down",
        "bad_quality",
        "saturated",
        "ambiguous",
        "reset",
        "missed_changes",
        "missed_pulses",
        "not_configured",
    ]
    detail: str

    def rules(self, fact: FactSchema) -> Rules:
        yield self.from_ <= self.to, "a gap ends after it began"


class Reclassified(Resolved):
    quantity: int
    reason: Text
    effect: Literal[
        "reclassify", "reason_only", "done_good", "done_scrap", "rerun_good", "rerun_scrap"
    ]
    setup: bool | msgspec.UnsetType = msgspec.UNSET
    place: Text | msgspec.UnsetType = msgspec.UNSET
