"""Section 1 of docs/contracts.md as types: `check` refuses any fact that is not written so.

`BODIES` says which body a kind has; each stands in bodies/ with the others of its subject, and
what types do not say of it in its `rules`.
"""

import json
from collections.abc import Mapping

import msgspec

from tests.contract.bodies import (
    audits,
    board,
    corrections,
    counting,
    jobs,
    maintenance,
    materials,
    people,
    plans,
    promises,
    quality,
    stops,
)
from tests.contract.bodies.words import FactSchema, Strict

BODIES: Mapping[str, type[Strict] | Mapping[str, type[Strict]]] = {  # or one for each event
    "production_count": counting.ProductionCount,
    "counter_baseline": counting.CounterBaseline,
    "quarantine": counting.Quarantine,
    "data_gap": counting.DataGap,
    "equipment_state": stops.EquipmentState,
    "scrap": counting.Reclassified,
    "rework": counting.Reclassified,
    "stop_reason": stops.StopReason,
    "board_hour": board.BoardHour,
    "andon": board.Andon,
    "quality_hold": quality.QualityHold,
    "quality_result": quality.QualityResult,
    "control_limits": quality.ControlLimits,
    "nonconformance": quality.Nonconformance,
    "material_consumed": materials.CONSUMED,
    "material_produced": materials.PRODUCED,
    "job_order_event": jobs.JobOrderEvent,
    "schedule_received": plans.ScheduleReceived,
    "plan_released": plans.PlanReleased,
    "plan_proposal": plans.PROPOSAL,
    "order_forecast": plans.OrderForecast,
    "plan_unfrozen": plans.PlanUnfrozen,
    "instruction_acknowledged": plans.InstructionAcknowledged,
    "configuration_applied": plans.ConfigurationApplied,
    "correction": corrections.Correction,
    "audit": audits.Audit,
    "labour": people.Labour,
    "maintenance": maintenance.Maintenance,
    "promise": promises.PROMISE,
}


class NotAsWritten(AssertionError):
    """A fact that is not as section 1 says."""


def check(data: bytes) -> FactSchema:
    """The fact of canonical bytes; raises NotAsWritten that names what is wrong."""
    try:
        plain = json.loads(data, parse_float=_no_float, parse_constant=_no_float)
        again = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        _hold(again.encode() == data, "its bytes are not canonical")
        fact = msgspec.convert(plain, FactSchema)
        _hold(bool(fact.prev_hash) == (fact.seq > 1), "prev_hash is empty at seq 1 alone")
        _hold((fact.source == "operator") <= bool(fact.actor), "what people do has an actor")
        for true, rule in msgspec.convert(fact.body, _body_of(fact)).rules(fact):
            _hold(true, rule)
    except (KeyError, msgspec.ValidationError, ValueError) as error:
        raise NotAsWritten(f"{error!r} in {data.decode()}") from error
    return fact


def _body_of(fact: FactSchema) -> type[Strict]:
    body = BODIES[fact.kind]
    return body[fact.body["event"]] if isinstance(body, Mapping) else body


def _hold(true: bool, rule: str) -> None:
    if not true:
        raise ValueError(rule)


def _no_float(text: str) -> None:
    raise ValueError(f"{text} is a float")
