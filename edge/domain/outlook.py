"""What is expected of an order: when it is finished, and what would make it on time."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from edge.domain.facts import Json
from edge.domain.sentences import Sentence, remembered

SECOND = 1_000_000
UNEXPLAINED = "plan.late_unexplained"  # the sentence that says so


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What an operation must bring from now on for its order to be on time.

    `per_hour` pieces an hour of its working time, None where no time is left; `percent` of its
    routing's rate, rounded up, None likewise. Above 100 it is not possible.
    """

    operation: int
    work_center: str
    pieces: int
    per_hour: Fraction | None
    percent: int | None

    @property
    def possible(self) -> bool:
        return self.percent is not None and self.percent <= 100

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Needed":
        """What `view` gave."""
        rate = view["per_hour"]
        return cls(
            operation=view["operation"],
            work_center=view["work_center"],
            pieces=view["pieces"],
            per_hour=None if rate is None else Fraction(rate),
            percent=view["percent"],
        )

    def view(self) -> dict[str, Json]:
        """As facts and the API have it; `per_hour_up` is what is to be brought in whole pieces."""
        rate = self.per_hour
        return {
            "operation": self.operation,
            "work_center": self.work_center,
            "pieces": self.pieces,
            "per_hour": None if rate is None else str(rate),
            "per_hour_up": None if rate is None else -(-rate.numerator // rate.denominator),
            "percent": self.percent,
            "possible": self.possible,
        }


@dataclass(frozen=True, kw_only=True)
class Moved:
    """That an order was expected at `was` (us) until `at`, and why it is another time now."""

    at: int
    was: int
    because: tuple[Sentence, ...] = ()

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Moved":
        """What `view` gave."""
        because = tuple(map(remembered, view["because"]))
        return cls(at=view["at"], was=view["was_finish"], because=because)

    def view(self) -> dict[str, Json]:
        """As facts and the API have it."""
        return {
            "at": self.at,
            "was_finish": self.was,
            "because": [one.view() for one in self.because],
        }


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What is expected of an order by plan `plan`, which was made at `made_at` (us).

    `planned` is when the plan has it finished, `finish` when it is expected by what its work
    centers have made of their hours: as planned where `hours`, the number of those that are
    known, is too small. Four times of five it is between `low` and `high`; None: not known yet.
    `is_open`: it may be later than `high`, which is the end of the calendar that was looked at.
    `reasons` are those that the planner has proved, `because` all that is to be said of it.
    `moved` is the last time that people were told another finish. `unmade` says which pieces of
    it nobody makes, and what mends that: there is no finish of it at all, or one of the others.
    """

    order: str
    due: int
    planned: int | None
    finish: int | None
    low: int | None = None
    high: int | None = None
    hours: int = 0
    is_open: bool = False
    needed: Needed | None = None
    plan: int
    made_at: int
    reasons: tuple[Json, ...] = ()
    because: tuple[Sentence, ...] = ()
    moved: Moved | None = None
    unmade: Sentence | None = None

    @property
    def late_s(self) -> int:
        """Seconds by which it is expected after it was promised, rounded up."""
        late = 0 if self.finish is None else max(self.finish - self.due, 0)
        return -(-late // SECOND)

    @property
    def unexplained(self) -> bool:
        """Whether it is late by its plan and the reasons are not proved yet."""
        return any(one.code == UNEXPLAINED for one in self.because)

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Outlook":
        """What `view` gave, also that of an older version."""
        within = view["range"] or {}
        recovery, moved, unmade = view["recovery"], view.get("moved"), view.get("unmade")
        return cls(
            order=view["id"],
            due=view["due"],
            planned=view["planned_finish"],
            finish=view["forecast_finish"],
            low=within.get("from"),
            high=within.get("to"),
            hours=view["hours"],
            is_open=within.get("open", False),
            needed=Needed.of(recovery) if recovery else None,
            plan=view["plan"],
            made_at=view["made_at"],
            reasons=tuple(view["late_reasons"]),
            because=tuple(map(remembered, view["late_because"])),
            moved=Moved.of(moved) if moved else None,
            unmade=remembered(unmade) if unmade else None,
        )

    def view(self) -> dict[str, Json]:
        """As facts and the API have it, times in us."""
        return {
            "id": self.order,
            "due": self.due,
            "planned_finish": self.planned,
            "forecast_finish": self.finish,
            "range": self._range(),
            "hours": self.hours,
            "recovery": self.needed.view() if self.needed else None,
            "late_s": self.late_s,
            "late_reasons": list(self.reasons),
            "late_because": [one.view() for one in self.because],
            "moved": self.moved.view() if self.moved else None,
            "unmade": self.unmade.view() if self.unmade else None,
            "plan": self.plan,
            "made_at": self.made_at,
        }

    def _range(self) -> dict[str, Json] | None:
        if self.low is None or self.high is None:
            return None
        found: dict[str, Json] = {"from": self.low, "to": self.high, "percent": 80}
        return {**found, "open": True} if self.is_open else found
