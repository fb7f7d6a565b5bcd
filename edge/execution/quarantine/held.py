"""What a reading that was not believed can mean, in pieces: pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.production import HeldReading

DIFFERENCE, WRAP, RESET = "difference", "wrap", "reset"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """One way in which a counter can have come from one value to the other.

    `believed`: the machine can have made so many in that time; None where that is not known.
    """

    how: str
    pieces: int
    believed: bool | None


def meanings(held: HeldReading, step: Fraction | None = None) -> tuple[Meaning, ...]:
    """What the two values can mean, the smallest first; `step` as in `pieces`.

    Forward it is their difference, and after a reset the new value alone. Backward it is a
    wrap, where the counter wraps, or a reset: then the new value was made, and perhaps more
    before it.
    """
    found = sorted(_steps(held), key=lambda one: one[1])
    return tuple(
        Meaning(
            how=how,
            pieces=pieces(held, steps, step),
            believed=None if held.limit is None else steps <= held.limit,
        )
        for how, steps in found
    )


def pieces(held: HeldReading, steps: int, step: Fraction | None = None) -> int:
    """Whole pieces of so many steps of the counter, of `step` pieces each (None: as it was)."""
    return int(steps * (Fraction(held.pieces_per_pulse or 1) if step is None else step))


def most(held: HeldReading, step: Fraction | None = None) -> int:
    """The most pieces that the two values allow; with a reset, what can have been made."""
    found = [one.pieces for one in meanings(held, step)]
    backward = held.raw_to < held.raw_from
    possible = pieces(held, held.limit or 0, step) if backward else 0
    return max([possible, *found])


def _steps(held: HeldReading) -> Iterator[tuple[str, int]]:
    if held.raw_to >= held.raw_from:
        yield DIFFERENCE, held.raw_to - held.raw_from
    elif held.modulus is not None and held.raw_from < held.modulus:
        yield WRAP, held.modulus - held.raw_from + held.raw_to
    if held.raw_to >= 0 and (held.raw_from != 0 or held.raw_to < held.raw_from):
        yield RESET, held.raw_to
