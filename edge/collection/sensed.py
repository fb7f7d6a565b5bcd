"""What is kept of a sensor beside the counter that is made of it."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Sensed:
    """A pulse or a scale as last seen.

    `level` lies in the store beside the baseline: whether the signal was high (1 or 0), or the
    weight from which a gain is counted (base units); None if nobody knows. The rest is of
    this life of the edge: `late_since` (us) looks have come too late to see each pulse, before
    the last one came no pulse after `rose_after` (us), and the last weights are `window`.
    """

    level: int | None = None
    late_since: int | None = None
    rose_after: int | None = None
    window: tuple[Fraction, ...] = ()


NOTHING_SENSED = Sensed()
