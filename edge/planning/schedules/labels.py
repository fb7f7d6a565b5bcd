"""Hours of a site: their labels and their UTC texts, made once each."""

from zoneinfo import ZoneInfo

from edge.domain.hours import hour_label
from edge.planning.scenario.writing import utc


class Labels:
    """Local time with offset of hours of a site, and how a schedule writes the hour."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._made: dict[int, tuple[str, str]] = {}

    def of(self, hour: int) -> str:
        """The label, `06:00+02:00`."""
        return self.both(hour)[1]

    def both(self, hour: int) -> tuple[str, str]:
        """The hour as a schedule writes it, and its label."""
        made = self._made.get(hour)
        if made is None:
            made = self._made[hour] = (utc(hour), hour_label(hour, self._zone))
        return made
