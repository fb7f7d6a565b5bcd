"""Control charts, exactly: x-bar and R, individuals and moving range. Pure.

Limits follow NIST/SEMATECH e-Handbook 6.3.2.1 and 6.3.2.2. All arithmetic is in fractions;
nothing is rounded here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from edge.domain.sentences import Told, say
from edge.domain.spc.constants import FACTORS, LARGEST, MOVING

XBAR_R, INDIVIDUALS = "xbar_r", "individuals"
LEAST_SUBGROUPS = 20  # k of a baseline; NIST 6.3.2 has 20 to 25
Readings = Sequence[Fraction]


class NoChart(Told, ValueError):
    """These readings make no chart: the text says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of the points (mean or single value) and of their ranges; `sigma` is that of a point,
    a third of the way to a limit. `process_sigma` is sigma-hat of the process (R-bar / d2)."""

    center: Fraction
    lower: Fraction
    upper: Fraction
    sigma: Fraction
    range_center: Fraction
    range_lower: Fraction
    range_upper: Fraction
    process_sigma: Fraction


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What limits are made of: the mean, the mean (moving) range, size n and subgroups k."""

    center: Fraction
    spread: Fraction
    size: int
    subgroups: int


def mean(readings: Readings) -> Fraction:
    """The arithmetic mean."""
    return sum(readings, Fraction()) / len(readings)


def spread(readings: Readings) -> Fraction:
    """The range: largest less smallest."""
    return max(readings) - min(readings)


def points(chart: str, subgroups: Sequence[Readings]) -> list[Fraction]:
    """What is drawn: the mean of each subgroup, or each single value."""
    if chart == XBAR_R:
        return [mean(one) for one in subgroups]
    return [value for one in subgroups for value in one]


def ranges(chart: str, subgroups: Sequence[Readings]) -> list[Fraction]:
    """The range of each subgroup, or of each two neighbours (one less than points)."""
    if chart == XBAR_R:
        return [spread(one) for one in subgroups]
    values = points(chart, subgroups)
    return [abs(after - before) for before, after in pairwise(values)]


def baseline(chart: str, subgroups: Sequence[Readings]) -> Baseline:
    """Center and spread of subgroups; raises NoChart if they are too few or not alike."""
    values = points(chart, subgroups)
    if len(values) < LEAST_SUBGROUPS:
        raise NoChart(
            say(
                "spc.few",
                "{count} subgroups; limits need {least}",
                count=len(values),
                least=LEAST_SUBGROUPS,
            )
        )
    sizes = {len(one) for one in subgroups}
    if chart == XBAR_R and len(sizes) != 1:
        raise NoChart(
            say(
                "spc.sizes",
                "subgroups of {sizes} pieces; all need one size",
                sizes=", ".join(map(str, sorted(sizes))),
            )
        )
    size = len(subgroups[0]) if chart == XBAR_R else 1
    found = Baseline(
        center=mean(values),
        spread=mean(ranges(chart, subgroups)),
        size=size,
        subgroups=len(values),
    )
    limits(chart, found.center, found.spread, size)
    return found


def limits(chart: str, center: Fraction, spread: Fraction, size: int) -> Limits:
    """Limits of a center and a mean range; raises NoChart where there can be none."""
    n = size if chart == XBAR_R else MOVING
    if n not in FACTORS:
        raise NoChart(
            say(
                "spc.size",
                "subgroups of {size} pieces; x-bar and R need 2 to {largest}",
                size=n,
                largest=LARGEST,
            )
        )
    if spread <= 0:
        raise NoChart(
            say("spc.alike", "all readings are alike: the gauge does not resolve the process")
        )
    factors = FACTORS[n]
    process = spread / factors.d2
    away = factors.a2 * spread if chart == XBAR_R else 3 * process
    return Limits(
        center=center,
        lower=center - away,
        upper=center + away,
        sigma=away / 3,
        range_center=spread,
        range_lower=factors.d3 * spread,
        range_upper=factors.d4 * spread,
        process_sigma=process,
    )
