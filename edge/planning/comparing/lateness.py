"""What one plan does to lateness in all, against another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.domain.sentences import Sentence, say

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LatenessInAll:
    """Orders that are late, and weighted tardiness in seconds, before and after."""

    before: Sequence[str]
    after: Sequence[str]
    weighted_before_s: int
    weighted_after_s: int

    def view(self) -> Json:
        """As JSON."""
        return {
            "late": {"before": [*self.before], "after": [*self.after]},
            "weighted_tardiness_s": {
                "before": self.weighted_before_s,
                "after": self.weighted_after_s,
            },
        }

    def words(self) -> Sentence:
        """How many are late, and were without it."""
        return say(
            "plan.if_late",
            "{after} orders are late, {before} without it",
            after=len(self.after),
            before=len(self.before),
        )


def against(old: Mapping[str, Any], new: Mapping[str, Any]) -> LatenessInAll:
    """Of two schedules."""
    return LatenessInAll(
        before=late_in(old),
        after=late_in(new),
        weighted_before_s=old["objective"]["weighted_tardiness_s"],
        weighted_after_s=new["objective"]["weighted_tardiness_s"],
    )


def late_in(schedule: Mapping[str, Any]) -> list[str]:
    """Late orders of a schedule."""
    return sorted(one["id"] for one in schedule["orders"] if one["tardiness_s"])
