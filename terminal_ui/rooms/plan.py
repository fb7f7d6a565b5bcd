"""The plan in the More menu: the hours to come, and what to bring for this one and the next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from terminal_ui.asking import Answers
from terminal_ui.formatting import NOTHING
from terminal_ui.items import Item, Nothing, Room, Sight, Table
from terminal_ui.model import Instruction
from terminal_ui.texts import Texts
from terminal_ui.widgets.job import rounded, set_up_text

Row = Mapping[str, Any]


async def show_hours(sight: Sight, _answers: Answers) -> Table:
    """What is to be made here from this hour on, for a day."""
    path = f"/work-centers/{sight.board.work_center}/instructions"
    found = cast("Mapping[str, Sequence[Row]]", await sight.get(path))["items"]
    if not found:
        raise Nothing(sight.texts.t("plan.nothing"))
    return Table(
        columns=("hour", "job", "product", "pieces", "rate", "setup"),
        rows=[
            (
                one["label"][:5],
                one["job_order_id"],
                f"{one['product']} {one['revision']}".rstrip(),
                str(one["quantity"]),
                rounded(one["rate"]) if one["rate"] else sight.texts.t("plan.unchecked"),
                f"{-(-one['setup_s'] // 60)} min" if one["setup_s"] else NOTHING,
            )
            for one in found
        ],
    )


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
    items=(Item(name="hours", show=show_hours), Item(name="stage", show=show_stage)),
)
