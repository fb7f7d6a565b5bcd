"""What a caller asks in words (`by=week`, `line=A`) as a question; edge and sync read it alike."""

from collections.abc import Mapping

from edge.domain.intervals import Interval
from edge.kpi.errors import KpiRefused
from edge.kpi.registry import chosen
from edge.kpi.scopes import Level, Period
from edge.kpi.windows import LONGEST, Question

LEVELS = tuple(level for level in Level if level != Level.CHARACTERISTIC)
PERIODS = tuple(Period)
# The words of `by`: periods, and levels, which are then of the whole span that is asked for.
WORDS = (*(str(one) for one in PERIODS), *(str(one) for one in LEVELS if one != Level.ORDER))


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
