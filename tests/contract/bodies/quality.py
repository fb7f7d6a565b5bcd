"""Holds, inspections, control limits and nonconformances."""

from typing import Literal

import msgspec

from tests.contract.bodies.words import Count, FactSchema, Raw, Resolved, Rules, Said, Strict, Text


class QualityHold(Strict):
    event: Literal["placed", "released"]
    hold: Count | msgspec.UnsetType = msgspec.UNSET
    note: Text | msgspec.UnsetType = msgspec.UNSET
    scope: Literal["lot", "job_order", "product", "work_center", "gauge"] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    target: Text | msgspec.UnsetType = msgspec.UNSET
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    origin: Literal["person", "inspection", "rule"] | msgspec.UnsetType = msgspec.UNSET
    inspection: str | msgspec.UnsetType = msgspec.UNSET
    interrupts: bool | msgspec.UnsetType = msgspec.UNSET
    reason_coded: Said | msgspec.UnsetType = msgspec.UNSET

    def rules(self, fact: FactSchema) -> Rules:
        placed = self.scope is not msgspec.UNSET and self.reason is not msgspec.UNSET
        yield placed == (self.event == "placed"), "a hold that is placed says on what and why"
        yield placed != (self.hold is not msgspec.UNSET), "a release names its hold"


class Characteristic(Strict):
    characteristic: Text
    kind: Literal["attribute", "measured"]
    readings: list[Text]
    nok: list[Count]
    findings: list[Text]
    chart: Literal["xbar_r", "individuals", ""] | msgspec.UnsetType = msgspec.UNSET
    gauge: str | msgspec.UnsetType = msgspec.UNSET
    unit: str | msgspec.UnsetType = msgspec.UNSET
    lower: str | msgspec.UnsetType = msgspec.UNSET
    nominal: str | msgspec.UnsetType = msgspec.UNSET
    upper: str | msgspec.UnsetType = msgspec.UNSET
    tag: Text | msgspec.UnsetType = msgspec.UNSET
    shown: Text | msgspec.UnsetType = msgspec.UNSET
    shown_at: Raw | msgspec.UnsetType = msgspec.UNSET
    device_at: Raw | msgspec.UnsetType | None = msgspec.UNSET


class QualityResult(Resolved):
    product: Text
    revision: Text
    operation: Count
    inspection: Text
    sample: str
    again: bool
    passed: bool
    inspected: Raw
    first_pass_good: Raw
    made: int
    covers: list[Text]
    findings: list[Text]
    results: list[Characteristic]
    note: str
    findings_coded: list[Said] | msgspec.UnsetType = msgspec.UNSET


class ControlLimits(Strict):
    product: Text
    operation: Count
    characteristic: Text
    chart: Literal["xbar_r", "individuals"]
    size: Count
    subgroups: Count
    center: Text
    spread: Text
    baseline: list[Count]
    note: Text


class Part(Resolved):
    quantity: Count


class Nonconformance(Strict):
    event: Literal[
        "opened", "used", "scrapped", "returned", "rework", "reworked_good", "reworked_scrap"
    ]
    quantity: Count
    note: str
    parts: list[Part]
    nonconformance: Count | msgspec.UnsetType = msgspec.UNSET
    lot: str | msgspec.UnsetType = msgspec.UNSET
    reason: Text | msgspec.UnsetType = msgspec.UNSET
    cause: str | msgspec.UnsetType = msgspec.UNSET
    place: str | msgspec.UnsetType = msgspec.UNSET
    inspection: str | msgspec.UnsetType = msgspec.UNSET

    def rules(self, fact: FactSchema) -> Rules:
        yield self.quantity == sum(one.quantity for one in self.parts), "its parts add up"
        opened = self.nonconformance is msgspec.UNSET
        yield opened == (self.event == "opened"), "a decision names its nonconformance"
