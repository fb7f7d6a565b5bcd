"""When a unit that does not answer may be asked again: its line has other work to do."""

import asyncio
from collections.abc import Callable

FIRST_S = 1.0
SHARE = 1 / 200  # of its line's time that a silent unit may cost
PROBE_SHARE = 1 / 10  # of its time limit that a silent unit gets
PROBE_LEAST_S = 0.05
_PATIENT = 2  # the second try, and each sixteenth, get the whole time limit
_PATIENT_EVERY = 16


class Breaker:
    """One unit on a line that it shares.

    A miss opens it: the unit is not asked for 1 s, then for 2, 4, 8 s and so on, until the
    tries cost the line one part in 200 of its time. A try gets a tenth of the time limit, so a
    unit that is slow besides is asked with the whole limit now and then. `settled` is called
    when the pause is over.
    """

    def __init__(self, settled: Callable[[], None]) -> None:
        self.misses = 0
        self.pause_s = 0.0
        self._settled = settled
        self._timer: asyncio.TimerHandle | None = None

    @property
    def open(self) -> bool:
        """Whether the unit must not be asked now."""
        return self._timer is not None

    def limit(self, whole: float) -> float:
        """Seconds that the next try may take, of `whole`."""
        if not self.misses or self.misses == _PATIENT or self.misses % _PATIENT_EVERY == 0:
            return whole
        return self._probe(whole)

    def _probe(self, whole: float) -> float:
        return min(whole, max(PROBE_LEAST_S, whole * PROBE_SHARE))

    def missed(self, whole: float, times: int) -> None:
        """The unit did not answer. A miss costs its line `times` the limit of the try, `whole`
        is the unit's own limit: it is not asked before a late answer must have come."""
        self.misses += 1
        most = times * self._probe(whole) / SHARE
        pause = min(most, FIRST_S * 2 ** min(self.misses - 1, 10))
        self.pause_s = max(times * whole, pause)
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(self.pause_s, self._close)

    def answered(self) -> None:
        """The unit is there."""
        if self.misses:
            self.misses = 0
            self.stop()

    def _close(self) -> None:
        self._timer = None
        self._settled()

    def stop(self) -> None:
        """End the pause: the unit may be asked."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
