"""Local days of the site."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.domain.clock import to_micros


def day_end(day: str, zone: ZoneInfo) -> int:
    """Microseconds UTC of the local midnight that ends `day` (ISO date)."""
    midnight = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)
    return to_micros(midnight)
