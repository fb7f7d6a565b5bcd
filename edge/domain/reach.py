"""How far from now a plan may reach; a moment beyond it is taken for a slip of the pen.

Plans are of the years 1990 to 2199. Sync refuses in each schedule what lies further than five
years from its `from` (`erp_sync.masterdata.spans`), so nothing that it takes now is beyond; what
was taken before, or what begins years from now, may be.
"""

from datetime import UTC, datetime

from edge.domain.clock import to_datetime, to_micros
from edge.domain.hours import DAY

FIRST_YEAR, LAST_YEAR = 1990, 2199
REACH_YEARS = 10
REACH = REACH_YEARS * 366 * DAY
MEND_YEAR = f"write a year from {FIRST_YEAR} to {LAST_YEAR}"
_FIRST, _BEYOND = (
    to_micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (FIRST_YEAR, LAST_YEAR + 1)
)


def of_a_plan(at: int) -> bool:
    """Whether a moment (us, UTC) is of a year that plans are made for."""
    return _FIRST <= at < _BEYOND


def day_of(at: int) -> str:
    """A moment in words that any calendar has: its day in UTC, `9999-12-31`."""
    return to_datetime(at).date().isoformat()
