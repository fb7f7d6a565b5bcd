"""Time of parallel jobs: what an order was busy with (AUBT of an order, ISO 22400-2). Pure.

A work unit's time counts once for the work unit. Where several jobs were on it at once, each of
them has an equal share of it, in whole microseconds that add up to the time: the earlier started
ones have the microseconds that are left over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from edge.domain.states import StateInterval
from edge.domain.vocabulary import TimeClass

BUSY = frozenset({TimeClass.APT, TimeClass.ASUT, TimeClass.ADET, TimeClass.APT_OUTSIDE})


def busy_times(
    intervals: Iterable[StateInterval],
    shared: Mapping[int, Sequence[str]],
    start: int,
    end: int,
) -> dict[str, int]:
    """Microseconds of [start, end) by job order; `shared`: by seq of the fact that opened an
    interval, all jobs that were on, where they were several."""
    times: dict[str, int] = defaultdict(int)
    for one in intervals:
        if one.time_class not in BUSY or not one.job_order_id:
            continue
        length = min(end if one.end is None else one.end, end) - max(one.start, start)
        if length <= 0:
            continue
        jobs = shared.get(one.opened) or (one.job_order_id,)
        whole, rest = divmod(length, len(jobs))
        for place, job in enumerate(jobs):
            times[job] += whole + (place < rest)
    return dict(times)
