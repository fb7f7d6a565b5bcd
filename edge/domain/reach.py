"""How far from now a plan may reach; a moment beyond it is taken for a slip of the pen.

Sync refuses in each schedule what lies further than five years from its `from`
(`erp_sync.masterdata.spans`), so nothing that it takes now is beyond; what was taken before, or
what begins years from now, may be.
"""

from edge.domain.clock import to_datetime
from edge.domain.hours import DAY

REACH_YEARS = 10
REACH = REACH_YEARS * 366 * DAY


def day_of(at: int) -> str:
    """A moment in words that any calendar has: its day in UTC, `9999-12-31`."""
    return to_datetime(at).date().isoformat()
