"""What two readings of a counter prove, and what they do not: pure, and never a guess.

`count(baseline, sample, rules)` answers with one of the classes below. A quantity is
never more than what was made; where it can be less, it is flagged `lower_bound` or
`ambiguous`. What cannot be told is read again, and if it stands, quarantined.

A bound that no rule can lift: a counter that was reset without a changed boot counter
and has counted past its old value between two readings looks like fewer pieces.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from edge.domain.clock import MICROS
from edge.domain.ports import Baseline

MARGIN = Fraction(3, 2)  # what is beyond max_rate x elapsed x this is not believed


class Flag(StrEnum):
    """What stands beside a quantity; `docs/collection.md` says each in a sentence."""

    ROLLOVER = "rollover"
    LOWER_BOUND = "lower_bound"
    AMBIGUOUS = "ambiguous"
    SATURATED = "saturated"
    RECOVERED = "recovered"
    SPLIT = "split"
    ESTIMATED_TIME = "estimated_time"
    ORDER_CHANGED = "order_changed"
    UNASSIGNED = "unassigned"
    DERIVED = "derived"
    CORRECTED = "corrected"
    TOTAL_ONLY = "total_only"


class Doubt(StrEnum):
    """Why a reading is not believed."""

    JUMP = "jump"  # forward by more than the machine can make
    PRESET = "preset"  # after a restart it shows more than can have been made
    ROLLOVER_OR_RESET = "rollover_or_reset"  # both are plausible
    BACKWARD = "backward"  # neither is


@dataclass(frozen=True, kw_only=True)
class CounterRules:
    """How a counter behaves.

    `max_rate` is the most pieces a plant second; `modulus` how many values it has before
    it wraps, None if it does not. `saturates_at`: an IEC CTU counter stops there. A
    decrease of at most `correction_band` takes pieces back. `resettable` False is the
    plant's word that nobody can reset it, so that without a boot counter a plausible
    wrap is believed. Raises ValueError.
    """

    max_rate: Fraction
    modulus: int | None = None
    saturates_at: int | None = None
    correction_band: int = 0
    resettable: bool = True

    def __post_init__(self) -> None:
        if self.max_rate <= 0:
            raise ValueError(f"max_rate {self.max_rate}: must be above 0 pieces a second")
        if self.modulus is not None and self.modulus < 2:
            raise ValueError(f"modulus {self.modulus}: must be 2 or more")
        if self.correction_band < 0:
            raise ValueError(f"correction_band {self.correction_band}: must be 0 or more")

    def limit(self, elapsed: int) -> int:
        """The most pieces believed in `elapsed` us; one stands for a piece under way."""
        return int(self.max_rate * elapsed * MARGIN / MICROS) + 1

    def can_wrap_unseen(self, elapsed: int) -> bool:
        """Whether the counter may have gone round as a whole since it was last seen."""
        return self.modulus is not None and self.max_rate * elapsed >= self.modulus * MICROS

    def normal(self, raw: int) -> int | None:
        """The value within 0..modulus (a signed counter wraps modulo too); None if outside."""
        if self.modulus is None:
            return raw if raw >= 0 else None
        return raw % self.modulus if -(self.modulus // 2) <= raw < self.modulus else None


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A good reading of a counter, `raw` as `CounterRules.normal` gives it.

    `elapsed` is the longest time that can have passed since the baseline was seen, plant
    microseconds; `rebooted` None where no boot counter tells; `again` if the reading
    before was already doubted.
    """

    raw: int
    elapsed: int
    rebooted: bool | None = None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class First:
    """The first sample of all is a baseline: what was made before is not ours."""

    raw: int


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """Nothing was counted; `saturated` if the counter stands at its end."""

    saturated: bool = False


@dataclass(frozen=True, kw_only=True)
class Delta:
    """Pieces made, more than 0; `raw_to` is below `raw_from` after a wrap."""

    quantity: int
    raw_from: int
    raw_to: int
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Restart:
    """The counter began anew at 0 and shows `quantity` (0 or more): a lower bound."""

    quantity: int


@dataclass(frozen=True, kw_only=True)
class Correction:
    """The machine took pieces back: `quantity` is below 0."""

    quantity: int
    raw_from: int
    raw_to: int


@dataclass(frozen=True, kw_only=True)
class Recheck:
    """Not believed yet: read again before anything is counted."""

    reason: Doubt


@dataclass(frozen=True, kw_only=True)
class Quarantine:
    """It stands and is not believed: kept apart; counting goes on from `raw_to`."""

    raw_from: int
    raw_to: int
    reason: Doubt


Counted = First | Unchanged | Delta | Restart | Correction | Recheck | Quarantine


def count(baseline: Baseline | None, sample: Sample, rules: CounterRules) -> Counted:
    """What `sample` says since `baseline` (None: there is none yet)."""
    if baseline is None:
        return First(raw=sample.raw)
    if sample.raw == baseline.raw:
        return Unchanged(saturated=sample.raw == rules.saturates_at)
    if sample.raw > baseline.raw:
        return _forward(baseline.raw, sample, rules)
    return _backward(baseline.raw, sample, rules)


def _forward(previous: int, sample: Sample, rules: CounterRules) -> Counted:
    quantity = sample.raw - previous
    if quantity > rules.limit(sample.elapsed):
        return _doubted(previous, sample, Doubt.JUMP)
    flags = _wrap_flags(sample, rules)
    if sample.raw == rules.saturates_at:
        flags += (Flag.SATURATED,)
    # After a reboot the counter may have begun at 0: then more was made than this.
    if sample.rebooted or sample.raw == rules.saturates_at:
        flags += (Flag.LOWER_BOUND,)
    return Delta(quantity=quantity, raw_from=previous, raw_to=sample.raw, flags=flags)


def _backward(previous: int, sample: Sample, rules: CounterRules) -> Counted:
    limit = rules.limit(sample.elapsed)
    in_band = previous - sample.raw <= rules.correction_band
    wrapped = None if rules.modulus is None else rules.modulus - previous + sample.raw
    if sample.rebooted:
        plausible = sample.raw <= limit
        return (
            Restart(quantity=sample.raw) if plausible else _doubted(previous, sample, Doubt.PRESET)
        )
    if wrapped is not None and wrapped <= limit:
        if in_band or (sample.rebooted is None and rules.resettable):
            return _doubted(previous, sample, Doubt.ROLLOVER_OR_RESET)
        flags = (Flag.ROLLOVER, *_wrap_flags(sample, rules))
        return Delta(quantity=wrapped, raw_from=previous, raw_to=sample.raw, flags=flags)
    if not in_band and sample.raw > limit:
        return _doubted(previous, sample, Doubt.BACKWARD)
    # A late reply shows an older value too: believe a decrease only when it stands.
    if not sample.again:
        return Recheck(reason=Doubt.BACKWARD)
    if in_band:
        return Correction(quantity=sample.raw - previous, raw_from=previous, raw_to=sample.raw)
    return Restart(quantity=sample.raw)


def _wrap_flags(sample: Sample, rules: CounterRules) -> tuple[Flag, ...]:
    return (Flag.AMBIGUOUS,) if rules.can_wrap_unseen(sample.elapsed) else ()


def _doubted(previous: int, sample: Sample, reason: Doubt) -> Recheck | Quarantine:
    if not sample.again:
        return Recheck(reason=reason)
    return Quarantine(raw_from=previous, raw_to=sample.raw, reason=reason)
