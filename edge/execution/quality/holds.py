"""Holds: what may not be worked on until somebody else has said that it may.

A hold is placed by a person, by an inspection that failed or by a rule of a chart. It
blocks the next start and resume of what it is on, and where it interrupts, the running job.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from edge.domain.facts import FactDraft, FactKind, Json
from edge.domain.orders import JobOrder
from edge.domain.quality.records import Hold, HoldScope, QualityReader
from edge.domain.sentences import Sentence, say
from edge.execution.authority import QUALITY
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.gates import Block
from edge.execution.wording import one_of

SCOPES: Mapping[HoldScope, Sentence] = {
    HoldScope.JOB_ORDER: say("word.job_order", "job order"),
    HoldScope.LOT: say("word.lot", "lot"),
    HoldScope.PRODUCT: say("word.product", "product"),
    HoldScope.WORK_CENTER: say("word.work_center", "work center"),
    HoldScope.GAUGE: say("word.gauge", "gauge"),
}
PERSON = "person"
LOCK = "quality"  # whoever decides on holds and pieces, one at a time
LotsOf = Callable[[JobOrder], Iterable[str]]
"""The lots that a job order would consume or make."""
GaugesOf = Callable[[JobOrder], Iterable[str]]
"""The gauges that a job order's inspections need."""


def none_of(_: JobOrder) -> Iterable[str]:
    """No lot and no gauge."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Placing:
    """A hold that is asked for; `interrupts` says that a running job is interrupted too."""

    scope: str
    target: str
    reason: str
    interrupts: bool = False


def hold_body(placing: Placing, *, origin: str = PERSON, inspection: str = "") -> dict[str, Json]:
    """The body of the fact that places a hold."""
    return {
        "event": "placed",
        "scope": placing.scope,
        "target": placing.target,
        "reason": placing.reason,
        "origin": origin,
        "inspection": inspection,
        "interrupts": placing.interrupts,
    }


class Holds:
    """The holds of one edge's floor, and their gate."""

    def __init__(self, floor: Floor, reader: QualityReader) -> None:
        self._floor, self._reader, self._desk = floor, reader, Desk(floor)
        self.lots_of: LotsOf = none_of
        self.gauges_of: GaugesOf = none_of
        self.gauges: frozenset[str] = frozenset()

    def on(self, job: JobOrder) -> list[Hold]:
        """The holds that are on a job order now, by whatever it needs."""
        named = self._named(job)
        return [
            hold for hold in self._reader.holds(open_=True) if (hold.scope, hold.target) in named
        ]

    def open_holds(self) -> list[Hold]:
        """The holds that nobody has released."""
        return list(self._reader.holds(open_=True))

    def among(self, holds: Iterable[Hold], job: JobOrder) -> list[Hold]:
        """Those of `holds` that are on a job order; lots and gauges are asked for if any is one."""
        scopes = {hold.scope for hold in holds}
        named = self._named(job, scopes)
        return [hold for hold in holds if (hold.scope, hold.target) in named]

    def at(self, work_center: str, jobs: Iterable[JobOrder]) -> list[Hold]:
        """The holds that are on a work center, or on any of its job orders."""
        open_ = self._reader.holds(open_=True)
        if not open_:
            return []
        named = {(str(HoldScope.WORK_CENTER), work_center)}
        named = named.union(*(self._named(job) for job in jobs))
        return [hold for hold in open_ if (hold.scope, hold.target) in named]

    def on_gauge(self, gauge: str) -> Sentence | None:
        """Why a gauge may not be used: it is on hold; None if it is not."""
        for hold in self._reader.holds(open_=True):
            if (hold.scope, hold.target) == (HoldScope.GAUGE, gauge):
                return say(
                    "gauge.held",
                    "gauge {gauge} is on hold: {why}",
                    "measure by another, or have the hold released",
                    gauge=gauge,
                    why=hold.why,
                )
        return None

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """The gate: what holds forbid the start of `job`."""
        for hold in self.on(job):
            yield Block(said=_held(hold))

    async def place(self, placing: Placing, asked: Asked) -> Answer:
        """Place a hold; raises UnknownObject, InvalidAction, NotAuthorized, RequestConflict."""
        if again := self._desk.answered(asked):
            return again
        self._floor.register.reload()
        place = self._place(placing)
        if not placing.reason.strip():
            raise InvalidAction(
                say("hold.no_reason", "reason is empty", "say why, for whoever is to release it")
            )
        draft = self.draft(place, asked, hold_body(placing))
        return self._desk.answer(await self._desk.record(asked, draft))

    async def release(self, id_: int, note: str, asked: Asked) -> Answer:
        """Release a hold, by somebody other than who placed it.

        Raises UnknownObject, InvalidAction, NotAllowed, NotAuthorized, RequestConflict.
        """
        async with self._floor.lock(LOCK):
            return self._desk.answered(asked) or await self._released(id_, note, asked)

    async def _released(self, id_: int, note: str, asked: Asked) -> Answer:
        hold = self._reader.hold(id_)
        if hold is None:
            raise UnknownObject(
                say(
                    "hold.unknown", "no hold {id} on this edge", "look at the list of holds", id=id_
                )
            )
        self._floor.authority.check(asked.actor, QUALITY)
        if hold.released_at is not None:
            raise NotAllowed(
                say(
                    "hold.released",
                    "hold {id} was released by {by}",
                    "look at the list of holds again",
                    id=id_,
                    by=hold.released_by or "",
                )
            )
        if hold.placed_by == asked.actor:
            raise NotAllowed(
                say(
                    "hold.own",
                    "hold {id} was placed by {by}",
                    "let somebody else release it",
                    id=id_,
                    by=hold.placed_by,
                )
            )
        if not note.strip():
            raise InvalidAction(say("note.release", "note is empty", "say why it may be worked on"))
        body: dict[str, Json] = {"event": "released", "hold": id_, "note": note.strip()}
        draft = self.draft(hold.equipment_id, asked, body)
        return self._desk.answer(await self._desk.record(asked, draft))

    def draft(self, equipment: str, asked: Asked, body: dict[str, Json]) -> FactDraft:
        """A fact of a hold on a work center, or on the site where it is on none."""
        return self._desk.draft(FactKind.QUALITY_HOLD, equipment, asked, body)

    def _place(self, placing: Placing) -> str:
        """The equipment that a hold stands at; raises UnknownObject, InvalidAction."""
        scope, target = placing.scope, placing.target
        if not target:
            raise InvalidAction(say("hold.no_target", "target is empty", "name what is to be held"))
        if scope not in set(HoldScope):
            raise InvalidAction(one_of("scope", scope, HoldScope))
        if scope == HoldScope.WORK_CENTER:
            return self._floor.work_center(target).id
        if scope == HoldScope.JOB_ORDER:
            jobs = self._floor.register.jobs
            if target in jobs:
                return jobs[target].work_center
            if not any(job.order == target for job in jobs.values()):
                raise UnknownObject(
                    say(
                        "hold.no_job",
                        "no job order or order {id!r} on this edge",
                        "look at the list of job orders",
                        id=target,
                    )
                )
        if scope == HoldScope.PRODUCT:
            self._check_product(target)
        if scope == HoldScope.GAUGE and self.gauges and target not in self.gauges:
            raise UnknownObject(
                say(
                    "hold.no_gauge",
                    "no gauge {gauge!r}; there are: {known}",
                    "choose one of these",
                    gauge=target,
                    known=", ".join(sorted(self.gauges)),
                )
            )
        return self._floor.site

    def _check_product(self, target: str) -> None:
        known = self._floor.register.data.definitions
        if not any(target in {product, f"{product}/{revision}"} for product, revision in known):
            raise UnknownObject(
                say(
                    "hold.no_product",
                    "no product {product!r} on this edge",
                    "write PRODUCT or PRODUCT/REVISION",
                    product=target,
                )
            )

    def _named(
        self, job: JobOrder, scopes: Collection[str] = tuple(HoldScope)
    ) -> set[tuple[str, str]]:
        """All of these scopes that a hold can be on so that it is on this job order."""
        named = {
            (HoldScope.JOB_ORDER, job.id),
            (HoldScope.JOB_ORDER, job.order),
            (HoldScope.PRODUCT, job.product),
            (HoldScope.PRODUCT, f"{job.product}/{job.revision}"),
            (HoldScope.WORK_CENTER, job.work_center),
        }
        if HoldScope.LOT in scopes:
            named |= {(HoldScope.LOT, lot) for lot in self.lots_of(job)}
        if HoldScope.GAUGE in scopes:
            named |= {(HoldScope.GAUGE, gauge) for gauge in self.gauges_of(job)}
        return {(str(scope), target) for scope, target in named}


def _held(hold: Hold) -> Sentence:
    """What is on hold, and who may release it."""
    what = SCOPES[HoldScope(hold.scope)]
    if not hold.placed_by:
        return say(
            "hold.measured",
            "{what} {target} is on hold: {why}",
            "have hold {id} released by quality; the machine's own inspection placed it",
            what=what,
            target=hold.target,
            why=hold.why,
            id=hold.id,
        )
    return say(
        "hold",
        "{what} {target} is on hold: {why}",
        "have hold {id} released by somebody other than {by}",
        what=what,
        target=hold.target,
        why=hold.why,
        id=hold.id,
        by=hold.placed_by,
    )
