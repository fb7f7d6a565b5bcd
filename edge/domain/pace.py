"""Whether a work center keeps the pace of its plan, in microseconds of work; pure.

Deviation is what was made since the plan began, as work, less what the plan wanted by now: below
0 it is behind. A plan that is made again takes the deviation up, so the next one counts from 0.
What was taken up is remembered while a work center is off pace (`forgiven`): it is back only when
what was missing against the plan from which it fell is nearly there again. So counts that waver
plan once and not each time, however the threshold lies to them.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

MINUTE = 60_000_000


@dataclass(frozen=True, kw_only=True)
class LevelRule:
    """Orders that are planned level, a little in every pitch: those of one of the products or
    families, or that can run on one of the work centers. `pitch` of work; None is a day."""

    pitch: int | None = None
    products: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    work_centers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReplanRules:
    """When what is left is planned again; all in microseconds, 0: never for that.

    `off_pace` and `back_in_pace`: work. `breakdown`: a stop that lasts longer is one, and `repair`
    how long it is taken to last in all. `hold`, `back`: how long what is on hold waits, and people
    are away, from now. `absence`: working time without the people needed. `scrap`: work in scrap
    beyond what is planned of a job order. `levels`: what is planned level. `better`: after so long
    without a plan a better one is looked for.
    """

    off_pace: int = 10 * MINUTE
    back_in_pace: int = 4 * MINUTE
    breakdown: int = 10 * MINUTE
    repair: int = 60 * MINUTE
    hold: int = 480 * MINUTE
    absence: int = 15 * MINUTE
    back: int = 60 * MINUTE
    scrap: int = 10 * MINUTE
    levels: tuple[LevelRule, ...] = ()
    better: int = 0


class Turn(StrEnum):
    """What has become of the pace."""

    BEHIND = "behind"
    AHEAD = "ahead"
    BACK = "back"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """`off` -1 behind, 1 ahead, 0 in pace; `forgiven` what plans have taken up since it is off."""

    off: int = 0
    forgiven: int = 0

    def against_first(self, deviation: int) -> int:
        """The deviation against the plan from which it fell."""
        return self.forgiven + deviation

    def turn(self, deviation: int, rules: ReplanRules) -> Turn | None:
        """What `deviation` against the plan in force means now; None: nothing new."""
        if not rules.off_pace:
            return None
        if not self.off:
            if abs(deviation) < rules.off_pace:
                return None
            return Turn.BEHIND if deviation < 0 else Turn.AHEAD
        if self.against_first(deviation) * self.off <= rules.back_in_pace:
            return Turn.BACK
        if deviation * self.off >= rules.off_pace:  # as far again from the plan that knew of it
            return Turn.BEHIND if self.off < 0 else Turn.AHEAD
        return None

    def turned(self, turn: Turn | None) -> "Pace":
        """The pace after a turn."""
        if turn is None:
            return self
        if turn is Turn.BACK:
            return IN_PACE
        return replace(self, off=-1 if turn is Turn.BEHIND else 1)

    def planned_again(self, deviation: int) -> "Pace":
        """A new plan has taken `deviation` up."""
        return replace(self, forgiven=self.forgiven + deviation) if self.off else IN_PACE


IN_PACE = Pace()
