"""At which levels and in which periods a KPI means something, and why not elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a figure is of. `characteristic`: one measured value of an inspection plan."""

    UNIT = "unit"
    LINE = "line"
    AREA = "area"
    SITE = "site"
    ORDER = "order"
    PRODUCT = "product"
    CHARACTERISTIC = "characteristic"


class Period(StrEnum):
    """The time of a figure: `span` is what was asked for, `order` the life of an order."""

    HOUR = "hour"
    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"
    SPAN = "span"
    ORDER = "order"


EQUIPMENT = frozenset({Level.UNIT, Level.LINE, Level.AREA, Level.SITE})
MADE = frozenset({Level.ORDER, Level.PRODUCT})
TIMES = frozenset({Period.HOUR, Period.SHIFT, Period.DAY, Period.WEEK, Period.SPAN})
FROM_A_SHIFT = TIMES - {Period.HOUR}
FROM_A_DAY = FROM_A_SHIFT - {Period.SHIFT}
LONG = frozenset({Period.WEEK, Period.SPAN})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Levels and periods of a group of KPIs, with the reasons that a refusal gives.

    An order is always reported over its life, whatever `periods` say.
    """

    levels: frozenset[Level]
    periods: frozenset[Period]
    why_level: str = ""
    why_period: str = ""

    def refusal(self, level: Level, period: Period) -> str:
        """Why there is no figure at a level and period; empty where there is one."""
        if level not in self.levels:
            return f"it means nothing at the level {level}: {self.why_level}"
        if level == Level.ORDER:
            wrong = period != Period.ORDER
            return "an order is reported over its whole life: by=order" if wrong else ""
        if period not in self.periods:
            return f"it means nothing by {period}: {self.why_period or NOT_OF_AN_ORDER}"
        return ""


NOT_OF_AN_ORDER = "that is the life of an order"
OF_A_UNIT = (
    "it divides by planned busy time, and that is a work unit's: an order or a product has none"
    " of its own"
)
OF_AN_ORDER = "it divides by the time from an order's start to its end"
SCOPES: Mapping[str, Scope] = {
    "planned time": Scope(levels=EQUIPMENT, periods=TIMES, why_level=OF_A_UNIT),
    "busy time and pieces": Scope(
        levels=EQUIPMENT | MADE, periods=TIMES, why_level="it is of pieces and of time"
    ),
    "order": Scope(levels=frozenset({Level.ORDER}), periods=frozenset(), why_level=OF_AN_ORDER),
    "people": Scope(
        levels=EQUIPMENT,
        periods=TIMES,
        why_level="people attend at a plant, not at an order or a product",
    ),
    "planned scrap": Scope(
        levels=EQUIPMENT | MADE,
        periods=FROM_A_SHIFT,
        why_level="it is of pieces",
        why_period="planned scrap is a share of many pieces; an hour has too few",
    ),
    "operations of an order": Scope(
        levels=MADE,
        periods=LONG,
        why_level="it compares the operations of an order with each other",
        why_period="a piece passes its first and its last operation on different days",
    ),
    "material": Scope(
        levels=EQUIPMENT | MADE,
        periods=FROM_A_DAY,
        why_level="it is of pieces and material",
        why_period="material is booked when it is fetched, pieces when they are made",
    ),
    "stock": Scope(
        levels=frozenset({Level.SITE, Level.PRODUCT}),
        periods=LONG,
        why_level="stock lies at a site and is of a product",
        why_period="an average stock is one of weeks",
    ),
    "failures": Scope(
        levels=EQUIPMENT,
        periods=FROM_A_DAY,
        why_level="equipment fails and is maintained, not an order or a product",
        why_period="it divides by failures; an hour or a shift has too few",
    ),
    "failures of a unit": Scope(
        levels=frozenset({Level.UNIT}),
        periods=FROM_A_DAY,
        why_level="FE + 1 counts a stretch more for each work unit: it does not add up",
        why_period="it divides by failures; an hour or a shift has too few",
    ),
    "capability": Scope(
        levels=frozenset({Level.CHARACTERISTIC}),
        periods=frozenset({Period.SPAN}),
        why_level="it is of one measured characteristic with its limits: see the charts of quality",
        why_period="it is of the last values measured, however long that took",
    ),
}
