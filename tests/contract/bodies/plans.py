"""Documents, plans and the configuration."""

from typing import Any, Literal

import msgspec

from tests.contract.bodies.words import Count, Raw, Sha256, Strict, Text, Time


class ScheduleReceived(Strict):
    document: Literal["operations_schedule", "operations_definition"]
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


class PlanReleased(Strict):
    plan: Count
    input_hash: Sha256
    valid_from: Time
    orders: list[Forecast]


class InstructionAcknowledged(Strict):
    plan: Count
    work_center: Text
    hour: Time


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
