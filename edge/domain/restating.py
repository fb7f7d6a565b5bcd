"""What is known later: when jobs were on, and the facts that a later word concerns."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from edge.domain.corrections import PARTS, Corrected
from edge.domain.facts import Fact, FactKind
from edge.domain.vocabulary import PRODUCING


@dataclass(frozen=True, kw_only=True)
class Run:
    """Once that a job was on a work center (us): as recorded, and as now known. End None: it is on.

    `started` and `ended` are the seqs of the events that said so first; `started` names it. A job
    that was laid aside has several.
    """

    job_order_id: str
    equipment_id: str
    started: int
    ended: int | None
    recorded_start: int
    recorded_end: int | None
    start: int
    end: int | None

    def was_on(self, from_: int, to: int) -> bool:
        """Whether any of [from_, to] lies in the run as it was recorded."""
        end = self.recorded_end
        return to >= self.recorded_start and (end is None or from_ <= end)


def held(runs: Iterable[Run], from_: int, to: int) -> bool:
    """Whether at every moment of [from_, to] one of the runs was on, as they were recorded."""
    reached = from_ - 1
    for one in sorted(runs, key=lambda one: one.recorded_start):
        if one.recorded_start <= max(reached, from_):
            reached = to if one.recorded_end is None else max(reached, one.recorded_end)
    return reached >= to


NOT_YET = 2**63  # the seq of what is not recorded yet is above all others


@dataclass(frozen=True, kw_only=True)
class Known:
    """A fact with its corrections so far: the seq of each, and what it changes."""

    fact: Fact
    corrections: Sequence[tuple[int, Mapping[str, Any]]] = ()

    @property
    def now(self) -> Corrected:
        """The fact as all corrections have it."""
        return Corrected(self.fact, [changes for _, changes in self.corrections])

    def as_of(self, seq: int) -> Corrected:
        """The fact as it was known before the fact `seq` was recorded."""
        return Corrected(self.fact, [changes for at, changes in self.corrections if at < seq])

    def with_(self, parts: Sequence[Mapping[str, Any]]) -> "Known":
        """With one more correction, not recorded yet, that divides it."""
        return replace(self, corrections=[*self.corrections, (NOT_YET, {PARTS: parts})])


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an interval; `end` None while it lasts."""

    start: int
    end: int | None
    job: str | None
    time_class: str

    @property
    def said(self) -> dict[str, Any]:
        job = {"job_order_id": self.job, "time_class": self.time_class}
        return {"from": self.start, "to": self.end, **job}


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The interval of a state fact in its parts, as now known."""

    fact: Fact
    parts: tuple[Part, ...]

    @property
    def producing(self) -> bool:
        return self.fact.body["state"] in PRODUCING

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def end(self) -> int | None:
        return self.parts[-1].end


@dataclass(frozen=True, kw_only=True)
class StopSpan:
    """A stop as the states make it; `end` None while it lasts."""

    id: int
    start: int
    end: int | None
    fault: int | None
    job: str | None

    @property
    def said(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "from": self.start,
            "to": self.end,
            "fault": self.fault,
            "job_order_id": self.job,
        }


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a job order had at go-live, by the last import; `seq` of its fact."""

    job_order_id: str
    good: int
    scrap: int
    sha256: str
    seq: int
    at: int


class RestatingReader(Protocol):
    """What restating reads; each call is one short read transaction."""

    def runs(self, equipment_id: str) -> Sequence[Run]:
        """The runs of a work center, in the order in which they were recorded."""
        ...

    def was_on(self, job_order_id: str) -> bool:
        """Whether a job was ever on a work center."""
        ...

    def hours_of(self, job_order_id: str) -> Sequence[tuple[str, int]]:
        """Work center and hour (us) of all hours in which a job has pieces, or had some."""
        ...

    def suspects(self, equipment_id: str, hour: int, job_order_id: str) -> Sequence[int]:
        """The nonconformances that have, or had, pieces of an hour (its start, us) of a job."""
        ...

    def events_of(self, job_order_id: str) -> Sequence[int]:
        """The seqs of a job's events, in order."""
        ...

    def opened(self) -> Sequence[Opened]:
        """What job orders had at go-live."""
        ...

    def states(self, equipment_id: str, start: int, end: int) -> Sequence[Stated]:
        """The intervals that touch [start, end), in their parts, in order."""
        ...

    def stops(self, equipment_id: str, start: int, end: int) -> Sequence[StopSpan]:
        """Stops that touch [start, end), as the states make them."""
        ...

    def facts(
        self, equipment_id: str, kinds: Collection[FactKind], start: int, end: int
    ) -> Sequence[Known]:
        """Facts of the hours from that of `start` to that of `end` (us), and others that lie
        near them, in order."""
        ...
