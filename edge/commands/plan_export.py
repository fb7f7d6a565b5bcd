"""`taktline plan export`: a plan as a workbook; of a running edge with its board beside it.

Exit codes: 0 done, 1 the edge refuses, 2 usage, 3 a file is not right, 5 no edge answers.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.commands.plan_template import Language
from edge.commands.plan_views import (
    InLanguage,
    OfEdge,
    OfScenario,
    Over,
    Schedule,
    Zone,
    chart_from,
    drawn,
    keep,
)
from edge.commands.request import TokenEnv, asked
from edge.commissioning.asking import in_path
from edge.domain.hours import HOUR
from edge.planning.views.words import Words

Json = Mapping[str, Any]
STEPS_BACK = (1, 8, 16, 64, 128)  # hours; over a night, a weekend, a long one
plan_export = typer.Typer()


@plan_export.command("export")
def export(
    xlsx: Annotated[Path, typer.Option("--xlsx", help="Write this workbook.")],
    schedule: Schedule = None,
    edge: OfEdge = "",
    scenario: OfScenario = None,
    timezone: Zone = "",
    shifts: Annotated[
        int, typer.Option("--shifts", min=0, max=60, help="Shifts of the board, back from now.")
    ] = 3,
    language: InLanguage = Language.EN,
    force: Over = False,
    token_env: TokenEnv = "",
) -> None:
    """Write a plan to a workbook: orders, reasons, capacity, hours, a sheet a work center."""
    from edge.planning.views.workbook import Floor, workbook_of

    found = chart_from(schedule, edge, scenario, timezone, token_env)
    floor = None
    if schedule is None:
        centers = asked(edge, token_env, "GET", "/work-centers")
        floor = Floor(
            boards={one["id"]: _board(edge, token_env, one["id"], shifts) for one in centers},
            jobs=asked(edge, token_env, "GET", "/job-orders")["items"],
        )
    words = Words(str(language))
    book = drawn(found.name, lambda: workbook_of(found.chart, found.schedule, words, floor))
    keep(xlsx, book, force)


def _board(edge: str, token_env: str, work_center: str, shifts: int) -> list[Json]:
    """Hours of the last shifts, the one that is on too, the oldest first."""
    found: Json | None = _shown(edge, token_env, work_center, None)
    rows: list[Json] = []
    now = found["plant_now"] if found else 0
    while found is not None and found["shift"] is not None and shifts > 0:
        if found["shift"]["start"] <= now:
            rows, shifts = [*found["hours"], *rows], shifts - 1
        found = _before(edge, token_env, work_center, found["shift"]["start"])
    return rows


def _before(edge: str, token_env: str, work_center: str, start: int) -> Json | None:
    """The board of the shift before the one that begins then; None if there is none near.

    The board of a moment between shifts is that of the next shift: steps back grow until they
    reach an earlier shift, and from there it goes from shift to shift.
    """
    for hours in STEPS_BACK:
        found = _shown(edge, token_env, work_center, start - hours * HOUR)
        while found["shift"] is not None and found["shift"]["start"] < start:
            after = _shown(edge, token_env, work_center, found["shift"]["end"])
            if after["shift"] is None or after["shift"]["start"] >= start:
                return found
            found = after
    return None


def _shown(edge: str, token_env: str, work_center: str, at: int | None) -> Json:
    """The board of the shift at a moment; of the next one where none is on."""
    query = {} if at is None else {"at": str(at)}
    found: Json = asked(
        edge, token_env, "GET", f"/work-centers/{in_path(work_center)}/board", params=query
    )
    return found
