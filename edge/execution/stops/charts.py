"""The Pareto of stops, as it is asked for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from edge.domain.hours import DAY
from edge.domain.stops import Stretch
from edge.execution.errors import InvalidAction
from edge.execution.floor import Floor
from edge.execution.stops.rules import StopRules
from edge.execution.stops.views import stretches
from edge.execution.wording import one_of, span_of_days
from edge.kpi.pareto import BY, Chart, clipped, pareto, reason_of
from edge.kpi.report import rendered

LONGEST = 40 * DAY
ORDERS = ("time", "count")
PLANNED = ("with", "without", "only")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which stops, when, by what; `level` of the reason tree, 0 for the reasons themselves."""

    work_centers: tuple[str, ...]
    start: int
    end: int
    by: str = "reason"
    level: int = 0
    order: str = "time"
    planned: str = "with"
    shift: str = ""

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("by", self.by, tuple(BY)),
            ("order", self.order, ORDERS),
            ("planned", self.planned, PLANNED),
        ):
            if value not in allowed:
                raise InvalidAction(one_of(name, value, allowed))
        if not self.start < self.end or self.end - self.start > LONGEST:
            raise InvalidAction(span_of_days(LONGEST))


def chart(floor: Floor, rules: StopRules, asked: Question) -> dict[str, Any]:
    """`{items: [{key, time, count, ...}], time, count}`; raises UnknownObject."""
    chosen = _chosen(_found(floor, asked), asked)
    return _view(pareto(chosen, _key(rules, asked), by_count=asked.order == "count"))


def _found(floor: Floor, asked: Question) -> Iterator[Stretch]:
    """One work center after the other, so that no more than one is held at once."""
    now = floor.clock.now()
    for one in asked.work_centers:
        _, over = stretches(floor.reader, one, asked.start, asked.end, now)
        yield from clipped(over, asked.start, min(asked.end, now))


def _chosen(found: Iterable[Stretch], asked: Question) -> Iterable[Stretch]:
    for one in found:
        if asked.shift and one.interval.shift != asked.shift:
            continue
        if asked.planned == "with" or one.planned == (asked.planned == "only"):
            yield one


def _key(rules: StopRules, asked: Question) -> Callable[[Stretch], str]:
    if asked.by == "reason" and asked.level:
        return lambda one: rules.at_level(reason_of(one), asked.level)
    return BY[asked.by]


def _view(found: Chart) -> dict[str, Any]:
    return {
        "items": [
            {
                "key": bar.key,
                "time": bar.time,
                "count": bar.count,
                "time_share": rendered(bar.time_share),
                "count_share": rendered(bar.count_share),
                "cumulative": rendered(bar.cumulative),
            }
            for bar in found.bars
        ],
        "time": found.time,
        "count": found.count,
    }
