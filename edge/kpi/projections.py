"""What the projections hold, as input of the KPIs: for the edge and the sync alike."""

from collections.abc import Iterable, Iterator

from edge.domain.production import HourQuantity
from edge.domain.states import StateInterval
from edge.domain.stops import NO_STOPS, StopBook, overlaid
from edge.kpi.elements import Quantities, StateSpan
from edge.kpi.run_time import parse_run_time


def spans_of(
    intervals: Iterable[StateInterval], now: int, book: StopBook = NO_STOPS
) -> Iterator[StateSpan]:
    """Spans of a work center's intervals with its stops laid over them, up to `now`."""
    for one in overlaid(intervals, book, now):
        yield StateSpan(start=one.start, end=one.end, time_class=one.time_class, of=one)


def quantities_of(rows: Iterable[HourQuantity]) -> Iterator[Quantities]:
    """Pieces of hour buckets.

    Raises RunTimeInvalid where a bucket's run time cannot be read.
    """
    for row in rows:
        yield Quantities(
            key=row.job_order_id,
            run_time_per_item=parse_run_time(row.run_time_per_item),
            good=row.good,
            scrap=row.scrap,
            rework=row.rework,
        )
