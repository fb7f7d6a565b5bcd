"""Versions of the plan, proposals that wait for a person, and hours that were unfrozen."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from edge.domain.facts import Json
from edge.domain.orders import HourInstruction
from edge.domain.recording import ReleasedPlan
from edge.domain.sentences import Sentence, say

OPEN, RELEASED, DISCARDED, OVERTAKEN = "open", "released", "discarded", "overtaken"
BETTER, WHAT_IF = "plan.because_better", "plan.because_what_if"  # why, of proposals of their own
STATES: Mapping[str, Sentence] = {
    RELEASED: say("word.plan_released", "released"),
    DISCARDED: say("word.plan_discarded", "discarded"),
    OVERTAKEN: say("word.plan_overtaken", "replaced by a later plan"),
}
UNKNOWN = say("word.plan_unknown", "not known here")


def decided(proposal: int, state: str, by: str) -> Sentence:
    """What is told to whoever decides a proposal that is not open any more."""
    return say(
        "plan.decided",
        "proposal {proposal} is {state}{by}",
        "look at the proposals again",
        proposal=proposal,
        state=STATES.get(state, UNKNOWN),
        by=f" ({by})" if by else "",
    )


@dataclass(frozen=True, kw_only=True)
class ReleaseRules:
    """What moves more than `ask_above_s` planned seconds asks first; None: nothing asks.

    `keep` so many versions stay whole in the store (0: all); the hours after the one that runs
    stay as they are for `frozen_hours`. A version that nobody at a work center has acknowledged
    `acknowledge_within_us` after it was told is shown as such; 0: none is.
    """

    ask_above_s: int | None = None
    keep: int = 0
    frozen_hours: int = 0
    acknowledge_within_us: int = 0


@dataclass(frozen=True, kw_only=True)
class PlanVersion:
    """What is known of a version for ever; times in us.

    `seq` is its fact, `as_of` the last fact that it rests on, `replaces` the version before (0:
    none). `released_by` is empty where the edge released it by rule. `why` (JSON) is the sentence
    of what made the edge plan, `difference` (JSON) what it changed, `moved_s` the planned seconds
    that it moved. Facts of older versions say less: what they lack is null, or empty.
    """

    plan: int
    seq: int
    released_at: int
    released_by: str
    made_at: int | None
    as_of: int | None
    valid_from: int
    input_hash: str
    why: str
    replaces: int | None
    proposal: int | None
    moved_s: int | None
    difference: str

    @property
    def why_view(self) -> Mapping[str, Any] | None:
        """The sentence of `why`, if it was said."""
        return json.loads(self.why) if self.why else None


@dataclass(frozen=True, kw_only=True)
class PlanProposal:
    """A plan that moves more than may be moved without asking; a person decides.

    `base` is the version that it was compared with, `limit_s` what was allowed then. `state` is
    open, released (as version `plan`), discarded, or overtaken by a later plan.
    """

    proposal: int
    seq: int
    made_at: int
    as_of: int
    base: int
    valid_from: int
    input_hash: str
    why: str
    moved_s: int
    limit_s: int
    state: str
    decided_at: int | None
    decided_by: str
    note: str
    plan: int | None

    @property
    def why_view(self) -> Mapping[str, Any]:
        """The sentence of `why`."""
        found: Mapping[str, Any] = json.loads(self.why)
        return found


@dataclass(frozen=True, kw_only=True)
class Unfreezing:
    """Frozen hours of work centers that may be planned anew; `id` is the seq of its fact.

    Those that begin before `until` (us). `work_centers` is a JSON list.
    """

    id: int
    at: int
    actor: str
    work_centers: str
    until: int
    note: str

    @property
    def named(self) -> Sequence[str]:
        """The work centers."""
        found: Sequence[str] = json.loads(self.work_centers)
        return found


@dataclass(frozen=True, kw_only=True)
class ToldPlan:
    """A version that changed what a work center was to make in the shift that was on; who has
    seen it, and when: of this version or a later one."""

    work_center: str
    plan: int
    told_at: int
    seen_plan: int | None
    seen_at: int | None
    seen_by: str | None


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A work center that a plan was made without since a moment (us), `kind` down or absent, as
    nobody can read it from the store later; `job` for which people are missing there, or empty."""

    work_center: str
    kind: str
    since: int
    job: str = ""


@dataclass(frozen=True, kw_only=True)
class Footing:
    """What a plan rests on, so that an edge that starts again plans as it would have gone on.

    `position` of the last document; `pressing`: orders that are more urgent than this plan knows
    them, because what moves for them waits for a person.
    """

    position: int
    pressing: tuple[str, ...] = ()
    outages: tuple[Outage, ...] = ()

    def view(self) -> dict[str, Json]:
        """As its fact keeps it."""
        outages: list[Json] = [{**vars(one)} for one in self.outages]
        return {"position": self.position, "pressing": [*self.pressing], "outages": outages}

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "Footing":
        """What `view` gave."""
        return cls(
            position=view["position"],
            pressing=tuple(view["pressing"]),
            outages=tuple(Outage(**one) for one in view["outages"]),
        )


@dataclass(frozen=True, kw_only=True)
class PlanContent:
    """What a version or a proposal says, whole."""

    schedule: Mapping[str, Any]
    instructions: tuple[HourInstruction, ...]


class PlanReader(Protocol):
    """What is known of plans."""

    def last_version(self) -> int:
        """The highest number that a version has; 0 for none."""
        ...

    def last_proposal(self) -> int: ...
    def versions(self, before: int | None = None, limit: int = 50) -> Sequence[PlanVersion]:
        """Versions below `before`, the newest first."""
        ...

    def version(self, plan: int) -> PlanVersion | None: ...
    def content(self, plan: int) -> ReleasedPlan | None:
        """A version whole; None once it is kept in short, or never came to this store."""
        ...

    def proposals(self, limit: int = 50) -> Sequence[PlanProposal]:
        """The newest first."""
        ...

    def proposal(self, proposal: int) -> PlanProposal | None: ...
    def open_proposal(self) -> PlanProposal | None: ...
    def proposed(self, proposal: int) -> PlanContent | None: ...
    def footing(self, seq: int) -> Footing | None:
        """What the plan of a fact rests on; None where it does not say it."""
        ...

    def unfreezings(self, after: int) -> Sequence[Unfreezing]:
        """Those that hold beyond `after` (us), in order."""
        ...

    def forecasts(self, orders: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """Of each of these orders what its last `order_forecast` said; none where there is none."""
        ...

    def told(self, work_center: str, since: int = 0) -> Sequence[ToldPlan]:
        """What a work center was told since then, the newest first."""
        ...


class NoPlans:
    """Where nothing is known of versions and proposals."""

    def last_version(self) -> int:
        return 0

    def last_proposal(self) -> int:
        return 0

    def versions(self, before: int | None = None, limit: int = 50) -> Sequence[PlanVersion]:
        return ()

    def version(self, plan: int) -> PlanVersion | None:
        return None

    def content(self, plan: int) -> ReleasedPlan | None:
        return None

    def proposals(self, limit: int = 50) -> Sequence[PlanProposal]:
        return ()

    def proposal(self, proposal: int) -> PlanProposal | None:
        return None

    def open_proposal(self) -> PlanProposal | None:
        return None

    def proposed(self, proposal: int) -> PlanContent | None:
        return None

    def footing(self, seq: int) -> Footing | None:
        return None

    def unfreezings(self, after: int) -> Sequence[Unfreezing]:
        return ()

    def forecasts(self, orders: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        return {}

    def told(self, work_center: str, since: int = 0) -> Sequence[ToldPlan]:
        return ()
