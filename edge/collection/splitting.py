"""Steps over borders: a delta that spans hours or shifts is shared by running time, exactly.

The shares are whole steps by the method of the largest remainder, so they add up to the
delta; each takes a stretch of the raw range, in order, so that the stretches join.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge.domain.intervals import Interval


@dataclass(frozen=True, kw_only=True)
class Part:
    """Steps of one stretch of time, after the `before` steps of the parts before it.

    `start` equals `end` where no time passed.
    """

    before: int
    steps: int
    raw_from: int
    raw_to: int
    start: int
    end: int


def share_out(quantity: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`quantity` (0 or more) in proportion to `weights`, to the piece; ties go to the first.

    Raises ValueError if no weight is above 0 or one is below.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError(f"cannot share {quantity} by the weights {list(weights)}")
    shares = [quantity * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda at: (-(quantity * weights[at] % total), at)
    )
    for at in by_remainder[: quantity - sum(shares)]:
        shares[at] += 1
    return tuple(shares)


def overlap(segment: Interval, spans: Iterable[Interval]) -> int:
    """Microseconds of `segment` that the disjoint `spans` cover."""
    return sum(max(min(segment.end, one.end) - max(segment.start, one.start), 0) for one in spans)


def weights_of(
    segments: Sequence[Interval],
    running: Sequence[Interval] | None,
    working: Sequence[Interval],
) -> tuple[int, ...]:
    """What to share by: running time, if it is known; else working time; else all time.

    `running` None says that the machine's states are not known throughout.
    """
    for spans in (running or (), working):
        weights = tuple(overlap(segment, spans) for segment in segments)
        if any(weights):
            return weights
    return tuple(segment.length for segment in segments)


def split(
    steps: int,
    raw_from: int,
    modulus: int | None,
    segments: Sequence[Interval],
    weights: Sequence[int],
) -> tuple[Part, ...]:
    """The parts of `steps` (above 0), one for each segment that gets a step, in order."""
    parts, before = [], 0
    for segment, share in zip(segments, share_out(steps, weights), strict=True):
        raw_to = raw_from + share if modulus is None else (raw_from + share) % modulus
        if share:
            parts.append(
                Part(
                    before=before,
                    steps=share,
                    raw_from=raw_from,
                    raw_to=raw_to,
                    start=segment.start,
                    end=segment.end,
                )
            )
        raw_from, before = raw_to, before + share
    return tuple(parts)
