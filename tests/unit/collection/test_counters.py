"""For any true counts, readings, wraps, boots and outages: what is recorded is never too much."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from edge.collection.counters import (
    CounterRules,
    Delta,
    Doubt,
    First,
    Flag,
    Quarantine,
    Recheck,
    Restart,
    Sample,
    Unchanged,
    count,
)
from edge.domain.clock import MICROS
from edge.domain.recording import Baseline

LESS_POSSIBLE = {Flag.LOWER_BOUND, Flag.AMBIGUOUS}


@dataclass(frozen=True)
class Step:
    """Between two readings: seconds, share of the possible pieces that were made, boots.

    `before` is the share of the pieces that were made before the (last) boot.
    """

    seconds: int
    share: Fraction
    boots: int
    before: Fraction


shares = st.fractions(min_value=0, max_value=1, max_denominator=100)
steps = st.builds(
    Step,
    seconds=st.one_of(st.integers(0, 30), st.integers(0, 200_000)),
    share=shares,
    boots=st.sampled_from([0, 0, 0, 1, 2]),
    before=shares,
)
rates = st.sampled_from([Fraction(1, 7), Fraction(1), Fraction(3), Fraction(25, 2)])
moduli = st.sampled_from([None, 256, 65536, 1 << 32])


@dataclass
class Run:
    """What was made, what was recorded, and whether anything was flagged or kept apart."""

    made: int = 0
    recorded: int = 0
    doubtful: bool = False


def follow(
    walk: list[Step],
    rules: CounterRules,
    start: int,
    *,
    retentive: bool,
    boot_tag: bool,
) -> Run:
    """A true machine, read after each step; a doubted reading is read again at once."""
    run, raw, boot, now = Run(), start, 0, 0
    baseline = Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=start, at=0)
    boot_seen = 0
    for step in walk:
        now += step.seconds * MICROS
        made = int(rules.max_rate * step.seconds * step.share)
        early = int(made * step.before)
        run.made += made
        raw += made
        if step.boots:
            boot += step.boots
            raw = raw if retentive else made - early
        raw = raw if rules.modulus is None else raw % rules.modulus
        rebooted = boot != boot_seen if boot_tag else None
        elapsed = now - baseline.at
        counted = count(baseline, Sample(raw=raw, elapsed=elapsed, rebooted=rebooted), rules)
        if isinstance(counted, Recheck):
            again = Sample(raw=raw, elapsed=elapsed, rebooted=rebooted, again=True)
            counted = count(baseline, again, rules)
        match counted:
            case Delta():
                run.recorded += counted.quantity
                run.doubtful |= bool(LESS_POSSIBLE & set(counted.flags))
            case Restart():
                run.recorded += counted.quantity
                run.doubtful = True
            case Quarantine():
                run.doubtful = True
            case Unchanged():
                run.doubtful |= bool(made)
            case _:
                raise AssertionError(counted)
        baseline = Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=raw, at=now)
        boot_seen = boot
    return run


@given(st.lists(steps, max_size=30), rates, moduli, st.integers(0, 255), st.booleans())
def test_with_a_boot_counter_never_more_and_exact_unless_flagged(
    walk: list[Step], rate: Fraction, modulus: int | None, start: int, retentive: bool
) -> None:
    rules = CounterRules(max_rate=rate, modulus=modulus)
    run = follow(walk, rules, start, retentive=retentive, boot_tag=True)
    assert run.recorded <= run.made
    assert run.recorded == run.made or run.doubtful


@given(st.lists(steps, max_size=30), rates, moduli, st.integers(0, 255))
def test_without_a_boot_counter_never_more(
    walk: list[Step], rate: Fraction, modulus: int | None, start: int
) -> None:
    rules = CounterRules(max_rate=rate, modulus=modulus)
    run = follow(walk, rules, start, retentive=False, boot_tag=False)
    assert run.recorded <= run.made


@given(st.lists(st.integers(0, 30), max_size=60), rates, st.integers(0, 255), st.data())
def test_a_retentive_counter_in_reach_is_exact_over_wraps(
    seconds: list[int], rate: Fraction, start: int, data: st.DataObject
) -> None:
    """No boots, never away long enough to go round: every piece, and no flag but rollover."""
    rules = CounterRules(max_rate=rate, modulus=1024)
    walk = [Step(one, data.draw(shares), 0, Fraction(0)) for one in seconds]
    run = follow(walk, rules, start, retentive=True, boot_tag=True)
    assert run.recorded == run.made
    assert not run.doubtful


@given(rates, st.integers(1, 10**6), st.integers(0, 10**6))
def test_what_is_beyond_the_limit_is_never_counted(rate: Fraction, ms: int, extra: int) -> None:
    rules = CounterRules(max_rate=rate)
    baseline = Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=7, at=0)
    elapsed = ms * 1000
    most = rules.limit(elapsed)
    for quantity, believed in ((most, True), (most + 1 + extra, False)):
        sample = Sample(raw=7 + quantity, elapsed=elapsed, again=True)
        counted = count(baseline, sample, rules)
        assert isinstance(counted, Delta if believed else Quarantine)


def test_the_first_sample_counts_nothing() -> None:
    rules = CounterRules(max_rate=Fraction(1))
    assert count(None, Sample(raw=5, elapsed=0), rules) == First(raw=5)


@given(st.integers(-(1 << 15), (1 << 16) - 1))
def test_a_word_is_brought_into_its_modulus(raw: int) -> None:
    rules = CounterRules(max_rate=Fraction(1), modulus=1 << 16, lowest=-(1 << 15))
    normal = rules.normal(raw)
    assert normal is not None
    assert normal % (1 << 16) == raw % (1 << 16)
    assert 0 <= normal < 1 << 16


def counted(raw_from: int, sample: Sample, *, modulus: int, correction_band: int = 0) -> object:
    rules = CounterRules(max_rate=Fraction(2), modulus=modulus, correction_band=correction_band)
    baseline = Baseline(equipment_id="L1", tag="good", counter_epoch=1, raw=raw_from, at=0)
    return count(baseline, sample, rules)


def test_half_as_much_again_as_the_rate_allows_is_believed_and_a_piece_under_way() -> None:
    assert CounterRules(max_rate=Fraction(2)).limit(10 * MICROS) == 2 * 10 * 3 // 2 + 1


def test_a_wrap_of_just_the_limit_is_believed_and_one_piece_more_is_not() -> None:
    most = Sample(raw=20, elapsed=10 * MICROS, rebooted=False, again=True)
    assert counted(245, most, modulus=256) == Delta(
        quantity=31, raw_from=245, raw_to=20, flags=(Flag.ROLLOVER,)
    )
    assert isinstance(counted(244, most, modulus=256), Restart)


def test_whoever_could_just_have_gone_round_unseen_is_ambiguous() -> None:
    round_us = 256 * MICROS // 2
    for elapsed, flags in ((round_us - 1, ()), (round_us, (Flag.AMBIGUOUS,))):
        sample = Sample(raw=11, elapsed=elapsed, rebooted=False)
        expected = Delta(quantity=1, raw_from=10, raw_to=11, flags=flags)
        assert counted(10, sample, modulus=256) == expected


def test_a_decrease_that_may_be_a_correction_or_a_wrap_is_neither() -> None:
    sample = Sample(raw=98, elapsed=200 * MICROS, rebooted=False)
    assert counted(100, sample, modulus=256, correction_band=2) == Recheck(
        reason=Doubt.ROLLOVER_OR_RESET
    )
