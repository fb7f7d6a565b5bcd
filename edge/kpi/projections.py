"""What the projections hold, as input of the KPIs: for the edge and the sync alike."""

from collections.abc import Iterable, Iterator

from edge.domain.ports import HourQuantity, StateInterval
from edge.kpi.elements import Quantities, StateSpan
from edge.kpi.run_time import parse_run_time


def spans_of(intervals: Iterable[StateInterval], now: int) -> Iterator[StateSpan]:
    """Spans of a work center's intervals; the one that still lasts reaches to `now`."""
    for interval in intervals:
        end = now if interval.end is None else interval.end
        start = min(interval.start, end)
        yield StateSpan(start=start, end=end, time_class=interval.time_class)


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
