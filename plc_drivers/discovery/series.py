"""What one place showed over time, and how it moved: pure, no protocol and no clock.

All figures say only what was seen. A counter that stood, or went round as a whole between two
looks, cannot be told from a constant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from statistics import median

MICROS = 1_000_000
FEWEST_STEPS = 3  # a counter is believed after so many steps
WIDEST_STEP = 8  # a step forward by more than the modulus / 8 is no counting
STRAIGHT = Fraction(3, 2)  # steps by which a clock may be off its straight line
EVEN = 1.5  # the longest pause between two ticks, beside the usual one
FEWEST_TICKS = 12  # a straight line of fewer points proves nothing


@dataclass(frozen=True)
class Series:
    """Values of one place: `times` (us, rising) and integers, one each; `bits` is its width."""

    times: tuple[int, ...]
    values: tuple[int, ...]
    bits: int

    @property
    def modulus(self) -> int:
        """How many values fit into its width."""
        return 1 << self.bits

    @cached_property
    def distinct(self) -> frozenset[int]:
        return frozenset(self.values)

    @cached_property
    def by_time(self) -> dict[int, int]:
        """The value at each look, by its time."""
        return dict(zip(self.times, self.values, strict=True))

    @property
    def constant(self) -> bool:
        return len(self.distinct) <= 1

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The way forward from each value to the next, modulo the modulus."""
        pairs = pairwise(self.values)
        return tuple((after - before) % self.modulus for before, after in pairs)

    @cached_property
    def moves(self) -> frozenset[int]:
        """Places of the samples that differ from the one before."""
        return frozenset(at for at, step in enumerate(self.steps, 1) if step)

    @cached_property
    def wraps(self) -> int:
        """How often a value was lower than the one before."""
        return sum(after < before for before, after in pairwise(self.values))

    @cached_property
    def counts(self) -> bool:
        """Whether it only ever went forward, in steps that are small beside its width.

        Something that also falls would look like steps of nearly the whole modulus.
        """
        moved = [step for step in self.steps if step]
        if len(moved) < FEWEST_STEPS or self.bits < 8:
            return False
        typical = max(1, int(median(moved)))
        widest = min(self.modulus // WIDEST_STEP, max(64, 50 * typical))
        return max(moved) <= widest and self.wraps <= 1 + sum(moved) // self.modulus

    @cached_property
    def total(self) -> int:
        """How far it went forward in all."""
        return sum(self.steps)

    @property
    def seconds(self) -> Fraction:
        """How long it was watched."""
        return Fraction(self.times[-1] - self.times[0], MICROS) if self.times else Fraction(0)

    @cached_property
    def rate(self) -> Fraction:
        """Steps a second while it was watched."""
        return self.total / self.seconds if self.seconds else Fraction(0)

    @cached_property
    def peak(self) -> Fraction:
        """The most steps a second over any stretch of about a tenth of the watch.

        A rate between two neighbours would be far too high: the device's scan and ours beat.
        """
        width = max(2, len(self.values) // 10)
        rates = [
            Fraction(
                sum(self.steps[at : at + width]) * MICROS, self.times[at + width] - self.times[at]
            )
            for at in range(len(self.values) - width)
            if self.times[at + width] > self.times[at]
        ]
        return max(rates, default=self.rate)

    @cached_property
    def straight(self) -> bool:
        """Whether it moved like a clock: on one straight line from first to last, never resting.

        A few steps beside the line are the two scans that beat against each other.
        """
        if not self.counts or len(self.moves) < FEWEST_TICKS or not self.rate:
            return False
        gone, off = 0, Fraction(0)
        beat = self.rate * self._longest_pause / MICROS
        for at, step in enumerate(self.steps, 1):
            gone += step
            line = self.rate * (self.times[at] - self.times[0]) / MICROS
            off = max(off, abs(gone - line))
        return off <= STRAIGHT + beat

    @property
    def _longest_pause(self) -> int:
        return max((b - a for a, b in pairwise(self.times)), default=0)

    @cached_property
    def toggles(self) -> bool:
        """Whether it went to and fro between 0 and 1 evenly, all the time: a heartbeat."""
        if self.distinct != {0, 1} or len(self.moves) < FEWEST_TICKS:
            return False
        places = sorted(self.moves)
        gaps = [self.times[b] - self.times[a] for a, b in pairwise(places)]
        return max(gaps) <= EVEN * median(gaps) + self._longest_pause


def series_of(times: Sequence[int], values: Sequence[int | None], bits: int) -> Series:
    """The series of what could be read; signed values are taken modulo the width."""
    pairs = [
        (at, value % (1 << bits))
        for at, value in zip(times, values, strict=True)
        if value is not None
    ]
    return Series(tuple(at for at, _ in pairs), tuple(value for _, value in pairs), bits)
