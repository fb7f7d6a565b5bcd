"""The plan in the More menu: the hours to come, what to bring, who waits, what will be late."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from edge.domain.vocabulary import JobState
from terminal_ui.asking import Answers
from terminal_ui.decode import decode
from terminal_ui.formatting import NOTHING, SiteTime, site_time
from terminal_ui.items import Item, Nothing, Room, Sight, Table
from terminal_ui.model import Instruction, Told
from terminal_ui.sentences import detail_of, whole
from terminal_ui.texts import Texts
from terminal_ui.widgets.job import rounded, set_up_text

Row = Mapping[str, Any]
WAITING = frozenset({JobState.NOT_ALLOWED_TO_START, JobState.ALLOWED_TO_START})
PROBLEMS = re.compile("; (?=order )")  # of a plan, in lines
LAST = 2**62  # of what the plan does not know


async def show_hours(sight: Sight, _answers: Answers) -> Table:
    """What is to be made here from this hour on, today and tomorrow."""
    time, now = site_time(sight.board.label), sight.board.plant_now
    end = time.first_at("00:00", time.first_at("00:00", now + 1) + 1)
    path = f"/work-centers/{sight.board.work_center}/instructions"
    # Without `from` it is from the hour that runs, which the edge knows: in some zones hours begin
    # at half past by UTC.
    found = cast("Mapping[str, Sequence[Row]]", await sight.get(path, to=str(end)))["items"]
    if not found:
        raise Nothing(sight.texts.t("plan.nothing"))
    return Table(
        columns=("day", "hour", "job", "product", "pieces", "rate", "setup"),
        rows=[
            (
                site_time(one["label"]).day(one["hour"], sight.texts),
                one["label"][:5],
                one["job_order_id"],
                f"{one['product']} {one['revision']}".rstrip(),
                str(one["quantity"]),
                rounded(one["rate"]) if one["rate"] else sight.texts.t("plan.unchecked"),
                f"{-(-one['setup_s'] // 60)} min" if one["setup_s"] else NOTHING,
            )
            for one in found
        ],
        note=sight.texts.t("plan.version_now", version=max(one["plan"] for one in found)),
    )


async def show_waiting(sight: Sight, _answers: Answers) -> Table:
    """Jobs that wait for this machine, in the order of the plan, and what they wait for."""
    center = sight.board.work_center
    answer = await sight.get("/job-orders", work_center=center)
    found = cast("Mapping[str, Sequence[Row]]", answer)["items"]
    waits = [one for one in found if one["state"] in WAITING]
    if not waits:
        raise Nothing(sight.texts.t("plan.nobody_waits"))
    time = site_time(sight.board.label)
    waits.sort(key=lambda one: (one["planned_start"] or LAST, one["due"], one["id"]))
    return Table(
        columns=("job", "product", "pieces", "begins", "due", "waits"),
        rows=[
            (
                one["id"],
                one["product"],
                str(one["left"]),
                _when(one["planned_start"], time, sight.texts),
                _when(one["due"], time, sight.texts),
                _waits(one, sight),
            )
            for one in waits
        ],
    )


def _waits(one: Row, sight: Sight) -> str:
    """What forbids its start, as far as the board knows; else whether its input is there."""
    known = next((job for job in sight.board.next if job.id == one["id"]), None)
    if known is not None and known.blocks:
        return "; ".join(detail_of(block, sight.texts) for block in known.blocks)
    if one["limit"] is not None and not one["limit"]:
        return sight.texts.t("plan.no_input")
    return NOTHING


async def show_late(sight: Sight, _answers: Answers) -> Table:
    """Orders that come here and will be late, and why."""
    answer = await sight.get("/plan/late", work_center=sight.board.work_center)
    found = cast("Mapping[str, Sequence[Row]]", answer)["items"]
    if not found:
        raise Nothing(sight.texts.t("plan.none_late"))
    time = site_time(sight.board.label)
    return Table(
        columns=("order", "customer", "due", "done", "late", "pieces", "why"),
        rows=[row for one in found for row in _late_rows(one, time, sight.texts)],
        note=sight.texts.t("plan.late_note", count=len(found)),
    )


def _late_rows(one: Row, time: SiteTime, texts: Texts) -> Iterator[Sequence[str]]:
    """An order with its first reason, and a row for each further one."""
    first, *more = [_sentence(said, texts) for said in one["reasons"]]
    tenths = -(-one["late_s"] // 360)
    late = f"{tenths // 10}.{tenths % 10} h" if one["completion"] else NOTHING
    yield (
        one["order"],
        one["customer"] or NOTHING,
        _when(one["due"], time, texts),
        _when(one["completion"], time, texts),
        late,
        NOTHING if one["late_pieces"] is None else str(one["late_pieces"]),
        first,
    )
    yield from (("", "", "", "", "", "", said) for said in more)


async def show_changes(sight: Sight, _answers: Answers) -> Table:
    """The version in force: who released it and why, and what it changed."""
    plan = cast("Mapping[str, Any]", await sight.get("/plan"))
    version, texts = plan["version"], sight.texts
    if version is None:
        raise Nothing(texts.t("plan.no_version"))
    said = [texts.t("plan.first_version")]
    if version["replaces"]:
        found = cast("Mapping[str, Sequence[Row]]", await sight.get("/plan/difference"))
        said = [_sentence(one, texts) for one in found["words"]]
    note = texts.t(
        "plan.version_note",
        version=version["plan"],
        at=_when(version["released_at"], site_time(sight.board.label), texts),
        by=version["released_by"] or texts.t("plan.by_edge"),
        why=_sentence(version["why"], texts) if version["why"] else NOTHING,
    )
    if waiting := plan["proposal"]:
        said.insert(0, texts.t("plan.proposal_waits", proposal=waiting["proposal"]))
    said += _problems(plan, texts)
    return Table(columns=("change",), rows=[(one,) for one in said], note=note)


def _problems(plan: Row, texts: Texts) -> Iterator[str]:
    """What could not be planned as it is, and what mends that; an older edge says it in English."""
    for one in plan.get("problem_coded", ()):
        why = texts.t("sentence.next").join(whole(decode(Told, one, "plan"), texts))
        of = texts.t("plan.of_order", order=one["order"], why=why)
        yield of if one["order"] else why
    if "problem_coded" not in plan:
        yield from (one for one in PROBLEMS.split(plan["problem"]) if one)


def _sentence(said: Row, texts: Texts) -> str:
    return detail_of(decode(Told, said, "plan"), texts)


def _when(at: int | None, time: SiteTime, texts: Texts) -> str:
    """`Mon 06-08 14:00`, by the offset of now."""
    return NOTHING if at is None else f"{time.day(at, texts)} {time.clock(at)}"


async def show_stage(sight: Sight, _answers: Answers) -> Table:
    """Material, documents and tools of this hour and the next, in the order of use."""
    board = sight.board
    given = (*board.instructions, *board.next_instructions)
    if not given:
        raise Nothing(sight.texts.t("plan.nothing"))
    rows = [row for one in given for row in _of(one, sight.texts)]
    if not rows:
        raise Nothing(sight.texts.t("plan.no_material"))
    columns = ("hour", "job", "what", "id", "revision", "quantity")
    return Table(columns=columns, rows=rows, note=sight.texts.t("plan.stage_note"))


def _of(one: Instruction, texts: Texts) -> Iterator[Sequence[str]]:
    head = (one.label[:5], f"{one.order}.{one.operation}")
    if one.tool:
        said = set_up_text(one, texts) if one.setup_s else NOTHING
        yield (*head, texts.t("plan.what.tool"), one.tool, NOTHING, said)
    for paper in one.documents:
        what = texts.t("plan.what.document")
        yield (*head, what, f"{paper.id} {paper.title}".rstrip(), paper.revision, NOTHING)
    for item in one.materials:
        what, quantity = texts.t("plan.what.material"), f"{item.quantity} {item.unit}"
        yield (*head, what, item.material, item.revision or NOTHING, quantity)


ROOM = Room(
    name="plan",
    order=15,
    items=(
        Item(name="hours", show=show_hours),
        Item(name="stage", show=show_stage),
        Item(name="waiting", show=show_waiting),
        Item(name="late", show=show_late),
        Item(name="changes", show=show_changes),
    ),
)
