"""A plan as it is drawn: work centers as rows, set-up and run as bars, closed time beside them.

A chart is made of a schedule alone, or with what the schedule does not say: the scenario
that it was made of, or what an edge tells of its plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from edge.domain.calendars import CalendarEnds, compile_calendar
from edge.domain.clock import parse_time, to_datetime, to_micros
from edge.domain.hours import DAY, HOUR
from edge.domain.intervals import Interval, intersect, subtract, union
from edge.planning.scenario.model import Scenario
from edge.planning.views.bars import Bar, bar_of, frozen_bars

Json = Mapping[str, Any]
MOST_DAYS = 400  # drawn; what lies further off is cut, and said so


@dataclass(frozen=True, kw_only=True)
class OrderSaid:
    """What is known of an order; `due`, `completion` in us, `late_s` seconds."""

    id: str
    product: str = ""
    family: str = ""
    quantity: int = 0
    due: int | None = None
    completion: int | None = None
    late_s: int = 0
    late_quantity: int = 0
    reasons: Sequence[Json] = ()
    why: str = ""  # what is said of a late order without reasons, one of the texts of Words


@dataclass(frozen=True, kw_only=True)
class Row:
    """A work center; `closed` is None where its working time is not known."""

    id: str
    name: str = ""
    closed: tuple[Interval, ...] | None = None
    lanes: int = 1


@dataclass(frozen=True, kw_only=True)
class Chart:
    """All that is drawn, from `begin` to `end`, whole days of the site's clock.

    `frozen_until`: end of the frozen window; `version` of a released plan. `beyond` bars
    are left out because they lie more than MOST_DAYS off.
    """

    zone: tzinfo
    begin: int
    end: int
    rows: Sequence[Row]
    bars: Sequence[Bar]
    orders: Mapping[str, OrderSaid]
    capacity: Sequence[Json] = ()
    objective: Json = field(default_factory=dict)
    now: int | None = None
    frozen_until: int | None = None
    version: int | None = None
    beyond: int = 0

    @property
    def late(self) -> list[OrderSaid]:
        """Late orders, the latest first."""
        found = (one for one in self.orders.values() if one.late_s)
        return sorted(found, key=lambda one: (-one.late_s, one.id))

    @property
    def families(self) -> list[str]:
        """What bars are coloured by, in a fixed order; orders where no family is known."""
        return sorted({self.family(bar.order) for bar in self.bars})

    def family(self, order: str) -> str:
        """What an order's bars are coloured by."""
        said = self.orders.get(order)
        return (said.family or said.product if said else "") or order

    def window(self, begin: int, end: int) -> "Chart":
        """The same plan from `begin` to `end`, moments of its span; what lies outside is cut."""
        begin, end = max(begin, self.begin), min(end, self.end)
        if begin >= end:
            raise ValueError("nothing of the plan lies there")
        span = Interval(begin, end)
        return replace(
            self,
            begin=begin,
            end=end,
            bars=[bar for bar in self.bars if bar.start < end and begin < bar.end],
            rows=[
                replace(row, closed=None if row.closed is None else intersect(row.closed, [span]))
                for row in self.rows
            ],
        )

    def local(self, at: int) -> datetime:
        return to_datetime(at).astimezone(self.zone)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a schedule does not say itself.

    `open_time(work center, from, to)` gives working time, None where it is not known;
    `orders` by id: product, family, quantity, and of a running edge what is `expected` of it:
    `finish` (us), `late_s`, `reasons` and whether they are `unexplained`, which stand in the place
    of what the plan says.
    """

    zone: tzinfo | None = None
    now: int | None = None
    frozen_until: int | None = None
    version: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, Json] = field(default_factory=dict)
    working: Mapping[str, Sequence[Interval]] = field(default_factory=dict)
    scenario: Scenario | None = None


def of_scenario(scenario: Scenario) -> Beside:
    """What the scenario tells of a schedule that was made of it."""
    return Beside(
        zone=scenario.zone,
        now=scenario.now,
        frozen_until=scenario.frozen_until,
        names={center.id: "" for center in scenario.work_centers},
        orders={
            one.id: {"product": one.product, "family": one.family, "quantity": one.quantity}
            for one in scenario.orders
        },
        scenario=scenario,
    )


def chart_of(schedule: Json, beside: Beside | None = None) -> Chart:
    """The chart of a `taktline.schedule/1`. Raises KeyError or ValueError for what is none."""
    beside = beside or Beside()
    zone = beside.zone or _zone(schedule)
    since = beside.scenario.begin if beside.scenario else None
    blocks = [*frozen_bars(schedule, zone, since), *(bar_of(one) for one in schedule["blocks"])]
    unexplained = frozenset(schedule.get("unexplained", ()))
    orders = {
        one["id"]: _order(one, beside.orders.get(one["id"], {}), one["id"] in unexplained)
        for one in schedule["orders"]
    }
    begin, end = _span(blocks, beside, zone)
    near = [one for one in blocks if one.start < end]
    bars, lanes = _in_lanes(near)
    ids = sorted(
        {one.work_center for one in bars} | {*beside.names}, key=lambda one: (not one, one)
    )
    centers = [one for one in ids if one] + [one for one in ids if not one]
    frozen = beside.frozen_until if beside.frozen_until is not None else _frozen(schedule)
    return Chart(
        zone=zone,
        begin=begin,
        end=end,
        rows=[
            Row(
                id=one,
                name=beside.names.get(one, ""),
                closed=_closed(one, beside, begin, end),
                lanes=lanes.get(one, 1),
            )
            for one in centers
        ],
        bars=bars,
        orders=orders,
        capacity=schedule.get("capacity", ()),
        objective=schedule.get("objective", {}),
        now=beside.now,
        frozen_until=frozen,
        version=beside.version,
        beyond=len(blocks) - len(near),
    )


def _order(order: Json, also: Json, unexplained: bool) -> OrderSaid:
    planned = {"finish": _moment(order["completion"]), "late_s": order["tardiness_s"]}
    expected = {"unexplained": unexplained} | (also.get("expected") or planned)
    reasons = expected.get("reasons") or order["reasons"]
    return OrderSaid(
        id=order["id"],
        product=also.get("product") or "",
        family=also.get("family") or "",
        quantity=also.get("quantity") or 0,
        due=_moment(order["due"]),
        completion=expected["finish"],
        late_s=expected["late_s"],
        late_quantity=order["late_quantity"],
        reasons=reasons,
        why=_why_else(order, expected["unexplained"]) if expected["late_s"] and not reasons else "",
    )


def _why_else(order: Json, unexplained: bool) -> str:
    """What is to be said of a late order without reasons."""
    if unexplained:
        return "not_yet"
    if order["completion"] is None:
        return "kept"
    return "no_single" if order["tardiness_s"] else "pace"


def _moment(said: str | None) -> int | None:
    return None if said is None else parse_time(said)


def _zone(schedule: Json) -> tzinfo:
    """The offset that the schedule is written in; its zone stands in the scenario alone."""
    times = [one["start"] for one in schedule["blocks"]]
    return (datetime.fromisoformat(times[0]).tzinfo if times else None) or UTC


def _frozen(schedule: Json) -> int | None:
    hours = [parse_time(one["hour"]) for one in schedule.get("hours", ()) if one.get("frozen")]
    return max(hours) + HOUR if hours else None


def _span(bars: Sequence[Bar], beside: Beside, zone: tzinfo) -> tuple[int, int]:
    """Whole days of the site's clock around all bars and now."""
    starts = [one.start for one in bars] + [one for one in (beside.now,) if one is not None]
    first = midnight(min(starts, default=0), zone)
    last = max((one.end for one in bars), default=first)
    limit = midnight(first + MOST_DAYS * DAY, zone)
    end = midnight(max(last, first + 1) - 1, zone, days=1)
    return first, min(end, limit)


def midnight(at: int, zone: tzinfo, days: int = 0) -> int:
    """The beginning (us) of the local day in which `at` lies, or so many days later."""
    day = to_datetime(at).astimezone(zone).date() + timedelta(days=days)
    return to_micros(datetime.combine(day, time(), zone))


def _in_lanes(bars: Iterable[Bar]) -> tuple[list[Bar], dict[str, int]]:
    """Bars side by side where a row holds several at once, as work that is outside may."""
    ends: dict[str, list[int]] = {}
    placed: list[Bar] = []
    for bar in sorted(bars, key=lambda one: (one.start, one.end, one.order, one.seq)):
        lanes = ends.setdefault(bar.work_center, [])
        lane = next((at for at, end in enumerate(lanes) if end <= bar.start), len(lanes))
        lanes[lane:] = [bar.end, *lanes[lane + 1 :]]
        placed.append(replace(bar, lane=lane))
    return placed, {row: len(lanes) for row, lanes in ends.items()}


def _closed(center: str, beside: Beside, begin: int, end: int) -> tuple[Interval, ...] | None:
    """Closed time of a work center; None where nobody knows it."""
    whole = [Interval(begin, end)]
    if center in beside.working:
        return subtract(whole, union(beside.working[center]))
    scenario = beside.scenario
    found = [one for one in scenario.work_centers if one.id == center] if scenario else []
    if not found or scenario is None:
        return None
    calendar = next(one for one in scenario.calendars if one.id == found[0].calendar)
    try:
        working = compile_calendar(calendar, begin, end).working
    except CalendarEnds:
        return None
    return subtract(whole, subtract(working, union(found[0].maintenance)))


def zone_named(name: str) -> ZoneInfo:
    """A zone of the IANA list; raises ValueError."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"{name!r} is no time zone") from None
