"""Lines without a counter: what a scale gains, once it has settled, is counted here.

Pure. The counter is made by the edge: its raw value is all that was ever gained, in base
units of the item, and lies in the store as that of a machine's counter does. A gain counts
when the last weights differ by no more than the noise band; a decrease is an emptying
or a tare, and the next gain is counted from there. So what is put on and taken off between two
settled weights is not seen: the figure is a lower bound, and flagged `weighed`.
"""

from dataclasses import dataclass, replace
from math import ceil, floor

from edge.collection.channels import (
    Advanced,
    Channel,
    Counter,
    baseline_note,
    elapsed,
    first,
    seen_again,
)
from edge.collection.counters import Doubt, Flag, Quarantine, Recheck, Unchanged
from edge.collection.sensed import Sensed
from edge.collection.snapshots import Seen

SETTLED = 3  # weights in a row that agree


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Counts the gain of one scale; `counter` says whose pieces they are.

    Its rules are in base units: the band is the scale's noise, the rate the fastest gain.
    """

    counter: Counter

    @property
    def tag(self) -> str:
        return self.counter.tag

    def advance(self, channel: Channel | None, seen: Seen, *, again: bool) -> Advanced | Recheck:
        """What the weight in `seen` adds."""
        weight, band = seen.weights[self.tag], self.counter.rules.correction_band
        if channel is None:
            step = first(self.counter.work_center, self.tag, 0, seen)
            return replace(step, channel=replace(step.channel, sensed=Sensed(window=(weight,))))
        window = (*channel.sensed.window, weight)[-SETTLED:]
        low, high, base = floor(min(window)), ceil(max(window)), channel.sensed.level
        if len(window) < SETTLED or max(window) - min(window) > band:
            after = replace(channel, sensed=replace(channel.sensed, window=window))
            return Advanced(channel=after, counted=Unchanged())
        if base is None or base - high > band:
            return _rests(channel, seen, Sensed(level=high, window=window))
        if low - base <= band:
            return _rests(channel, seen, Sensed(level=base, window=window))
        return self._gained(channel, seen, low - base, Sensed(level=low, window=window), again)

    def returned(
        self, channel: Channel, seen: Seen, *, again: bool, role: str
    ) -> Advanced | Recheck:
        """As after any silence: what it missed is in nobody's count by it."""
        return self.advance(channel, seen, again=again)

    def _gained(
        self, channel: Channel, seen: Seen, gain: int, sensed: Sensed, again: bool
    ) -> Advanced | Recheck:
        row = replace(channel.row, raw=channel.row.raw + gain, at=max(seen.at, channel.row.at))
        if gain > self.counter.rules.limit(elapsed(channel, seen)):
            if not again:
                return Recheck(reason=Doubt.JUMP)
            held = Quarantine(raw_from=channel.row.raw, raw_to=row.raw, reason=Doubt.JUMP)
            row = replace(row, counter_epoch=row.counter_epoch + 1)
            notes = (self.counter.quarantined(channel, held, seen), baseline_note(row, "released"))
            after = replace(seen_again(channel, row, seen), sensed=sensed)
            return Advanced(channel=after, counted=held, notes=notes)
        row, pieces = self.counter.made(channel, row, gain, seen, (Flag.WEIGHED,))
        after = replace(seen_again(channel, row, seen), sensed=sensed)
        return Advanced(channel=after, counted=Unchanged(), pieces=pieces)


def _rests(channel: Channel, seen: Seen, sensed: Sensed) -> Advanced:
    row = replace(channel.row, at=max(seen.at, channel.row.at))
    after = replace(seen_again(channel, row, seen), sensed=sensed)
    return Advanced(channel=after, counted=Unchanged())
