"""How long a device takes to answer: the last, the recent ones, and all of them in buckets."""

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
RECENT = 200


@dataclass
class Latencies:
    """Seconds from asking to the answer; `counts` by bucket of BOUNDS_S, the last above them."""

    last_s: float = 0.0
    sum_s: float = 0.0
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    def add(self, seconds: float) -> None:
        """One more answer."""
        self.last_s = seconds
        self.sum_s += seconds
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self._recent.append(seconds)

    def quantile(self, share: float) -> float:
        """The least latency that `share` of the recent answers kept; 0 without any."""
        if not self._recent:
            return 0.0
        ordered = sorted(self._recent)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def buckets(self) -> list[tuple[str, int]]:
        """Answers within each bound, added up, as Prometheus has them."""
        total, found = 0, []
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), self.counts, strict=True):
            total += count
            found.append((bound, total))
        return found
