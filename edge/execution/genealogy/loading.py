"""Drawings, tools and programs by revision: what is loaded on a work center fits its job order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from edge.domain.facts import FactKind, Json
from edge.domain.genealogy import Loaded
from edge.domain.orders import JobOrder
from edge.domain.sentences import Sentence, say
from edge.execution.desk import Answer, Asked
from edge.execution.errors import InvalidAction, LotRefused
from edge.execution.gates import Block
from edge.execution.genealogy.judging import as_block
from edge.execution.genealogy.stand import Bench
from edge.execution.wording import one_of

DOCUMENT, TOOL, PROGRAM = "document", "tool", "program"
WHAT: Mapping[str, Sentence] = {
    DOCUMENT: say("word.document", "document"),
    TOOL: say("word.tool", "tool"),
    PROGRAM: say("word.program", "program"),
}
Unscanned = Literal["off", "ask", "block"]


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """What was scanned: a document, a tool or a program, and its revision (empty: none)."""

    what: str
    id: str
    revision: str = ""

    @property
    def slot(self) -> str:
        """Its place: of documents each has its own, of tools and programs there is one."""
        return self.id if self.what == DOCUMENT else self.what


class Loading:
    """What is loaded on work centers; a gate of starts."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.unscanned: Unscanned = "off"

    async def scan(
        self, work_center: str, scanned: Scanned, asked: Asked, job_order_id: str | None = None
    ) -> Answer:
        """Keep what is loaded; raises LotRefused if the job order is made by another revision.

        It is kept all the same: a start is blocked until the right one is scanned.
        """
        floor, desk = self._bench.floor, self._bench.desk
        floor.work_center(work_center)
        if scanned.what not in WHAT:
            raise InvalidAction(one_of("what", scanned.what, WHAT))
        async with floor.lock(work_center):
            if again := desk.answered(asked):
                return self._again(again, scanned)
            floor.register.reload()
            job = floor.job(job_order_id) if job_order_id else None
            job = job or floor.register.running_job(work_center)
            refused = [] if job is None else list(_differs(job, scanned))
            detail: dict[str, Json] = {
                "what": scanned.what,
                "slot": scanned.slot,
                "id": scanned.id,
                "revision": scanned.revision,
                "refused": "; ".join(one.detail for one in refused),
            }
            body = {"action": "loaded", "detail": detail}
            draft = desk.draft(FactKind.AUDIT, work_center, asked, body, job.id if job else None)
            recorded = await desk.record(asked, draft)
        if refused:
            raise LotRefused(*refused)
        return desk.answer(recorded)

    def _again(self, answer: Answer, scanned: Scanned) -> Answer:
        """The first answer, which may have been that it is refused."""
        fact = self._bench.fact(answer.seq)
        if why := str(fact.body["detail"]["refused"]):
            job = self._bench.floor.register.jobs.get(fact.job_order_id or "")
            raise LotRefused(*(_differs(job, scanned) if job else (why,)))
        return answer

    def blocks(self, job: JobOrder, actor: str | None) -> Iterator[Block]:
        """The gate: what is loaded for another revision than the job order is made by."""
        if job.wanted_revision:
            yield Block(
                said=say(
                    "revision.newer",
                    "{job} was started as {product} {revision}; the plan wants {wanted} now",
                    "complete it and make the rest by the new one, or go on",
                    job=job.id,
                    product=job.product,
                    revision=job.revision,
                    wanted=job.wanted_revision,
                ),
                only_warns=True,
            )
        yield from self._recipe(job)
        needs = job.needs
        if not needs.documents and needs.program is None and job.tool is None:
            return
        loaded = {(one.what, one.id): one for one in self._bench.reader.loaded(job.work_center)}
        for one in loaded.values():
            scanned = Scanned(what=one.what, id=one.loaded, revision=one.revision)
            yield from map(as_block, _differs(job, scanned))
        yield from self._not_scanned(job, set(loaded))

    def _not_scanned(self, job: JobOrder, loaded: set[tuple[str, str]]) -> Iterator[Block]:
        if self.unscanned == "off":
            return
        for document in job.needs.documents:
            if (DOCUMENT, document.id) not in loaded:
                yield Block(
                    said=say(
                        "revision.unscanned",
                        "{document} revision {revision} was not scanned on {work_center}",
                        "scan the drawing that lies there",
                        document=document.id,
                        revision=document.revision,
                        work_center=job.work_center,
                    ),
                    only_warns=self.unscanned == "ask",
                )

    def _recipe(self, job: JobOrder) -> Iterator[Block]:
        """What the machine shows where people load it; elsewhere the edge writes the recipe."""
        center = self._bench.floor.work_centers.get(job.work_center)
        if center is None or center.commanded or not job.recipe:
            return
        shown = self._bench.floor.equipment.observation(job.work_center)
        if shown is None or shown.recipe in {None, 0, job.recipe}:
            return
        program = job.needs.program
        needed: Sentence | int = job.recipe
        if program:
            needed = say(
                "word.recipe",
                "{recipe} ({program} revision {revision})",
                recipe=job.recipe,
                program=program.id,
                revision=program.revision,
            )
        yield Block(
            said=say(
                "revision.recipe",
                "{work_center} has recipe {loaded} loaded; {job} is made by recipe {needed}",
                "load recipe {recipe} at the machine",
                work_center=job.work_center,
                loaded=shown.recipe or 0,
                job=job.id,
                needed=needed,
                recipe=job.recipe,
            )
        )


def _differs(job: JobOrder, scanned: Scanned) -> Iterator[Sentence]:
    """Why something that is loaded does not fit a job order, if it does not."""
    needed = _needed(job, scanned)
    if needed is None or needed == (scanned.id, scanned.revision):
        return
    yield say(
        "revision.loaded",
        "{what} {loaded} is loaded on {work_center}; {job} is made by {needed}",
        "scan {needed}",
        what=WHAT[scanned.what],
        loaded=_name(scanned.id, scanned.revision),
        work_center=job.work_center,
        job=job.id,
        needed=_name(*needed),
    )


def _needed(job: JobOrder, scanned: Scanned) -> tuple[str, str] | None:
    """Id and revision that a job order needs in that place; None if it needs none there."""
    needs = job.needs
    if scanned.what == DOCUMENT:
        found = next((one for one in needs.documents if one.id == scanned.id), None)
        return (found.id, found.revision) if found else None
    if scanned.what == PROGRAM:
        return (needs.program.id, needs.program.revision) if needs.program else None
    return (job.tool.id, scanned.revision) if job.tool else None


def _name(id_: str, revision: str) -> Sentence | str:
    return (
        say("word.revision", "{id} revision {revision}", id=id_, revision=revision)
        if revision
        else id_
    )


def loaded_view(one: Loaded) -> dict[str, Json]:
    """What is loaded, as the API shows it."""
    return {
        "what": one.what,
        "id": one.loaded,
        "revision": one.revision,
        "at": one.at,
        "actor": one.actor,
        "seq": one.seq,
    }
