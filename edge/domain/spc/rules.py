"""The eight rules of Nelson for points of a control chart. Pure and exact.

Source: L. S. Nelson, "The Shewhart control chart: tests for special causes", Journal of Quality
Technology 16 (1984) 237-239. A point that lies exactly on a line is not beyond it; one on the
center line is on neither side. A rule is broken at the point that completes its pattern.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from edge.domain.spc.charts import Limits

Zs = Sequence[Fraction]  # distances from the center line in sigmas of a point, oldest first


@dataclass(frozen=True)
class Rule:
    """`of` the last so many points `holds` says whether they break it."""

    number: int
    of: int
    en: str
    zh: str
    holds: Callable[[Zs], bool]


@dataclass(frozen=True)
class Broken:
    """A rule that is broken at the point with this index."""

    rule: int
    at: int


def _sides(zs: Zs) -> set[int]:
    return {(z > 0) - (z < 0) for z in zs}


def _one_side(zs: Zs) -> bool:
    return _sides(zs) in ({1}, {-1})


def _steps(zs: Zs) -> list[int]:
    """The direction from each point to the next: up 1, down -1, neither 0."""
    return [(b > a) - (b < a) for a, b in pairwise(zs)]


def _trend(zs: Zs) -> bool:
    return set(_steps(zs)) in ({1}, {-1})


def _alternates(zs: Zs) -> bool:
    steps = _steps(zs)
    return 0 not in steps and all(a == -b for a, b in pairwise(steps))


def _most_beyond(least: int, sigmas: int) -> Callable[[Zs], bool]:
    """So many of them beyond `sigmas` on the side of the last one, which is beyond too."""

    def holds(zs: Zs) -> bool:
        side = 1 if zs[-1] > 0 else -1
        beyond = [z * side > sigmas for z in zs]
        return beyond[-1] and sum(beyond) >= least

    return holds


def _all_near(zs: Zs) -> bool:
    return all(abs(z) < 1 for z in zs)


def _all_far(zs: Zs) -> bool:
    return all(abs(z) > 1 for z in zs) and _sides(zs) == {1, -1}


RULES: Mapping[int, Rule] = {
    rule.number: rule
    for rule in (
        Rule(1, 1, "one point beyond 3 sigma", "一点超出3σ", lambda zs: abs(zs[-1]) > 3),
        Rule(2, 9, "nine points on one side of the center", "连续9点在中心线同侧", _one_side),
        Rule(3, 6, "six points rise or fall", "连续6点上升或下降", _trend),
        Rule(4, 14, "fourteen points go up and down in turn", "连续14点交替上下", _alternates),
        Rule(5, 3, "two of three points beyond 2 sigma", "3点中2点超出2σ", _most_beyond(2, 2)),
        Rule(6, 5, "four of five points beyond 1 sigma", "5点中4点超出1σ", _most_beyond(4, 1)),
        Rule(7, 15, "fifteen points within 1 sigma", "连续15点在1σ以内", _all_near),
        Rule(8, 8, "eight points beyond 1 sigma, on both sides", "连续8点超出1σ且在两侧", _all_far),
    )
}
LONGEST = max(rule.of for rule in RULES.values())


def in_sigmas(points: Sequence[Fraction], limits: Limits) -> list[Fraction]:
    """Distances of points from the center line, in sigmas of a point."""
    return [(point - limits.center) / limits.sigma for point in points]


def broken_at_end(points: Sequence[Fraction], limits: Limits) -> list[int]:
    """The rules that the last point breaks."""
    zs = in_sigmas(points[-LONGEST:], limits)
    return [one.number for one in RULES.values() if _breaks(one, zs)]


def broken(points: Sequence[Fraction], limits: Limits) -> list[Broken]:
    """Every rule that is broken, at each point that completes a pattern."""
    zs = in_sigmas(points, limits)
    return [
        Broken(one.number, at)
        for at in range(len(zs))
        for one in RULES.values()
        if _breaks(one, zs[: at + 1])
    ]


def _breaks(rule: Rule, zs: Zs) -> bool:
    return len(zs) >= rule.of and rule.holds(zs[-rule.of :])
