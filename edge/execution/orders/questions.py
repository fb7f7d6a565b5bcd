"""Questions about job orders, and a supervisor's answers.

An answer is one recording: the answer, the end of the job where it ends, and what becomes of the
order's other operations.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from edge.domain.equipment import Observation
from edge.domain.facts import FactDraft, Source
from edge.domain.jobs import CHOICES, About, Choice, Kept, Question, kept_of
from edge.domain.orders import JobOrder, Operation
from edge.domain.production import JobProgress
from edge.domain.recording import ExpectedVersion, Recording
from edge.domain.sentences import say
from edge.domain.vocabulary import OPEN_JOB_STATES
from edge.domain.yields import comes_out, wanted_good
from edge.execution.authority import SUPERVISOR
from edge.execution.desk import Answer, Asked, Desk
from edge.execution.errors import InvalidAction, NotAllowed, UnknownObject
from edge.execution.floor import Floor
from edge.execution.orders.asking import answer_body
from edge.execution.orders.intake import job_events
from edge.execution.orders.jobs import event, jobs_of
from edge.execution.orders.transitions import recording
from edge.execution.wording import STATES, one_of

Ending = Callable[[JobOrder, str], Awaitable[Observation]]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a supervisor answers, and why."""

    answer: Choice
    note: str = ""


class Questions:
    """Questions of one edge's floor; `ending` brings a job's machine to where it can end."""

    def __init__(self, floor: Floor, ending: Ending) -> None:
        self._floor, self._ending, self._desk = floor, ending, Desk(floor)

    def all(self, *, open_: bool | None = None) -> list[Question]:
        """Questions, oldest first."""
        return list(self._floor.register.book.questions(open_=open_))

    async def answer(self, id_: int, said: Said, asked: Asked) -> Answer:
        """Record an answer, and what follows from it.

        Raises UnknownObject, InvalidAction, NotAllowed (NotAuthorized), VersionConflict,
        EquipmentUnreachable, RequestConflict, StoreUnavailable.
        """
        floor = self._floor
        job = floor.job(self._found(id_).job_order_id)
        async with floor.lock(job.work_center):
            floor.register.reload()
            if again := self._desk.answered(asked):
                return again
            question = self._check(self._found(id_), said)
            floor.authority.check(asked.actor, SUPERVISOR)
            job = self._desk.expected(floor.job(job.id), asked)
            ends = said.answer is not Choice.AS_PLANNED and job.state in OPEN_JOB_STATES
            if said.answer is Choice.AS_PLANNED and job.state not in OPEN_JOB_STATES:
                raise NotAllowed(
                    say(
                        "question.job_ended",
                        "{job} is {state}",
                        "plan what is missing as a new order",
                        job=job.id,
                        state=STATES[job.state],
                    )
                )
            boundary = await self._ending(job, asked.actor) if ends else None
            floor.register.reload()
            job = floor.job(job.id)
            made = self._recording(job, question, said, asked, boundary)
            try:
                recorded = await floor.writer.record(made)
            finally:
                floor.register.outdated = True
            floor.register.reload()
            await floor.equipment.reclassify(job.work_center)
            return self._desk.answer(recorded)

    def _found(self, id_: int) -> Question:
        found = self._floor.register.book.question(id_)
        if found is None:
            raise UnknownObject(
                say(
                    "question.unknown",
                    "no question {id} on this edge",
                    "look at the list of questions",
                    id=id_,
                )
            )
        return found

    def _check(self, question: Question, said: Said) -> Question:
        if question.answered is not None:
            who = question.actor or "the ERP"
            raise NotAllowed(
                say(
                    "question.answered",
                    "question {id} was answered by {who}: {answer}",
                    "look at the job order again",
                    id=question.id,
                    who=who,
                    answer=question.answer or "",
                )
            )
        choices = CHOICES[About(question.about)]
        if said.answer not in choices:
            raise InvalidAction(one_of("answer", said.answer, choices))
        return question

    def _recording(
        self,
        job: JobOrder,
        question: Question,
        said: Said,
        asked: Asked,
        boundary: Observation | None,
    ) -> Recording:
        floor, at = self._floor, boundary.at if boundary else self._floor.clock.now()
        kept = _kept(question, said.answer, job, self._operations(job))
        of_order = question.about in {About.CUT, About.CANCELLED}
        wanted = self._of_job(job, question.wanted) if of_order else question.wanted
        surplus = max(job.good - wanted, 0) if said.answer is Choice.STOCK else 0
        quantity = self._of_job(job, kept.quantity) if kept else job.quantity
        after = replace(job, version=job.version + 1, quantity=quantity)
        body = answer_body(question.id, said.answer, said.note.strip(), surplus, kept)
        source, actor = Source.OPERATOR, asked.actor
        extra = {"answer": body}
        drafts = [event(after, "answered", at=at, source=source, actor=actor, extra=extra)]
        if boundary is not None:
            drafts += recording(
                floor.register,
                after,
                "complete",
                at=at,
                source=source,
                actor=actor,
                boundary=boundary,
            ).drafts
        drafts += self._others(question, kept, drafts, at)
        return Recording(
            drafts=tuple(drafts), versions=tuple(self._versions(drafts)), request=asked.request
        )

    def _operations(self, job: JobOrder) -> Sequence[Operation]:
        made_by = self._floor.register.data.definitions.get((job.product, job.revision))
        return made_by.operations if made_by else ()

    def _of_job(self, job: JobOrder, quantity: int) -> int:
        """Good pieces of a job order, for so many of its order."""
        return wanted_good(self._operations(job), quantity).get(job.operation, quantity)

    def _others(
        self, question: Question, kept: Kept | None, drafts: list[FactDraft], at: int
    ) -> list[FactDraft]:
        """Events of the order's other operations, once `drafts` are true."""
        register = self._floor.register
        rows = rows_after(self._floor.reader.jobs(), drafts)
        held = kept_of(register.questions)
        held.pop(question.order_id, None)
        if kept:
            held[question.order_id] = kept
        jobs = {
            id_: job
            for id_, job in jobs_of(register.data, rows.values(), held).items()
            if job.order == question.order_id
        }
        return list(job_events(jobs, rows, register.data, held, at, ()))

    def _versions(self, drafts: list[FactDraft]) -> Iterator[ExpectedVersion]:
        """The versions of all job orders that are changed, as they stand now."""
        for id_ in dict.fromkeys(draft.job_order_id for draft in drafts):
            job = self._floor.register.jobs.get(id_ or "")
            yield ExpectedVersion(job_order_id=id_ or "", version=job.version if job else 0)


def _kept(
    question: Question, answer: Choice, job: JobOrder, operations: Sequence[Operation]
) -> Kept | None:
    """The quantity that an answer holds to against the ERP's."""
    if question.about not in {About.CUT, About.CANCELLED}:
        return None
    if answer is Choice.AS_PLANNED:
        return Kept(question.wanted, question.was)
    if answer is Choice.CLOSE and question.about == About.CUT:
        made = comes_out(operations, job.operation, job.good)
        return Kept(question.wanted, max(made, question.made))
    return None


def rows_after(rows: Sequence[JobProgress], drafts: Sequence[FactDraft]) -> dict[str, JobProgress]:
    """Progress of job orders once events are true."""
    found = {row.job_order_id: row for row in rows}
    for draft in drafts:
        row, body = found[draft.job_order_id or ""], draft.body
        same = {name: body[name] for name in ("state", "version", "quantity", "phase")}
        ended = draft.occurred_at if body["event"] in {"ended", "aborted"} else row.ended_at
        found[row.job_order_id] = replace(row, **same, ended_at=ended)
    return found
