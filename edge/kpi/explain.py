"""Why a figure is what it is: its arithmetic, elements, and all records behind it. Pure.

Made of the same entries as the figure itself, so that an explanation adds up to it by
construction. Times are microseconds, exact numbers are texts (`3/2`), pieces integers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from fractions import Fraction
from typing import Any

from edge.domain.figures import EnergyHour, InspectionHour, MaterialHour, MaterialUse
from edge.domain.folding.restated_states import fact_of
from edge.domain.production import HourQuantity
from edge.domain.sentences import Sentence, say
from edge.kpi import indicators
from edge.kpi.absence import why_absent
from edge.kpi.attendance import PersonShare
from edge.kpi.book import Book, Group, Question
from edge.kpi.catalogue import row
from edge.kpi.cells import Entry, Tile
from edge.kpi.elements import Elements
from edge.kpi.registry import Kpi, kpi
from edge.kpi.report import Window, flags, rendered
from edge.kpi.windows import figures

Json = dict[str, Any]
# How an element comes about, by its name; what is not here is a time of the intervals.
HOW: Mapping[str, Sentence] = {
    "produced_quantity": say("how.produced_quantity", "good, scrap and rework pieces, each once"),
    "good_quantity": say("how.good_quantity", "good pieces, less what was found bad later"),
    "scrap_quantity": say("how.scrap_quantity", "scrap, in the hour in which it was made"),
    "rework_quantity": say("how.rework_quantity", "pieces for rework"),
    "unrated_quantity": say("how.unrated_quantity", "pieces without a run time"),
    "standard_time_produced": say(
        "how.standard_time_produced", "run time per item x pieces, job by job"
    ),
    "standard_time_good": say(
        "how.standard_time_good", "run time per item x good pieces, job by job"
    ),
    "order_execution_time": say(
        "how.order_execution_time",
        "from the first start of the order's jobs to the last end, or to now",
    ),
    "personnel_work_time": say(
        "how.personnel_work_time", "people's work, shared out where one was at several work centers"
    ),
    "personnel_attendance_time": say("how.personnel_attendance_time", "people's attendance"),
    "inspected_quantity": say("how.inspected_quantity", "first inspections"),
    "first_pass_good": say("how.first_pass_good", "good at the first inspection"),
    "planned_scrap_quantity": say(
        "how.planned_scrap_quantity", "planned_scrap_percent of the operation x pieces made"
    ),
    "first_operation_quantity": say(
        "how.first_operation_quantity", "pieces of the first operation of the order's routing"
    ),
    "last_operation_quantity": say(
        "how.last_operation_quantity", "pieces of the last operation of the order's routing"
    ),
    "integrated_good_quantity": say(
        "how.integrated_good_quantity", "good pieces of the last operation"
    ),
    "consumed_material": say(
        "how.consumed_material",
        "pieces x what is in a piece, by the pinned bill of material,"
        " and what people booked as used or lost",
    ),
    "production_loss": say(
        "how.production_loss",
        "scrap pieces x what is in a piece, and what people booked as lost there",
    ),
    "storage_loss": say("how.storage_loss", "booked as lost in storage or transport"),
    "other_loss": say("how.other_loss", "booked as lost otherwise"),
    "energy": say("how.energy", "counted by the meter"),
    "equipment_capacity": say("how.equipment_capacity", "capacity_per_hour x planned busy time"),
    "failures": say("how.failures", "stops whose reason is a breakdown, where they began"),
    "restoration_time": say("how.restoration_time", "time of those stops"),
}
OF_INTERVALS = say("how.intervals", "time of the intervals of these time classes")
_OF_COVERAGE = frozenset({"planned_busy_time", "unknown_time"})


def explanations(book: Book, question: Question, name: str) -> list[Json]:
    """One for each window and thing; raises KpiRefused and KpiInputInvalid."""
    one = kpi(name)
    found = figures(book, question, evidence=True)
    return [explanation(one, question, *figure) for figure in found]


def explanation(kpi: Kpi, question: Question, group: Group, window: Window, of: Elements) -> Json:
    """The arithmetic of one figure, with everything that it is made of."""
    value = kpi.value(of)
    absent = why_absent(kpi, of, group.missing) if value is None else None
    return {
        "kpi": row(kpi),
        "level": str(question.level),
        "of": group.of,
        "by": str(question.by),
        "from": window.start,
        "to": window.end,
        "label": window.label,
        "value": None if value is None else str(value),
        "shown": rendered(value),
        "absent": absent.text if absent else None,
        "absent_coded": absent.coded if absent else None,
        "arithmetic": _arithmetic(kpi, of, value),
        "elements": _elements(kpi, of),
        "coverage": rendered(indicators.coverage(of)),
        "flags": flags(of) + ([f"{kpi.name}_above_1"] if _is_above(kpi, value) else []),
        "units": list(_units(kpi, group)),
    }


def _is_above(kpi: Kpi, value: Fraction | None) -> bool:
    return kpi.unit == "1" and value is not None and value > 1


def _arithmetic(kpi: Kpi, of: Elements, value: Fraction | None) -> Json:
    formula = kpi.indicator.formula if kpi.indicator else None
    return {
        "formula": kpi.formula,
        "numbers": formula.numbers(of) if formula else None,
        "result": None if value is None else f"{rendered(value)} {kpi.unit}".removesuffix(" 1"),
    }


def _elements(kpi: Kpi, of: Elements) -> list[Json]:
    symbols = kpi.indicator.formula.symbols if kpi.indicator else ()
    return [
        {
            "symbol": one.symbol,
            "element": one.element,
            "unit": one.unit,
            "value": None if (value := getattr(of, one.element)) is None else str(Fraction(value)),
            "how": (how := HOW.get(one.element, OF_INTERVALS)).detail,
            "how_coded": {"code": how.code, "params": {}},
        }
        for one in symbols
    ]


def _units(kpi: Kpi, group: Group) -> Iterator[Json]:
    """The records of each work center that count into the figure or its coverage."""
    wanted = {*kpi.elements, *_OF_COVERAGE}
    by_unit: dict[str, list[Entry]] = {}
    for unit, entry in group.entries or ():
        if wanted & set(entry.names):
            by_unit.setdefault(unit, []).append(entry)
    for unit in sorted(by_unit):
        mine = by_unit[unit]
        yield {
            "equipment_id": unit,
            "intervals": list(_intervals(mine)),
            "pieces": list(_pieces(mine)),
            "records": list(_records(mine, wanted)),
        }


def _intervals(entries: Iterable[Entry]) -> Iterator[Json]:
    """Time, tile by tile; parts of one tile in hours that follow each other are one."""
    open_: Json | None = None
    tile: Tile | None = None
    for entry in entries:
        if entry.start is None or not isinstance(entry.record, Tile) or _is_capacity(entry):
            continue
        if open_ is not None and entry.record is tile and open_["to"] == entry.start:
            open_["to"], open_["us"] = entry.end, open_["us"] + entry.values[0]
            continue
        if open_ is not None:
            yield open_
        tile, open_ = entry.record, _interval(entry, entry.record)
    if open_ is not None:
        yield open_


def _is_capacity(entry: Entry) -> bool:
    return entry.names == ("equipment_capacity",)


def _interval(entry: Entry, tile: Tile) -> Json:
    state = tile.of.interval if tile.of else None
    part, window = (tile.of.part, tile.of.window) if tile.of else (None, None)
    return {
        "seq": fact_of(state.opened) if state else None,
        "from": entry.start,
        "to": entry.end,
        "us": entry.values[0],
        "time_class": str(tile.time_class),
        "counts_into": list(entry.names),
        "state": state.state if state else None,
        "mode": state.mode if state else None,
        "fault": state.fault if state else None,
        "job_order_id": tile.job or None,
        "shift": tile.shift or None,
        "production_day": tile.day or entry.cell.day,
        "stop": part.stop if part else None,
        "reason": part.reason if part else None,
        "planned_stop": window.id if window else None,
    }


def _pieces(entries: Iterable[Entry]) -> Iterator[Json]:
    for entry in entries:
        made = entry.record
        if isinstance(made, HourQuantity) and entry.names[0] == "produced_quantity":
            yield {
                "hour": made.hour,
                "shift": made.shift or None,
                "production_day": entry.cell.day,
                "job_order_id": made.job_order_id or None,
                "run_time_per_item": made.run_time_per_item or None,
                "good": made.good,
                "scrap": made.scrap,
                "rework": made.rework,
            }


def _records(entries: Iterable[Entry], wanted: set[str]) -> Iterator[Json]:
    """What is neither time of states nor pieces: the amounts, and the record as it stands."""
    for entry in entries:
        shown = {
            name: str(Fraction(value))
            for name, value in zip(entry.names, entry.values, strict=True)
            if name in wanted
        }
        plain = isinstance(entry.record, HourQuantity) and entry.names[0] == "produced_quantity"
        time = entry.start is not None and not _is_capacity(entry)
        if shown and not plain and not time:
            yield {"amounts": shown, "hour": entry.cell.hour} | _record(entry.record)


KINDS: Mapping[type[Any], str] = {
    EnergyHour: "energy_hour",
    InspectionHour: "inspection_hour",
    MaterialHour: "material_hour",
    MaterialUse: "material_use",
    HourQuantity: "hour_bucket",
    PersonShare: "labour",
    Tile: "interval",
}


def _record(record: object) -> Json:
    kind = KINDS.get(type(record), type(record).__name__.lower())
    if isinstance(record, Tile) or not is_dataclass(record) or isinstance(record, type):
        return {"kind": kind, "record": {}}
    return {"kind": kind, "record": {name: _plain(one) for name, one in asdict(record).items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
