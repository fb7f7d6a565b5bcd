"""What a quarantine of strokes made beside its job: offered, and released with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from edge.domain.facts import Fact, Json
from edge.domain.orders import AlsoMade, JobOrder
from edge.domain.production import HeldReading
from edge.domain.recording import Baseline, BaselineMove
from edge.domain.sentences import say
from edge.execution.dispatch.steps import CountedIn, pieces_of
from edge.execution.errors import InvalidAction
from edge.execution.floor import Floor
from edge.execution.orders.register import JobRegister
from edge.execution.quarantine.held import most

BESIDE = "beside"  # in a count's body: the quarantine with which it was released
RELEASED_TAG = "#released"  # after the side's tag: these pieces have a range of their own
EPOCH = 1


@dataclass(frozen=True, kw_only=True)
class Side:
    """Another product of the same strokes, and whose it is (None: nobody's)."""

    made: AlsoMade
    main: Fraction
    job: JobOrder | None

    def beside(self, pieces: int) -> int:
        """The whole pieces that the strokes of so many of the job's pieces make here."""
        return pieces_of(pieces, self.made.pieces_per_stroke / self.main)


def step_of(floor: Floor, held: HeldReading, job: JobOrder | None) -> Fraction:
    """Pieces of `job` that a step of a quarantined counter makes: by its tool, if steps are
    strokes and it has one; else as the quarantine says."""
    center = floor.work_centers.get(held.equipment_id)
    strokes = center is not None and held.tag in center.strokes
    return CountedIn(pieces=Fraction(held.pieces_per_pulse or 1), strokes=strokes).step_of(job)


def sides_of(floor: Floor, held: HeldReading, job: JobOrder | None, at: int) -> tuple[Side, ...]:
    """What the same strokes made at `at` (us), if they made pieces of `job`."""
    center = floor.work_centers.get(held.equipment_id)
    if center is None or held.tag not in center.strokes or job is None or job.tool is None:
        return ()
    main = job.tool.pieces_per_stroke
    return tuple(
        Side(made=one, main=main, job=_whose(floor.register, job, one.product, at))
        for one in job.tool.also
    )


def _whose(register: JobRegister, main: JobOrder, product: str, at: int) -> JobOrder | None:
    """The job order of a product that was on at that time, else the one that counts for it now."""
    on = [
        job
        for job in register.jobs.values()
        if (job.work_center, job.product) == (main.work_center, product)
        and job.id != main.id
        and job.started_at is not None
        and job.started_at <= at < (job.ended_at or at + 1)
    ]
    return min(on, key=lambda job: (job.due, job.id), default=register.wanted(main, product))


def quantities(
    sides: tuple[Side, ...], held: HeldReading, pieces: int, said: Mapping[str, int] | None
) -> dict[str, int]:
    """Pieces of each side: as a person says, else by the tool from those of the job.

    Raises InvalidAction for a side that the tool does not have, and for more than it can make.
    """
    known = {one.made.side: one for one in sides}
    for side, quantity in (said or {}).items():
        if side not in known:
            names = ", ".join(known) or "none"
            raise InvalidAction(
                say(
                    "quarantine.no_side",
                    "also.{side}: the job's tool has no such side; there are: {known}",
                    "name one of these",
                    side=side,
                    known=names,
                )
            )
        limit = most(held, known[side].made.pieces_per_stroke)
        if not 0 <= quantity <= limit:
            raise InvalidAction(
                say(
                    "quarantine.side",
                    "also.{side} {quantity}: the strokes can have made 0 to {limit}",
                    "say so many",
                    side=side,
                    quantity=quantity,
                    limit=limit,
                )
            )
    return {side: one.beside(pieces) for side, one in known.items()} | dict(said or {})


def most_beside(floor: Floor, held: HeldReading, count: Fact) -> int:
    """The most pieces of a count that was released beside a job's: by the tool of that job.

    Where the tool has no such side any more, those that were released.
    """
    decided = floor.reader.corrected(held.decided) if held.decided is not None else None
    main = floor.register.jobs.get(decided.fact.job_order_id or "") if decided else None
    also = main.tool.also if main and main.tool else ()
    found = (
        most(held, one.pieces_per_stroke) for one in also if _tag(held, one) == count.body["tag"]
    )
    return next(found, int(count.body["quantity"]))


def _tag(held: HeldReading, made: AlsoMade) -> str:
    return f"{held.tag}#{made.side}{RELEASED_TAG}"


def released_beside(
    floor: Floor, held: HeldReading, side: Side, quantity: int, body: Mapping[str, Json]
) -> tuple[dict[str, Json], BaselineMove]:
    """The count of a side that was released with its job's, and where its range then ends.

    Its raw range is one of pieces that people released of this side, from 0 on: the side's own
    counter goes on meanwhile, and nobody moves it but collection.
    """
    tag = _tag(held, side.made)
    before = floor.baseline(held.equipment_id, tag)
    raw = before.raw if before else 0
    flags: list[Json] = [*body["flags"], *([] if side.job else ["unassigned"])]
    said = {name: value for name, value in body.items() if name != "quarantine"}
    said |= {
        "quantity": quantity,
        "tag": tag,
        "counter_epoch": EPOCH,
        "raw_from": raw,
        "raw_to": raw + quantity,
        "flags": flags,
        BESIDE: held.id,
    }
    new = Baseline(
        equipment_id=held.equipment_id,
        tag=tag,
        counter_epoch=EPOCH,
        raw=raw + quantity,
        at=body["to"],
    )
    return said, BaselineMove(expected=before, new=new)
