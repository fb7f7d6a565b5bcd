"""Gauges, and until when what they say can be believed."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """A gauge; `calibrated_until` is the last local day of its calibration, None: for ever."""

    id: str
    en: str
    zh: str
    calibrated_until: date | None = None

    def expired(self, today: date) -> bool:
        """Whether its calibration has ended."""
        return self.calibrated_until is not None and today > self.calibrated_until
