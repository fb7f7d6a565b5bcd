"""Documents, plans and the configuration."""

from typing import Any, Literal

import msgspec

from tests.contract.bodies.words import (
    Count,
    FactSchema,
    Raw,
    Rules,
    Said,
    Sha256,
    Strict,
    Text,
    Time,
)


class ScheduleReceived(Strict):
    document: Literal["operations_schedule", "operations_definition", "expected_receipts"]
    id: Text
    revision: Text
    sha256: Sha256
    position: Count


class Forecast(Strict):
    id: Text
    completion: Time | None
    due: Time
    tardiness_s: Raw | None
    reasons: list[dict[str, Any]]
    unmade: Said | msgspec.UnsetType = msgspec.UNSET


class Moved(Strict):
    order: Text
    operation: Raw
    how: Literal["work_center", "sequence"]
    work_center: Text
    start: Time
    from_work_center: Text
    from_start: Time
    work_s: Raw


class Changed(Strict):
    """What a plan changes, in short."""

    moved_s: Raw
    moved: Raw
    moves: list[Moved]
    became_late: list[Text]
    on_time_again: list[Text]
    hours: Raw


class Outage(Strict):
    work_center: Text
    kind: Literal["down", "absent"]
    since: Time
    job: str


class RestsOn(Strict):
    """What an edge that starts again has to know of a plan."""

    position: Raw
    pressing: list[Text]
    outages: list[Outage]


class PlanReleased(Strict):
    plan: Count
    input_hash: Sha256
    valid_from: Time
    orders: list[Forecast]
    made_at: Time | msgspec.UnsetType = msgspec.UNSET
    as_of: Count | msgspec.UnsetType = msgspec.UNSET
    replaces: Raw | msgspec.UnsetType = msgspec.UNSET
    why: Said | msgspec.UnsetType = msgspec.UNSET
    proposal: Count | msgspec.UnsetType | None = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    difference: Changed | msgspec.UnsetType | None = msgspec.UNSET
    told: list[Text] | msgspec.UnsetType = msgspec.UNSET
    unfrozen: dict[str, Time] | msgspec.UnsetType = msgspec.UNSET
    rests_on: RestsOn | msgspec.UnsetType | None = msgspec.UNSET

    def rules(self, fact: FactSchema) -> Rules:
        person = bool(self.proposal)
        yield (fact.source == "operator") == person, "a person releases proposals, the edge others"


class Proposed(Strict):
    event: Literal["proposed"]
    proposal: Count
    base: Count
    input_hash: Sha256
    valid_from: Time
    made_at: Time
    as_of: Count
    why: Said
    limit_s: Raw
    difference: Changed
    rests_on: RestsOn | msgspec.UnsetType | None = msgspec.UNSET


class Decided(Strict):
    event: Literal["discarded", "overtaken"]
    proposal: Count
    note: str


PROPOSAL: dict[str, type[Strict]] = {
    "proposed": Proposed,
    "discarded": Decided,
    "overtaken": Decided,
}


class PlanUnfrozen(Strict):
    work_centers: list[Text]
    until: Time
    note: Text


class InstructionAcknowledged(Strict):
    plan: Count
    work_center: Text
    hour: Time | None


class Placed(Strict):
    line: Text
    area: Text | None
    constraint: bool
    capacity_per_hour: Text | None


class ConfigurationApplied(Strict):
    sha256: Sha256
    taktline: Text
    work_centers: dict[str, Placed] | msgspec.UnsetType = msgspec.UNSET
    changes: dict[str, dict[str, list[Text]]] | msgspec.UnsetType = msgspec.UNSET


class Within(Strict):
    from_: Time = msgspec.field(name="from")
    to: Time
    percent: Literal[80]
    open: Literal[True] | msgspec.UnsetType = msgspec.UNSET


class Recovery(Strict):
    operation: Raw
    work_center: Text
    pieces: Raw
    per_hour: Text | None
    per_hour_up: Raw | None
    percent: Raw | None
    possible: bool


class MovedForecast(Strict):
    at: Time
    was_finish: Time
    because: list[Said]


class Expected(Strict):
    """What is expected of an order."""

    id: Text
    due: Time
    planned_finish: Time | None
    forecast_finish: Time | None
    range: Within | None
    hours: Raw
    recovery: Recovery | None
    late_s: Raw
    late_reasons: list[dict[str, Any]]
    late_because: list[Said]
    moved: MovedForecast | None
    plan: Count
    made_at: Time
    unmade: Said | msgspec.UnsetType | None = msgspec.UNSET


class OrderForecast(Strict):
    plan: Count
    orders: list[Expected]
