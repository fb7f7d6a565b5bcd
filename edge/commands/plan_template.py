"""`taktline plan template`: a month plan to fill in, or the one in force, as XLSX or CSV.

Exit codes: 0 done, 1 sync refuses, 2 usage, 3 the file cannot be written, 5 sync does not answer.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from edge.commands.plan_import import TIME_LIMIT_S, ScheduleId, Sync
from edge.commands.request import TokenEnv
from edge.commissioning.asking import ask, in_path, refusal
from edge.commissioning.exits import NEGATIVE, end
from edge.commissioning.written import write_new

plan_template = typer.Typer()


class Language(StrEnum):
    """Of headers and words in files."""

    EN = "en"
    ZH = "zh"


class Dates(StrEnum):
    """Styles of dates, as `import` reads them."""

    ISO = "iso"
    DOTTED = "dotted"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    CHINESE = "chinese"


@plan_template.command("template")
def template(
    sync: Sync,
    id_: ScheduleId,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write this workbook.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write this CSV file.")] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the headers.")] = Language.EN,
    dates: Annotated[
        Dates, typer.Option("--dates", help="How a CSV writes dates; a workbook has real ones.")
    ] = Dates.ISO,
    token_env: TokenEnv = "",
) -> None:
    """Write a month plan to fill in: that in force, or an empty one; `import` reads it."""
    wanted = [(kind, path) for kind, path in (("xlsx", xlsx), ("csv", csv)) if path is not None]
    if not wanted:
        raise typer.BadParameter("name a file", param_hint="--xlsx or --csv")
    for kind, path in wanted:
        query = {"format": kind, "language": str(language), "dates": str(dates)}
        answer = ask(
            sync,
            token_env,
            "GET",
            f"/operations-schedules/{in_path(id_)}",
            time_limit_s=TIME_LIMIT_S,
            whose="sync",
            params=query,
        )
        if not answer.is_success:
            end(refusal(answer), NEGATIVE)
        write_new(path, answer.content)
        typer.echo(f"{path}: schedule {id_}, {answer.headers['x-orders']} orders")
