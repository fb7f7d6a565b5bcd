"""What two readings of a counter prove, and what they do not: pure, and never a guess.

`count(baseline, sample, rules)` answers with one of the classes below. A quantity is
never more than what was made, within the bounds below; where it can be less, it is flagged
`lower_bound` or `ambiguous`. What cannot be told is read again, and if it stands, quarantined.

Two bounds that no rule can lift. A counter that was reset without a changed boot counter and
has counted to its old value or past it between two readings looks like fewer pieces. One that
was reset so just when a wrap was within reach looks like a rollover, and like more pieces,
unless the plant says that anybody can reset it (`resettable = true`): then it is quarantined.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from edge.domain.clock import MICROS
from edge.domain.recording import Baseline

MARGIN = Fraction(3, 2)  # what is beyond max_rate x elapsed x this is not believed
TEAR = 1 << 16  # a number of two words read in the middle of its carry is wrong by this


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
    PULSE = "pulse"
    WEIGHED = "weighed"
    SETUP = "setup"
    UNCONFIRMED = "unconfirmed"


class Doubt(StrEnum):
    """Why a reading is not believed."""

    JUMP = "jump"  # forward by more than the machine can make
    PRESET = "preset"  # after a restart it shows more than can have been made
    ROLLOVER_OR_RESET = "rollover_or_reset"  # both are plausible
    CORRECTION_OR_RESET = "correction_or_reset"  # both are plausible
    BACKWARD = "backward"  # nothing is
    AWAY = "away"  # it was not in plant.toml: others may have counted the same pieces
    LESS_AT_LEAST = "less_at_least"  # a third count: what is taken off is a lower bound


@dataclass(frozen=True, kw_only=True)
class CounterRules:
    """How a counter behaves; everything in its own steps.

    `max_rate` is the most steps a plant second; `modulus` how many values it has before
    it wraps, None if it does not. `lowest` is below 0 for a signed counter that goes on
    with negative numbers. `saturates_at`: an IEC CTU counter stops there, and does not wrap. A
    decrease of at most `correction_band` takes pieces back. `resettable` is the plant's
    word on a reset that no boot counter shows: False, nobody can; True, anybody can at any
    time; None, it comes with a start of the machine, and one without boot counter may have
    started. Raises ValueError.
    """

    max_rate: Fraction
    modulus: int | None = None
    saturates_at: int | None = None
    correction_band: int = 0
    resettable: bool | None = None
    lowest: int = 0

    def __post_init__(self) -> None:
        if self.max_rate <= 0:
            raise ValueError(f"max_rate {self.max_rate}: must be above 0 steps a second")
        if self.modulus is not None and self.modulus < 2:
            raise ValueError(f"modulus {self.modulus}: must be 2 or more")
        if self.modulus is not None and self.saturates_at is not None:
            raise ValueError(
                f"saturates_at {self.saturates_at}: a counter that stops has no modulus"
            )
        if self.correction_band < 0:
            raise ValueError(f"correction_band {self.correction_band}: must be 0 or more")
        if self.modulus is not None and 2 * self.correction_band >= self.modulus:
            raise ValueError(f"correction_band {self.correction_band}: half the modulus or more")

    def limit(self, elapsed: int) -> int:
        """The most steps believed in `elapsed` us; one stands for a piece under way."""
        rate = self.max_rate
        steps = rate.numerator * elapsed * MARGIN.numerator
        return steps // (rate.denominator * MARGIN.denominator * MICROS) + 1

    def can_wrap_unseen(self, elapsed: int) -> bool:
        """Whether the counter may have gone round as a whole since it was last seen."""
        if self.modulus is None:
            return False
        rate = self.max_rate  # by whole numbers: asked at each poll
        return rate.numerator * elapsed >= self.modulus * MICROS * rate.denominator

    def normal(self, raw: int) -> int | None:
        """The value within 0..modulus (a signed counter wraps modulo too); None if outside."""
        if self.modulus is not None:
            return raw % self.modulus if self.lowest <= raw < self.modulus else None
        within = self.saturates_at is None or raw <= self.saturates_at
        return raw if raw >= 0 and within else None

    def may_be_reset(self, rebooted: bool | None) -> bool:
        """Whether a reset has to be reckoned with beside another explanation."""
        return rebooted is None if self.resettable is None else self.resettable

    def never_reset(self, rebooted: bool | None) -> bool:
        """Whether the plant's word and the boot counter together exclude a reset."""
        return rebooted is False and self.resettable is False


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
    """Nothing was counted.

    `saturated`: the counter stands at its end. `unseen`: it may have gone round as a whole,
    or begun anew and come to the same value.
    """

    saturated: bool = False
    unseen: bool = False


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
        return _unchanged(sample, rules)
    if sample.raw > baseline.raw:
        return _forward(baseline.raw, sample, rules)
    if sample.rebooted:
        return _after_boot(baseline.raw, sample, rules)
    return _backward(baseline.raw, sample, rules)


def _unchanged(sample: Sample, rules: CounterRules) -> Unchanged:
    return Unchanged(
        saturated=sample.raw == rules.saturates_at,
        unseen=rules.can_wrap_unseen(sample.elapsed) or _may_be_fresh(sample, rules),
    )


def _forward(previous: int, sample: Sample, rules: CounterRules) -> Counted:
    quantity = sample.raw - previous
    below_zero = rules.modulus is not None and quantity >= rules.modulus - rules.correction_band
    if quantity > rules.limit(sample.elapsed) or below_zero:
        return _doubted(previous, sample, Doubt.JUMP)
    if quantity >= TEAR and not sample.again:
        return Recheck(reason=Doubt.JUMP)
    flags = _wrap_flags(sample, rules)
    if sample.raw == rules.saturates_at:
        flags += (Flag.SATURATED,)
    if _may_be_fresh(sample, rules) or sample.raw == rules.saturates_at:
        flags += (Flag.LOWER_BOUND,)
    return Delta(quantity=quantity, raw_from=previous, raw_to=sample.raw, flags=flags)


def _may_be_fresh(sample: Sample, rules: CounterRules) -> bool:
    """After a boot a counter that could have come so far from 0: then more was made."""
    return bool(sample.rebooted) and sample.raw <= rules.limit(sample.elapsed)


def _after_boot(previous: int, sample: Sample, rules: CounterRules) -> Counted:
    """Lower, and the machine was started meanwhile."""
    in_band = previous - sample.raw <= rules.correction_band
    if sample.raw <= rules.limit(sample.elapsed):
        if in_band:
            return _doubted(previous, sample, Doubt.CORRECTION_OR_RESET)
        return _standing(sample, Restart(quantity=sample.raw))
    if in_band:
        return _standing(sample, _correction(previous, sample))
    return _doubted(previous, sample, Doubt.PRESET)


def _backward(previous: int, sample: Sample, rules: CounterRules) -> Counted:
    """Lower, and no boot counter says why."""
    if rules.modulus is not None and previous >= rules.modulus:
        return _doubted(previous, sample, Doubt.BACKWARD)  # plant.toml said otherwise then
    limit = rules.limit(sample.elapsed)
    fresh = sample.raw <= limit
    reset = fresh and rules.may_be_reset(sample.rebooted)
    in_band = previous - sample.raw <= rules.correction_band
    wrapped = None if rules.modulus is None else rules.modulus - previous + sample.raw
    if wrapped is not None and wrapped <= limit:
        if in_band or reset:
            return _doubted(previous, sample, Doubt.ROLLOVER_OR_RESET)
        if wrapped >= TEAR and not sample.again:
            return Recheck(reason=Doubt.JUMP)
        flags = (Flag.ROLLOVER, *_wrap_flags(sample, rules))
        return Delta(quantity=wrapped, raw_from=previous, raw_to=sample.raw, flags=flags)
    if in_band and reset:
        return _doubted(previous, sample, Doubt.CORRECTION_OR_RESET)
    if in_band:
        return _standing(sample, _correction(previous, sample))
    if fresh and not rules.never_reset(sample.rebooted):
        return _standing(sample, Restart(quantity=sample.raw))
    return _doubted(previous, sample, Doubt.BACKWARD)


def _correction(previous: int, sample: Sample) -> Correction:
    return Correction(quantity=sample.raw - previous, raw_from=previous, raw_to=sample.raw)


def _wrap_flags(sample: Sample, rules: CounterRules) -> tuple[Flag, ...]:
    return (Flag.AMBIGUOUS,) if rules.can_wrap_unseen(sample.elapsed) else ()


def _standing(sample: Sample, decrease: Restart | Correction) -> Counted:
    """A late reply shows an older value too: a decrease is believed only when it stands."""
    return decrease if sample.again else Recheck(reason=Doubt.BACKWARD)


def _doubted(previous: int, sample: Sample, reason: Doubt) -> Recheck | Quarantine:
    if not sample.again:
        return Recheck(reason=reason)
    return Quarantine(raw_from=previous, raw_to=sample.raw, reason=reason)
