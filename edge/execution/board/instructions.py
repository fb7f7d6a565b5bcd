"""Hour instructions as the API shows them: pieces, rate, set-up, papers, material."""

from collections.abc import Sequence
from typing import Any

from edge.domain.hours import DAY, hour_start, next_hour
from edge.domain.instructions import SetUp, Sheet, Staged, decimal_text, staged
from edge.domain.orders import HourInstruction, JobOrder, job_order_id
from edge.execution.floor import Floor

Json = dict[str, Any]


def instruction_view(floor: Floor, one: HourInstruction, *, acknowledged: bool) -> Json:
    """An hour's instruction with all that it says; contract section 4."""
    sheet = one.sheet
    job = floor.register.jobs.get(job_order_id(one.order, one.operation))
    return {
        "plan": one.plan,
        "hour": one.hour,
        "label": one.label,
        "job_order_id": job_order_id(one.order, one.operation),
        "order": one.order,
        "operation": one.operation,
        "product": sheet.product or (job.product if job else ""),
        "revision": sheet.revision or (job.revision if job else ""),
        "description": sheet.description,
        "quantity": one.quantity,
        "good": one.good,
        "begun": one.begun,
        "rate": sheet.rate or None,
        "takt_s": sheet.takt_s or None,
        "unchecked": sheet.unchecked,
        "setup_s": one.setup_s,
        "setup": _change(one.change),
        **_papers(sheet),
        "materials": [_staged(each) for each in _material(one)],
        "changed_since": _changed(sheet, job),
        "acknowledged": acknowledged,
    }


def _papers(sheet: Sheet) -> Json:
    program = sheet.program
    return {
        "tool": sheet.tool or None,
        "recipe": sheet.recipe or None,
        "program": {"id": program.id, "revision": program.revision} if program else None,
        "documents": [
            {"id": one.id, "revision": one.revision, "title": one.title, "url": one.url or None}
            for one in sheet.documents
        ],
        "bom_revision": sheet.bom_revision or None,
        "routing_revision": sheet.routing_revision or None,
    }


def _change(change: SetUp | None) -> Json | None:
    if change is None:
        return None
    names = ("from_family", "to_family", "from_tool", "to_tool")
    return {name: getattr(change, name) or None for name in names}


def _material(one: HourInstruction) -> Sequence[Staged]:
    return staged(one.sheet.materials, one.begun, one.quantity)


def _staged(one: Staged) -> Json:
    return {
        "material": one.material,
        "revision": one.revision or None,
        "quantity": decimal_text(one.quantity),
        "unit": one.unit,
        "tracked": one.tracked,
    }


def _changed(sheet: Sheet, job: JobOrder | None) -> str | None:
    """The revision that the job is made by now, where the plan was released with another one."""
    if job is None or not sheet.revision or job.revision == sheet.revision:
        return None
    return job.revision


def listed(floor: Floor, id_: str, start: int, end: int) -> list[Json]:
    """All instructions in force of a work center for hours in [start, end), in their order."""
    seen = set(floor.reader.acknowledged_instructions(id_, start, end))
    return [
        instruction_view(floor, one, acknowledged=(one.plan, one.hour) in seen)
        for one in floor.reader.instructions(id_, start, end)
    ]


def now_and_next(floor: Floor, id_: str, now: int) -> tuple[list[Json], list[Json]]:
    """What is instructed for this hour, and for the next hour that has something, in a day."""
    zone = floor.work_center(id_).calendar.zone
    hour, following = hour_start(now, zone), next_hour(now, zone)
    later = listed(floor, id_, following, following + DAY)
    first = later[0]["hour"] if later else None
    return listed(floor, id_, hour, following), [one for one in later if one["hour"] == first]


def chosen(floor: Floor, id_: str, given: Sequence[Json]) -> Json | None:
    """Of an hour's instructions the one that is on, else the first with pieces."""
    with_pieces = [one for one in given if one["quantity"]]
    on = floor.register.running_job(id_)
    mine = (one for one in with_pieces if on and on.id == one["job_order_id"])
    return next(mine, with_pieces[0] if with_pieces else None)
