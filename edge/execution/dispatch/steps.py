"""What a machine counts in: pieces, or steps of its counter that are more or less than a piece.

Pure. A machine compares its setpoints with its own counter, so it is told steps of that one.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from edge.domain.orders import JobOrder

NONE_BEGUN = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class CountedIn:
    """A step of a counter is `pieces`; of `strokes` the job's tool says how many, if it does.

    `tag` is the counter whose `rest` is the piece that a job has begun; empty for none.
    """

    tag: str = ""
    pieces: Fraction = Fraction(1)
    strokes: bool = False

    def step_of(self, job: JobOrder | None) -> Fraction:
        """Pieces of one step while `job` is made."""
        tool = job.tool if job and self.strokes else None
        return tool.pieces_per_stroke if tool else self.pieces


PIECES = CountedIn()


def steps_for(pieces: int, step: Fraction, begun: Fraction = NONE_BEGUN) -> int:
    """The fewest steps that make so many pieces, if `begun` of the first is made already.

    Rounded up: the last step may make more than is wanted, by less than one step's pieces.
    """
    return max(ceil((pieces - begun) / step), 0)


def steps_within(pieces: int, step: Fraction, begun: Fraction = NONE_BEGUN) -> int:
    """The most steps that make no more than so many pieces, if `begun` of the first is made."""
    return max(floor((pieces - begun) / step), 0)


def pieces_of(steps: int, step: Fraction) -> int:
    """The whole pieces that so many steps make at least."""
    return floor(steps * step)
