"""KPI reports as JSON: the one shape that the edge's API, the terminal and the ERP see."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction

from edge.kpi import indicators
from edge.kpi.elements import Elements

PLACES = 6

# Name in the report -> indicator. A name with `_by_pieces` or `_extension` says what it is.
INDICATORS: dict[str, Callable[[Elements], Fraction | None]] = {
    "availability": indicators.availability,
    "effectiveness": indicators.effectiveness,
    "quality_ratio": indicators.quality_ratio,
    "quality_ratio_by_pieces": indicators.quality_ratio_by_pieces,
    "oee": indicators.oee,
    "oee_by_pieces": indicators.oee_by_pieces,
    "nee": indicators.nee,
    "nee_by_pieces": indicators.nee_by_pieces,
    "allocation_efficiency": indicators.allocation_efficiency,
    "utilization_efficiency": indicators.utilization_efficiency,
    "technical_efficiency": indicators.technical_efficiency,
    "setup_ratio": indicators.setup_ratio,
    "scrap_ratio": indicators.scrap_ratio,
    "rework_ratio": indicators.rework_ratio,
    "teep_extension": indicators.teep,
}

# What a reader must know before believing a figure; a figure above 1 adds `NAME_above_1`.
FLAGS: dict[str, Callable[[Elements], bool]] = {
    "coverage_below_95": lambda of: of.planned_busy_time > 0 and not indicators.is_covered(of),
    "run_time_missing": lambda of: of.unrated_quantity != 0,
    "outside_calendar": lambda of: of.outside_calendar > 0,
    "micro_stops_are_production": lambda of: of.micro_stop_time > 0,
}


@dataclass(frozen=True, kw_only=True)
class Window:
    """An hour, shift or any other span of a report, `start` <= t < `end`, with its label."""

    start: int
    end: int
    label: str


def kpi_report(equipment_id: str, window: Window, of: Elements) -> dict[str, object]:
    """`{equipment_id, from, to, label, elements, kpis, coverage, flags}`, ready for JSON.

    elements: microseconds and pieces as ints (standard times to the nearest microsecond);
    kpis and coverage: decimal strings with 6 places, or None where there is no figure.
    """
    ratios = {name: indicator(of) for name, indicator in INDICATORS.items()}
    above = [f"{name}_above_1" for name, ratio in ratios.items() if ratio and ratio > 1]
    return {
        "equipment_id": equipment_id,
        "from": window.start,
        "to": window.end,
        "label": window.label,
        "elements": {field.name: round(getattr(of, field.name)) for field in fields(of)},
        "kpis": {name: rendered(ratio) for name, ratio in ratios.items()},
        "coverage": rendered(indicators.coverage(of)),
        "flags": [name for name, holds in FLAGS.items() if holds(of)] + above,
    }


def rendered(ratio: Fraction | None) -> str | None:
    """Decimal string with 6 places, rounded half to even from the exact value; None stays None."""
    if ratio is None:
        return None
    scaled = round(ratio * 10**PLACES)
    whole, rest = divmod(abs(scaled), 10**PLACES)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{PLACES}d}"
