"""Labels of hours, made once each."""

from zoneinfo import ZoneInfo

from edge.domain.hours import hour_label


class Labels:
    """Local time with offset of hours of a site."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._made: dict[int, str] = {}

    def of(self, hour: int) -> str:
        label = self._made.get(hour)
        if label is None:
            label = self._made[hour] = hour_label(hour, self._zone)
        return label
