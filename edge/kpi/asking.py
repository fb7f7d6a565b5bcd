"""What a caller asks in words (`by=week`, `line=A`) as a question; edge and sync read it alike."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from edge.domain.clock import parse_time
from edge.domain.intervals import Interval
from edge.kpi.book import Question
from edge.kpi.errors import KpiRefused
from edge.kpi.naming import window
from edge.kpi.registry import chosen
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import LONGEST

LEVELS = tuple(level for level in Level if level != Level.CHARACTERISTIC)
PERIODS = tuple(Period)
# The words of `by`: periods, and levels, which are then of the whole span that is asked for.
WORDS = (*(str(one) for one in PERIODS), *(str(one) for one in LEVELS if one != Level.ORDER))

THINGS: Mapping[Level, str] = {
    Level.UNIT: "work_center",
    Level.LINE: "line",
    Level.AREA: "area",
    Level.ORDER: "order",
    Level.PRODUCT: "product",
}
ALSO_UNIT = "equipment"  # what a work center is called too
NAMED = (Period.HOUR, Period.SHIFT, Period.DAY, Period.WEEK)
PARAMETERS = (*THINGS.values(), ALSO_UNIT, *NAMED, "level", "from", "to", "by")
MOMENT = "microseconds UTC, or ISO 8601 with an offset"


def asked(
    said: Mapping[str, str], zone: ZoneInfo, now: int, names: str | None, by: str
) -> tuple[Question, str | None]:
    """The question of the PARAMETERS of a query, and the label of the window that it names.

    A window is named by hour, shift, day or week, or it is the life of an order; else it goes
    from `from` to `to`, cut by `by` (without it by the argument). `names`: KPIs, with commas.
    Raises KpiRefused.
    """
    given = {level: said.get(name) for level, name in THINGS.items()}
    if ALSO_UNIT in said:
        if given[Level.UNIT]:
            raise KpiRefused(f"work_center and {ALSO_UNIT}: name one of them")
        given[Level.UNIT] = said[ALSO_UNIT]
    level = said.get("level")
    named = [one for one in NAMED if said.get(one)]
    if named and given[Level.ORDER]:
        raise KpiRefused(f"an order is reported over its whole life: leave {named[0]} out")
    if named:
        span, label = window(named[0], said[named[0]], zone)
        return question(str(named[0]), given, span.start, span.end, names, level), label
    if given[Level.ORDER] and "from" not in said:
        return question("order", given, now - 1, now, names, level), None
    if lacking := missing(said):
        raise KpiRefused(f"{' and '.join(lacking)}: missing; write {MOMENT}, or name a window")
    start, end = moment(said, "from"), moment(said, "to")
    return question(said.get("by", by), given, start, end, names, level), None


def missing(said: Mapping[str, str]) -> tuple[str, ...]:
    """The parameters without which it is not known when: none where a window or life is named."""
    if any(said.get(one) for one in NAMED) or (said.get("order") and "from" not in said):
        return ()
    return tuple(name for name in ("from", "to") if not said.get(name))


def moment(said: Mapping[str, str], name: str) -> int:
    """A time of a query, in microseconds UTC; raises KpiRefused."""
    text = said[name]
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        # A plus sign that was not escaped arrives as a space.
        return parse_time(text.replace(" ", "+"))
    except ValueError as error:
        raise KpiRefused(f"{name} {text!r}: {error}; write {MOMENT}") from error


def question(
    by: str,
    given: Mapping[Level, str | None],
    start: int,
    end: int,
    names: str | None = None,
    level: str | None = None,
) -> Question:
    """The question of a query. `given` names one thing, by its level; none: all of a level.

    Without `level` it is that of what is given, or of `by`, else the work unit. Raises
    KpiRefused if the words contradict each other, or a KPI means nothing there.
    """
    named = {one: id_ for one, id_ in given.items() if id_}
    if len(named) > 1:
        raise KpiRefused(f"{' and '.join(sorted(named))}: name one of them")
    of_level, of = next(iter(named.items()), (None, None))
    period, by_level = _words(by)
    # `by=line` of a work center has always been that work center's whole span.
    wanted = _level(level) if level else of_level or by_level or Level.UNIT
    if of_level not in {None, wanted}:
        raise KpiRefused(f"level={wanted} and a {of_level} are named: leave one out")
    if wanted == Level.ORDER:
        period = Period.ORDER
    if not start < end or end - start > LONGEST:
        raise KpiRefused("from must be before to, and at most 40 days before")
    split = tuple(name for name in (names or "").split(",") if name)
    chosen(split, wanted, period)
    return Question(level=wanted, by=period, asked=Interval(start, end), of=of, names=split)


def _words(by: str) -> tuple[Period, Level | None]:
    if by == Period.ORDER:
        return Period.ORDER, Level.ORDER
    if by in set(Period):
        return Period(by), None
    if by in set(LEVELS):
        return Period.SPAN, Level(by)
    raise KpiRefused(f"by={by!r}: one of {', '.join(WORDS)}")


def _level(level: str) -> Level:
    if level not in set(LEVELS):
        raise KpiRefused(f"level={level!r}: one of {', '.join(LEVELS)}")
    return Level(level)
