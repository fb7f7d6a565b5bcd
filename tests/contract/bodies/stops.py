"""States of a machine, and its stops."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tests.contract.bodies.words import (
    Calendar,
    Count,
    FactSchema,
    Rules,
    StopClass,
    Strict,
    Text,
    Time,
)


class Cause(Strict):
    reason: Text
    class_: StopClass = msgspec.field(name="class")
    planned: bool


class EquipmentState(Strict):
    state: Annotated[int, Meta(ge=1, le=17)] | None
    mode: int | None
    fault: int | None
    time_class: Literal["APT", "ASUT", "ADET", "ADOT", "UNKNOWN", "OFF", "APT_OUTSIDE"]
    calendar: Calendar | None
    reason: Literal["state", "job", "border", "silence", "start", "removed"]
    shared: list[Text] | msgspec.UnsetType = msgspec.UNSET
    cause: Cause | msgspec.UnsetType = msgspec.UNSET
    micro_us: Count | msgspec.UnsetType = msgspec.UNSET


class StopReason(Strict):
    stop: Count | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    event: (
        Literal["split", "merged", "planned", "planned_changed", "planned_cancelled"]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    class_: StopClass | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="class")
    planned: bool | msgspec.UnsetType = msgspec.UNSET
    part: Count | msgspec.UnsetType = msgspec.UNSET
    at: Time | msgspec.UnsetType = msgspec.UNSET
    from_: Time | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="from")
    to: Time | msgspec.UnsetType = msgspec.UNSET
    planned_stop: Count | msgspec.UnsetType = msgspec.UNSET

    def rules(self, fact: FactSchema) -> Rules:
        window = self.event in {"planned", "planned_changed"}
        yield window == (self.to is not msgspec.UNSET), "a planned stop has an end"
        cut = self.event in {"split", "merged"}
        yield cut == (self.at is not msgspec.UNSET), "a stop is cut or joined at an instant"
        yield (self.event is msgspec.UNSET or cut) == (self.stop is not msgspec.UNSET), "stop"
