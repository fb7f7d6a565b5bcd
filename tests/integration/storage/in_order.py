"""What holds in every store, whatever its clock did."""

from itertools import pairwise

from edge.domain.clock import MICROS
from edge.domain.facts import decode
from edge.storage.store import Store

HOUR = 3600 * MICROS
EVERYTHING = 1_000_000


def holds_its_order(store: Store, work_center: str = "L1") -> int:
    """Facts follow each other, no time is negative, states tile. Good pieces, by the hours."""
    facts = [decode(one.data) for one in store.reader.facts_after(0, EVERYTHING)]
    assert all(one.recorded_at <= two.recorded_at for one, two in pairwise(facts))
    assert all(one.body["from"] <= one.body["to"] for one in facts if "from" in one.body)
    far = max(one.occurred_at for one in facts) + 100 * HOUR
    intervals = store.reader.state_intervals(work_center, 0, far)
    assert all(one.end is None or one.end >= one.start for one in intervals)
    ordered = sorted(intervals, key=lambda one: one.opened)
    assert all(one.end == two.start for one, two in pairwise(ordered))
    for stop in store.reader.stops(work_center, 0, far):
        assert stop.end is None or stop.end >= stop.start
    return sum(one.good for one in store.reader.hour_quantities(work_center, 0, far))
