"""KPI reports as JSON: the one shape that the edge's API, the terminal and the ERP see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter

from edge.kpi import indicators
from edge.kpi.absence import why_absent
from edge.kpi.elements import OPTIONAL, Elements
from edge.kpi.formula import Ratio
from edge.kpi.registry import KPIS, Kpi, chosen
from edge.kpi.scopes import Level, Period

PLACES = 6
SCALE = 10**PLACES
_WRITTEN = f"%d.%0{PLACES}d"
NOTHING_MISSING: Mapping[str, Sequence[str]] = {}

# What can be said of a work center's time and pieces alone, by hour: the shift's board.
INDICATORS: dict[str, Callable[[Elements], Ratio]] = {
    one.name: one.indicator
    for one in chosen((), Level.UNIT, Period.HOUR)
    if one.indicator and not one.needs
}

# What a reader must know before believing a figure; a figure above 1 adds `NAME_above_1`.
FLAGS: dict[str, Callable[[Elements], bool]] = {
    "coverage_below_95": lambda of: of.planned_busy_time > 0 and not indicators.is_covered(of),
    "run_time_missing": lambda of: of.unrated_quantity != 0,
    "outside_calendar": lambda of: of.outside_calendar > 0,
    "micro_stops_are_production": lambda of: of.micro_stop_time > 0,
}
_ALWAYS = tuple(field.name for field in fields(Elements) if field.name not in OPTIONAL)
_always = attrgetter(*_ALWAYS)


@dataclass(frozen=True, kw_only=True)
class Window:
    """An hour, shift or any other span of a report, `start` <= t < `end`, with its label."""

    start: int
    end: int
    label: str


def kpi_report(
    equipment_id: str,
    window: Window,
    of: Elements,
    *,
    level: Level = Level.UNIT,
    kpis: Sequence[Kpi] | None = None,
    missing: Mapping[str, Sequence[str]] = NOTHING_MISSING,
) -> dict[str, object]:
    """`{equipment_id, level, from, to, label, elements, kpis, absent, absent_coded, coverage,
    flags}` for JSON.

    `equipment_id` is what the figures are of: at other levels a line, area, site, order or
    product. elements: microseconds and pieces as ints (fractions to the nearest); kpis and
    coverage: decimal strings with 6 places, or None where there is no figure; then `absent`
    says why, and `absent_coded` the same as `{code, params}`. `missing` names, by source, work
    centers that say nothing.
    """
    asked = [KPIS[name] for name in INDICATORS] if kpis is None else kpis
    known = indicators.Known(of)
    shown: dict[str, str | None] = {}
    absent: dict[str, str] = {}
    absent_coded: dict[str, Mapping[str, object]] = {}
    above: list[str] = []
    for one in asked:
        parts = one.indicator.parts(known) if one.indicator else None
        if parts is None:
            shown[one.name] = None
            why = why_absent(one, of, missing)
            absent[one.name], absent_coded[one.name] = why.text, why.coded
            continue
        shown[one.name] = decimal(*parts)
        if one.unit == "1" and _is_above_1(*parts):
            above.append(f"{one.name}_above_1")
    return {
        "equipment_id": equipment_id,
        "level": str(level),
        "from": window.start,
        "to": window.end,
        "label": window.label,
        "elements": _elements(of, asked),
        "kpis": shown,
        "absent": absent,
        "absent_coded": absent_coded,
        "coverage": rendered(indicators.coverage(of)),
        "flags": flags(of) + above,
    }


def _is_above_1(numerator: int, denominator: int) -> bool:
    return numerator > denominator if denominator > 0 else numerator < denominator


def flags(of: Elements) -> list[str]:
    """What a reader must know of these elements before believing a figure."""
    return [name for name, holds in FLAGS.items() if holds(of)]


def _elements(of: Elements, asked: Sequence[Kpi]) -> dict[str, int]:
    """All that are always known, and what is known of those that the figures are made of."""
    found = dict(zip(_ALWAYS, _always(of), strict=True))
    for name in _used(tuple(one.name for one in asked)):
        if (value := getattr(of, name)) is not None:
            found[name] = value
    for name, value in found.items():
        if type(value) is not int:
            found[name] = round(value)
    return found


@lru_cache(maxsize=64)
def _used(names: tuple[str, ...]) -> tuple[str, ...]:
    """The elements from other records that these indicators are made of."""
    used = {element for name in names for element in KPIS[name].elements}
    return tuple(name for name in OPTIONAL if name in used)


def rendered(ratio: Fraction | None) -> str | None:
    """Decimal string with 6 places, rounded half to even from the exact value; None stays None."""
    if ratio is None:
        return None
    return decimal(*ratio.as_integer_ratio())


def decimal(numerator: int, denominator: int) -> str:
    """The same of a quotient that need not be cancelled."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    scaled, rest = divmod(numerator * SCALE, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and scaled % 2):
        scaled += 1
    written: str = _WRITTEN % divmod(abs(scaled), SCALE)
    return f"-{written}" if scaled < 0 else written
