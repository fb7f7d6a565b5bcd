"""The fields of `taktline.scenario/1`, as tables."""

from collections.abc import Mapping
from typing import Any, Final

from edge.planning.scenario.model import SCENARIO_FORMAT
from edge.planning.scenario.reading import (
    Faults,
    Field,
    credit,
    day,
    flag,
    fraction,
    list_of,
    map_of,
    moment,
    one_of,
    pitch,
    record,
    refuse,
    seconds,
    share,
    span,
    text,
    wall,
    wall_pair,
    whole,
    zone,
)


def written_moment(value: Any, place: str, faults: Faults) -> Any:
    """A time together with the text that it was written as."""
    return moment(value, place, faults), value


SHIFT = record(
    {
        "name": Field(text, required=False, default=""),
        "days": Field(list_of(day)),
        "start": Field(wall),
        "end": Field(wall),
        "breaks": Field(list_of(wall_pair), required=False, default=[]),
    }
)
HOLIDAYS = record(
    {
        "country": Field(text),
        "subdivision": Field(text, required=False),
        "categories": Field(list_of(text), required=False, default=[]),
        "worked": Field(list_of(text), required=False, default=[]),
    }
)
CALENDAR = record(
    {
        "weekly": Field(list_of(SHIFT), required=False, default=[]),
        "always": Field(flag, required=False, default=False),
        "closed": Field(list_of(span), required=False, default=[]),
        "open": Field(list_of(span), required=False, default=[]),
        "holidays": Field(HOLIDAYS, required=False),
    }
)
WORK_CENTER = record(
    {
        "id": Field(text),
        "calendar": Field(text),
        "initial_family": Field(text, required=False),
        "maintenance": Field(list_of(span), required=False, default=[]),
        "setup_matrix_s": Field(map_of(map_of(seconds)), required=False, default={}),
    }
)
ALTERNATIVE = record(
    {
        "work_center": Field(text),
        "cycle_s": Field(fraction, nullable=True),
        "setup_s": Field(seconds, required=False, default=0),
    }
)
OPERATION = record(
    {
        "seq": Field(whole(0)),
        "alternatives": Field(list_of(ALTERNATIVE), required=False, default=[]),
        "transfer_batch": Field(whole(1), required=False),
        "yield": Field(share, required=False, default=1),
        "min_gap_s": Field(seconds, required=False, default=0),
        "lead_time_s": Field(seconds, required=False),
        "wip_limit": Field(whole(1), required=False),
        "max_gap_s": Field(seconds, required=False),
        "skills": Field(list_of(text), required=False, default=[]),
        "not_before": Field(moment, required=False),
        "family": Field(text, required=False),
    }
)
MATERIAL = record({"from": Field(moment), "quantity": Field(whole(0))})
ORDER = record(
    {
        "id": Field(text),
        "product": Field(text),
        "family": Field(text, required=False),
        "quantity": Field(whole(0)),
        "due": Field(moment, required=False),
        "weight": Field(whole(0), required=False, default=1),
        "release": Field(moment, required=False),
        "material_from": Field(moment, required=False),
        "material": Field(list_of(MATERIAL), required=False, default=[]),
        "operations": Field(list_of(OPERATION, "seq"), required=False, default=[]),
    }
)
LEVELLING = record(
    {
        "pitch_s": Field(pitch),
        "products": Field(list_of(text), required=False, default=[]),
        "families": Field(list_of(text), required=False, default=[]),
        "work_centers": Field(list_of(text), required=False, default=[]),
    }
)
PERSON = record(
    {
        "id": Field(text),
        "calendar": Field(text),
        "skills": Field(list_of(text), required=False, default=[]),
        "absent": Field(list_of(span), required=False, default=[]),
    }
)
TURN = record({"work_center": Field(text), "order": Field(text), "seq": Field(whole(0))})
ACTUAL_FIELDS: Final = {
    "good": Field(whole(0), required=False, default=0),
    "scrap": Field(whole(0), required=False, default=0),
    "ended": Field(flag, required=False, default=False),
    "running_on": Field(text, required=False),
    "setup_left_s": Field(seconds, required=False, default=0),
}
ACTUAL = record({"order": Field(text), "seq": Field(whole(0)), **ACTUAL_FIELDS})
ROW = record(
    {
        "order": Field(text),
        "seq": Field(whole(0)),
        "work_center": Field(text),
        "hour": Field(written_moment),
        "label": Field(text, required=False, default=""),
        "quantity": Field(whole(0)),
        "setup_s": Field(whole(0), required=False, default=0),
        "frozen": Field(flag, required=False, default=False),
        "unchecked": Field(flag, required=False, default=False),
        "owed": Field(whole(0), required=False),
    }
)
BLOCK = record(
    {
        "order": Field(text),
        "seq": Field(whole(0)),
        "work_center": Field(text, required=False),
        "kind": Field(one_of("setup", "run")),
        "start": Field(moment),
        "end": Field(moment),
        "quantity": Field(whole(0), required=False, default=0),
        "credit_s": Field(credit, required=False, default=0),
        "person": Field(text, required=False),
        "used": Field(whole(0), required=False, default=0),
        "lot": Field(whole(1), required=False),
        "unchecked": Field(flag, required=False, default=False),
    }
)
SCHEDULE_PARTS = (
    "levelled",
    "unexplained",
    "format",
    "input_hash",
    "seed",
    "orders",
    "capacity",
    "objective",
    "feasibility",
)
PREVIOUS = record(
    {
        "hours": Field(list_of(ROW)),
        "blocks": Field(list_of(BLOCK), required=False, default=[]),
        **{part: Field(lambda value, _place, _faults: value, False) for part in SCHEDULE_PARTS},
    }
)


def previous(value: Any, place: str, faults: Faults) -> Any:
    """The instructions in force: a list of hours, or the whole schedule that gave them."""
    if isinstance(value, list):
        return {"hours": list_of(ROW)(value, place, faults), "blocks": []}
    return PREVIOUS(value, place, faults)


def actuals(value: Any, place: str, faults: Faults) -> Any:
    """Counts as a list, or by order and operation: {"O1": {"10": {"good": 5}}}."""
    if not isinstance(value, Mapping):
        return list_of(ACTUAL)(value, place, faults)
    rows = []
    for order, by_seq in value.items():
        if not isinstance(by_seq, Mapping):
            refuse(faults, f"{place}.{order}", by_seq, "is not an object", "write {seq: {...}}")
            continue
        for seq, counts in by_seq.items():
            at = f"{place}.{order}.{seq}"
            if not str(seq).isdecimal():
                refuse(faults, at, seq, "is not a number of an operation", "write for example 10")
            elif isinstance(counts, Mapping):
                rows.append(ACTUAL({"order": order, "seq": int(seq), **counts}, at, faults))
            else:
                refuse(faults, at, counts, "is not an object", 'write {"good": 5, "scrap": 0}')
    return rows


SCENARIO = record(
    {
        "format": Field(one_of(SCENARIO_FORMAT)),
        "timezone": Field(zone),
        "calendars": Field(map_of(CALENDAR)),
        "work_centers": Field(list_of(WORK_CENTER, "id")),
        "plan_start": Field(moment),
        "plan_end": Field(moment, required=False),
        "people": Field(list_of(PERSON, "id"), required=False, default=[]),
        "levelling": Field(list_of(LEVELLING), required=False, default=[]),
        "orders": Field(list_of(ORDER, "id")),
        "now": Field(moment, required=False),
        "frozen_until": Field(moment, required=False),
        "actuals": Field(actuals, required=False, default=[]),
        "previous": Field(previous, required=False, default={"hours": [], "blocks": []}),
        "follow": Field(list_of(TURN), required=False, default=[]),
        "objective": Field(
            one_of("weighted_tardiness", "makespan"), required=False, default="weighted_tardiness"
        ),
    }
)
