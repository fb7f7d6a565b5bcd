"""States whose job is known otherwise: an interval in parts, and the stops that follow from it.

The last part of an interval keeps the row of the fact that opened it, so that whatever closes
it later finds it; the parts before it have rows of their own, below 0. What is not there any
more lasts no time: a part from 0 to 0, a stop without a start; the words of people about it stay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from edge.domain.changes import NO_JOB, Add, Change, Put, Scalar
from edge.domain.facts import Fact
from edge.domain.folding.maintenance import ran
from edge.domain.folding.states import OpenState

PARTS_OF_A_STATE = 1000
Part = Mapping[str, Any]


def part_key(opened: int, index: int) -> int:
    """`opened` of the row of a part of an interval that is not its last."""
    return -(opened * PARTS_OF_A_STATE + index)


def fact_of(opened: int) -> int:
    """The seq of the fact that opened the interval to which a row belongs."""
    return opened if opened > 0 else -opened // PARTS_OF_A_STATE


def restated(
    opened: OpenState | None, correction: Fact, corrected: Fact, before: Sequence[Part]
) -> tuple[OpenState | None, tuple[Change, ...]]:
    """The open interval after a correction of a state, and what it changes in the tables."""
    parts: Sequence[Part] = correction.body["changes"]["parts"]
    seq, equipment = corrected.seq, corrected.equipment_id
    changes: list[Change] = []
    for index, (part, following) in enumerate(pairwise(parts)):
        ends = {"start": part["from"], "end": following["from"]}
        values = {**_shown(corrected), **ends, **_of(part)}
        changes.append(Put("state_interval", _key(equipment, part_key(seq, index)), values))
    for index in range(len(parts) - 1, len(before) - 1):
        nothing: dict[str, Scalar] = {"start": 0, "end": 0}
        changes.append(Put("state_interval", _key(equipment, part_key(seq, index)), nothing))
    last = {"start": parts[-1]["from"], **_of(parts[-1])}
    changes.append(Put("state_interval", _key(equipment, seq), last))
    changes += _used(corrected, before, parts)
    stops: Sequence[Part] = correction.body.get("stops") or ()
    gone: Sequence[int] = correction.body.get("gone") or ()
    changes += [_stop(equipment, stop) for stop in stops]
    changes += [_gone(equipment, id_) for id_ in gone]
    return _open(opened, seq, parts[-1], stops, gone), tuple(changes)


def _used(corrected: Fact, before: Sequence[Part], parts: Sequence[Part]) -> tuple[Change, ...]:
    """How much longer the machine ran by the parts than by those before; what lasts counts when
    it has ended."""
    whole = {"from": parts[0]["from"], "time_class": corrected.body["time_class"]}
    end = parts[-1].get("to")
    more = _running(corrected, parts, end) - _running(corrected, before or (whole,), end)
    key: dict[str, Scalar] = {"equipment_id": corrected.equipment_id}
    return (Add("usage", key, {"running": more}),) if more else ()


def _running(fact: Fact, parts: Sequence[Part], end: int | None) -> int:
    ends = [*(part["from"] for part in parts[1:]), end]
    return sum(
        one.amounts["running"]
        for part, to in zip(parts, ends, strict=True)
        if to is not None
        for one in ran(fact.equipment_id, part["time_class"], part["from"], to)
        if isinstance(one, Add)
    )


def _open(
    opened: OpenState | None,
    seq: int,
    last: Part,
    stops: Sequence[Part],
    gone: Sequence[int],
) -> OpenState | None:
    if opened is None:
        return None
    if opened.opened == seq:
        opened = replace(opened, start=last["from"], time_class=last["time_class"])
    if opened.stop in gone:
        opened = replace(opened, stop=None)
    still = [int(stop["id"]) for stop in stops if stop["to"] is None]
    ended = any(stop["id"] == opened.stop and stop["to"] is not None for stop in stops)
    return (
        replace(opened, stop=still[0]) if still else replace(opened, stop=None) if ended else opened
    )


def _key(equipment: str, opened: int) -> dict[str, Scalar]:
    return {"equipment_id": equipment, "opened": opened}


def _of(part: Part) -> dict[str, Scalar]:
    job = part["job_order_id"] or NO_JOB
    return {"time_class": part["time_class"], "job_order_id": job}


def _shown(fact: Fact) -> dict[str, Scalar]:
    calendar = fact.body.get("calendar") or {}
    shown: dict[str, Scalar] = {name: fact.body[name] for name in ("state", "mode", "fault")}
    shown["shift"] = calendar.get("shift") or ""
    shown["production_day"] = calendar.get("production_day") or ""
    return shown


def _stop(equipment: str, stop: Part) -> Put:
    values: dict[str, Scalar] = {"start": stop["from"], "end": stop["to"], "fault": stop["fault"]}
    values["job_order_id"] = stop["job_order_id"] or NO_JOB
    return Put("stop", {"equipment_id": equipment, "id": stop["id"]}, values)


def _gone(equipment: str, id_: int) -> Put:
    return Put("stop", {"equipment_id": equipment, "id": id_}, {"start": None, "end": None})
