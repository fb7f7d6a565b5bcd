"""What a counterfactual leaves out of the problem."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Relaxation:
    """Orders whose material is there or whose pieces are passed on one by one; whether
    exceptional closures and the frozen window are lifted; and a work center that is
    open without end and free for `alone`.
    """

    material: frozenset[str] = frozenset()
    precedence: frozenset[str] = frozenset()
    calendar: bool = False
    frozen: bool = False
    endless: str | None = None
    alone: frozenset[str] = frozenset()


NOTHING: Final = Relaxation()
