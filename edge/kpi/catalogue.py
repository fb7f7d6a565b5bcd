"""The list of all indicators, as the API and the command line show it."""

from typing import Any

from edge.kpi.registry import KPIS, Kpi
from edge.kpi.scopes import Level, Period


def catalogue() -> list[dict[str, Any]]:
    """One row for each indicator, in the order of the standard's list."""
    return [row(one) for one in KPIS.values()]


def row(kpi: Kpi) -> dict[str, Any]:
    """`{name, symbol, en, zh, formula, elements, unit, levels, periods, source, needs}`."""
    order = {Period.ORDER} if Level.ORDER in kpi.where.levels else set[Period]()
    return {
        "name": kpi.name,
        "symbol": kpi.symbol,
        "en": kpi.en,
        "zh": kpi.zh,
        "formula": kpi.formula,
        "elements": list(kpi.elements),
        "unit": kpi.unit,
        "levels": [str(level) for level in Level if level in kpi.where.levels],
        "periods": [str(one) for one in Period if one in kpi.where.periods | order],
        "source": str(kpi.mark),
        "needs": kpi.needs,
    }
