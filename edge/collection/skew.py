"""How far a device's clock is from the edge's, and the alarm when it is too far.

Nothing is dated by a device's clock; but who reads its own records beside ours must
know, and a signed connection fails once the clocks are too far apart.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median_low

import structlog

from edge.collection.audits import Auditor
from edge.domain.clock import MICROS
from plc_drivers.reading import Reading

BUCKET_S = 10.0
BUCKETS = 6
ENOUGH = 5  # answers before an alarm
log = structlog.get_logger(__name__)
WELL = 0.8  # of the limit, so that a clock at the limit does not alarm again and again


@dataclass
class Skew:
    """An estimate of (device clock - edge clock), by the answers of the last minute.

    A time stamp comes late by the way it took, and by how old the value is; never early. So the
    largest difference is the nearest: the minimum-delay filter of RFC 5905, 10. The
    largest of each ten seconds count, and of those the median (the lower of two), so that one
    wild time stamp moves nothing; a step of the clock is believed after half a minute. A
    stamp that stands still says only how old a value is, and is left out.
    """

    bucket_s: float = BUCKET_S
    _largest: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=BUCKETS))
    _stamps: dict[str, int] = field(default_factory=dict)
    answers: int = 0

    def take(self, readings: Iterable[Reading], now: float) -> None:
        """The readings of one poll that was answered at the monotonic second `now`."""
        found: int | None = None
        for reading in readings:
            stamp = reading.source_time if reading.server_time is None else reading.server_time
            if stamp is None:
                continue
            before = self._stamps.get(reading.tag)
            self._stamps[reading.tag] = stamp
            if before is not None and stamp != before:
                offset = stamp - reading.edge_time
                found = offset if found is None or offset > found else found
        if found is not None:
            self.answers += 1
            self._keep(int(now // self.bucket_s), found)

    def _keep(self, bucket: int, offset: int) -> None:
        last = self._largest[-1] if self._largest else None
        if last is None or last[0] != bucket:
            self._largest.append((bucket, offset))
        elif offset > last[1]:
            self._largest[-1] = (bucket, offset)

    @property
    def estimate(self) -> int | None:
        """Microseconds that the device's clock is ahead (below 0: behind); None if unknown."""
        if not self._largest:
            return None
        return median_low(offset for _, offset in self._largest)


@dataclass
class SkewAlarm:
    """Raised once above `limit_s` (0: never), and over once it is well below."""

    limit_s: float
    raised: bool = False

    def judge(self, skew: Skew) -> str:
        """What has become of it: "raise", "end" or "" for nothing new.

        Whoever has told it sets `raised`: until then it is said again.
        """
        estimate = skew.estimate
        if not self.limit_s or estimate is None or skew.answers < ENOUGH:
            return ""
        off = abs(estimate) / MICROS
        if off > self.limit_s and not self.raised:
            return "raise"
        return "end" if self.raised and off <= self.limit_s * WELL else ""


class ClockWatch:
    """Tells once that the clock of device `device` is off, and once that it is well again."""

    def __init__(self, device: str, limit_s: float, auditor: Auditor | None) -> None:
        self._device, self._alarm, self._auditor = device, SkewAlarm(limit_s), auditor

    async def look(self, skew: Skew, work_centers: Sequence[str]) -> None:
        """Judge the estimate; the audit facts are the work centers'. Raises StoreUnavailable."""
        told = self._alarm.judge(skew)
        if not told:
            return
        seconds = f"{(skew.estimate or 0) / MICROS:.3f}"
        if told == "end":
            log.info("clock_well", device=self._device, seconds=seconds)
        else:
            detail = {"device": self._device, "seconds": seconds}
            for equipment in work_centers or (self._device,):
                if self._auditor:
                    await self._auditor.record(equipment, "clock_skew", detail)
            log.warning("clock_skew", device=self._device, seconds=seconds)
        self._alarm.raised = told == "raise"
